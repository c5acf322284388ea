"""Few compute at a time; those who wait take turns by their address."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from daily_papers.site.http import turns
from daily_papers.site.http.admission import RequestRefused
from daily_papers.site.http.turns import MODEST_SECONDS, Lane, Turn, Turns, Use, client_of
from tests.conftest import run_in_thread


def order_of(clients: str, all_turns: Turns, lane: Lane = Lane.QUERIES) -> str:
    """Return whose turn it was, in order, of clients that ask at once, a letter each."""

    async def ask() -> str:
        had: list[str] = []

        async def compute(client: str) -> None:
            async with all_turns.turn(lane, client):
                had.append(client)
                await asyncio.sleep(0)

        await asyncio.gather(*map(compute, clients))
        return "".join(had)

    return str(run_in_thread(asyncio.run, ask()))


def test_who_asks_for_much_waits_longest() -> None:
    assert order_of("aaaaaabc", Turns()) == "abcaaaaa"
    assert order_of("aaabbb", Turns()) == "ababab"


@pytest.mark.parametrize("lane", Lane)
def test_who_took_much_lately_comes_after_all_others(lane: Lane) -> None:
    all_turns = Turns()
    all_turns._use.add("a", MODEST_SECONDS + 1)
    assert order_of("baba" + "c" * 5, all_turns, lane)[-2:] == "aa"
    assert order_of("aaa", all_turns, lane) == "aaa"


def test_who_took_much_computes_nothing_while_another_does() -> None:
    """In whatever lane: all share one interpreter."""

    async def ask() -> None:
        all_turns = Turns()
        all_turns._use.add("a", MODEST_SECONDS + 1)
        async with all_turns.turn(Lane.QUERIES, "b"):
            waiting = asyncio.create_task(Turn(all_turns, Lane.PAGES, "a").take())
            await asyncio.sleep(0.01)
            assert not waiting.done()
        await asyncio.wait_for(waiting, 1)

    run_in_thread(asyncio.run, ask())


def test_who_took_much_leaves_a_turn_free_if_others_asked_lately() -> None:
    async def ask(also: str) -> int:
        all_turns = Turns()
        for client in "ab":
            all_turns._use.add(client, MODEST_SECONDS + 1)
        for client in also:
            async with all_turns.turn(Lane.PAGES, client):
                pass
        asking = [asyncio.create_task(Turn(all_turns, Lane.PAGES, "a").take()) for _ in range(3)]
        await asyncio.sleep(0.01)
        for task in asking:
            task.cancel()
        return sum(task.done() and not task.cancelled() for task in asking)

    assert run_in_thread(asyncio.run, ask("")) == 2
    assert run_in_thread(asyncio.run, ask("b")) == 1
    assert run_in_thread(asyncio.run, ask("c")) == 1


def test_the_time_of_the_processor_is_shared_by_those_who_compute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 0.0
    monkeypatch.setattr(turns.time, "process_time", lambda: now)
    all_turns = Turns()

    async def compute() -> None:
        nonlocal now
        async with all_turns.turn(Lane.PAGES, "a"):
            now += MODEST_SECONDS - 1
            async with all_turns.turn(Lane.PAGES, "b"):
                now += 2.2  # by the clock, b would have taken all of these
            now += 0.1

    run_in_thread(asyncio.run, compute())
    assert not all_turns._use.is_modest("a")
    assert all_turns._use.is_modest("b")


def test_a_modest_share_is_forgotten_and_so_is_what_was_taken_long_ago() -> None:
    now = 0.0
    use = Use(lambda: now)
    for second in range(100):
        now = second
        use.add("often", turns.MODEST_SHARE)
    use.add("at once", MODEST_SECONDS + 1)
    assert use.is_modest("often")
    assert not use.is_modest("at once")
    now += 5
    assert use.is_modest("at once")


@pytest.mark.parametrize("lane", Lane)
def test_so_many_compute_at_a_time_and_no_more(lane: Lane) -> None:
    all_turns = Turns()

    async def storm() -> int:
        now = most = 0

        async def compute(client: str) -> None:
            nonlocal now, most
            async with all_turns.turn(lane, client):
                now += 1
                most = max(most, now)
                await asyncio.sleep(0)
                now -= 1

        await asyncio.gather(*map(compute, "abc" * 5))
        return most

    for _ in range(2):  # all turns were given back
        assert run_in_thread(asyncio.run, storm()) == lane.value


def refused(asking: Coroutine[Any, Any, None]) -> int:
    with pytest.raises(RequestRefused) as problem:
        run_in_thread(asyncio.run, asking)
    assert problem.value.headers["retry-after"] == "5"
    return problem.value.status


@pytest.mark.parametrize("lane", Lane)
def test_of_one_address_only_so_many_wait(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "MOST_QUERIES", 3)
    monkeypatch.setattr(turns, "MOST_PAGES", 3)

    async def ask() -> None:
        all_turns = Turns()
        for _ in range(lane.value):
            await Turn(all_turns, lane, "a").take()
        clients = [Turn(all_turns, lane, client) for client in "aaab"]
        waiting = [asyncio.create_task(turn.take()) for turn in clients]
        await asyncio.sleep(0)
        try:
            await Turn(all_turns, lane, "a").take()
        finally:
            for task in waiting:
                task.cancel()

    assert refused(ask()) == 429


def test_a_query_that_waits_too_long_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "MOST_WAIT", 0.01)

    async def ask() -> None:
        all_turns = Turns()
        async with all_turns.turn(Lane.QUERIES, "a"), all_turns.turn(Lane.QUERIES, "b"):
            pass

    assert refused(ask()) == 429


def test_whoever_stops_waiting_leaves_no_gap() -> None:
    async def ask() -> None:
        all_turns = Turns()
        first, *others = [Turn(all_turns, Lane.QUERIES, client) for client in "abcd"]
        await first.take()
        waiting = [asyncio.create_task(turn.take()) for turn in others]
        await asyncio.sleep(0)
        waiting[0].cancel()  # before its turn
        first.give_back()  # c has the turn, and does not know yet
        waiting[1].cancel()
        await asyncio.wait(waiting)
        assert [task.cancelled() for task in waiting] == [True, True, False]
        others[2].give_back()
        await asyncio.wait_for(Turn(all_turns, Lane.QUERIES, "e").take(), 1)

    run_in_thread(asyncio.run, ask())


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("", "", True),
        ("not an address", "", False),
    ],
)
def test_a_customer_is_one_client(one: str, other: str, is_same: bool) -> None:
    first, second = (client_of({"client": (address, 1)}) for address in (one, other))
    assert (first == second) == is_same
    assert client_of({"client": None}) == client_of({})
