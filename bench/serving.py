"""Serves a database for the benchmarks: as `make serve` does, or by plain Datasette."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent
TIMEOUT = 60  # seconds
COMMAND = Path(sys.executable).with_name("daily-papers")


@contextmanager
def served(database: Path, *options: str) -> Iterator[str]:
    """Yield the address of the database, served as `make serve` serves papers.db."""
    port = _free_port()
    arguments = ["serve", str(database), "--port", str(port), *options]
    with _running([str(COMMAND), *arguments], port) as address:
        yield address


@contextmanager
def plain(database: Path) -> Iterator[str]:
    """Yield the address of the database, served by Datasette with nothing of ours."""
    port = _free_port()
    arguments = ["serve", "--immutable", str(database), "--port", str(port)]
    command = [sys.executable, "-m", "datasette", *arguments, "--setting", "suggest_facets", "off"]
    with _running(command, port) as address:
        yield address


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(command: Sequence[str], port: int) -> Iterator[str]:
    server = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(TIMEOUT * 10):
            try:
                httpx.get(f"{address}/-/versions.json", timeout=TIMEOUT)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait()
