"""Few compute at a time; those who wait take turns by their address."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from daily_papers.site.http import turns
from daily_papers.site.http.admission import RequestRefused
from daily_papers.site.http.turns import Turns, client_of
from tests.conftest import run_in_thread


def order_of(clients: str, lane: Turns) -> str:
    """Return whose turn it was, in order, of clients that ask at once, a letter each."""

    async def ask() -> str:
        had: list[str] = []

        async def compute(client: str) -> None:
            async with lane.turn(client):
                had.append(client)
                await asyncio.sleep(0)

        await asyncio.gather(*map(compute, clients))
        return "".join(had)

    return str(run_in_thread(asyncio.run, ask()))


def test_who_asks_for_much_waits_longest() -> None:
    assert order_of("aaaaaabc", Turns(1)) == "aabcaaaa"
    assert order_of("aaabbb", Turns(1)) == "aababb"


@pytest.mark.parametrize("at_once", [1, 2])
def test_so_many_compute_at_a_time_and_no_more(at_once: int) -> None:
    lane = Turns(at_once)

    async def storm() -> int:
        now = most = 0

        async def compute(client: str) -> None:
            nonlocal now, most
            async with lane.turn(client):
                now += 1
                most = max(most, now)
                await asyncio.sleep(0)
                now -= 1

        await asyncio.gather(*map(compute, "abc" * 10))
        return most

    for _ in range(2):  # all turns were given back
        assert run_in_thread(asyncio.run, storm()) == at_once


def refused(asking: Coroutine[Any, Any, None]) -> int:
    with pytest.raises(RequestRefused) as problem:
        run_in_thread(asyncio.run, asking)
    assert problem.value.headers["retry-after"] == "5"
    return problem.value.status


def test_of_one_address_only_so_many_wait() -> None:
    async def ask() -> None:
        lane = Turns(1, most_waiting=3)
        async with lane.turn("a"):
            waiting = [asyncio.create_task(lane.take(client)) for client in "aaab"]
            await asyncio.sleep(0)
            try:
                await lane.take("a")
            finally:
                for task in waiting:
                    task.cancel()

    assert refused(ask()) == 429


def test_who_waits_too_long_is_sent_away() -> None:
    async def ask() -> None:
        lane = Turns(1, most_wait=0.01)
        async with lane.turn("a"), lane.turn("b"):
            pass

    assert refused(ask()) == 429


def test_whoever_stops_waiting_leaves_no_gap() -> None:
    async def ask() -> str:
        lane, had = Turns(1), ""
        await lane.take("a")
        waiting = [asyncio.create_task(lane.take(client)) for client in "bcd"]
        await asyncio.sleep(0)
        waiting[0].cancel()  # before its turn
        lane.give_back()  # c has the turn, and does not know yet
        waiting[1].cancel()
        await asyncio.wait(waiting)
        had += "d" if waiting[2].done() and not waiting[2].cancelled() else ""
        lane.give_back()
        await asyncio.wait_for(lane.take("e"), 1)
        return had + "e"

    assert run_in_thread(asyncio.run, ask()) == "de"


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
    assert (client_of(one) == client_of(other)) == is_same


def test_the_limits_are_those_of_the_docs() -> None:
    assert (turns.PAGES_AT_ONCE, turns.QUERIES_AT_ONCE) == (2, 1)
    assert (turns.MOST_QUERIES, turns.MOST_WAIT) == (16, 10)
