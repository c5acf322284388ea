"""Work over many items: results in order, few items ahead, and no process outlives its build."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from daily_papers import dumps
from daily_papers.pipeline import extraction, rows, run, workers
from daily_papers.records import DumpError
from daily_papers.search import similar
from tests.conftest import OLD, daily_papers

TEST = os.getpid()
LIMIT = 60  # seconds that the machine may take for what takes none

# Builds nothing, and waits: with two processes, which wait for work.
WAITING = """
import os, time
from daily_papers.pipeline import workers
with workers.processes(2, lambda: os.write(1, b"begun\\n")) as executor:
    assert list(workers.map_ordered(executor, abs, range(-8, 0)))
    for _ in range(6000):
        time.sleep(0.1)
"""
# The same, with processes that work.
WORKING = """
import os, time
from daily_papers.pipeline import workers
def items():
    yield from [600] * 9
with workers.processes(2, lambda: os.write(1, b"begun\\n")) as executor:
    next(workers.map_ordered(executor, time.sleep, items()))
"""


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
    """End as a process does that the system kills for want of memory; this one stays."""
    assert os.getpid() != TEST, "this was to run elsewhere"
    os.kill(os.getpid(), signal.SIGKILL)


def children(process: int) -> set[int]:
    found = set()
    for thread in Path(f"/proc/{process}/task").glob("*"):
        found |= set(map(int, (thread / "children").read_text().split()))
    return found


def begun(process: subprocess.Popen[str]) -> set[int]:
    """Return the two processes of a script, when both have begun."""
    assert process.stdout
    assert [process.stdout.readline() for _ in range(2)] == ["begun\n"] * 2
    found = children(process.pid)
    assert len(found) == 2
    return found


def runs(process: int) -> bool:
    """Tell whether a process has not ended yet, be it waited for or not."""
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"


def when(holds: Callable[[], bool]) -> bool:
    """Wait until something holds; say whether it ever did."""
    for _ in range(LIMIT * 20):
        if holds():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("count", [1, 2, 3])
def test_results_come_in_the_order_of_the_items(count: int) -> None:
    with workers.processes(count) as executor:
        found = list(workers.map_ordered(executor, slow_if_early, range(50)))
    assert found == [(number, number * number) for number in range(50)]


@pytest.mark.parametrize("count", [1, 2])
def test_no_items_give_no_results(count: int) -> None:
    with workers.processes(count) as executor:
        assert list(workers.map_ordered(executor, slow_if_early, [])) == []


@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_items_are_taken_ahead_of_the_results(count: int) -> None:
    taken, ahead = 0, []

    def items() -> Iterator[int]:
        nonlocal taken
        for number in range(200):
            taken += 1
            yield number

    with workers.processes(count) as executor:
        for done, _ in enumerate(workers.map_ordered(executor, slow_if_early, items()), 1):
            ahead.append(taken - done)
    assert len(ahead) == 200
    most = 0 if count == 1 else 8 * count - 1
    assert max(ahead) == most


def test_what_is_known_counts_among_the_items_ahead() -> None:
    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        for number in range(1000):
            taken += 1
            yield number

    with workers.processes(2) as executor:
        found = workers.map_ordered(executor, slow_if_early, items(), lambda number: -number or 1)
        assert next(found) == (0, 1)
        assert taken == 16


@pytest.mark.parametrize("count", [1, 2])
def test_what_is_known_is_not_handed_out(count: int) -> None:
    with workers.processes(count) as executor:
        known = {number: -number for number in range(1, 40, 2)}
        found = list(workers.map_ordered(executor, only_even, range(40), known.get))
    assert found == [(number, known.get(number, number)) for number in range(40)]


@pytest.mark.parametrize("count", [1, 2])
def test_an_error_comes_through_as_it_was_and_in_its_turn(count: int) -> None:
    with workers.processes(count) as executor:
        found = workers.map_ordered(executor, refuse_three, range(9))
        assert [number for number, _ in (next(found), next(found), next(found))] == [0, 1, 2]
        with pytest.raises(DumpError, match=r"^dump\.txt:7: expected a title") as caught:
            next(found)
    assert (caught.value.file, caught.value.line) == ("dump.txt", 7)


def test_a_killed_process_is_said() -> None:
    with (
        pytest.raises(workers.WorkError, match="a process was killed"),
        workers.processes(2) as executor,
    ):
        list(workers.map_ordered(executor, die, range(3)))


def test_a_process_that_was_killed_before_more_is_handed_out_is_said() -> None:
    with workers.processes(2) as executor:
        assert executor
        first, second = executor.submit(die, 0), executor.submit(die, 1)
        for made in (first, second, executor.submit(abs, 2)):
            with pytest.raises(workers.WorkError, match="a process was killed"):
                made.result()


def half_a_result(_: int) -> bytes:
    """Be killed in the middle of sending the result."""
    assert os.getpid() != TEST, "this was to run elsewhere"

    def send_half(self: Connection, data: bytes) -> None:
        os.write(self.fileno(), data[: len(data) // 2])
        os.kill(os.getpid(), signal.SIGKILL)

    Connection._send_bytes = send_half  # type: ignore[attr-defined]
    return b"x" * 1000


def test_a_process_that_is_killed_while_it_answers_is_said() -> None:
    with workers.processes(2) as executor:
        assert executor
        with pytest.raises(workers.WorkError, match="a process was killed"):
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
            found = begun(process)
            assert all(map(runs, found))
        finally:
            process.kill()
    try:
        assert when(lambda: not any(map(runs, found)))
    finally:
        for one in filter(runs, found):
            os.kill(one, signal.SIGKILL)


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
            found = begun(process)
            os.killpg(process.pid, signal.SIGINT)
            _, said = process.communicate(timeout=LIMIT)
        finally:
            process.kill()
    assert said.count("Traceback") == 1
    assert said.endswith("KeyboardInterrupt\n")
    assert "Process" not in said
    assert not any(map(runs, found))
