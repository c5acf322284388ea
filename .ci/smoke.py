"""Installs only the wheel, then builds, checks and serves a database, and searches it.

    python3 .ci/smoke.py WHEEL PYTHON [PYTHON ...]

Each Python gets a fresh environment and an empty folder. Exits with 1 at the first failure.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
STARTS_WITHIN = 30  # seconds
PAGES = ("/", "/papers/papers_by_year", "/results", "/static/charts.js", "/openapi.json")


def main() -> None:
    """Try the wheel with each Python of the command line."""
    wheel, *pythons = sys.argv[1:]
    if not pythons:
        sys.exit(__doc__)
    with ThreadPoolExecutor() as pool:
        for report in pool.map(partial(try_with, Path(wheel).resolve()), pythons):
            print(report, flush=True)


def try_with(wheel: Path, python: str) -> str:
    """Try the wheel with a Python, and return a line of the report."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="daily papers ") as folder:
        papers = install_and_serve(wheel, python, Path(folder))
    return f"{python}: {papers} papers served, {time.monotonic() - began:.0f} s"


def install_and_serve(wheel: Path, python: str, folder: Path) -> int:
    """Install, build, check, serve and search in an empty folder; return the number of papers."""
    run(folder, python, "-m", "venv", "env")
    pip = (str(folder / "env/bin/python"), "-m", "pip", "--disable-pip-version-check", "install")
    wheels = ("--quiet", "--only-binary", ":all:", "--no-deps")
    run(folder, *pip, *wheels, "--require-hashes", "-r", ROOT / "requirements" / "serve.txt")
    run(folder, *pip, *wheels, wheel)
    command = str(folder / "env/bin/daily-papers")
    version = run(folder, command, "--version")
    assert version.split()[-1] == wheel.name.split("-")[1], version
    run(folder, command, "build", ROOT / "seeds", "--output", "mine.db", "--no-cache", "--quiet")
    run(folder, command, "check", "mine.db")
    port = free_port()
    with subprocess.Popen(
        [command, "serve", "mine.db", "--port", str(port)],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            return count_papers(f"http://127.0.0.1:{port}", server)
        finally:
            server.terminate()


def run(folder: Path, *words: object) -> str:
    """Run a command in a folder and return its output; exit if it fails."""
    done = subprocess.run(
        [str(word) for word in words], cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": ""},
    )  # fmt: skip
    if done.returncode:
        command = " ".join(map(str, words))
        sys.exit(f"{command}\nended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def count_papers(site: str, server: subprocess.Popen[bytes]) -> int:
    """Request health, pages and a search; return the number of papers."""
    deadline = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            health = json.loads(get(f"{site}/health"))
            break
        except URLError:
            if server.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"The server does not answer (its status: {server.poll()}).")
            time.sleep(0.1)
    for path in PAGES:
        assert get(site + path), path
    answer = json.loads(get(f"{site}/search.json?q=kv+cache+quantization"))
    assert answer["results"], answer
    return int(health["papers"])


def get(url: str) -> bytes:
    """Return the body of an answer; raises URLError unless it is a success."""
    with urlopen(url, timeout=30) as answer:
        return bytes(answer.read())


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
