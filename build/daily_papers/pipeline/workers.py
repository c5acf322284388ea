"""Maps a function over many items in this process, in others or on a cluster; keeps their order."""

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

_AHEAD = 4  # items submitted per worker before the first of their results is taken


class WorkError(Exception):
    """A process, a worker or the cluster failed, not the function that it ran."""


class Promise(Protocol[Promised]):
    """A result that a worker computes."""

    def result(self) -> Promised:
        """Wait for the result; raise what the function raised."""


class Executor(Protocol):
    """Workers in other processes or on other machines."""

    @property
    def count(self) -> int:
        """The number of items that are worked on at once."""

    def submit(self, function: Callable[[Item], Result], item: Item, /) -> Promise[Result]:
        """Let a worker call a function with an item."""


class _Processes:
    """An executor of processes, each with its own pipe, which a thread of this process serves.

    If a process is killed, whatever it was doing, its pipe ends. `ProcessPoolExecutor` has one pipe
    for all results, which does not end: it would wait for the rest of a result for ever.
    """

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
        """Start all processes before the first thread, as a fork copies no threads."""
        forking = multiprocessing.get_context("fork")
        ends: list[Connection] = []
        for _ in range(self.count):
            end, process_end = forking.Pipe()
            ends.append(end)
            arguments = process_end, ends, self._start
            process = forking.Process(target=_serve, args=arguments, daemon=True)
            process.start()
            process_end.close()
            self._processes.append(process)
        for end in ends:
            thread = Thread(target=self._send_work, args=(end,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def _send_work(self, end: Connection) -> None:
        with end:
            while work := self._waiting.get():
                function, item, made = work
                try:
                    end.send((function, item))
                    done, result = end.recv()
                except (EOFError, OSError):
                    made.set_exception(WorkError(_KILLED))
                    continue  # so that the next items fail, too, instead of waiting for ever
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
    """Yield an executor of `count` processes, forked at the first use; None if `count` is 1.

    `start` is called in each process, or in this one if `count` is 1; arrays that it refers to are
    shared, not copied. A result that a killed process should have computed raises WorkError.
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


def _serve(end: Connection, inherited: Sequence[Connection], start: Callable[[], None]) -> None:
    """Do the work that comes through a pipe until it ends."""
    # A terminal interrupts all processes; the build reports it, and ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()  # a collection would write to shared objects, and so copy them
    for inherited_end in inherited:  # else no pipe would end while another process has it
        inherited_end.close()
    # If the build is killed, its processes end, too, even in the middle of their work.
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
    """Yield each item with its result, in order: the `cached` result, or else the function's.

    Only a few items are taken ahead of their results, so that memory is bounded.
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
