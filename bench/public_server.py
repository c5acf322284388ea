"""A public server for the faults: started, killed and started again on one port."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from shutil import copy

import httpx
from served_site import COMMAND, ROOT, free_port

WORKERS = 2
STARTING, STOPPING = 180, 20  # seconds
ASKED = 20  # times, so that each process is likely to have answered


class Server:
    """A server of a copy of a database, or of that file itself."""

    def __init__(
        self, database: Path, copies: bool = True, env: dict[str, str] | None = None
    ) -> None:
        """Take the file, and what the environment has besides."""
        self._folder = tempfile.TemporaryDirectory()
        copied = Path(self._folder.name) / "papers.db"
        self.database = Path(copy(database, copied)) if copies else database
        self._port = free_port()
        self.address = f"http://127.0.0.1:{self._port}"
        self._env = {**os.environ, **(env or {})}
        self._log = Path(self._folder.name) / "log"

    @staticmethod
    def command(database: Path, port: int) -> list[str]:
        """Return the command that serves."""
        options = ["--public", "--workers", str(WORKERS)]
        return [str(COMMAND), "serve", str(database), "--port", str(port), *options]

    def __enter__(self) -> "Server":
        """Start."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, by killing it where nothing else helps."""
        self.stops()
        self._folder.cleanup()

    def stops(self) -> bool:
        """Tell it to stop, and whether it did."""
        self._process.terminate()
        try:
            self._process.wait(STOPPING)
        except subprocess.TimeoutExpired:
            self.kill()
            return False
        return True

    def start(self) -> None:
        """Start, and wait until it answers; a port that is not free yet is tried again."""
        end = time.monotonic() + STARTING
        while time.monotonic() < end:
            with self._log.open("ab") as log:
                self._process = subprocess.Popen(
                    self.command(self.database, self._port), cwd=ROOT, env=self._env,
                    stdout=log, stderr=log,
                )  # fmt: skip
            while self._process.poll() is None and time.monotonic() < end:
                if self.is_healthy() and self.workers():
                    return
                time.sleep(0.1)
            time.sleep(0.2)
        raise RuntimeError(f"the server did not start: {self.log()[-300:]}")

    @property
    def pid(self) -> int:
        """Return the id of the process that starts the others."""
        return self._process.pid

    def kill(self) -> None:
        """Kill the process that starts the others."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def log(self) -> str:
        """Return what it wrote."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def workers(self) -> list[int]:
        """Return the ids of the processes that answer."""
        pid = self._process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
        return [int(child) for child in children.split()]

    def is_healthy(self) -> bool:
        """Tell whether it says that it is well."""
        try:
            return httpx.get(f"{self.address}/health", timeout=10).status_code == 200
        except httpx.TransportError:
            return False

    def papers(self) -> set[int]:
        """Return how many papers its processes say that they have."""
        answers = (httpx.get(f"{self.address}/health", timeout=10) for _ in range(ASKED))
        return {int(answer.json()["papers"]) for answer in answers}


def build(
    dumps: Sequence[Path], output: Path, before: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    """Build a database, without what was read before."""
    paths = [str(ROOT / dump) for dump in dumps]
    command = [str(COMMAND), "build", *paths, "--output", str(output), "--no-cache", "--quiet"]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, preexec_fn=before
    )
