"""Checks the set-up: what `make` prints when a step fails, and that every package has a wheel."""

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


FAILURES = {  # a Python, as a shell script, and what make prints with it
    "none": (None, NEEDED),
    "too old": ("exit 1", NEEDED),
    "no venv": ('[ "$1" = -c ]', NO_VENV),
    "no package": (
        '[ "$1" = -c ] && exit\nmkdir -p "$4/bin"\nln -s /bin/false "$4/bin/python"',
        NO_PACKAGE,
    ),
}


@pytest.mark.parametrize(("script", "message"), FAILURES.values(), ids=FAILURES)
def test_a_failure_says_what_to_do(script: str | None, message: str, tmp_path: Path) -> None:
    python = tmp_path / "python"
    if script is not None:
        python.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        python.chmod(0o755)
    done = set_up(tmp_path, python)
    assert done.returncode != 0
    assert message in done.stderr
    assert not (tmp_path / "env" / "serve").exists()


def test_the_troubleshooting_page_knows_every_failure() -> None:
    page = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    for message in (NEEDED, NO_VENV, NO_PACKAGE):
        assert f"“{re.split('[;.](?= |$)', message)[0]}.”" in page


def test_packages_are_installed_as_wheels_at_pinned_versions() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    (pip,) = (line for line in makefile.splitlines() if line.startswith("PIP :="))
    assert "--only-binary :all: --no-deps" in pip
    assert makefile.count("pip install") == 1
    assert "\nPINNED := $(PIP) --require-hashes\n" in makefile
    assert re.findall(r"\$\(PIP\) (.+?) \|\|", makefile) == ["--no-build-isolation --editable ."]


def test_every_pinned_package_runs_on_the_oldest_python() -> None:
    pins = [Requirement(line) for line in PINS]
    assert len(pins) > 100
    for pin in pins:
        if pin.marker is None:
            needs = distribution(pin.name).metadata.get("Requires-Python", ">=3")
            assert Requirement(f"python{needs}").specifier.contains(OLDEST), pin
