"""Builds on a Dask cluster: the same bytes whichever worker is killed, and errors in one line."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from distributed import Client

from daily_papers.pipeline import cluster
from tests import api_answers
from tests.conftest import OLD, ROOT, daily_papers, wait_until

PACKAGE = ROOT / "build" / "daily_papers"
# The papers are all alike.
BUILD = [Path(sys.executable).with_name("daily-papers"), "build", "--no-cache", "--unusual"]


class Cluster:
    """A scheduler and its workers, each a process of its own."""

    def __init__(self, folder: Path, code: Path = PACKAGE.parent, **settings: str) -> None:
        self.folder = folder
        self.address = ""
        self.workers: dict[str, subprocess.Popen[bytes]] = {}
        self.running = ExitStack()
        file = folder / "scheduler.json"
        arguments = ["--port", "0", "--scheduler-file", file]
        self.scheduler = self._start("scheduler", code, *arguments, **settings)
        wait_until(lambda: file.exists() and file.read_text().endswith("}"))
        self.address = json.loads(file.read_text())["address"]
        self.client = self.running.enter_context(Client(self.address, set_as_default=False))

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(self, *_: object) -> None:
        self.running.close()

    def add(self, code: Path = PACKAGE.parent, threads: int = 1) -> str:
        """Start a worker; return its address."""
        worker = self._start("worker", code, self.address, "--nthreads", threads, "--no-nanny")
        wait_until(lambda: len(self.client.nthreads()) > len(self.workers))
        (address,) = self.client.nthreads().keys() - self.workers.keys()
        self.workers[address] = worker
        return str(address)

    def kill(self, address: str) -> None:
        """End a worker, and see the scheduler notice."""
        self.workers.pop(address).kill()
        wait_until(lambda: address not in self.client.nthreads())

    def wait_for_middle(self, function: str, address: str) -> None:
        """Wait until some tasks of a function are done, and stop a worker while it has others: a
        worker that went on could be done with them before it is killed."""
        process = self.workers[address]

        def look(dask_scheduler: Any) -> bool:
            prefix = dask_scheduler.task_prefixes.get(function)
            has = dask_scheduler.workers[address].processing
            done = prefix is not None and prefix.state_counts["memory"] > 1
            return done and any(task.key.startswith(function) for task in has)

        def is_stopped_with_tasks() -> bool:
            if not self.client.run_on_scheduler(look):
                return False
            process.send_signal(signal.SIGSTOP)
            time.sleep(0.2)  # what it has sent arrives
            has_tasks = bool(self.client.run_on_scheduler(look))
            if not has_tasks:
                process.send_signal(signal.SIGCONT)
            return has_tasks

        wait_until(is_stopped_with_tasks)

    def rescued(self, function: str) -> int:
        """Count the tasks of a function that were on a worker when it was killed."""

        def look(dask_scheduler: Any) -> int:
            return int(dask_scheduler.task_prefixes[function].suspicious)

        return int(self.client.run_on_scheduler(look))

    def _start(
        self, kind: str, code: Path, *arguments: object, **settings: str
    ) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *map(str, arguments)]
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--no-dashboard"],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(code)} | settings,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.running.callback(process.wait)
        self.running.callback(process.kill)
        return process


Start = Callable[..., Cluster]  # of settings by name
Refusal = Callable[[str], str]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a scheduler."""
    folder = tmp_path / "cluster"
    folder.mkdir()
    with ExitStack() as stack:
        yield lambda *code, **settings: stack.enter_context(Cluster(folder, *code, **settings))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_PATIENCE", 1)


@pytest.fixture
def dumps(tmp_path: Path) -> Path:
    """A folder of dumps, enough that reading them has a middle."""
    folder = tmp_path / "dumps"
    folder.mkdir()
    for dump in range(150):
        records = [
            api_answers.new(
                rank, id=f"2407.{dump:03}{rank:02}", title=f"Small Caches {dump} {rank}"
            )
            for rank in range(10)
        ]
        (folder / f"{dump}.json").write_text(api_answers.answer(records))
    return folder


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A database that a build may replace."""
    target = tmp_path / "papers.db"
    target.write_text(OLD)
    return target


@pytest.fixture
def refusal(corpus: Path, old: Path) -> Refusal:
    """Build on the cluster at an address, and return why that fails; the old database stands."""

    def build(address: str) -> str:
        result = daily_papers("build", corpus, "--no-cache", "--scheduler", address, "-o", old)
        assert (result.exit_code, result.stdout, old.read_text()) == (1, "", OLD)
        (line,) = result.stderr.splitlines()
        return line.removeprefix("daily-papers: ")

    return build


# Of one, vectors are made, too, which take most of the time.
@pytest.mark.parametrize(
    ("function", "vectors"), [("read_dump", "--no-vectors"), ("extract_all", "--vectors")]
)
def test_a_worker_killed_in_the_middle_changes_no_byte(
    start: Start, dumps: Path, tmp_path: Path, function: str, vectors: str
) -> None:
    local_target, target = tmp_path / "local.db", tmp_path / "cluster.db"
    subprocess.run([*BUILD, dumps, vectors, "--quiet", "-o", local_target], check=True)
    running = start()
    killed, survivor = running.add(), running.add()
    command = [*BUILD, "dumps", vectors, "--quiet", "--scheduler", running.address, "-o", target]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE) as build:
        running.wait_for_middle(function, killed)
        running.kill(killed)
        assert build.poll() is None
        _, errors = build.communicate()
    assert (build.returncode, errors) == (0, b"")
    assert running.rescued(function)
    assert list(running.client.nthreads()) == [survivor]
    assert target.read_bytes() == local_target.read_bytes()


@pytest.mark.parametrize(
    ("function", "settings", "problem"),
    [
        ("extract_all", {}, "the scheduler at {scheduler} went away"),
        (
            "read_dump",
            {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"},
            "workers were killed over the same task, the last the worker at {worker}; see its log",
        ),
    ],
    ids=["scheduler goes away", "task outlives no worker"],
)
def test_a_build_that_cannot_go_on_leaves_the_old_database(
    start: Start, dumps: Path, old: Path, function: str, settings: dict[str, str], problem: str
) -> None:
    running = start(**settings)
    worker, _ = running.add(), running.add()
    command = [*BUILD, dumps, "--scheduler", running.address, "-o", old]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as build:
        running.wait_for_middle(function, worker)
        if settings:
            running.kill(worker)
        else:
            running.scheduler.kill()
        _, errors = build.communicate()
    assert (build.returncode, old.read_text()) == (1, OLD)
    problem = problem.format(scheduler=running.address, worker=worker)
    assert errors == f"daily-papers: {problem}\n"


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("has_had_one", [True, False])
def test_a_scheduler_without_workers_is_not_waited_for(
    start: Start, refusal: Refusal, monkeypatch: pytest.MonkeyPatch, has_had_one: bool
) -> None:
    running = start()
    if has_had_one:
        worker = running.add()
        monkeypatch.setattr(cluster, "_require_same_code", lambda _: running.kill(worker))
    problem = f"the scheduler at {running.address} has no workers, 1 seconds on"
    assert refusal(running.address) == problem


@pytest.mark.usefixtures("impatient")
def test_a_scheduler_that_does_not_answer_is_an_error(refusal: Refusal) -> None:
    with socket.socket() as taken:  # that nobody listens on
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        assert refusal(address) == f"no scheduler answers at {address} within 1 seconds"


def other_code(folder: Path, has_package: bool) -> Path:
    """Another version of the package, or one of the same name that has nothing."""
    code = folder / "code" / "daily_papers"
    if has_package:
        shutil.copytree(PACKAGE, code, ignore=shutil.ignore_patterns("__pycache__"))
        with (code / "text.py").open("a") as file:
            file.write("# another rule\n")
    else:
        code.mkdir(parents=True)
        (code / "__init__.py").touch()
    return code.parent


OTHER = "has another version of daily-papers, of Python or of what it reads with"
NONE = "cannot use daily-papers: "


@pytest.mark.parametrize(("has_package", "problem"), [(True, OTHER), (False, NONE)])
def test_a_worker_with_other_code_is_refused_by_name(
    start: Start, refusal: Refusal, tmp_path: Path, has_package: bool, problem: str
) -> None:
    running = start()
    running.add()
    different = running.add(other_code(tmp_path, has_package))
    assert refusal(running.address).startswith(f"the worker at {different} {problem}")


def test_a_scheduler_that_cannot_open_tasks_is_refused(
    start: Start, refusal: Refusal, tmp_path: Path
) -> None:
    running = start(other_code(tmp_path, has_package=False))
    running.add()
    problem = "No module named 'daily_papers.pipeline'"
    assert refusal(running.address) == f"the scheduler {NONE}{problem}"


def test_a_worker_with_other_code_that_joins_late_is_refused(
    start: Start, refusal: Refusal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = start()
    different = running.add(other_code(tmp_path, has_package=True))
    monkeypatch.setattr(cluster, "_require_same_code", lambda _: None)
    assert refusal(running.address) == f"the worker at {different} {OTHER}"


def test_a_dump_that_cannot_be_read_is_named_as_it_is_here(
    start: Start, corpus: Path, tmp_path: Path
) -> None:
    (corpus / "bad.json").write_text('[\n {"paper": {"id": "2407.00001", "id": "2407.00002"}}\n]\n')
    arguments = ("build", corpus, "--no-cache", "--keep-going", "-o", tmp_path / "papers.db")
    local = daily_papers(*arguments)
    assert f"daily-papers: {corpus}/bad.json:2: " in local.stderr
    running = start()
    running.add()
    remote = daily_papers(*arguments, "--scheduler", running.address)
    assert (remote.exit_code, remote.stderr) == (1, local.stderr)


def test_a_worker_does_one_thing_at_a_time_and_no_thread_is_left_to_be_forked(
    start: Start,
) -> None:
    def is_alone(_: object) -> bool:
        from daily_papers.pipeline import cluster

        return cluster._LOCK.locked()

    running = start()
    running.add(threads=2)
    before = set(threading.enumerate())
    with cluster.connected(running.address) as executor:
        assert executor.count == 2
        assert executor.submit(abs, -7).result() == 7
        assert executor.submit(is_alone, None).result()
        with pytest.raises(ValueError, match="invalid literal"):
            executor.submit(int, "seven").result()
    assert set(threading.enumerate()) == before


def test_without_the_extra_the_option_says_what_to_install(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    target = tmp_path / "papers.db"
    result = daily_papers("build", corpus, "--scheduler", "tcp://127.0.0.1:8786", "-o", target)
    assert result.exit_code == 2
    assert "needs the extra: pip install 'daily-papers[cluster]'" in result.stderr


def test_dask_is_imported_for_the_option_only(corpus: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from daily_papers.cli import main\n"
        f"main(['build', {str(corpus)!r}, '-o', {str(tmp_path / 'papers.db')!r}, '--quiet'],"
        " standalone_mode=False)\n"
        "print({'dask', 'distributed'} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert result.stdout == b"set()\n"


@pytest.mark.parametrize("address", ["", "localhost", "tcp://localhost", "http://localhost:8786"])
def test_what_is_no_address_is_wrong_usage(corpus: Path, tmp_path: Path, address: str) -> None:
    result = daily_papers("build", corpus, "--scheduler", address, "-o", tmp_path / "papers.db")
    assert result.exit_code == 2
    assert "is no address; write one like tcp://host:8786" in result.stderr
