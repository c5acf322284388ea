"""Makes answers, a few at a time: a turn covers computing alone, and never that a client sends or
reads; a client that is gone ends its work."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from daily_papers.site.http import admission
from daily_papers.site.http.admission import RequestRefused
from daily_papers.site.http.turns import Lane, Turn, Turns, client_of

STEPS_TO_NOTICE = 3  # of the loop, in which it learns that a client has gone already
BODY_SECONDS = 20.0  # that a client may take to send a request's body
PIECE = 1 << 16  # bytes of a stream that leave at once
MOST_UNREAD = 16 << 20  # bytes of answers, before the last, that one address has not read


Reading = Callable[[int], AbstractContextManager[None]]


class StreamBroken(BaseException):
    """Ends a stream that cannot go on: its client sees that it is not complete.

    No Exception, because Datasette would write that into the stream and end it as if it were.
    """


class Work:
    """Has applications make answers, in turns."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._turns = Turns()
        self._unread: Counter[str] = Counter()

    @contextmanager
    def reading(self, client: str, size: int) -> Iterator[None]:
        """Count bytes that a client reads meanwhile; raises RequestRefused where it has not read
        others."""
        if self._unread[client] and self._unread[client] + size > MOST_UNREAD:
            raise RequestRefused(429, "Read the answers that you have asked for first.")
        self._unread[client] += size
        try:
            yield
        finally:
            self._unread[client] -= size
            if not self._unread[client]:
                del self._unread[client]

    async def make(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; raises RequestRefused before anything is sent, or never."""
        client = _Client(scope, receive)
        await client.read_body()
        making = asyncio.create_task(self._make(app, scope, client, send))
        watching = asyncio.create_task(client.wait_until_gone())
        try:
            await asyncio.wait((making, watching), return_when=asyncio.FIRST_COMPLETED)
        finally:
            watching.cancel()
            making.cancel()
            await asyncio.wait((making,))
        if not making.cancelled():
            making.result()

    async def _make(self, app: ASGIApp, scope: Scope, client: "_Client", send: Send) -> None:
        for _ in range(STEPS_TO_NOTICE):
            await asyncio.sleep(0)
        lane = Lane.QUERIES if admission.brings_sql.get() else Lane.PAGES
        async with self._turns.turn(lane, client.name) as turn:
            sender = _Sender(turn, partial(self.reading, client.name), send)
            sender.needs_no_body = scope["method"] == "HEAD"
            try:
                await app(scope, client.receive, sender.send)
            except StreamBroken as broken:
                if not sender.has_begun:
                    refused = RequestRefused(400, "This cannot be answered in full; ask for less.")
                    raise sender.refusal or refused from broken


class _Client:
    """Who asks: its body is read before it takes a turn."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.name = client_of(scope)
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

    def __init__(self, turn: Turn, reading: Reading, send: Send) -> None:
        self._turn, self._reading, self._send = turn, reading, send
        self._start: Message | None = None
        self.has_begun = False
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
        else:
            await self._begin_again(self._turn.pause)

    async def _send_piece(self, is_last: bool) -> None:
        body, self._piece = bytes(self._piece), bytearray()
        ends = is_last or self.needs_no_body
        try:
            with self._reading(len(body) if self._start else 0):  # a later piece is small
                self._turn.give_back()
                self.has_begun = True
                if self._start:
                    await self._send(self._start)
                    self._start = None
                await self._send(
                    {"type": "http.response.body", "body": body, "more_body": not ends}
                )
        except RequestRefused as refusal:
            self.refusal = refusal
            raise StreamBroken from refusal
        if not is_last and self.needs_no_body:  # the rest would be made for nobody
            raise StreamBroken
        if not is_last:
            await self._begin_again(self._turn.take)

    async def _begin_again(self, take: Callable[[], Awaitable[None]]) -> None:
        try:
            await take()
        except RequestRefused as refusal:
            self.refusal = refusal
            raise StreamBroken from refusal
