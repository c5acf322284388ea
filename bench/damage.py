"""Full disks, folders for reading only, damaged files, clocks that jump, and slow clients."""

import asyncio
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOM = 2 << 20  # bytes that are free on the full disk
PAGE = 4096  # bytes
DAY = 86_400  # seconds
_SHIFTED = """
import os, time
_time = time.time
def _shifted():
    with open(os.environ["BENCH_CLOCK"]) as file:
        return _time() + float(file.read() or 0)
time.time = _shifted
"""


def corrupted(database: Path) -> dict[str, bytes]:
    """Return a database damaged in several ways."""
    data = database.read_bytes()
    middle = len(data) // 2 // PAGE * PAGE
    flipped = bytes(byte ^ 0xFF for byte in data[middle : middle + 4 * PAGE])
    return {
        "cut in half": data[: len(data) // 2],
        "bytes changed": data[:middle] + flipped + data[middle + 4 * PAGE :],
        "empty": b"",
        "text": b"This is no database.\n" * 500,
    }


def replace(path: Path, data: bytes) -> None:
    """Put a file in the place of another at once."""
    new = path.with_suffix(".new")
    new.write_bytes(data)
    new.replace(path)


def limit_of_files() -> None:
    """Let no file of this process grow beyond what a full disk would have."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM))


@contextmanager
def copied(database: Path, size: int) -> Iterator[tuple[Path, bool]]:
    """Yield a folder with the database, and whether it is a disk in memory of this size, which only
    some users may mount."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder]
        try:
            is_mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
        except FileNotFoundError:
            is_mounted = False
        try:
            shutil.copy(database, Path(folder) / "papers.db")
            yield Path(folder), is_mounted
        finally:
            if is_mounted:
                subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def read_only(database: Path) -> Iterator[tuple[Path, str]]:
    """Yield a folder with the database that cannot be written to, and the method."""
    with copied(database, database.stat().st_size * 2) as (folder, is_mounted):
        if is_mounted:
            subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        else:
            folder.chmod(0o555)
        try:
            yield folder, "a tmpfs mounted so" if is_mounted else "its permissions"
        finally:
            if not is_mounted:
                folder.chmod(0o755)


@dataclass
class Clock:
    """A clock for other processes: what their environment needs, and the method that moves it."""

    env: dict[str, str]
    method: str
    file: Path

    def set(self, days: float) -> None:
        """Move it to so many days from now."""
        replace(self.file, f"{days * DAY:+.0f}".encode())


@contextmanager
def fake_clock() -> Iterator[Clock]:
    """Yield a clock, by libfaketime where it is installed; the one of stop watches goes on."""
    library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "clock"
        file.write_bytes(b"+0")
        env = {"LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(file),
               "FAKETIME_NO_CACHE": "1", "DONT_FAKE_MONOTONIC": "1"}  # fmt: skip
        if library and _can_sleep(env):
            clock = Clock(env, "libfaketime", file)
        else:
            Path(folder, "sitecustomize.py").write_text(_SHIFTED, encoding="utf-8")
            path = os.pathsep.join(filter(None, (folder, os.environ.get("PYTHONPATH", ""))))
            env = {"PYTHONPATH": path, "BENCH_CLOCK": str(file)}
            clock = Clock(env, "time.time moved; no libfaketime that works here", file)
        clock.set(0)
        yield clock


def _can_sleep(env: dict[str, str]) -> bool:
    """Tell whether Python can sleep: with libfaketime 0.9.10, which Debian 12 has, it cannot."""
    command = [sys.executable, "-c", "import time; time.sleep(0.01)"]
    done = subprocess.run(command, env={**os.environ, **env}, capture_output=True, check=False)
    return done.returncode == 0


@contextmanager
def slow_clients(address: str, count: int) -> Iterator[None]:
    """Have so many clients on a server: half send slowly, half read slowly."""
    parts = urlsplit(address)
    ended = threading.Event()

    async def clients() -> None:
        host, port = str(parts.hostname), int(parts.port or 80)
        kinds = [_sends if n % 2 else _reads for n in range(count)]
        tasks = [asyncio.create_task(kind(host, port)) for kind in kinds]
        await asyncio.to_thread(ended.wait)
        for task in tasks:
            task.cancel()

    thread = threading.Thread(target=asyncio.run, args=(clients(),))
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


async def _sends(host: str, port: int) -> None:
    with suppress(OSError):
        _, writer = await asyncio.open_connection(host, port)
        writer.write(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        while True:
            writer.write(b"X")
            await asyncio.sleep(1)


async def _reads(host: str, port: int) -> None:
    with suppress(OSError):
        reader, writer = await asyncio.open_connection(host, port, limit=1024)
        writer.write(b"GET /papers.db HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        while await reader.read(1024):
            await asyncio.sleep(1)
