"""Workers: results come in order, few items are taken ahead, no process outlives its build."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from itertools import islice
from multiprocessing.connection import Connection
from operator import length_hint
from pathlib import Path

import pytest

from daily_papers import dumps
from daily_papers.pipeline import extraction, rows, run, workers
from daily_papers.records import DumpError
from daily_papers.search import similar
from tests.conftest import OLD, daily_papers, wait_until

TEST = os.getpid()
LIMIT = 60  # seconds that the machine may take for what takes none

# Two processes, which wait for work while the script waits.
WAITING = """
import os, time
from daily_papers.pipeline import workers
with workers.processes(2, lambda: os.write(1, b"begun\\n")) as executor:
    assert list(workers.map_ordered(executor, abs, range(-8, 0)))
    time.sleep(600)
"""
# Two processes that work.
WORKING = WAITING.replace("abs, range(-8, 0)", "time.sleep, [600] * 9")


def slow_if_early(number: int) -> int:
    time.sleep(0.2 if number == 0 else 0)
    return number * number


def only_even(number: int) -> int:
    assert number % 2 == 0, "a cached item was worked on"
    return number


def refuse_three(number: int) -> int:
    if number == 3:
        raise DumpError("dump.txt", 7, "expected a title")
    return number


def die(*_: object) -> None:
    """End like a process that the system kills for want of memory; but not the test itself."""
    assert os.getpid() != TEST, "this must run in another process"
    os.kill(os.getpid(), signal.SIGKILL)


killed = partial(pytest.raises, workers.WorkError, match="a process was killed")


def children(process: int) -> set[int]:
    files = Path(f"/proc/{process}/task").glob("*/children")
    return {int(child) for file in files for child in file.read_text().split()}


def begun(process: subprocess.Popen[str]) -> set[int]:
    """Return the two processes of a script, when both have begun."""
    assert process.stdout
    assert [process.stdout.readline() for _ in range(2)] == ["begun\n"] * 2
    processes = children(process.pid)
    assert len(processes) == 2
    return processes


def runs(process: int) -> bool:
    """Tell whether a process has not ended yet, be it waited for or not."""
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("item_count", [0, 50])
def test_results_come_in_the_order_of_the_items(count: int, item_count: int) -> None:
    with workers.processes(count) as executor:
        results = list(workers.map_ordered(executor, slow_if_early, range(item_count)))
    assert results == [(number, number * number) for number in range(item_count)]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_items_are_taken_ahead_of_the_results(count: int) -> None:
    items = iter(range(200))
    with workers.processes(count) as executor:
        results = workers.map_ordered(executor, slow_if_early, items)
        ahead = [200 - length_hint(items) - done for done, _ in enumerate(results, 1)]
    assert len(ahead) == 200
    assert max(ahead) == (0 if count == 1 else 4 * count - 1)


def test_cached_items_count_among_the_items_ahead() -> None:
    items = iter(range(1000))
    with workers.processes(2) as executor:
        results = workers.map_ordered(executor, slow_if_early, items, lambda number: -number or 1)
        assert next(results) == (0, 1)
        assert next(items) == 8


@pytest.mark.parametrize("count", [1, 2])
def test_cached_items_are_not_submitted(count: int) -> None:
    with workers.processes(count) as executor:
        cached = {number: -number for number in range(1, 40, 2)}
        results = list(workers.map_ordered(executor, only_even, range(40), cached.get))
    assert results == [(number, cached.get(number, number)) for number in range(40)]


@pytest.mark.parametrize("count", [1, 2])
def test_an_error_comes_through_as_it_was_and_in_its_turn(count: int) -> None:
    with workers.processes(count) as executor:
        results = workers.map_ordered(executor, refuse_three, range(9))
        assert [number for number, _ in islice(results, 3)] == [0, 1, 2]
        with pytest.raises(DumpError, match=r"^dump\.txt:7: expected a title") as caught:
            next(results)
    assert (caught.value.file, caught.value.line) == ("dump.txt", 7)


def test_items_that_are_submitted_after_all_processes_were_killed_are_errors() -> None:
    with workers.processes(2) as executor:
        assert executor
        first, second = executor.submit(die, 0), executor.submit(die, 1)
        for made in (first, second, executor.submit(abs, 2)):
            with killed():
                made.result()


def half_a_result(_: int) -> bytes:
    """Be killed in the middle of sending the result."""
    assert os.getpid() != TEST, "this must run in another process"

    def send_half(self: Connection, data: bytes) -> None:
        os.write(self.fileno(), data[: len(data) // 2])
        os.kill(os.getpid(), signal.SIGKILL)

    Connection._send_bytes = send_half  # type: ignore[attr-defined]
    return b"x" * 1000


def test_a_process_that_is_killed_while_it_answers_is_an_error() -> None:
    with workers.processes(2) as executor, killed():
        assert executor
        executor.submit(half_a_result, 0).result()


@pytest.mark.parametrize(
    ("module", "name"),
    [(dumps, "read"), (extraction, "extract"), (rows, "weigh"), (similar, "nearest")],
    ids=["dumps", "texts", "rows", "neighbours"],
)
def test_a_build_whose_process_is_killed_says_so_and_leaves_the_old_file(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: object, name: str
) -> None:
    for few in ("_FEW_DUMPS", "_FEW_PAPERS"):
        monkeypatch.setattr(run, few, 0)
    monkeypatch.setattr(module, name, die)  # processes are forked, and have it too
    target = tmp_path / "papers.db"
    target.write_text(OLD)
    result = daily_papers("build", corpus, "-o", target, "--no-cache", "--workers", 2)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("daily-papers: a process was killed")
    assert result.stderr.endswith("--workers 1\n")
    assert result.stderr.count("\n") == 1
    assert target.read_text() == OLD
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus", "papers.db"]


@pytest.mark.parametrize("script", [WAITING, WORKING], ids=["waiting", "working"])
def test_processes_end_with_a_parent_that_is_killed(script: str) -> None:
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            processes = begun(process)
            assert all(map(runs, processes))
        finally:
            process.kill()
    try:
        wait_until(lambda: not any(map(runs, processes)))
    finally:
        for child in filter(runs, processes):
            os.kill(child, signal.SIGKILL)


def test_an_interrupt_ends_all_and_only_the_build_speaks_of_it() -> None:
    """A terminal sends it to every process."""
    command = [sys.executable, "-c", WAITING]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}

    def heed() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # tests that run in the background ignore it

    with subprocess.Popen(
        command, text=True, start_new_session=True, preexec_fn=heed, **pipes
    ) as process:
        try:
            processes = begun(process)
            os.killpg(process.pid, signal.SIGINT)
            _, errors = process.communicate(timeout=LIMIT)
        finally:
            process.kill()
    assert errors.count("Traceback") == 1
    assert errors.endswith("KeyboardInterrupt\n")
    assert "Process" not in errors
    assert not any(map(runs, processes))
