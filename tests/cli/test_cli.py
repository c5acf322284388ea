"""The command line: what it prints, where, and its exit status."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import OLD, build, daily_papers
from tests.saved_pages import page, record

BAD = {
    "picture.txt": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", ": a picture: save the page as HTML or text"),
    "empty.txt": (b"", ":1: the file is empty"),
    "latin1.txt": (page(record("Café" * 9, who="lab")).encode("latin-1"), ":13: not UTF-8 text"),
    "cut.txt": (page(record()).encode()[:-60], ":15: record 1: found the end of the file"),
    "other.txt": (b"Milk\nBread\n", ":1: not a Daily Papers page"),
}


def refused(target: Path, *arguments: object) -> list[str]:
    """Build from dumps of which nothing can be built; return the errors."""
    result = daily_papers("build", *arguments, "-o", target)
    assert result.exit_code == 1
    assert not target.exists()
    return result.stderr.splitlines()


def test_a_build_reports_what_it_read_unless_it_is_quiet(corpus: Path, tmp_path: Path) -> None:
    result = daily_papers("build", corpus, "-o", tmp_path / "papers.db")
    assert (result.exit_code, result.stderr) == (0, "")
    report = dict(re.split(" {2,}", line) for line in result.stdout.splitlines())
    counts = {"dumps read": "3", "dumps skipped": "0", "listings": "7", "papers": "5"}
    assert (counts | {"merged listings": "2"}).items() <= report.items()
    assert re.fullmatch(r"\d+ \(\d+ other numbers rejected\)", report["claims"])
    assert int(report["mentions"]) > 0
    assert report["lines accounted for"] == (
        "40 of 40 (badge 3, byline 3, date 3, heading 2, listings 23, newsletter 6)"
    )
    assert float(report["seconds"]) > 0
    quiet = daily_papers("build", corpus, "-o", tmp_path / "papers.db", "--quiet")
    assert (quiet.exit_code, quiet.output) == (0, "")


def test_seeds_are_default(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus.rename(tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    assert daily_papers("build").exit_code == 0
    assert (tmp_path / "papers.db").exists()


@pytest.mark.parametrize(("name", "bad"), BAD.items(), ids=BAD)
def test_input_that_cannot_be_read_is_one_line_and_touches_nothing(
    tmp_path: Path, name: str, bad: tuple[bytes, str]
) -> None:
    content, error = bad
    (tmp_path / name).write_bytes(content)
    target = tmp_path / "papers.db"
    target.write_text(OLD)
    result = daily_papers("build", tmp_path / name, "-o", target)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"daily-papers: {tmp_path / name}{error}")
    assert result.stderr.count("\n") == 1
    assert target.read_text() == OLD
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "papers.db"])


def test_every_bad_dump_has_its_line(tmp_path: Path) -> None:
    for name, (content, _) in BAD.items():
        (tmp_path / name).write_bytes(content)
    assert len(refused(tmp_path / "papers.db", tmp_path)) == len(BAD)


def test_keep_going_builds_the_rest_says_so_and_fails(corpus: Path, tmp_path: Path) -> None:
    (corpus / "empty.txt").write_bytes(b"")
    target = tmp_path / "papers.db"
    result = daily_papers("build", corpus, "-o", target, "--keep-going")
    assert result.exit_code == 1
    assert "dumps skipped        1" in result.stdout
    assert result.stderr == f"daily-papers: {corpus / 'empty.txt'}:1: the file is empty\n"
    assert daily_papers("check", target).exit_code == 0


def test_keep_going_with_nothing_left_builds_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    refused(tmp_path / "papers.db", tmp_path, "--keep-going")


def test_a_folder_without_dumps_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".hidden").write_text("not a dump")
    errors = refused(tmp_path / "papers.db", tmp_path)
    advice = "no dump in this folder; save pages into it, or days: daily-papers fetch"
    assert errors == [f"daily-papers: {tmp_path}: {advice}"]


def test_a_folder_without_dumps_beside_others_is_named_and_passed_over(
    corpus: Path, tmp_path: Path
) -> None:
    unanswered = tmp_path / "dumps" / ".daily-papers-missing"  # fetch found nothing
    unanswered.parent.mkdir()
    unanswered.touch()
    result = daily_papers("build", corpus, unanswered.parent, "-o", tmp_path / "papers.db")
    problem = "no dump in this folder; built without it"
    assert result.stderr == f"daily-papers: {unanswered.parent}: {problem}\n"
    assert (result.exit_code, result.stdout[:23]) == (0, "dumps read           3\n"[:23])


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "lost.txt").symlink_to("nowhere")
    (tmp_path / "circle.txt").symlink_to("circle.txt")
    assert refused(tmp_path / "papers.db", tmp_path) == [
        f"daily-papers: {tmp_path / 'circle.txt'}: Too many levels of symbolic links",
        f"daily-papers: {tmp_path / 'lost.txt'}: No such file or directory",
        f"daily-papers: {tmp_path / 'pipe.txt'}: not a regular file",
    ]


def test_a_link_to_a_folder_is_refused(corpus: Path, tmp_path: Path) -> None:
    (corpus / "again").symlink_to(corpus)
    (error,) = refused(tmp_path / "papers.db", corpus)
    assert error == f"daily-papers: {corpus}/again: a link to a folder; name the folder"


def test_a_name_that_cannot_be_shown_is_refused(tmp_path: Path) -> None:
    (tmp_path / "caf\udce9\n.txt").write_text(page())
    (error,) = refused(tmp_path / "papers.db", tmp_path)
    problem = "its name has unprintable characters; rename it"
    assert error == f"daily-papers: {tmp_path}/caf\\udce9\\n.txt: {problem}"


@pytest.mark.parametrize("terminal", [True, False])
def test_only_a_terminal_gets_a_progress_bar(corpus: Path, tmp_path: Path, terminal: bool) -> None:
    reader, writer = os.openpty() if terminal else os.pipe()
    command = [Path(sys.executable).with_name("daily-papers"), "build", corpus]
    subprocess.run([*command, "-o", tmp_path / "x.db"], stderr=writer, check=True,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    os.close(writer) if not terminal else os.write(writer, b".")
    assert (b"Reading dumps" in os.read(reader, 10_000)) is terminal
    os.close(reader)


def test_two_dumps_with_one_id_are_refused(corpus: Path, tmp_path: Path) -> None:
    (corpus / "again").mkdir()
    (corpus / "again" / "no_papers.txt").write_bytes((corpus / "no_papers.txt").read_bytes())
    (error,) = refused(tmp_path / "papers.db", corpus)
    assert "it would get the same id; rename one of them" in error


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["build"], "no PATH given, and there is no folder seeds/ here"),
        (["build", "nowhere"], "no file or folder nowhere; save pages"),
        (["build", "--what"], "No such option '--what'"),
        (["build", "{corpus}", "-o", "nowhere/papers.db"], "no folder "),
        (["build", "{corpus}", "-o", "."], "File '.' is a directory"),
        (["build", "{corpus}", "-o", ""], " is not a regular file"),
        (["build", "{corpus}", "-o", "circle.db"], "circle.db"),
        (["build", "{corpus}", "-o", "/dev/null"], "/dev/null is not a regular file"),
        (["check", "/dev/null"], "/dev/null is not a regular file"),
        (["check"], "Missing argument 'DATABASE'"),
        (["check", "nowhere.db"], "File 'nowhere.db' does not exist"),
        (["fly"], "No such command 'fly'"),
    ],
)
def test_wrong_usage_exits_with_2(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], error: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("circle.db").symlink_to("circle.db")
    result = daily_papers(*(text.format(corpus=corpus) for text in arguments))
    assert result.exit_code == 2
    assert re.search(f"Error: .*{re.escape(error)}", result.stderr)
    assert "Traceback" not in result.output


def test_what_is_no_database_is_not_overwritten(corpus: Path, tmp_path: Path) -> None:
    saved, empty = tmp_path / "page.txt", tmp_path / "empty.db"
    saved.write_text("A page that was saved.\n")
    empty.touch()
    refused = daily_papers("build", corpus, "-o", saved)
    assert refused.exit_code == 2
    assert "page.txt is there, and is no database: it is not overwritten" in refused.stderr
    assert saved.read_text() == "A page that was saved.\n"
    assert daily_papers("build", corpus, "-o", empty).exit_code == 0


def test_help_names_every_command_and_option() -> None:
    assert {"build", "check"} <= set(daily_papers("--help").output.split())
    text = daily_papers("build", "--help").output
    assert all(option in text for option in ("--output", "--keep-going", "--quiet", "seeds/"))


def test_a_build_without_papers_leaves_the_papers_of_a_database(
    corpus: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.json"
    empty.write_text("[]")
    fresh, target = tmp_path / "fresh.db", build(tmp_path / "papers.db", corpus)
    before = target.read_bytes()
    result = daily_papers("build", empty, "-o", target)
    assert result.exit_code == 1
    assert result.stderr == f"daily-papers: no dump has a paper: {target} stays as it is\n"
    assert target.read_bytes() == before
    assert daily_papers("build", empty, "-o", fresh).exit_code == 0
    assert daily_papers("build", empty, "-o", fresh).exit_code == 0
