"""Runs a function over many items, here, in processes or on a cluster; results come in order."""

import gc
import multiprocessing
import os
import signal
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from queue import SimpleQueue
from threading import Thread
from typing import Any, Generic, Protocol, TypeVar

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


class Executor(Protocol):
    """Workers in other processes or on other machines, for `count` items at once."""

    @property
    def count(self) -> int:
        """How many items are worked on at once."""

    def submit(self, function: Callable[[Item], Result], item: Item, /) -> Promise[Result]:
        """Have a worker call a function with an item."""


class _Processes:
    """Processes, each with a pipe and a thread of its own here: if one is killed, whatever it was
    doing, its pipe ends. `ProcessPoolExecutor` has one pipe for all results, which does not, and
    would wait for the rest of a result for ever."""

    def __init__(self, count: int, start: Callable[[], None]) -> None:
        self.count = count
        self._start = start
        self._processes: list[BaseProcess] = []
        self._threads: list[Thread] = []
        self._waiting: SimpleQueue[_Work | None] = SimpleQueue()

    def submit(self, function: Callable[[Item], Result], item: Item, /) -> Future[Result]:
        if not self._processes:
            self._fork()
        made: Future[Result] = Future()
        self._waiting.put((function, item, made))
        return made

    def _fork(self) -> None:
        """Begin: all processes before the first thread, as a process that is forked has none."""
        forking = multiprocessing.get_context("fork")
        ends: list[Connection] = []
        for _ in range(self.count):
            here, there = forking.Pipe()
            ends.append(here)
            process = forking.Process(target=_serve, args=(there, ends, self._start), daemon=True)
            process.start()
            there.close()
            self._processes.append(process)
        for end in ends:
            thread = Thread(target=self._hand_over, args=(end,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def _hand_over(self, end: Connection) -> None:
        with end:
            while work := self._waiting.get():
                function, item, made = work
                try:
                    end.send((function, item))
                    done, result = end.recv()
                except (EOFError, OSError):
                    made.set_exception(WorkError(_KILLED))
                    continue  # so that nobody waits for what is handed out next
                except Exception as error:
                    made.set_exception(error)
                    continue
                if done:
                    made.set_result(result)
                else:
                    made.set_exception(result)

    def end(self) -> None:
        """End the processes, whatever they are doing, and the threads."""
        for process in self._processes:
            process.kill()
            process.join()
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()


_Work = tuple[Callable[[Any], Any], Any, Future[Any]]
_KILLED = "a process was killed, as for want of memory; fewer may do: --workers 1"


@contextmanager
def processes(count: int, start: Callable[[], None] = lambda: None) -> Iterator[Executor | None]:
    """Give so many processes, forked when they are first needed; for one, None: to work here.

    `start` is called in each of them, or here; arrays that it refers to are shared, not copied. The
    result of a process that was killed raises WorkError.
    """
    if count == 1:
        start()
        yield None
        return
    pool = _Processes(count, start)
    try:
        yield pool
    finally:
        pool.end()


def _serve(end: Connection, others: Sequence[Connection], start: Callable[[], None]) -> None:
    """Do what comes through a pipe until it ends."""
    # A terminal interrupts all of them; it is the build that says so, and ends them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()  # to look through what is shared would copy it
    for other in others:  # else no pipe would end while another process has it
        other.close()
    # A build that is killed takes its processes along, also from the middle of their work.
    Thread(target=_end_with_parent, daemon=True).start()
    start()
    while True:
        try:
            function, item = end.recv()
            end.send(_call(function, item))
        except (EOFError, OSError):  # the build has ended
            return


def _call(function: Callable[[Item], Result], item: Item) -> tuple[bool, Result | Exception]:
    try:
        return True, function(item)
    except Exception as error:
        error.add_note(traceback.format_exc())
        return False, error


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


def map_ordered(
    executor: Executor | None,
    function: Callable[[Item], Result],
    items: Iterable[Item],
    cached: Callable[[Item], Result | None] = lambda _: None,
) -> Iterator[tuple[Item, Result]]:
    """Yield each item with its result: the one that is `cached`, or else the function's.

    Items are taken as results come, few ahead, so that memory is bounded.
    """
    if executor is None:
        for item in items:
            result = cached(item)
            yield item, function(item) if result is None else result
        return
    waiting: deque[tuple[Item, Promise[Result]]] = deque()
    most = _AHEAD * executor.count
    for item in items:
        result = cached(item)
        waiting.append((item, executor.submit(function, item) if result is None else _Made(result)))
        if len(waiting) >= most:
            yield _taken(*waiting.popleft())
    while waiting:
        yield _taken(*waiting.popleft())


def _taken(item: Item, promise: Promise[Result]) -> tuple[Item, Result]:
    return item, promise.result()


@dataclass(frozen=True)
class _Made(Generic[Result]):
    value: Result

    def result(self) -> Result:
        return self.value
