"""The wheel, installed alone: it serves the whole site to an ordinary user, and writes nothing into
the folder that it is installed in."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.conftest import ROOT, free_port, running
from tests.site.conftest import new_context, watched
from tests.site.page_kinds import CHART, KINDS

# A process of root without capabilities may do no more than the owner of the files, as anybody.
ORDINARY = ("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--") if os.geteuid() == 0 else ()
NOT_DRAWN = re.compile("refused|stopped|not found")
DRAWN = {name: path for name, path in KINDS.items() if not NOT_DRAWN.search(name)}


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A fresh environment that has the wheel and what it needs, and may not be written to."""
    environment = tmp_path_factory.mktemp("an environment") / "env"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    pip = [environment / "bin" / "python", "-m", "pip", "install", "--quiet"]
    wheels = ["--only-binary", ":all:", "--no-deps"]
    run(*pip, *wheels, "--require-hashes", "-r", ROOT / "requirements" / "serve.txt")
    run(*pip, *wheels, wheel)
    run(environment / "bin" / "python", "-m", "pip", "check")
    subprocess.run(["chmod", "-R", "a-w", environment], check=True)
    yield environment
    subprocess.run(["chmod", "-R", "u+w", environment], check=True)


def run(*command: object, cwd: Path | None = None, status: int = 0) -> str:
    """Run a command, which ends with a status, and return its errors."""
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    return done.stderr


def files_of(folder: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of each file below a folder."""
    stats = {path: path.lstat() for path in folder.rglob("*")}
    return {str(path): (stat.st_size, stat.st_mtime_ns) for path, stat in stats.items()}


@pytest.fixture(scope="module")
def wheel_site(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site that the wheel built and serves, from a file with a name of its own."""
    folder = tmp_path_factory.mktemp("pages of mine")
    shutil.copytree(ROOT / "seeds", folder / "pages")
    command = [*ORDINARY, str(installed / "bin" / "daily-papers")]
    for words in (["build", "pages", "-o", "mine.db", "--no-cache"], ["check", "mine.db"]):
        run(*command, *words, cwd=folder)
    port = free_port()
    serve = [*command, "serve", "mine.db", "--port", str(port)]
    with running(serve, port, tmp_path_factory.mktemp("log"), folder) as address:
        yield address


def test_every_kind_of_page_shows_with_its_charts_and_nothing_is_written(
    browser: Browser, installed: Path, wheel_site: str
) -> None:
    before = files_of(installed)
    context = new_context(browser, wheel_site, "desktop")
    shown, charts = {}, 0
    for kind, path in DRAWN.items():
        page = context.new_page()
        troubles = watched(page, wheel_site)
        answer = page.goto(path)
        charts += page.locator("figure.chart").count()
        shown[kind] = (answer and answer.status, page.get_by_role("heading", level=1).count())
        assert troubles == [], kind
        page.close()
    assert shown == dict.fromkeys(DRAWN, (200, 1))
    assert charts >= 5
    page = context.new_page()
    page.goto(CHART)
    page.locator("canvas.marks").wait_for()
    context.close()
    assert files_of(installed) == before


def test_the_environment_could_not_be_written_to(installed: Path) -> None:
    touch = [*ORDINARY, "touch", str(installed / "lib" / "new")]
    assert subprocess.run(touch, capture_output=True, check=False).returncode != 0


def test_every_command_is_there_without_an_extra(installed: Path, tmp_path: Path) -> None:
    command = installed / "bin" / "daily-papers"
    commands = ("build", "check", "fetch", "serve", "export")
    for words in (["--version"], *([name, "--help"] for name in commands)):
        run(command, *words, cwd=tmp_path)
    assert "pip install 'daily-papers[export]'" in run(
        command, "export", __file__, cwd=tmp_path, status=2
    )
