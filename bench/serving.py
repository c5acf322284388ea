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


@contextmanager
def served(database: Path) -> Iterator[str]:
    """Yield the address of the database, served as the Makefile serves papers.db."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    command = text.split("exec $(BIN)/datasette ")[1].split("\n\n")[0].replace("\\\n", " ")
    port = _free_port()
    arguments = command.replace("$(PORT)", str(port)).replace("papers.db", str(database)).split()
    with _running(arguments, port) as address:
        yield address


@contextmanager
def plain(database: Path) -> Iterator[str]:
    """Yield the address of the database, served by Datasette with nothing of ours."""
    port = _free_port()
    arguments = ["serve", "--immutable", str(database), "--port", str(port)]
    with _running([*arguments, "--setting", "suggest_facets", "off"], port) as address:
        yield address


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(arguments: Sequence[str], port: int) -> Iterator[str]:
    server = subprocess.Popen(
        [sys.executable, "-m", "datasette", *arguments],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
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
