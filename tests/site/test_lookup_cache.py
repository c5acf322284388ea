"""Lookups are made once, within a bound."""

import asyncio

import pytest

from daily_papers.site.lookup_cache import LONGEST, Key, LookupCache
from tests.conftest import run_in_thread


class Numbered:
    """A lookup that returns how often it was made, in a list."""

    def __init__(self) -> None:
        self.count = 0

    async def __call__(self) -> list[int]:
        self.count += 1
        return [self.count]


def looked_up(cache: LookupCache, *keys: Key) -> list[list[int]]:
    look_up = Numbered()

    async def run() -> list[list[int]]:
        return [await cache.read(key, look_up) for key in keys]

    return run_in_thread(asyncio.run, run())


def test_a_lookup_is_made_once_for_each_key() -> None:
    keys = ("columns", "papers"), ("columns", "topics"), ("columns", "papers")
    assert looked_up(LookupCache(), *keys) == [[1], [2], [1]]


def test_a_list_that_is_changed_stays_as_it_was() -> None:
    cache = LookupCache()
    (first,) = looked_up(cache, ("a",))
    first.append(2)
    assert looked_up(cache, ("a",)) == [[1]]


def test_the_least_recently_used_go_first() -> None:
    assert looked_up(LookupCache(2), *[(key,) for key in "abacab"]) == [
        [1],
        [2],
        [1],
        [3],
        [1],
        [4],
    ]


def test_long_keys_are_not_kept() -> None:
    cache = LookupCache()
    assert looked_up(cache, *[("a" * LONGEST,)] * 2, *[("a" * LONGEST, "b")] * 2) == [
        *([1], [1]),
        *([2], [3]),
    ]
    assert len(cache) == 1


def test_a_lookup_that_fails_is_made_again() -> None:
    async def fail() -> None:
        raise ValueError

    cache = LookupCache()
    with pytest.raises(ValueError, match="^$"):
        run_in_thread(asyncio.run, cache.read(("a",), fail))
    assert looked_up(cache, ("a",)) == [[1]]
