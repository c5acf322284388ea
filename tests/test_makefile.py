"""Setting up: what `make` says where it cannot, and that every package is a wheel that fits."""

import re
import subprocess
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.conftest import ROOT

OLDEST = "3.11.0"
NEEDED = "Python 3.11 or newer is needed; name one, as in: make serve PYTHON="
NO_VENV = "No environment could be made; Python says above why."
NO_PACKAGE = "A package could not be installed; pip says above which, and why."
PINS = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()


def set_up(folder: Path, python: Path) -> subprocess.CompletedProcess[str]:
    """Make an environment in a folder, with a Python."""
    return subprocess.run(
        ["make", "--no-print-directory", f"VENV={folder}/env", f"PYTHON={python}",
         f"{folder}/env/serve"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


def program(path: Path, *lines: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]), encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("lines", "message"),
    {
        "too old": (["exit 1"], NEEDED),
        "no venv": (['[ "$1" = -c ]'], NO_VENV),
        "no package": (
            ['[ "$1" = -c ] && exit', 'mkdir -p "$4/bin"', 'ln -s /bin/false "$4/bin/python"'],
            NO_PACKAGE,
        ),
    }.values(),
    ids=["too old", "no venv", "no package"],
)
def test_a_failure_says_what_to_do(lines: list[str], message: str, tmp_path: Path) -> None:
    done = set_up(tmp_path, program(tmp_path / "python", *lines))
    assert done.returncode != 0
    assert message in done.stderr
    assert not (tmp_path / "env" / "serve").exists()


def test_without_a_python_it_says_what_to_do(tmp_path: Path) -> None:
    done = set_up(tmp_path, tmp_path / "none")
    assert done.returncode != 0
    assert NEEDED in done.stderr


def test_the_troubleshooting_page_knows_every_failure() -> None:
    page = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    for message in (NEEDED, NO_VENV, NO_PACKAGE):
        assert f"“{re.split('[;.](?= |$)', message)[0]}.”" in page


def test_packages_are_installed_as_wheels_at_pinned_versions() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    (pip,) = (line for line in makefile.splitlines() if line.startswith("PIP :="))
    assert "--only-binary :all:" in pip
    assert "--constraint constraints.txt" in pip
    assert makefile.count("pip install") == 2, "there, and for uv, which upgrades the pins"


def test_every_pinned_package_runs_on_the_oldest_python() -> None:
    pins = [Requirement(line) for line in PINS]
    assert len(pins) > 100
    for pin in pins:
        if pin.marker is None:
            needs = distribution(pin.name).metadata.get("Requires-Python", ">=3")
            assert Requirement(f"python{needs}").specifier.contains(OLDEST), pin
