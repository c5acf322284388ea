"""Pipes, devices and folders where a command expects a file, and too little memory: a sentence."""

import os
from pathlib import Path

import pytest

from daily_papers.database import atomic
from daily_papers.fetch import loop
from daily_papers.pipeline import run
from daily_papers.site.http.served_database import ServeError, file_id, inspect_database
from daily_papers.site.site_settings import SettingsError, read_metadata
from tests.conftest import daily_papers


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """A pipe that nobody writes into: who opens it waits without end."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


@pytest.mark.parametrize(
    "command",
    ["check", "export", "serve", "fetch --missing", "build -o", "check --counts", "build"],
)
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_what_is_no_regular_file_is_refused_unopened(
    command: str, kind: str, pipe: Path, tmp_path: Path
) -> None:
    database = tmp_path / "papers.db"
    database.touch()
    path = pipe if kind == "pipe" else Path("/dev/zero")
    more = [database] if "--counts" in command else ["seeds"] if "-o" in command else []
    result = daily_papers(*command.split(), path, *more)
    assert result.exit_code in (1, 2)
    assert f"{path} is not a regular file" in result.stderr.replace(": not", " is not")


def test_counts_are_not_written_into_a_pipe(pipe: Path, tmp_path: Path) -> None:
    (tmp_path / "papers.db").touch()
    result = daily_papers("check", tmp_path / "papers.db", "--write-counts", pipe)
    assert (result.exit_code, "not a regular file" in result.stderr) == (2, True)


def test_a_pipe_in_the_place_of_a_served_file_is_no_file(pipe: Path) -> None:
    assert file_id(pipe) == ""
    with pytest.raises(ServeError, match="not a regular file"):
        inspect_database(pipe)
    with pytest.raises(SettingsError, match="not a regular file"):
        read_metadata(pipe)
    with pytest.raises(OSError, match="not a regular file"), atomic.locked(pipe, OSError):
        pass


def test_what_a_link_beside_a_target_leads_to_is_left_alone(
    corpus: Path, database: Path, tmp_path: Path
) -> None:
    others = tmp_path / "others"
    others.mkdir()
    kept = others / "kept"
    kept.write_text("mine")
    (tmp_path / ".out.exporting").symlink_to(others)
    (tmp_path / "papers.db.building").symlink_to(kept)
    (tmp_path / ".daily-papers-2024-05-01.json.part").symlink_to(kept)
    for command in (
        ["export", database, "--into", tmp_path / "out"],
        ["build", corpus, "-o", tmp_path / "papers.db"],
    ):
        result = daily_papers(*command)
        assert (result.exit_code, "a link; remove it" in result.stderr) == (1, True)
    with pytest.raises(OSError, match="symbolic links"):
        loop.save(tmp_path / "daily-papers-2024-05-01.json", b"theirs")
    assert kept.read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--into", "circle"], "circle"),
        (["--into", "\udcff"], "not UTF-8"),
        (["--url", "\udcff"], "not UTF-8"),
    ],
)
def test_an_export_that_cannot_be_is_refused(
    arguments: list[str],
    error: str,
    database: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("circle").symlink_to("circle")
    result = daily_papers("export", database, *arguments)
    assert result.exit_code in (1, 2)
    assert error in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("is_pipe", [True, False])
def test_a_fetch_does_not_wait_for_what_is_no_file(pipe: Path, is_pipe: bool) -> None:
    day = pipe.with_name("daily-papers-2024-05-01.json")
    day.symlink_to(pipe if is_pipe else "/dev/zero")
    result = daily_papers("fetch", "--date", "2024-05-01", "--into", pipe.parent)
    assert (result.exit_code, "not a regular file" in result.stderr) == (1, True)


def test_an_export_does_not_replace_the_root_folder(tmp_path: Path) -> None:
    (tmp_path / "papers.db").touch()
    result = daily_papers("export", tmp_path / "papers.db", "--into", "/")
    assert (result.exit_code, "name a folder" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        ImportError("libx.so: failed to map segment from shared object"),
        RuntimeError("can't start new thread"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_too_little_memory_is_said_in_a_sentence(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(*_: object) -> None:
        raise error

    monkeypatch.setattr(run, "build", build)
    (tmp_path / "dump").touch()
    result = daily_papers("build", tmp_path / "dump")
    said = "daily-papers: too little memory; nothing was replaced\n"
    assert (result.exit_code, result.stderr) == (1, said)
