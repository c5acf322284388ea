"""Runs a function over many items: here, in processes, or on a cluster; results in their order."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_AHEAD = 8  # items handed out and not yet taken back, for each process


class WorkError(Exception):
    """Work that another process was to do was not done."""


@contextmanager
def processes(count: int, start: Callable[[], None] = lambda: None) -> Iterator[Executor | None]:
    """Give so many processes, forked when they are first needed; or None, which means to work here.

    `start` is called in each of them, or here; what it holds is not copied.
    """
    if count == 1:
        start()
        yield None
        return
    forking = multiprocessing.get_context("fork")
    pool = ProcessPoolExecutor(count, forking, initializer=_begin, initargs=(start,))
    try:
        yield pool
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
    executor: Executor | None,
    function: Callable[[Item], Result],
    items: Iterable[Item],
    known: Callable[[Item], Result | None] = lambda _: None,
) -> Iterator[tuple[Item, Result]]:
    """Yield each item with the function's result for it, or with what is `known` of it already.

    Items are taken as results come, few ahead, so that memory is bounded.

    Raises:
        WorkError: a process was killed.
    """
    if executor is None:
        for item in items:
            found = known(item)
            yield item, function(item) if found is None else found
        return
    waiting: deque[tuple[Item, Result | Future[Result]]] = deque()
    most = _AHEAD * (getattr(executor, "_max_workers", None) or os.cpu_count() or 1)
    for item in items:
        found = known(item)
        with _whole():
            waiting.append((item, executor.submit(function, item) if found is None else found))
        if len(waiting) >= most:
            yield _done(*waiting.popleft())
    while waiting:
        yield _done(*waiting.popleft())


def _done(item: Item, result: "Result | Future[Result]") -> tuple[Item, Result]:
    with _whole():
        return item, result.result() if isinstance(result, Future) else result


@contextmanager
def _whole() -> Iterator[None]:
    """Say what it means when processes are broken: met as work is handed out, or taken back."""
    try:
        yield
    except BrokenProcessPool as error:
        problem = "a process was killed, as for want of memory; fewer may do: --workers 1"
        raise WorkError(problem) from error
