"""Runs a function over many items: here, in processes, or on a cluster; results in their order."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
Promised = TypeVar("Promised", covariant=True)

_AHEAD = 8  # items handed out and not yet taken back, for each that works


class WorkError(Exception):
    """Work that another process was to do was not done."""


class Promise(Protocol[Promised]):
    """A result that is being made."""

    def result(self) -> Promised:
        """Wait for it; what the function raised is raised here."""


class Hands(Protocol):
    """Those who work elsewhere: on `count` items at once."""

    @property
    def count(self) -> int:
        """Say how many."""

    def submit(self, function: Callable[[Item], Result], item: Item, /) -> Promise[Result]:
        """Hand an item out."""


class _Processes(ProcessPoolExecutor):
    def __init__(self, count: int, start: Callable[[], None]) -> None:
        forking = multiprocessing.get_context("fork")
        super().__init__(count, forking, initializer=_begin, initargs=(start,))
        self.count = count


@contextmanager
def processes(count: int, start: Callable[[], None] = lambda: None) -> Iterator[Hands | None]:
    """Give so many processes, forked when they are first needed; or None, which means to work here.

    `start` is called in each of them, or here; what it holds is not copied.

    Raises:
        WorkError: a process was killed.
    """
    if count == 1:
        start()
        yield None
        return
    pool = _Processes(count, start)
    try:
        yield pool
    except BrokenProcessPool as error:
        problem = "a process was killed, as for want of memory; fewer may do: --workers 1"
        raise WorkError(problem) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(start: Callable[[], None]) -> None:
    # A terminal interrupts all of them; it is the build that says so, and ends them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A build that is killed takes its processes along: a pool's would wait for work for ever.
    threading.Thread(target=_end_with_parent, daemon=True).start()
    start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


def each(
    hands: Hands | None,
    function: Callable[[Item], Result],
    items: Iterable[Item],
    known: Callable[[Item], Result | None] = lambda _: None,
) -> Iterator[tuple[Item, Result]]:
    """Yield each item with the function's result for it, or with what is `known` of it already.

    Items are taken as results come, few ahead, so that memory is bounded.
    """
    if hands is None:
        for item in items:
            found = known(item)
            yield item, function(item) if found is None else found
        return
    waiting: deque[tuple[Item, Promise[Result]]] = deque()
    most = _AHEAD * hands.count
    for item in items:
        found = known(item)
        waiting.append((item, hands.submit(function, item) if found is None else _Known(found)))
        if len(waiting) >= most:
            yield _taken(*waiting.popleft())
    while waiting:
        yield _taken(*waiting.popleft())


def _taken(item: Item, promise: Promise[Result]) -> tuple[Item, Result]:
    return item, promise.result()


@dataclass(frozen=True)
class _Known(Generic[Result]):
    value: Result

    def result(self) -> Result:
        return self.value
