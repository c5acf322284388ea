"""The middleware before all pages: admission, conditional requests, headers, kept answers, gzip."""

import re
from collections.abc import Collection
from urllib.parse import parse_qsl

import msgspec
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from daily_papers.site.http import admission, caching, headers
from daily_papers.site.http.response_cache import ResponseCache, begin_answer, is_cut
from daily_papers.site.http.tracking import without_tracking
from daily_papers.site.http.turns import client_of
from daily_papers.site.http.work import Work
from daily_papers.site.views.response_schema import Error

GZIP_LEVEL = 5  # a sixth of a page's size, in a third of the time that the highest level takes
GZIP_MINIMUM = 1_000  # bytes; a smaller response is sent as it is
_BINARY = (*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/octet-stream", "application/vnd.sqlite3")
_PRIVATE = (b"cookie", b"authorization")
_NO_GZIP = re.compile(rb"gzip *; *q=0(?:\.0*)? *(?:,|$)", re.IGNORECASE)
PIECE = 1 << 16  # bytes that are sent at once: what a slow client does not read stays unsent


class SiteMiddleware:
    """An ASGI application in front of another one."""

    def __init__(
        self,
        app: ASGIApp,
        versions: caching.Versions | None,
        hosts: Collection[str],
        public: bool,
        cache_bytes: int = 0,
        own_names: Collection[str] = (),
    ) -> None:
        """Take what is served.

        `versions` is None for a database that may change; `hosts` are the names that are answered
        for, or none for any; a public site has no accounts; `cache_bytes` may be taken by answers
        that are kept; `own_names` are parameters that no link adds.
        """
        self._app = GZipMiddleware(app, GZIP_MINIMUM, GZIP_LEVEL, exclude_content_types=_BINARY)
        self._cache = ResponseCache(self._app, cache_bytes)
        self._work = Work()
        self.versions, self._hosts, self.is_public = versions, hosts, public
        self._own_names = own_names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if too_many := admission.too_many_parameters(scope["query_string"]):
            scope = {**scope, "query_string": b""}
        scope = without_tracking(scope, self._own_names)
        exchange = _Exchange(self, scope, receive, send)
        method, path = exchange.method, exchange.path
        begin_answer()
        try:
            if too_many:
                raise too_many
            admission.check(method, exchange.host, path, self._hosts, self.is_public)
            admission.check_query(exchange.pairs, scope.get("http_version", "1.1"))
            if exchange.is_not_modified:
                await Response(status_code=304)(scope, receive, exchange.send)
                return
            left_out = _PRIVATE if self.is_public else ()
            kept = [header for header in scope["headers"] if header[0] not in left_out]
            scope = {**scope, "headers": [header for header in kept if not _refuses_gzip(*header)]}
            admission.brings_sql.set(admission.is_costly(method, path, exchange.pairs))
            await self._answer(scope, exchange)
        except admission.RequestRefused as refusal:
            if exchange.has_begun:
                raise
            await _response(path, refusal)(scope, receive, exchange.send)

    async def _answer(self, scope: Scope, exchange: "_Exchange") -> None:
        """Answer from memory, or have the answer made where that takes a turn."""
        app: ASGIApp = self._app
        receive, send = exchange.receive, exchange.send
        if not admission.is_computed(exchange.path):
            await app(scope, receive, send)
            return
        if exchange.is_lasting and not admission.brings_sql.get():
            if kept := self._cache.find(scope):
                with self._work.reading(client_of(scope), kept.size):
                    await kept.send(send)
                return
            app = self._cache
        await self._work.make(app, scope, receive, send)


def _refuses_gzip(name: bytes, value: bytes) -> bool:
    """Tell whether a header names gzip as what a client does not take: others look for the name."""
    return name == b"accept-encoding" and bool(_NO_GZIP.search(value))


def _response(path: str, refusal: admission.RequestRefused) -> Response:
    """Return the answer to what is refused, as JSON where that was asked for."""
    if path.endswith(".json"):
        content = msgspec.json.encode(Error(error=refusal.sentence))
        return Response(content, refusal.status, refusal.headers, "application/json")
    return PlainTextResponse(f"{refusal.sentence}\n", refusal.status, refusal.headers)


class _Exchange:
    """A request, and its response, which is sent with the headers that every response has."""

    def __init__(self, site: SiteMiddleware, scope: Scope, receive: Receive, send: Send) -> None:
        self._receive, self._send, self._is_public = receive, send, site.is_public
        request_headers = Headers(scope=scope)
        self.method, self.path = scope["method"], scope["path"]
        self._query = scope["query_string"].decode("latin-1")
        self.pairs = parse_qsl(self._query, keep_blank_values=True)
        self.host = request_headers.get("host", "")
        length = request_headers.get("content-length", "")
        self._length = int(length) if length.isascii() and length.isdigit() else 0
        self._received = 0
        self._versions = site.versions if self.method in ("GET", "HEAD") else None
        self._etag = ""
        # Tools and health report the moment.
        is_page = not self.path.startswith("/-/") and self.path != "/health"
        self._is_lasting = admission.is_lasting(self.pairs)
        if self._versions and is_page and self._is_lasting:
            self._etag = self._versions.etag(self.host, scope["scheme"], self.path, self._query)
        if_none_match = ", ".join(request_headers.getlist("if-none-match"))
        # Whether there is any response, only the application knows.
        self._asks_for_none = bool(self._etag) and if_none_match.strip() == caching.ANY
        is_known = caching.matches(if_none_match, self._etag) if self._etag else False
        self.is_not_modified = is_known and not self._asks_for_none
        self.has_begun = self._is_empty = False

    @property
    def is_lasting(self) -> bool:
        """Tell whether the address has the same answer until data or code change."""
        return bool(self._etag)

    async def receive(self) -> Message:
        """Receive a part of the request; raises RequestRefused for more than MAX_BODY."""
        message = await self._receive()
        self._received += len(message.get("body", b""))
        if max(self._received, self._length) > admission.MAX_BODY:
            sentence = f"A request has at most {admission.MAX_BODY:,} bytes."
            raise admission.RequestRefused(413, sentence)
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_begun = True
            # Datasette writes some names with capitals.
            lower = [(name.lower(), value) for name, value in message.get("headers", [])]
            self._is_empty = self._asks_for_none and message["status"] == 200
            if self._is_empty:
                lower = [header for header in lower if not header[0].startswith(b"content-")]
            status = 304 if self._is_empty else message["status"]
            message = {**message, "status": status, "headers": lower}
            self._add_headers(MutableHeaders(raw=lower), status)
        elif self._is_empty:
            message = {**message, "body": b""}
        body = memoryview(message.get("body", b""))
        while len(body) > PIECE:
            await self._send({**message, "body": bytes(body[:PIECE]), "more_body": True})
            body = body[PIECE:]
        await self._send({**message, "body": bytes(body)} if "body" in message else message)

    def _add_headers(self, response_headers: MutableHeaders, status: int) -> None:
        content_type = response_headers.get("content-type", "")
        policy = headers.policy(self.path, content_type)
        response_headers.update({**headers.ALWAYS, "content-security-policy": policy})
        if self._is_public:
            response_headers["vary"] = "Accept-Encoding"  # there are no accounts
            del response_headers["set-cookie"]
            response_headers["access-control-allow-origin"] = "*"
        is_private = "private" in response_headers.get("cache-control", "")
        if is_private or "set-cookie" in response_headers:
            return
        versions, is_whole = self._versions, not is_cut()
        response_headers["cache-control"] = (
            versions.cache_control(self.path, self._query, status)
            if versions and is_whole and self._is_lasting
            else caching.NEVER
        )
        if self._etag and is_whole and status in (200, 304):
            response_headers.setdefault("etag", self._etag)
