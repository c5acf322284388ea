"""Which requests are let in: by host, method, size, and the number of costly queries at a time."""

import asyncio
import re
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

READ_METHODS = ("GET", "HEAD", "OPTIONS")
MAX_BODY = 1 << 20  # bytes of a request's body; only agents send any
MAX_RUNNING = 1  # costly queries of a process: two at a time would slow pages down to their limits
MAX_WAITING = 32  # more that may wait for these
MAX_WAIT = 10.0  # seconds that a query waits
RETRY_AFTER = 5  # seconds after which a refused client may ask again
_TOOLS = "/-/"
# Datasette's tools for its developers: they set cookies, or show what this site does not have.
_DEVELOPER_TOOLS = re.compile(
    r"/-/(?:messages|logout|permissions|allow-debug|auth-token|patterns)\b", re.IGNORECASE
)
_OWNER_TOOLS = re.compile(r"/-/(?:threads|databases)\b", re.IGNORECASE)  # they tell where files are
_SQL_PARAMS = {"sql", "_where"}  # that have SQL of the client
_PORT = re.compile(r":\d+$")


@dataclass(eq=False)
class RequestRefused(Exception):  # noqa: N818 - a refusal, not an error
    """A request that is not let in: the status of the response, and a sentence that says why."""

    status: int
    sentence: str


def check(
    method: str, host: str, path: str, hosts: Collection[str], is_public: bool = False
) -> None:
    """Raise RequestRefused for a host that is none or not among `hosts` (if there are any), for a
    method that writes, for tools of developers, and on a public site for those of its owner."""
    try:
        urlsplit(f"//{host}")
    except ValueError as error:  # of brackets without an IPv6 address
        raise RequestRefused(400, "The Host of this request is no host.") from error
    name = _PORT.sub("", host.lower())
    if hosts and name not in hosts:
        raise RequestRefused(400, f"This server does not answer for “{name[:80]}”.")
    if not path.startswith("/"):
        raise RequestRefused(400, "An address begins with a slash.")
    if _DEVELOPER_TOOLS.match(path) or (is_public and _OWNER_TOOLS.match(path)):
        raise RequestRefused(404, "This is not offered here.")
    is_tool = method in ("POST", "DELETE") and path.startswith(_TOOLS)
    if method not in READ_METHODS and not is_tool:
        raise RequestRefused(
            405, f"{method[:20]} is not answered here: this site can only be read."
        )


def is_costly(method: str, path: str, query: str) -> bool:
    """Tell whether a request brings its own SQL."""
    is_tool = method == "POST" and path.startswith(_TOOLS)
    return is_tool or not _SQL_PARAMS.isdisjoint(parse_qs(query, keep_blank_values=True))


class CostlyQueryLimiter:
    """Runs few costly queries at a time and lets more wait, so that pages are always served."""

    def __init__(self) -> None:
        """Start with none."""
        self._free = asyncio.Semaphore(MAX_RUNNING)
        self._waiting = 0

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Wait for a free slot; raises RequestRefused where too many wait, or after MAX_WAIT."""
        if self._waiting >= MAX_WAITING:
            raise RequestRefused(429, "Too many queries are waiting; ask again in a moment.")
        self._waiting += 1
        try:
            await asyncio.wait_for(self._free.acquire(), MAX_WAIT)
        except TimeoutError:
            sentence = "Other queries took too long; ask again in a moment."
            raise RequestRefused(429, sentence) from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._free.release()
