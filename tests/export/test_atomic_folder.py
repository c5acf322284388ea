"""An export replaces its folder whole or not at all, and removes no file of anybody else."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import Result

from daily_papers.cli import publish
from daily_papers.export import atomic_folder, table_files
from daily_papers.export.descriptions import ExportError
from tests.conftest import ROOT, daily_papers, execute


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def write(target: Path, text: str) -> None:
    """What an export does, with one file."""
    with atomic_folder.replaced(target) as folder:
        (folder / "deep").mkdir()
        (folder / "deep" / "file").write_text(text)
        (folder / atomic_folder.SUMS).write_text("0  deep/file\n")


@pytest.fixture
def exported_folder(tmp_path: Path) -> Path:
    write(tmp_path / "export", "old")
    return tmp_path / "export"


def test_an_export_takes_the_place_of_another(exported_folder: Path) -> None:
    write(exported_folder, "new")
    assert contents(exported_folder) == {"deep/file": b"new", "SHA256SUMS": b"0  deep/file\n"}
    assert names(exported_folder.parent) == ["export"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "export").mkdir()
    write(tmp_path / "export", "new")
    assert (tmp_path / "export" / "deep" / "file").read_text() == "new"


def test_a_link_stays_and_what_it_leads_to_is_replaced(exported_folder: Path) -> None:
    link = exported_folder.with_name("link")
    link.symlink_to(exported_folder)
    write(link, "new")
    assert link.is_symlink()
    assert (exported_folder / "deep" / "file").read_text() == "new"


@pytest.mark.parametrize("name", ["notes.txt", "deep/notes.txt", "link"])
def test_a_folder_with_another_file_is_not_touched(exported_folder: Path, name: str) -> None:
    if name == "link":
        (exported_folder / name).symlink_to("/")
    else:
        (exported_folder / name).write_text("mine")
    before = contents(exported_folder)
    with pytest.raises(ExportError, match=f"{name} in it is not of an export"):
        write(exported_folder, "new")
    assert contents(exported_folder) == before
    assert names(exported_folder.parent) == ["export"]


def test_a_folder_of_files_that_are_not_ours_is_not_touched(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    with pytest.raises(ExportError, match="nothing is overwritten"):
        write(tmp_path / "seeds", "new")
    assert contents(tmp_path / "seeds") == contents(ROOT / "seeds")


def fail_in(folder: Path) -> None:
    (folder / "file").write_text("new")
    raise OSError("the disk is full")


def test_what_fails_leaves_the_old_one_and_nothing_beside_it(exported_folder: Path) -> None:
    before = contents(exported_folder)
    with pytest.raises(OSError, match="full"), atomic_folder.replaced(exported_folder) as folder:
        fail_in(folder)
    assert contents(exported_folder) == before
    assert names(exported_folder.parent) == ["export"]


def killed(target: Path, moment: int) -> None:
    """Be killed when a folder is to be renamed the first or the second time."""
    renamed = 0
    rename = Path.rename

    def counting(self: Path, other: Path) -> Path:
        nonlocal renamed
        renamed += 1
        if renamed == moment:
            os._exit(9)
        return rename(self, other)

    child = os.fork()
    if not child:
        Path.rename = counting  # type: ignore[method-assign, assignment]
        write(target, "new")
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


@pytest.mark.parametrize("moment", [1, 2])
def test_the_next_one_takes_over_what_a_killed_one_left(exported_folder: Path, moment: int) -> None:
    killed(exported_folder, moment)
    assert exported_folder.exists() is (moment == 1)
    with pytest.raises(OSError, match="full"), atomic_folder.replaced(exported_folder) as folder:
        fail_in(folder)
    assert (exported_folder / "deep" / "file").read_text() == "old"
    killed(exported_folder, moment)
    write(exported_folder, "newer")
    assert (exported_folder / "deep" / "file").read_text() == "newer"
    assert names(exported_folder.parent) == ["export"]


@contextmanager
def another(target: Path) -> Iterator[None]:
    beside = target.with_name(f".{target.name}.exporting")
    beside.mkdir()
    descriptor = os.open(beside, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    yield
    os.close(descriptor)


def test_two_exports_do_not_write_one_folder(exported_folder: Path) -> None:
    before = contents(exported_folder)
    with another(exported_folder), pytest.raises(ExportError, match="another export is writing it"):
        write(exported_folder, "new")
    assert contents(exported_folder) == before
    write(exported_folder, "new")


@pytest.fixture
def copy(full: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(full, tmp_path / "papers.db"))


def run_export(database: Path, into: Path, *options: object) -> Result:
    return daily_papers(
        "export", database, "--into", into, "--metadata", ROOT / "metadata.yml", *options
    )


def refusal(database: Path, *options: object) -> str:
    """Return the error of an export that fails and leaves no file beside the database."""
    before = names(database.parent)
    result = run_export(database, database.parent / "export", *options)
    assert result.exit_code == 1
    assert names(database.parent) == before
    return result.stderr


def test_the_command_says_what_it_wrote(copy: Path, tmp_path: Path) -> None:
    done = run_export(copy, tmp_path / "export")
    assert done.exit_code == 0, done.output
    assert "papers                      328 rows" in done.output
    assert (tmp_path / "export" / "parquet" / "papers.parquet").is_file()
    quiet = run_export(copy, tmp_path / "export", "--quiet")
    assert (quiet.exit_code, quiet.output) == (0, "")


@pytest.mark.parametrize(
    ("breakage", "message"),
    [
        ("pragma user_version = 3", "not a database of schema 4.5 (it is of version 3)"),
        ("drop table build_info", "(in build_info); build it again"),
        ("alter table papers add column x text", "(in papers); build it again"),
    ],
)
def test_another_database_is_refused_in_a_sentence(copy: Path, breakage: str, message: str) -> None:
    execute(copy, breakage)
    error = refusal(copy)
    assert error.startswith(f"daily-papers: {copy}: ")
    assert message in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("change", ["topics = '['", "published_on = 'May'", "has_code = 300"])
def test_a_value_of_another_type_is_refused_by_its_table(copy: Path, change: str) -> None:
    update = f"update papers set {change} where rowid = 7"
    execute(copy, "pragma ignore_check_constraints = on", update)
    assert f"{copy}: papers has a value that is none of its column's type" in refusal(copy)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"nothing" * 1000)
    assert "file is not a database" in refusal(tmp_path / "x.db")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "no YAML"),
        ("title: x", "it says nothing of 'databases'"),
        ("[]", "it does not describe the database papers"),
        ("databases: {papers: {tables: {dumps: {}}}}", "it says nothing of 'problems'"),
    ],
)
def test_metadata_that_describe_something_else_are_refused(
    copy: Path, tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "other.yml").write_text(text)
    assert message in refusal(copy, "--metadata", tmp_path / "other.yml")


@pytest.mark.parametrize("into", ["nowhere/export", "papers.db/export"])
def test_a_folder_in_no_folder_is_refused(copy: Path, tmp_path: Path, into: str) -> None:
    done = run_export(copy, tmp_path / into)
    assert done.exit_code == 2
    assert "no folder" in done.stderr
    assert names(tmp_path) == ["papers.db"]


def test_wrong_usage_exits_with_2(copy: Path, tmp_path: Path) -> None:
    assert run_export(tmp_path / "missing.db", tmp_path / "e").exit_code == 2
    assert run_export(copy, tmp_path / "e", "--published", "yesterday").exit_code == 2
    assert run_export(copy, copy).exit_code == 2


def test_without_the_extra_the_command_names_it(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish, "find_spec", lambda _: None)
    done = run_export(copy, tmp_path / "e")
    assert done.exit_code == 2
    assert "pip install 'daily-papers[export]'" in done.stderr


def test_a_full_disk_leaves_the_old_export(
    copy: Path, exported_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = contents(exported_folder)
    monkeypatch.setattr(table_files, "_record_batch", fails)
    done = run_export(copy, exported_folder)
    assert done.exit_code == 1
    assert "No space left" in done.stderr
    assert contents(exported_folder) == before
