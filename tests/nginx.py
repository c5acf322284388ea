"""A real nginx with our configuration, on a free port, before any server."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import ROOT, free_port

TEMPLATE = ROOT / "deploy" / "nginx.conf.template"
SETTINGS = ROOT / "deploy" / "nginx.env"
NOBODY = 65534
# Tests ask more in a second than people do.
UNLIMITED = {"DAILY_RATE": "9999r/s", "DAILY_SQL_RATE": "9999r/s", "DAILY_CONNECTIONS": "999"}


def settings() -> dict[str, str]:
    """Return what nginx.env says."""
    lines = SETTINGS.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def render(named: dict[str, str]) -> str:
    """Return the configuration with its names replaced, as envsubst does it in nginx's image."""
    template = TEMPLATE.read_text(encoding="utf-8")
    return re.sub(r"\$\{(DAILY_[A-Z_]+)\}", lambda name: named[name[1]], template)


def executable() -> str:
    """Return where nginx is; without one, the test is skipped, but not on CI."""
    path = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
    nginx = shutil.which("nginx", path=path)
    if not nginx and os.environ.get("CI") != "true":
        pytest.skip("no nginx on the PATH (make test says how to install it)")
    assert nginx, "on CI a test of nginx may not be skipped: no nginx on the PATH"
    return nginx


class Nginx:
    """A running nginx: its address, the process, and the folder with its state and its log."""

    def __init__(self, port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.port, self.process, self.folder = port, process, folder

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")


@contextmanager
def before(app: str, **named: str) -> Iterator[Nginx]:
    """Run nginx before an app, "127.0.0.1:8001", with other settings; as nobody, if by root."""
    nginx, port = executable(), free_port()
    with tempfile.TemporaryDirectory(prefix="daily-nginx-") as made:
        folder = Path(made)
        local = {"DAILY_STATE": made, "DAILY_LISTEN": f"127.0.0.1:{port}", "DAILY_APP": app}
        conf = folder / "nginx.conf"
        conf.write_text(render({**settings(), **UNLIMITED, **local, **named}), encoding="utf-8")
        (folder / "log").touch()
        is_root = os.geteuid() == 0
        if is_root:
            for path in (folder, conf, folder / "log"):
                os.chown(path, NOBODY, NOBODY)
        with (
            (folder / "log").open("wb") as log,
            subprocess.Popen(
                [nginx, "-e", "stderr", "-p", made, "-c", str(conf)],
                stdout=log, stderr=log, start_new_session=True,
                **({"user": NOBODY, "group": NOBODY, "extra_groups": []} if is_root else {}),
            ) as process,
        ):  # fmt: skip
            running = Nginx(port, process, folder)
            try:
                _wait_for(running)
                yield running
            finally:
                _stop(process)


def _wait_for(running: Nginx) -> None:
    for _ in range(200):
        if running.process.poll() is not None:
            pytest.fail(f"nginx ended: {running.log}")
        try:
            socket.create_connection(("127.0.0.1", running.port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    pytest.fail(f"nginx did not answer: {running.log}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)
