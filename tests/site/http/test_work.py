"""A turn covers computing alone, not what a client sends or reads; who is gone ends its work."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from daily_papers.site.http import turns, work
from daily_papers.site.http.admission import RequestRefused
from daily_papers.site.http.work import PIECE, StreamBroken, Work
from daily_papers.site.threads import to_thread
from tests.conftest import run_in_thread

START: Message = {"type": "http.response.start", "status": 200, "headers": []}
END: Message = {"type": "http.response.body", "body": b"", "more_body": False}


class Asker:
    """A client of an application: what it sends, when it goes, and whether it reads."""

    def __init__(
        self, work: Work, app: Any, method: str = "GET", address: str = "192.0.2.1"
    ) -> None:
        self.work, self.app, self.got = work, app, list[Message]()
        self.scope = {"type": "http", "method": method, "client": (address, 1)}
        self.sends, self.goes, self.reads = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.sends.set()
        self.reads.set()
        self._has_sent = False

    async def receive(self) -> Message:
        if not self._has_sent:
            await self.sends.wait()
            self._has_sent = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.goes.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        await self.reads.wait()
        self.got.append(message)

    def start(self) -> asyncio.Task[None]:
        making = self.work.make(self.app, self.scope, self.receive, self.send)
        return asyncio.create_task(making)

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.got)

    @property
    def is_complete(self) -> bool:
        return (
            bool(self.got) and self.got[-1]["type"] == END["type"] and not self.got[-1]["more_body"]
        )


def answering(*bodies: bytes, end: Message = END) -> Any:
    """Return an application that answers with these pieces, and counts its answers."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        for body in bodies:
            await send({"type": "http.response.body", "body": body, "more_body": True})
        await send(end)

    return app


def run(steps: Callable[[], Awaitable[None]]) -> None:
    run_in_thread(asyncio.run, asyncio.wait_for(steps(), 10))


@pytest.mark.parametrize("keeps", ["sends", "reads"])
def test_a_client_that_does_not_send_or_read_takes_no_turn(keeps: str) -> None:
    """Twice as many as have a turn at once, of the same address."""

    async def steps() -> None:
        made, app = Work(), answering(b"x" * PIECE, b"y" * PIECE)
        slow = [Asker(made, app) for _ in range(5)]
        for asker in slow:
            getattr(asker, keeps).clear()
        tasks = [asker.start() for asker in slow]
        other = Asker(made, app)
        await other.start()
        assert len(other.body) == 2 * PIECE
        for asker in slow:
            getattr(asker, keeps).set()
        await asyncio.gather(*tasks)
        assert {asker.body for asker in slow} == {other.body}
        assert all(asker.is_complete for asker in slow)

    run(steps)


def test_a_client_that_is_gone_ends_its_work() -> None:
    async def steps() -> None:
        made, all_work = 0, Work()

        async def endless(scope: Scope, receive: Receive, send: Send) -> None:
            nonlocal made
            await send(START)
            while True:
                made += 1
                await asyncio.sleep(0)
                await send({"type": "http.response.body", "body": b"x", "more_body": True})

        askers = [
            Asker(all_work, endless, address=str(number)) for number in range(4)
        ]  # two of them wait
        tasks = [asker.start() for asker in askers]
        while not made:
            await asyncio.sleep(0)
        for asker in askers:
            asker.goes.set()
        await asyncio.gather(*tasks)
        before = made
        await asyncio.sleep(0.01)
        assert made == before

    run(steps)


def test_what_a_thread_computes_keeps_its_turn_when_nobody_waits_for_it() -> None:
    async def steps() -> None:
        loop, ends, begun = asyncio.get_running_loop(), asyncio.Event(), 0

        def compute() -> None:
            asyncio.run_coroutine_threadsafe(ends.wait(), loop).result()

        async def threaded(scope: Scope, receive: Receive, send: Send) -> None:
            nonlocal begun
            begun += 1
            await to_thread(compute)
            await answering()(scope, receive, send)

        made = Work()
        gone = [Asker(made, threaded), Asker(made, threaded)]
        tasks = [asker.start() for asker in gone]
        await asyncio.sleep(0.01)
        for asker in gone:
            asker.goes.set()
        last = Asker(made, threaded)
        tasks.append(last.start())
        await asyncio.sleep(0.01)
        assert begun == 2
        ends.set()
        await asyncio.gather(*tasks)
        assert last.is_complete

    run(steps)


def test_head_of_a_stream_makes_its_first_piece_alone() -> None:
    async def steps() -> None:
        asker = Asker(Work(), answering(*[b"x"] * 1_000), method="HEAD")
        await asker.start()
        assert asker.body == b"x"
        assert asker.is_complete

    run(steps)


def test_a_stream_leaves_in_pieces_of_some_size() -> None:
    async def steps() -> None:
        asker = Asker(Work(), answering(*[b"x" * 100] * 1_000))
        await asker.start()
        assert len(asker.body) == 100_000
        assert len(asker.got) <= 4

    run(steps)


def test_a_stream_that_broke_is_not_complete() -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await send({"type": "http.response.body", "body": b"x" * PIECE, "more_body": True})
        raise StreamBroken

    async def steps() -> None:
        asker = Asker(Work(), broken)
        await asker.start()
        assert asker.body
        assert not asker.is_complete

    run(steps)


def test_a_stream_that_broke_before_it_began_is_refused() -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await send({"type": "http.response.body", "body": b"x", "more_body": True})
        raise StreamBroken

    async def steps() -> None:
        asker = Asker(Work(), broken)
        with pytest.raises(RequestRefused) as refused:
            await asker.start()
        assert refused.value.status == 400
        assert asker.got == []

    run(steps)


def test_a_slow_stream_lets_others_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it has made by then: its rows may be short."""
    monkeypatch.setattr(turns, "SLICE", 0.0)

    async def steps() -> None:
        over = asyncio.Event()

        async def slow(scope: Scope, receive: Receive, send: Send) -> None:
            await send(START)
            while not over.is_set():
                await asyncio.sleep(0)
                await send({"type": "http.response.body", "body": b"x", "more_body": True})
            await send(END)

        made = Work()
        tasks = [Asker(made, slow).start() for _ in range(3)]
        await asyncio.sleep(0.01)
        other = Asker(made, answering(), address="192.0.2.2")
        await other.start()
        assert other.is_complete
        over.set()
        await asyncio.gather(*tasks)

    run(steps)


def test_an_address_that_does_not_read_gets_no_more() -> None:
    """Else what nobody reads would fill the memory."""

    async def steps() -> None:
        made, app = Work(), answering(bytes(work.MOST_UNREAD // 2 + 1))
        unread, other = Asker(made, app), Asker(made, app, address="192.0.2.2")
        unread.reads.clear()
        task = unread.start()
        await asyncio.sleep(0.01)
        with pytest.raises(RequestRefused, match="Read the answers"):
            await Asker(made, app).start()
        await other.start()
        assert other.is_complete
        unread.reads.set()
        await task
        await Asker(made, app).start()

    run(steps)


def test_kept_answers_that_are_not_read_count_as_well() -> None:
    made = Work()
    with made.reading("a", work.MOST_UNREAD - 1):
        with pytest.raises(RequestRefused), made.reading("a", 2):
            pass
        with made.reading("b", 2), made.reading("a", 1):
            pass
    with made.reading("a", work.MOST_UNREAD + 1):  # one answer of any size
        pass


def test_a_body_that_does_not_arrive_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "BODY_SECONDS", 0.01)

    async def steps() -> None:
        asker = Asker(Work(), answering(), method="POST")
        asker.sends.clear()
        with pytest.raises(RequestRefused) as refused:
            await asker.start()
        assert refused.value.status == 408

    run(steps)
