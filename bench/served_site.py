"""Serves a database for the benchmarks: as `make serve` does, or by plain Datasette."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx

from daily_papers.site.http.datasette_settings import SETTINGS

ROOT = Path(__file__).parent.parent
TIMEOUT = 60  # seconds
COMMAND = Path(sys.executable).with_name("daily-papers")
DATASETTE = (sys.executable, "-m", "datasette", "serve", "--immutable")
# Plugins that make our serving; with all others, plain Datasette has the same content.
SERVING = ("site_middleware.py", "sql_guard.py", "database_file.py", "refusals.py")
STAND_IN = """
from datasette import hookimpl

@hookimpl
def prepare_jinja2_environment(env, datasette):
    env.globals["hashed"] = datasette.urls.path
"""
# A single client asks here for as much as everybody together may elsewhere.
UNLIMITED = {"DAILY_RATE": "100000r/s", "DAILY_SQL_RATE": "100000r/s", "DAILY_CONNECTIONS": "10000"}


def served(database: Path, *options: str) -> AbstractContextManager[str]:
    """Yield the address of the database, served as `make serve` serves papers.db."""
    return _running([COMMAND, "serve", database, *options])


def plain(database: Path) -> AbstractContextManager[str]:
    """Yield the address of the database, served by Datasette with nothing of ours."""
    return _running([*DATASETTE, database, "--setting", "suggest_facets", "off"])


@contextmanager
def plain_with_ours(database: Path) -> Iterator[str]:
    """Yield the address of the database, served by one process of Datasette with our content."""
    settings = [part for name, value in SETTINGS.items() for part in ("--setting", name, value)]
    with tempfile.TemporaryDirectory() as made:
        plugins = Path(shutil.copytree(ROOT / "plugins", Path(made) / "plugins"))
        for name in SERVING:
            (plugins / name).unlink()
        (plugins / "stand_in.py").write_text(STAND_IN, encoding="utf-8")
        command = [
            *(*DATASETTE, database, "--metadata", ROOT / "metadata.yml", "--plugins-dir", plugins),
            *("--template-dir", ROOT / "templates", "--static", f"static:{ROOT / 'static'}"),
        ]
        with _running([*command, *settings]) as address:
            yield address


def nginx() -> str | None:
    """Return where nginx is, if anywhere."""
    path = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
    return shutil.which("nginx", path=path)


@contextmanager
def behind_nginx(app: str, limits: Mapping[str, str] = UNLIMITED) -> Iterator[str]:
    """Yield the address of nginx before an address, with an empty cache and our configuration, but
    for these limits."""
    port = free_port()
    lines = (ROOT / "deploy" / "nginx.env").read_text(encoding="utf-8").splitlines()
    named = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o777)  # as root, nginx runs its processes as another user
        own = {"DAILY_HOST": "127.0.0.1", "DAILY_LISTEN": f"127.0.0.1:{port}", "DAILY_STATE": made}
        named |= {**limits, **own, "DAILY_APP": app.removeprefix("http://")}
        template = (ROOT / "deploy" / "nginx.conf.template").read_text(encoding="utf-8")
        conf = folder / "nginx.conf"
        rendered = re.sub(r"\$\{(DAILY_[A-Z_]+)\}", lambda name: named[name[1]], template)
        conf.write_text(rendered, encoding="utf-8")
        with _running([nginx(), "-e", "stderr", "-p", made, "-c", conf], port) as address:
            yield address


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(command: Sequence[object], port: int | None = None) -> Iterator[str]:
    """Run a command on a port; without one, on a free one, which the command is told."""
    if not port:
        port = free_port()
        command = [*command, "--port", port]
    words, quiet = [str(word) for word in command], subprocess.DEVNULL
    server = subprocess.Popen(words, cwd=ROOT, stdout=quiet, stderr=quiet)
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
