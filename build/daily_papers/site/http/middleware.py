"""What stands between the network and the pages: who is let in, what caches know, headers, gzip."""

from collections.abc import Awaitable, Callable, Collection, MutableMapping
from contextlib import nullcontext
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware

from daily_papers.site.http import admission, caching, headers

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

LEVEL = 5  # of gzip: a sixth of a page's size, in a third of the time that the highest takes
SMALL = 1_000  # bytes of an answer that is not worth it
_BINARY = (*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/octet-stream", "application/vnd.sqlite3")
_PRIVATE = (b"cookie", b"authorization")


class Front:
    """An ASGI application in front of another one."""

    def __init__(
        self, app: App, versions: caching.Versions | None, hosts: Collection[str], public: bool
    ) -> None:
        """Take what is served: its versions, if they are known; the names of hosts that are
        answered for, or none for any; and whether it is for everybody, who have no accounts."""
        self._app: App = GZipMiddleware(app, SMALL, LEVEL, exclude_content_types=_BINARY)
        self._versions, self._hosts, self._is_public = versions, hosts, public
        self._turns = admission.Turns()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = _Asked(scope, self._versions)
        answer = _Answer(asked, send, self._is_public)
        try:
            admission.check(asked.method, asked.host, asked.path, self._hosts, self._is_public)
            if asked.is_known():
                await answer.empty(304)
                return
            if self._is_public:
                scope = {
                    **scope,
                    "headers": [one for one in scope["headers"] if one[0] not in _PRIVATE],
                }
            costly = admission.is_costly(asked.method, asked.path, asked.query)
            async with self._turns.turn() if costly else nullcontext():
                await self._run(scope, _limited(receive, asked, answer), answer)
        except admission.Refused as refused:
            await answer.refuse(refused)

    async def _run(self, scope: Message, receive: Receive, answer: "_Answer") -> None:
        """Let the application answer; raises Refused where more is sent than may be."""
        try:
            await self._app(scope, receive, answer.send)
        except Exception:  # what it makes of the end of a body that goes on for too long
            if not answer.refused:
                raise
        if answer.refused:
            raise answer.refused


class _Asked:
    """What is asked for, and what caches call it."""

    def __init__(self, scope: Message, versions: caching.Versions | None) -> None:
        given = Headers(scope=scope)
        self.method, self.path = scope["method"], scope["path"]
        self.query = scope["query_string"].decode("latin-1")
        self.host = given.get("host", "")
        length = given.get("content-length", "")
        self.length = int(length) if length.isascii() and length.isdigit() else 0
        self._had = given.get("if-none-match", "")
        self.versions = versions
        is_page = versions and self.method in ("GET", "HEAD")
        # Tools and health tell of the moment.
        is_lasting = not self.path.startswith("/-/") and self.path != "/health"
        self.etag = (
            versions.etag(self.host, scope["scheme"], self.path, self.query)
            if versions and is_page and is_lasting
            else ""
        )

    def is_known(self) -> bool:
        return bool(self.etag) and caching.is_known(self._had, self.etag)

    def control(self, status: int) -> str:
        if not self.versions or self.method not in ("GET", "HEAD"):
            return caching.NEVER
        return self.versions.control(self.path, self.query, status)


class _Answer:
    """Sends an answer on with the headers that every answer has."""

    def __init__(self, asked: _Asked, send: Send, is_public: bool) -> None:
        self._asked, self._send, self._is_public = asked, send, is_public
        self._has_begun = False
        self.refused: admission.Refused | None = None

    async def send(self, message: Message) -> None:
        if self.refused and not self._has_begun:
            return  # that is told in place of it
        await self._pass(message)

    async def _pass(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._has_begun = True
            # Datasette writes some names with capitals.
            told = [(name.lower(), value) for name, value in message.get("headers", [])]
            message = {**message, "headers": told}
            self._head(MutableHeaders(raw=message["headers"]), message["status"])
        await self._send(message)

    def _head(self, given: MutableHeaders, status: int) -> None:
        for name, value in headers.ALWAYS.items():
            given[name] = value
        given["content-security-policy"] = headers.policy(
            self._asked.path, given.get("content-type", "")
        )
        if self._is_public:
            given["vary"] = "Accept-Encoding"  # nobody is anybody here
            del given["set-cookie"]
            given["access-control-allow-origin"] = "*"
        if "set-cookie" in given or "private" in given.get("cache-control", ""):
            return
        given["cache-control"] = self._asked.control(status)
        if self._asked.etag and status in (200, 304) and "etag" not in given:
            given["etag"] = self._asked.etag

    async def empty(self, status: int) -> None:
        await self._pass({"type": "http.response.start", "status": status, "headers": []})
        await self._pass({"type": "http.response.body", "body": b""})

    async def refuse(self, refused: admission.Refused) -> None:
        if self._has_begun:
            raise refused
        body = f"{refused.sentence}\n".encode()
        told = [(b"content-type", b"text/plain; charset=utf-8")]
        told.append((b"content-length", str(len(body)).encode()))
        if refused.status == 429:
            told.append((b"retry-after", str(admission.RETRY).encode()))
        if refused.status == 405:
            told.append((b"allow", ", ".join(admission.READING).encode()))
        start = {"type": "http.response.start", "status": refused.status, "headers": told}
        await self._pass(start)
        await self._pass({"type": "http.response.body", "body": body})


def _limited(receive: Receive, asked: _Asked, answer: _Answer) -> Receive:
    """Return what reads a request, and ends it where it goes on for too long."""
    read = 0

    async def limited() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if max(read, asked.length) > admission.MOST_SENT:
            answer.refused = admission.Refused(
                413, f"A request has at most {admission.MOST_SENT:,} bytes."
            )
            return {"type": "http.disconnect"}
        return message

    return limited
