"""Makes answers, a few at a time: a turn covers computing alone, and never that a client sends or
reads; a client that is gone ends its work."""

import asyncio
from collections import Counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from daily_papers.site.http import admission, turns
from daily_papers.site.http.admission import RequestRefused
from daily_papers.site.http.turns import Turn, Turns

BODY_SECONDS = 20.0  # that a client may take to send a request's body
PIECE = 1 << 16  # bytes of a stream that leave at once
MOST_UNREAD = 16 << 20  # bytes of answers, before the last, that one address has not read


class StreamBroken(BaseException):
    """Ends a stream that cannot go on: its client sees that it is not complete.

    No Exception, because Datasette would write that into the stream and end it as if it were.
    """


class Work:
    """An ASGI application in front of another one, whose answers it has made in turns."""

    def __init__(self, app: ASGIApp) -> None:
        """Take the application."""
        self._app = app
        self._pages = Turns(turns.PAGES_AT_ONCE)
        self._queries = Turns(turns.QUERIES_AT_ONCE, turns.MOST_QUERIES, turns.MOST_WAIT)
        self._unread: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; raises RequestRefused before anything is sent, or never."""
        client = _Client(scope, receive)
        await client.read_body()
        making = asyncio.create_task(self._make(scope, client, send))
        watching = asyncio.create_task(client.wait_until_gone())
        try:
            await asyncio.wait((making, watching), return_when=asyncio.FIRST_COMPLETED)
        finally:
            watching.cancel()
            making.cancel()
            await asyncio.wait((making,))
        if not making.cancelled():
            making.result()

    async def _make(self, scope: Scope, client: "_Client", send: Send) -> None:
        brings_sql = admission.brings_sql.get()
        lane = self._queries if brings_sql else self._pages
        async with lane.turn(client.name) as turn:
            sender = _Sender(turn, client.name, self._unread, send)
            sender.needs_no_body = scope["method"] == "HEAD"
            try:
                await self._app(scope, client.receive, sender.send)
            except StreamBroken:
                if sender.refusal:
                    raise sender.refusal from None


class _Client:
    """Who asks: its body is read before it takes a turn."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.name = turns.client_of((scope.get("client") or ("",))[0])
        self._receive = receive
        self._messages: list[Message] = []
        self._gone = asyncio.Event()

    async def read_body(self) -> None:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                while not self._messages or self._messages[-1].get("more_body"):
                    self._messages.append(await self._receive())
        except TimeoutError:
            raise RequestRefused(408, "The body of this request did not arrive in time.") from None

    async def wait_until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone.set()

    async def receive(self) -> Message:
        if self._messages:
            return self._messages.pop(0)
        await self._gone.wait()
        return {"type": "http.disconnect"}


class _Sender:
    """Sends an answer while others compute; a stream in pieces of some size.

    `refusal` is what is to be answered instead, where sending raised StreamBroken.
    """

    def __init__(self, turn: Turn, client: str, unread: Counter[str], send: Send) -> None:
        self._turn, self._client, self._unread, self._send = turn, client, unread, send
        self._start: Message | None = None
        self._piece = bytearray()
        self.needs_no_body = False
        self.refusal: RequestRefused | None = None

    async def send(self, message: Message) -> None:
        if message["type"] != "http.response.body":
            self._start = message  # until its first piece is there
            return
        self._piece += message.get("body", b"")
        is_last = not message.get("more_body")
        if is_last or len(self._piece) >= PIECE or self.needs_no_body:
            await self._send_piece(is_last)

    async def _send_piece(self, is_last: bool) -> None:
        body, self._piece = bytes(self._piece), bytearray()
        unread = self._unread[self._client]
        if self._start and unread and unread + len(body) > MOST_UNREAD:
            self.refusal = RequestRefused(429, "Read the answers that you have asked for first.")
            raise StreamBroken
        self._turn.give_back()
        self._unread[self._client] += len(body)
        try:
            if self._start:
                await self._send(self._start)
                self._start = None
            ends = is_last or self.needs_no_body
            await self._send({"type": "http.response.body", "body": body, "more_body": not ends})
        finally:
            self._unread[self._client] -= len(body)
            if not self._unread[self._client]:
                del self._unread[self._client]
        if not is_last and self.needs_no_body:  # the rest would be made for nobody
            raise StreamBroken
        if not is_last:
            try:
                await self._turn.take()
            except RequestRefused as refusal:
                raise StreamBroken from refusal
