"""A real nginx with our configuration, on a free port, before any server."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT, free_port, running

TEMPLATE = ROOT / "deploy" / "nginx.conf.template"
SETTINGS = ROOT / "deploy" / "nginx.env"
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


@dataclass(frozen=True)
class Nginx:
    """A running nginx: its address, and the folder with its state and its log."""

    address: str
    port: int
    folder: Path

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")


@contextmanager
def before(app: str, **named: str) -> Iterator[Nginx]:
    """Run nginx before an app, "127.0.0.1:8001", with other settings."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="daily-nginx-") as made:
        folder = Path(made)
        folder.chmod(0o777)  # as root, nginx runs its processes as another user
        local = {"DAILY_STATE": made, "DAILY_LISTEN": f"127.0.0.1:{port}", "DAILY_APP": app}
        conf = folder / "nginx.conf"
        conf.write_text(render({**settings(), **UNLIMITED, **local, **named}), encoding="utf-8")
        command = [executable(), "-e", "stderr", "-p", made, "-c", str(conf)]
        with running(command, port, folder) as address:
            yield Nginx(address, port, folder)
