"""What the tests share: the seeds built once, a Datasette in this process, a site in another, and
helpers to build, query and change a database."""

import asyncio
import fcntl
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from copy import deepcopy
from pathlib import Path
from typing import Any, TypeVar

import httpx
import hypothesis
import pytest
import yaml
from bs4 import BeautifulSoup
from click.testing import CliRunner, Result
from datasette.app import Datasette
from playwright.sync_api import Browser, sync_playwright

from daily_papers.cli import main

# The same examples every time, however slow the machine is.
hypothesis.settings.register_profile("steady", derandomize=True, deadline=None)
hypothesis.settings.load_profile("steady")

ROOT = Path(__file__).parent.parent
CORPUS = Path(__file__).parent / "corpus"
OLD = "SQLite format 3\0 the database before"  # what a build may replace
PROGRAMS = Path(sys.executable).parent  # of the environment that runs the tests
COMMAND = PROGRAMS / "daily-papers"
METADATA: dict[str, Any] = yaml.safe_load((ROOT / "metadata.yml").read_text(encoding="utf-8"))
QUERIES: dict[str, dict[str, Any]] = METADATA["databases"]["papers"]["queries"]
Get = Callable[..., httpx.Response]  # get(path, **parameters)
T = TypeVar("T")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="rewrite tests/golden/")
    parser.addoption("--mutations", type=int, default=300, help="how many broken dumps to read")
    parser.addoption("--requests", type=int, default=300, help="how many fuzzed requests to ask")
    parser.addoption("--screenshots", type=Path, help="keep the screenshots in this folder")


def daily_papers(*arguments: object) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def build(target: Path, *arguments: object) -> Path:
    """Build a database from dumps, with the command's options, and return its path."""
    result = daily_papers("build", *arguments, "-o", target)
    assert result.exit_code == 0, result.output
    return target


def query(
    database: Path, sql: str, parameters: Sequence[object] | Mapping[str, object] = ()
) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(sql, parameters).fetchall()


def execute(database: Path, *statements: str) -> None:
    """Change a database."""
    with closing(sqlite3.connect(database)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def parse_html(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def run_in_thread(function: Callable[..., T], *arguments: object) -> T:
    """Call what runs an event loop in another thread: Playwright keeps a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function, *arguments).result()


def wait_until(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait for a condition; fail after so many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            pytest.fail(f"not true within {seconds} seconds")
        time.sleep(0.02)


def assert_accepts(program: str, *arguments: object) -> None:
    """Run a linter of the environment, which must accept what it is called with."""
    command = [PROGRAMS / program, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give the builds of a test run a cache of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database built from the seeds."""
    return build(tmp_path_factory.mktemp("seeds") / "papers.db", ROOT / "seeds")


@pytest.fixture
def copy(database: Path, tmp_path: Path) -> Path:
    """A copy of the seeds' database, which a test may change."""
    return Path(shutil.copy(database, tmp_path / "copy.db"))


@pytest.fixture(scope="session")
def db(database: Path) -> Iterator[sqlite3.Connection]:
    """A connection to the seeds' database."""
    with closing(sqlite3.connect(database)) as connection:
        yield connection


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", folder, ROOT], check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A copy of the hand-written dumps."""
    return Path(shutil.copytree(CORPUS, tmp_path / "corpus"))


@pytest.fixture(scope="session")
def metadata() -> dict[str, Any]:
    """metadata.yml, parsed."""
    return METADATA


def open_datasette(
    *databases: Path,
    metadata: Mapping[str, Any] = METADATA,
    made_by: Callable[..., Datasette] = Datasette,
    **settings: object,
) -> Datasette:
    """Return a Datasette with everything of this site."""
    return made_by(
        immutables=[str(database) for database in databases],
        metadata=deepcopy(metadata),  # Datasette adds licences to it
        plugins_dir=str(ROOT / "plugins"),
        template_dir=str(ROOT / "templates"),
        static_mounts=[("static", str(ROOT / "static"))],
        settings=settings,
    )


def client(datasette: Datasette) -> Get:
    """Return a function that requests pages of a Datasette in this process."""
    loop = asyncio.new_event_loop()  # in a thread: Playwright keeps a loop in this one
    threading.Thread(target=loop.run_forever, daemon=True).start()

    def get(path: str, **parameters: str) -> httpx.Response:
        answer = datasette.client.get(path, params=parameters or None)
        return asyncio.run_coroutine_threadsafe(answer, loop).result()

    return get


@pytest.fixture(scope="session")
def get(database: Path) -> Get:
    """Request a page of the seeds' site in this process: get(path, **parameters)."""
    return client(open_datasette(database))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site that `make serve` serves, on a free port."""
    port = free_port()
    command = ["make", "--no-print-directory", "serve", f"PORT={port}"]
    folder = tmp_path_factory.mktemp("site")
    with ExitStack() as stack:
        # The processes of a test run build the same file, so they take turns.
        with (ROOT / "Makefile").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            address = stack.enter_context(running(command, port, folder))
        yield address


@contextmanager
def served(database: Path, *options: str) -> Iterator[str]:
    """Serve a database and give the address; the log is beside the database."""
    port = free_port()
    command = [str(COMMAND), "serve", str(database), "--port", str(port), *options]
    with running(command, port, database.parent) as address:
        yield address


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], port: int, folder: Path, cwd: Path = ROOT) -> Iterator[str]:
    """Start a server in `cwd` and give its address once it answers; its log is in the folder."""
    log = folder / "log"
    with (
        log.open("wb") as out,
        subprocess.Popen(
            command, cwd=cwd, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        ) as server,
    ):
        try:
            yield _when_up(f"http://127.0.0.1:{port}", server, log)
        finally:
            with suppress(ProcessLookupError):  # it has ended
                os.killpg(server.pid, signal.SIGTERM)


def _when_up(address: str, server: subprocess.Popen[bytes], log: Path) -> str:
    for _ in range(600):
        if server.poll() is not None:
            pytest.fail(f"the server ended: {log.read_text()}")
        try:
            httpx.get(address, timeout=30)  # it listens before it answers
        except httpx.ConnectError:
            time.sleep(0.1)
        else:
            return address
    pytest.fail(f"the server did not answer for 60 seconds: {log.read_text()}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium. Without it, tests are skipped, except on CI, where they fail."""
    chromium = shutil.which("chromium")
    if not chromium and os.environ.get("CI") != "true":
        pytest.skip("no chromium on the PATH (make test says how to install it)")
    assert chromium, "on CI a browser test may not be skipped: no chromium on the PATH"
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium, args=quiet) as browser,
    ):
        yield browser
