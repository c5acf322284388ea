"""The middleware before all pages: admission, conditional requests, headers, gzip."""

from collections.abc import Awaitable, Callable, Collection, MutableMapping
from contextlib import nullcontext
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.responses import PlainTextResponse, Response

from daily_papers.site.http import admission, caching, headers

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

GZIP_LEVEL = 5  # a sixth of a page's size, in a third of the time that the highest level takes
GZIP_MINIMUM = 1_000  # bytes; a smaller response is sent as it is
_BINARY = (*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/octet-stream", "application/vnd.sqlite3")
_PRIVATE = (b"cookie", b"authorization")


class SiteMiddleware:
    """An ASGI application in front of another one."""

    def __init__(
        self, app: App, versions: caching.Versions | None, hosts: Collection[str], public: bool
    ) -> None:
        """Take what is served.

        `versions` is None for a database that may change; `hosts` are the names that are answered
        for, or none for any; a public site has no accounts.
        """
        self._app: App = GZipMiddleware(
            app, GZIP_MINIMUM, GZIP_LEVEL, exclude_content_types=_BINARY
        )
        self._versions, self._hosts, self._is_public = versions, hosts, public
        self._limiter = admission.CostlyQueryLimiter()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = _RequestInfo(scope, self._versions)
        sender = _ResponseSender(request, send, self._is_public)
        try:
            admission.check(
                request.method, request.host, request.path, self._hosts, self._is_public
            )
            if request.is_not_modified():
                await Response(status_code=304)(scope, receive, sender.send)
                return
            if self._is_public:
                public = [header for header in scope["headers"] if header[0] not in _PRIVATE]
                scope = {**scope, "headers": public}
            costly = admission.is_costly(request.method, request.path, request.query)
            async with self._limiter.slot() if costly else nullcontext():
                await self._run(scope, _limit_body(receive, request, sender), sender)
        except admission.RequestRefused as refusal:
            if sender.has_begun:
                raise
            sender.refusal = None
            await _refusal_response(refusal)(scope, receive, sender.send)

    async def _run(self, scope: Message, receive: Receive, sender: "_ResponseSender") -> None:
        """Let the application answer; raises RequestRefused where the body is too long."""
        try:
            await self._app(scope, receive, sender.send)
        except Exception:  # that it raises because its body was cut
            if not sender.refusal:
                raise
        if sender.refusal:
            raise sender.refusal


def _refusal_response(refusal: admission.RequestRefused) -> Response:
    extra = {
        429: {"retry-after": str(admission.RETRY_AFTER)},
        405: {"allow": ", ".join(admission.READ_METHODS)},
    }
    body = f"{refusal.sentence}\n"
    return PlainTextResponse(body, refusal.status, extra.get(refusal.status))


class _RequestInfo:
    """What is asked for, and the ETag of its response."""

    def __init__(self, scope: Message, versions: caching.Versions | None) -> None:
        request_headers = Headers(scope=scope)
        self.method, self.path = scope["method"], scope["path"]
        self.query = scope["query_string"].decode("latin-1")
        self.host = request_headers.get("host", "")
        length = request_headers.get("content-length", "")
        self.length = int(length) if length.isascii() and length.isdigit() else 0
        self._if_none_match = request_headers.get("if-none-match", "")
        self._versions = versions if self.method in ("GET", "HEAD") else None
        # Tools and health report the moment.
        is_lasting = not self.path.startswith("/-/") and self.path != "/health"
        self.etag = (
            self._versions.etag(self.host, scope["scheme"], self.path, self.query)
            if self._versions and is_lasting
            else ""
        )

    def is_not_modified(self) -> bool:
        return bool(self.etag) and caching.matches(self._if_none_match, self.etag)

    def cache_control(self, status: int) -> str:
        if not self._versions:
            return caching.NEVER
        return self._versions.cache_control(self.path, self.query, status)


class _ResponseSender:
    """Sends a response with the headers that every response has."""

    def __init__(self, request: _RequestInfo, send: Send, is_public: bool) -> None:
        self._request, self._send, self._is_public = request, send, is_public
        self.has_begun = False
        self.refusal: admission.RequestRefused | None = None

    async def send(self, message: Message) -> None:
        if self.refusal and not self.has_begun:
            return  # the refusal is sent in place of it
        if message["type"] == "http.response.start":
            self.has_begun = True
            # Datasette writes some names with capitals.
            lower = [(name.lower(), value) for name, value in message.get("headers", [])]
            message = {**message, "headers": lower}
            self._add_headers(MutableHeaders(raw=message["headers"]), message["status"])
        await self._send(message)

    def _add_headers(self, response_headers: MutableHeaders, status: int) -> None:
        for name, value in headers.ALWAYS.items():
            response_headers[name] = value
        content_type = response_headers.get("content-type", "")
        response_headers["content-security-policy"] = headers.policy(
            self._request.path, content_type
        )
        if self._is_public:
            response_headers["vary"] = "Accept-Encoding"  # there are no accounts
            del response_headers["set-cookie"]
            response_headers["access-control-allow-origin"] = "*"
        is_private = "private" in response_headers.get("cache-control", "")
        if is_private or "set-cookie" in response_headers:
            return
        response_headers["cache-control"] = self._request.cache_control(status)
        if self._request.etag and status in (200, 304) and "etag" not in response_headers:
            response_headers["etag"] = self._request.etag


def _limit_body(receive: Receive, request: _RequestInfo, sender: _ResponseSender) -> Receive:
    """Return what receives a request, and ends it where its body is longer than MAX_BODY."""
    received = 0

    async def limited() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if max(received, request.length) > admission.MAX_BODY:
            sentence = f"A request has at most {admission.MAX_BODY:,} bytes."
            sender.refusal = admission.RequestRefused(413, sentence)
            return {"type": "http.disconnect"}
        return message

    return limited
