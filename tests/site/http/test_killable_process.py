"""A process that answers questions is killed where one takes too long; another goes on."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Awaitable, Callable

import psutil
import pytest

from daily_papers.site.http.killable_process import KillableProcess, ProcessEnded
from tests.conftest import run_in_thread, wait_until

MEGABYTE = 1 << 20


def answer(question: object) -> object:
    """Answer as the question says."""
    match question:
        case ("sleep", float(seconds)):
            time.sleep(seconds)
        case ("memory", int(size)):
            return len(bytes(size))
        case ("hold", int(size)):
            kept.append(bytearray(size))
        case ("exit",):
            os._exit(3)
        case ("raise", str(text)):
            raise ValueError(text)
        case "who":
            return os.getpid(), os.nice(0)
    return question


kept: list[bytearray] = []


def run(steps: Callable[[KillableProcess], Awaitable[None]]) -> None:
    process = KillableProcess(lambda: answer, 64 * MEGABYTE)
    run_in_thread(asyncio.run, asyncio.wait_for(steps(process), 30))


def test_it_answers_and_raises_what_the_question_raised() -> None:
    async def steps(process: KillableProcess) -> None:
        assert await process.ask(("x" * 300_000, None, 1.5), 10) == ("x" * 300_000, None, 1.5)
        with pytest.raises(ValueError, match="why"):
            await process.ask(("raise", "why"), 10)
        first, niceness = await process.ask("who", 10)
        assert first != os.getpid()
        assert niceness >= 5
        assert (await process.ask("who", 10))[0] == first

    run(steps)


def test_what_takes_too_long_is_killed_at_once() -> None:
    async def steps(process: KillableProcess) -> None:
        pid, _ = await process.ask("who", 10)
        started = time.monotonic()
        with pytest.raises(TimeoutError):
            await process.ask(("sleep", 60.0), 0.1)
        assert await process.ask("next", 10) == "next"
        assert time.monotonic() - started < 10
        assert not psutil.pid_exists(pid)

    run(steps)


def test_what_nobody_waits_for_is_killed() -> None:
    async def steps(process: KillableProcess) -> None:
        pid, _ = await process.ask("who", 10)
        asking = asyncio.create_task(process.ask(("sleep", 60.0), 60))
        await asyncio.sleep(0.05)
        while not asking.done():  # as some libraries do
            asking.cancel()
            await asyncio.sleep(0)
        assert await process.ask("next", 10) == "next"
        assert not psutil.pid_exists(pid)

    run(steps)


def test_answers_are_those_of_their_questions_whenever_others_are_cancelled() -> None:
    async def steps(process: KillableProcess) -> None:
        for number in range(60):
            asking = asyncio.create_task(process.ask(("x" * number, number), 10))
            await asyncio.sleep(number % 7 / 2_000)
            asking.cancel()
            assert await process.ask(number, 10) == number

    run(steps)


def test_one_that_was_killed_meanwhile_is_replaced_unseen() -> None:
    async def steps(process: KillableProcess) -> None:
        for _ in range(3):
            pid, _ = await process.ask("who", 10)
            os.kill(pid, signal.SIGKILL)
            wait_until(lambda pid=pid: not runs(psutil.Process(pid)))
            assert await process.ask("next", 10) == "next"

    run(steps)


def test_whoever_has_one_killed_waits_for_another() -> None:
    """Or those that are cancelled at once would each have a process started, in a long queue."""

    async def steps(process: KillableProcess) -> None:
        asking = asyncio.create_task(process.ask(("sleep", 60.0), 60))
        await asyncio.sleep(0.05)
        asking.cancel()
        await asyncio.wait((asking,))
        (starter,) = (child for child in psutil.Process().children()
                      if child.pid not in others and child.children())  # fmt: skip
        assert [child.pid for child in starter.children()] == [(await process.ask("who", 10))[0]]

    others = {child.pid for child in psutil.Process().children()}
    run(steps)


def test_its_memory_is_bounded_and_comes_back() -> None:
    async def steps(process: KillableProcess) -> None:
        with pytest.raises(MemoryError):
            await process.ask(("memory", 500 * MEGABYTE), 10)
        first, _ = await process.ask("who", 10)
        await process.ask(("hold", 40 * MEGABYTE), 10)
        assert (await process.ask("who", 10))[0] != first

    run(steps)


def test_one_that_ends_by_itself_is_told_and_replaced() -> None:
    async def steps(process: KillableProcess) -> None:
        with pytest.raises(ProcessEnded):
            await process.ask(("exit",), 10)
        assert await process.ask("next", 10) == "next"

    run(steps)


def test_it_ends_with_its_server_however_that_ends() -> None:
    code = """
        import os, asyncio, time
        from daily_papers.site.http.killable_process import KillableProcess
        process = KillableProcess(lambda: lambda _: os.getpid(), 1 << 26)
        print(asyncio.run(process.ask("who", 10)), flush=True)
        time.sleep(60)
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        pid = int(server.stdout.readline())
        children = psutil.Process(server.pid).children(recursive=True)
        assert pid in {child.pid for child in children}
        server.kill()
    wait_until(lambda: not any(map(runs, children)))


def runs(process: psutil.Process) -> bool:
    """Tell whether a process runs, and does not only wait for its parent to notice its end."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False
