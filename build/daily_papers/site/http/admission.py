"""Who and what is let in: hosts, methods, sizes, and how many costly queries at a time."""

import asyncio
import re
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from urllib.parse import parse_qs

READING = ("GET", "HEAD", "OPTIONS")
MOST_SENT = 1 << 20  # bytes of a request's body; only agents send any
AT_ONCE = 1  # costly queries of a process: two at a time would slow pages down to their limits
WAITING = 32  # more that may wait for these
PATIENCE = 10.0  # seconds that one waits
RETRY = 5  # seconds after which who was sent away may ask again
_TOOLS = "/-/"
# Datasette's tools for its owner: they tell where files are, or set cookies.
_OWNERS = re.compile(
    r"/-/(?:threads|databases|messages|logout|permissions|allow-debug|auth-token)\b", re.IGNORECASE
)
_ARGUMENTS = ("sql", "_where")  # SQL of who asks
_PORT = re.compile(r":\d+$")


class Refused(Exception):  # noqa: N818 - it is what it is called
    """A request that is not let in: a status, and a sentence that says why."""

    def __init__(self, status: int, sentence: str) -> None:
        """Take both."""
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


def check(
    method: str, host: str, path: str, hosts: Collection[str], is_public: bool = False
) -> None:
    """Raise Refused for another host than those, if there are any, for methods that write, and for
    tools of the owner, where everybody is served."""
    name = _PORT.sub("", host.lower())
    if hosts and name not in hosts:
        raise Refused(400, f"This server does not answer for “{name[:80]}”.")
    if not path.startswith("/"):
        raise Refused(400, "An address begins with a slash.")
    if is_public and _OWNERS.match(path):
        raise Refused(404, "This is not offered here.")
    if method not in READING and not (method in ("POST", "DELETE") and path.startswith(_TOOLS)):
        raise Refused(405, f"{method[:20]} is not answered here: this site can only be read.")


def is_costly(method: str, path: str, query: str) -> bool:
    """Tell whether a request brings its own SQL."""
    if method == "POST" and path.startswith(_TOOLS):
        return True
    return any(name in _ARGUMENTS for name in parse_qs(query, keep_blank_values=True))


class Turns:
    """Lets a few through at a time, and some more wait, so that all others are always served."""

    def __init__(self) -> None:
        """Start with nobody."""
        self._free = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Hold a place; raises Refused where too many wait, or after too long a wait."""
        if self._waiting >= WAITING:
            raise Refused(429, "Too many queries are waiting; ask again in a moment.")
        self._waiting += 1
        try:
            await asyncio.wait_for(self._free.acquire(), PATIENCE)
        except TimeoutError:
            raise Refused(429, "Other queries took too long; ask again in a moment.") from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._free.release()
