"""Answers questions in a process that is killed where one takes too long, and whose memory is its
own: a step of SQLite can be stopped in no other way.

A process that did nothing else, and so has no threads, starts the next one: it is forked from the
server before that has threads, and shares the memory of what was read by then.
"""

import asyncio
import gc
import os
import pickle
import resource
import select
import signal
import stat
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from socket import SHUT_RDWR, recv_fds, send_fds, socket, socketpair
from typing import Any, NoReturn

from daily_papers.site.threads import end, to_thread

Answering = Callable[[Any], Any]
GROWN = 4  # a process that still holds this part of what it may take is replaced
KINDNESS = 5  # of 19, by which it gives way to pages; more would starve short queries
TRIES = 3  # to start a process
STARTING = 60.0  # seconds that a process may take to start, on a machine that has too much to do
_STARTED = b"."
_LENGTH = struct.Struct("!Q")
_OPEN_FILES = Path("/dev/fd")
_IGNORED = (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGHUP, signal.SIGUSR1)


class ProcessEnded(Exception):  # noqa: N818 - it is what it is called
    """The process ended by itself before it answered, as where its memory was used up."""


class KillableProcess:
    """Answers questions, one at a time, in a process that is started again when it is killed."""

    def __init__(self, prepare: Callable[[], Answering], most_bytes: int) -> None:
        """Take what opens files in the new process and returns the function that answers there,
        and how many bytes that may take besides what it shares.

        Returns when files are open. To be called before there are threads that do anything.
        """
        self._control, theirs = socketpair()
        gc.collect()
        if not os.fork():
            self._control.close()
            _start_processes(theirs, prepare, most_bytes)
        theirs.close()
        if not self._control.recv(1):
            raise ProcessEnded("The process for queries did not start.")
        self._lock = asyncio.Lock()
        self._channel = self._start()

    def _start(self) -> socket:
        """Kill the process before, start another, and return when it is ready."""
        for _ in range(TRIES):  # it may be killed at once, where memory is short
            channel, theirs = socketpair()
            with suppress(OSError):
                with theirs:
                    send_fds(self._control, [b"."], [theirs.fileno()])
                _receive(channel, len(_STARTED), time.monotonic() + STARTING)
                return channel
            channel.close()
        os.kill(os.getpid(), signal.SIGTERM)  # so that this server is replaced
        raise ProcessEnded("No process for queries can be started.")

    def _replace(self) -> None:
        channel = self._start()
        self._channel.close()
        self._channel = channel

    async def ask(self, question: object, seconds: float) -> Any:
        """Return the answer, or raise the exception that it is.

        Raises:
            TimeoutError: it took longer, and was killed.
            ProcessEnded: it ended by itself.
        """
        async with self._lock:
            if _has_ended(self._channel):  # while nobody asked
                await to_thread(self._replace)
            # A thread waits: what else the loop has to do takes no time of the question.
            asking = asyncio.ensure_future(
                asyncio.to_thread(self._exchange, self._channel, question, seconds)
            )
            try:
                is_raised, answer, has_grown = await asyncio.shield(asking)
            except BaseException:  # also where nobody waits for it any more
                with suppress(OSError):  # the process has ended
                    self._channel.shutdown(SHUT_RDWR)  # wakes the thread
                await end(asking)
                await to_thread(self._replace)  # whoever has one killed takes the time of another
                raise
            if has_grown:
                await to_thread(self._replace)
        if is_raised:
            raise answer
        return answer

    def _exchange(
        self, channel: socket, question: object, seconds: float
    ) -> tuple[bool, Any, bool]:
        """Return whether the answer is an exception, the answer, and whether it took memory."""
        packed = pickle.dumps(question, pickle.HIGHEST_PROTOCOL)
        try:
            last = time.monotonic() + seconds
            channel.settimeout(seconds)
            channel.sendall(_LENGTH.pack(len(packed)) + packed)
            (length,) = _LENGTH.unpack(_receive(channel, _LENGTH.size, last))
            answer: tuple[bool, Any, bool] = pickle.loads(_receive(channel, length, last))
        except TimeoutError:
            raise
        except OSError as error:
            raise ProcessEnded("The process for queries ended.") from error
        return answer


def _has_ended(channel: socket) -> bool:
    """Tell whether the process at the other end has ended, which says nothing unasked."""
    poll = select.poll()
    poll.register(channel, select.POLLIN)
    return bool(poll.poll(0))


def _receive(channel: socket, size: int, end: float) -> bytearray:
    received = bytearray(size)
    left = memoryview(received)
    while left:
        channel.settimeout(max(0.001, end - time.monotonic()))
        count = channel.recv_into(left)
        if not count:
            raise ConnectionResetError
        left = left[count:]
    return received


def _start_processes(
    control: socket, prepare: Callable[[], Answering], most_bytes: int
) -> NoReturn:
    """Start a process for each message, which kills the one before; end when the server does."""
    status = 1
    try:
        for number in _IGNORED:  # it ends when its server has ended
            signal.signal(number, signal.SIG_IGN)
        _close_sockets(control.fileno())
        answering = prepare()
        gc.freeze()  # so that what is shared stays so
        control.send(b".")
        child = 0
        while True:
            message, channels, *_ = recv_fds(control, 1, 1)
            if child:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
            if not message:
                break
            child = os.fork()
            if not child:
                control.close()
                _answer(socket(fileno=channels[0]), answering, most_bytes)
            os.close(channels[0])
        status = 0
    finally:
        os._exit(status)


def _close_sockets(kept: int) -> None:
    """Close what clients are connected to: a port is free when the server has ended."""
    for number in [int(file.name) for file in _OPEN_FILES.iterdir()]:
        with suppress(OSError):
            if number != kept and stat.S_ISSOCK(os.fstat(number).st_mode):
                os.close(number)


def _answer(channel: socket, answering: Answering, most_bytes: int) -> NoReturn:
    """Answer questions until nobody asks."""
    try:
        os.nice(KINDNESS)
        at_first = _data_bytes()
        if at_first:
            resource.setrlimit(resource.RLIMIT_DATA, (at_first + most_bytes,) * 2)
        channel.sendall(_STARTED)
        with channel, channel.makefile("rb") as questions:
            while length := questions.read(_LENGTH.size):
                question = pickle.loads(questions.read(*_LENGTH.unpack(length)))
                is_raised, answer = _outcome(answering, question)
                has_grown = _data_bytes() - at_first > most_bytes // GROWN
                packed = pickle.dumps((is_raised, answer, has_grown), pickle.HIGHEST_PROTOCOL)
                channel.sendall(_LENGTH.pack(len(packed)) + packed)
    finally:
        os._exit(0)


def _outcome(answering: Answering, question: object) -> tuple[bool, Any]:
    try:
        return False, answering(question)
    except Exception as error:
        return True, error


def _data_bytes() -> int:
    """Return the bytes of data of this process; 0 where Linux does not tell them."""
    with suppress(OSError):
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[5]
        return int(pages) * resource.getpagesize()
    return 0
