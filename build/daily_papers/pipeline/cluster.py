"""Runs functions on a Dask cluster whose scheduler and workers have this version of the package."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any, Generic
from uuid import uuid4

from distributed import Client, KilledWorker, get_worker
from distributed.client import ClosedClientError
from distributed.comm.core import CommClosedError

from daily_papers.pipeline.cache import code_hash
from daily_papers.pipeline.workers import Executor, Item, Result, WorkError

_PATIENCE = 10  # seconds to wait for a scheduler to answer, and for a first worker
_LOCK = Lock()  # the code that reads is not thread-safe, and threads would gain little
_LOGGERS = ("asyncio", "distributed", "distributed.client")


@contextmanager
def connected(address: str) -> Iterator[Executor]:
    """Connect to the scheduler at an address; at the end, no thread of the client is left.

    Raises:
        WorkError: there is no scheduler or no worker, one has another version, or they go away.
    """
    for name in _LOGGERS:  # WorkError says it in one sentence
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        with _client(address) as client:
            _require_workers(client, address)
            _require_same_code(client)
            yield _Threads(client, address, sum(client.nthreads().values()))
    except KilledWorker as error:
        last = _worker(error.last_worker.address)
        problem = f"workers were killed over the same task, the last {last}; see its log"
        raise WorkError(problem) from error
    except (CancelledError, ClosedClientError, CommClosedError) as error:
        raise WorkError(_gone(address)) from error


def _client(address: str) -> Client:
    try:
        return Client(address, timeout=_PATIENCE, set_as_default=False)
    except OSError as error:
        problem = f"no scheduler answers at {address} within {_PATIENCE} seconds"
        raise WorkError(problem) from error


def _require_workers(client: Client, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError as error:
        problem = f"the scheduler at {address} has no workers, {_PATIENCE} seconds on"
        raise WorkError(problem) from error
    except OSError as error:
        raise WorkError(_gone(address)) from error


def _require_same_code(client: Client) -> None:
    """Compare the code of this process with that of all workers, and of the scheduler, which
    unpickles tasks."""
    try:
        hashes: dict[str, Any] = {"the scheduler": client.run_on_scheduler(code_hash)}
    except (ImportError, AttributeError) as error:
        hashes = {"the scheduler": error}
    workers = client.run(code_hash, on_error="return")
    hashes |= {_worker(address): answer for address, answer in workers.items()}
    for name, answer in hashes.items():
        if isinstance(answer, Exception):
            raise WorkError(f"{name} cannot use daily-papers: {answer}") from answer
        if answer != code_hash():
            raise WorkError(_other_code(name))


def _worker(address: str) -> str:
    return f"the worker at {address}"


def _gone(address: str) -> str:
    return f"the scheduler at {address} went away"


def _other_code(name: str) -> str:
    return f"{name} has another version of daily-papers, of Python or of what it reads with"


@dataclass(frozen=True)
class _Threads:
    """An executor: `count` threads of the workers of a cluster."""

    client: Client
    address: str
    count: int

    def submit(self, function: Callable[[Item], Result], item: Item, /) -> "_Task[Result]":
        key = f"{function.__name__}-{uuid4()}"
        # Dask searches arguments for tasks of its own, but not a partial.
        task = self.client.submit(_run, code_hash(), partial(function, item), key=key)
        # Fetched as soon as it is done: one request per result takes longer than reading a dump.
        fetching = self.client.gather(task, asynchronous=True)
        loop: Any = self.client.loop
        return _Task(self, asyncio.run_coroutine_threadsafe(fetching, loop.asyncio_loop))


@dataclass(frozen=True)
class _Task(Generic[Result]):
    """A task; if its worker is killed, another worker runs it."""

    threads: _Threads
    made: Future[Result]

    def result(self) -> Result:
        while wait([self.made], _PATIENCE).not_done:
            _require_workers(self.threads.client, self.threads.address)
        return self.made.result()


def _run(expected: str, work: Callable[[], Result]) -> Result:
    """Call a function in a worker, which may have joined after the versions were compared."""
    if code_hash() != expected:
        raise WorkError(_other_code(_worker(get_worker().address)))
    with _LOCK:
        return work()
