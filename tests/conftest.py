"""What the tests share: the seeds built once, a Datasette in this process, a site in another."""

import asyncio
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import pytest
import yaml
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
COMMAND = Path(sys.executable).with_name("daily-papers")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="rewrite tests/golden/")
    parser.addoption("--mutations", type=int, default=300, help="how many broken dumps to read")
    parser.addoption("--requests", type=int, default=300, help="how many fuzzed requests to ask")
    parser.addoption("--screenshots", type=Path, help="keep the screenshots in this folder")


def daily_papers(*arguments: object) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Builds of the tests have a cache of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database that the seeds give."""
    path = tmp_path_factory.mktemp("seeds") / "papers.db"
    result = daily_papers("build", ROOT / "seeds", "-o", path)
    assert result.exit_code == 0, result.output
    return path


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
    return dict(yaml.safe_load((ROOT / "metadata.yml").read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def get(database: Path, metadata: dict[str, Any]) -> Callable[..., httpx.Response]:
    """Ask a Datasette in this process: get(path, **parameters)."""
    datasette = Datasette(
        immutables=[str(database)],
        metadata=metadata,
        plugins_dir=str(ROOT / "plugins"),
        template_dir=str(ROOT / "templates"),
        static_mounts=[("static", str(ROOT / "static"))],
    )

    loop = asyncio.new_event_loop()  # in a thread: Playwright keeps a loop in this one
    threading.Thread(target=loop.run_forever, daemon=True).start()

    def ask(path: str, **parameters: str) -> httpx.Response:
        answer = datasette.client.get(path, params=parameters or None)
        return asyncio.run_coroutine_threadsafe(answer, loop).result()

    return ask


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site that `make serve` serves, on a free port."""
    port = free_port()
    command = ["make", "--no-print-directory", "serve", f"PORT={port}"]
    folder = tmp_path_factory.mktemp("site")
    with ExitStack() as stack:
        # The processes of a test run build the same file: one after the other.
        with (ROOT / "Makefile").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            address = stack.enter_context(running(command, port, folder))
        yield address


@contextmanager
def served(database: Path, *options: str) -> Iterator[str]:
    """Give the address of another database's site; beside the database there will be a log."""
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
    """Run a server in `cwd` and give its address once it answers; its log is in the folder."""
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
    for _ in range(300):
        if server.poll() is not None:
            pytest.fail(f"the server ended: {log.read_text()}")
        try:
            httpx.get(address, timeout=30)  # it listens before it answers
        except httpx.ConnectError:
            time.sleep(0.1)
        else:
            return address
    pytest.fail(f"the server did not answer for 30 seconds: {log.read_text()}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium; without one, tests are skipped, but not on CI."""
    chromium = shutil.which("chromium")
    if not chromium and os.environ.get("CI") != "true":
        pytest.skip("no chromium on the PATH (make test says how to install it)")
    assert chromium, "on CI a browser test may not be skipped: no chromium on the PATH"
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=quiet)
        yield running
        running.close()
