"""Builds: the same dumps give the same bytes, and the old file stands whatever happens."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import msgspec
import pytest

from daily_papers import dumps
from daily_papers.database import checks, schema
from daily_papers.pipeline import run, tables, workers, workfile
from daily_papers.records import Dump
from tests.conftest import OLD, ROOT, daily_papers

BUILD = [Path(sys.executable).with_name("daily-papers"), "build"]
PAPERS = 600  # so many that processes share them

# Builds where no file may be larger than so many bytes.
BOUNDED = """
import resource, sys
most = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
from daily_papers.cli import main
from daily_papers.pipeline import workfile
workfile._CACHE = int(sys.argv[2])
main(["build", *sys.argv[3:]])
"""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of dumps of made-up papers."""
    folder = tmp_path_factory.mktemp("many") / "dumps"
    generate = [sys.executable, ROOT / "bench" / "generated_dumps.py", str(PAPERS), folder]
    subprocess.run(generate, check=True)
    return folder


@pytest.fixture(scope="module")
def many_built(many: Path) -> Path:
    """The database of these papers, all of it made by one process, and kept in no cache."""
    target = many.parent / "papers.db"
    build(many, "--no-vectors", "--no-cache", "--workers", 1, "-o", target)
    return target


def build(*arguments: object) -> bytes:
    result = daily_papers("build", *arguments)
    assert result.exit_code == 0, result.output
    return Path(str(arguments[-1])).read_bytes()


def test_the_same_dumps_give_the_same_bytes(corpus: Path, tmp_path: Path) -> None:
    expected = build(corpus, "-o", tmp_path / "papers.db")
    assert expected == build(corpus, "-o", tmp_path / "again.db")
    files = sorted(corpus.iterdir(), reverse=True)
    assert expected == build(*files, "-o", tmp_path / "reversed.db")
    copied = shutil.copytree(corpus, tmp_path / "deep" / "folder")
    assert expected == build(copied, "-o", tmp_path / "copied.db")
    named_twice = [corpus / "with_details.txt", corpus / "no_papers.txt"]
    assert expected == build(*named_twice, corpus, "-o", tmp_path / "twice.db")


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_seeds_give_the_same_bytes_in_any_order_for_any_number_of_workers(
    database: Path, tmp_path: Path, count: int
) -> None:
    files = sorted((ROOT / "seeds").iterdir(), reverse=count > 1)
    options = ["--workers", count, "-o", tmp_path / "papers.db"]
    assert database.read_bytes() == build(*files, *options)


@pytest.mark.parametrize("count", [2, 3])
def test_many_papers_give_the_same_bytes_for_any_number_of_workers(
    many: Path, many_built: Path, tmp_path: Path, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    processes = Mock(wraps=workers.processes)
    monkeypatch.setattr(workers, "processes", processes)
    target = tmp_path / "papers.db"
    options = ["--cache", tmp_path / "cache", "--workers", count, "-o", target]
    for _ in ("cold", "warm"):
        assert build(many, "--no-vectors", *options) == many_built.read_bytes()
    # dumps, texts, rows and neighbours
    assert [call.args[0] for call in processes.call_args_list] == [count] * 8


@pytest.mark.parametrize(
    ("name", "size"),
    [("_TEXTS", 1), ("_TEXTS", 1000), ("_FEW_DUMPS", 10**6), ("_FEW_PAPERS", 10**6)],
)
def test_how_much_a_process_gets_does_not_change_a_byte(
    many: Path,
    many_built: Path,
    tmp_path: Path,
    name: str,
    size: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert getattr(run, name) != size
    monkeypatch.setattr(run, name, size)
    options = ["--no-cache", "--workers", 2, "-o", tmp_path / "papers.db"]
    assert build(many, "--no-vectors", *options) == many_built.read_bytes()


def rows_of(database: Path) -> dict[str, list[object]]:
    with sqlite3.connect(database) as db:
        return {
            table.name: db.execute(f"select rowid, * from {table.name}").fetchall()
            for table in schema.TABLES
        }


def test_how_many_papers_are_made_into_rows_at_a_time_does_not_change_a_row(
    many: Path, many_built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order of the pages in the file does go by it, for tables are filled in turn."""
    monkeypatch.setattr(tables, "_PAPERS", 64)
    build(many, "--no-vectors", "--no-cache", "--workers", 2, "-o", tmp_path / "papers.db")
    expected = rows_of(many_built)
    assert len(expected["papers"]) == PAPERS
    assert rows_of(tmp_path / "papers.db") == expected


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of a megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize(
    ("cache", "message"),
    [
        (64, "[Errno 28] No space left on device: '{folder}'"),  # while listings are read
        (workfile._CACHE, "{folder}/papers.db: database or disk is full"),
    ],
)
def test_a_full_disk_is_one_line_and_leaves_nothing_behind(
    many: Path, small_disk: Path, cache: int, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workfile, "_CACHE", cache)
    target = small_disk / "papers.db"
    target.write_text(OLD)
    result = daily_papers("build", many, "--no-vectors", "--no-cache", "--workers", 2, "-o", target)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"daily-papers: {message.format(folder=small_disk)}\n"
    assert target.read_text() == OLD
    assert list(small_disk.iterdir()) == [target]
    free = shutil.disk_usage(small_disk)
    assert free.used <= 4096, "the workfile is still there"


@pytest.mark.parametrize(
    ("most", "cache", "message"),
    [
        (20_000, 64, "[Errno 5] Input/output error: '{folder}'"),  # while listings are read
        (1_000_000, 64, "[Errno 5] Input/output error: '{folder}'"),
        # While the database is written:
        (2_000_000, workfile._CACHE, "{folder}/papers.db: disk I/O error"),
    ],
)
def test_no_room_for_a_file_is_one_line_and_leaves_nothing_behind(
    many: Path, tmp_path: Path, most: int, cache: int, message: str
) -> None:
    target = tmp_path / "papers.db"
    target.write_text(OLD)
    arguments = [many, "--no-cache", "--no-vectors", "--workers", "2", "-o", target]
    command = [sys.executable, "-c", BOUNDED, str(most), str(cache), *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == f"daily-papers: {message.format(folder=tmp_path)}\n"
    assert target.read_text() == OLD
    assert list(tmp_path.iterdir()) == [target]


def test_ids_survive_a_removed_dump(corpus: Path, tmp_path: Path) -> None:
    build(corpus, "-o", tmp_path / "all.db")
    (corpus / "with_details.txt").unlink()
    build(corpus, "-o", tmp_path / "fewer.db")

    def ids(name: str) -> dict[str, str]:
        with sqlite3.connect(tmp_path / name) as db:
            return dict(db.execute("select abstract, id from papers"))

    remaining = ids("fewer.db")
    assert remaining
    assert remaining.items() < ids("all.db").items()


def test_a_database_that_fails_a_data_test_is_not_put_in_place(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    impossible = checks.DataTest("There are no papers.", "select id from papers")
    monkeypatch.setattr(checks, "TESTS", (impossible,))
    target = tmp_path / "papers.db"
    target.write_text(OLD)
    result = daily_papers("build", corpus, "-o", target)
    assert result.exit_code == 1
    assert "does not hold: There are no papers. First offending rows: a-note-on" in result.stderr
    assert target.read_text() == OLD


def test_a_reader_that_loses_a_line_is_found_out(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = dumps.read

    def lose_a_line(path: Path) -> Dump:
        dump = read(path)
        return msgspec.structs.replace(dump, furniture=dump.furniture[1:])

    monkeypatch.setattr(dumps, "read", lose_a_line)
    result = daily_papers("build", corpus, "-o", tmp_path / "papers.db", "--no-cache")
    assert result.exit_code == 1
    assert "only 5 of 6 lines ended in a listing or the furniture" in result.stderr


def test_a_file_that_is_another_where_it_is_read_is_refused(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = dumps.read
    monkeypatch.setattr(dumps, "read", lambda path: read(path.with_name("no_papers.txt")))
    result = daily_papers("build", corpus, "-o", tmp_path / "papers.db", "--no-cache")
    assert result.exit_code == 1
    problem = "it changed while it was read, or a worker has another file at this path"
    assert result.stderr.splitlines() == [
        f"daily-papers: {corpus}/{name}.txt: {problem}"
        for name in ("titles_and_abstracts", "with_details")
    ]


def test_the_hash_order_does_not_change_a_byte(corpus: Path, tmp_path: Path) -> None:
    built = []
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed}
        target = tmp_path / f"{seed}.db"
        subprocess.run([*BUILD, corpus, "--quiet", "-o", target], env=environment, check=True)
        built.append(target.read_bytes())
    assert built[0] == built[1]


def test_killed_at_any_moment_the_old_file_stands(database: Path, tmp_path: Path) -> None:
    target = tmp_path / "papers.db"
    old, new = OLD.encode(), database.read_bytes()
    command = [*BUILD, ROOT / "seeds", "-o"]
    started = time.monotonic()
    subprocess.run([*command, tmp_path / "whole.db"], check=True, capture_output=True)
    whole = time.monotonic() - started
    moments = random.Random(20)
    killed = 0
    while killed < 8:
        target.write_bytes(old)
        process = subprocess.Popen([*command, target], stdout=subprocess.DEVNULL)
        time.sleep(moments.uniform(0, whole))
        process.send_signal(signal.SIGKILL)
        if process.wait() == -signal.SIGKILL:
            killed += 1
        else:
            whole *= 0.8  # the machine has become faster
        assert target.read_bytes() in (old, new)
    assert build(ROOT / "seeds", "-o", target) == new
    assert sorted(path.name for path in tmp_path.iterdir()) == ["papers.db", "whole.db"]
