"""The whole way: same bytes for the same dumps, and the old file stands whatever happens."""

import dataclasses
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from daily_papers import checks, dumps
from daily_papers.records import Dump
from tests.conftest import ROOT, daily_papers

BUILD = [Path(sys.executable).with_name("daily-papers"), "build"]


def build(*arguments: object) -> bytes:
    result = daily_papers("build", *arguments)
    assert result.exit_code == 0, result.output
    return Path(str(arguments[-1])).read_bytes()


def test_the_same_dumps_give_the_same_bytes(corpus: Path, tmp_path: Path) -> None:
    one = build(corpus, "-o", tmp_path / "one.db")
    assert one == build(corpus, "-o", tmp_path / "two.db")
    files = sorted(corpus.iterdir(), reverse=True)
    assert one == build(*files, "-o", tmp_path / "reversed.db")
    elsewhere = shutil.copytree(corpus, tmp_path / "deep" / "elsewhere")
    assert one == build(elsewhere, "-o", tmp_path / "elsewhere.db")


def test_the_seeds_give_the_same_bytes_in_any_order(database: Path, tmp_path: Path) -> None:
    files = sorted((ROOT / "seeds").iterdir(), reverse=True)
    assert database.read_bytes() == build(*files, "-o", tmp_path / "reversed.db")


def test_the_seeds_give_the_same_bytes_for_any_number_of_workers(
    database: Path, tmp_path: Path
) -> None:
    for workers in (1, 2, 3):
        target = tmp_path / f"{workers}.db"
        assert database.read_bytes() == build(ROOT / "seeds", "--workers", workers, "-o", target)


def test_a_file_given_twice_counts_once(corpus: Path, tmp_path: Path) -> None:
    once = build(corpus, "-o", tmp_path / "once.db")
    files = [corpus / "with_details.txt", corpus / "no_papers.txt"]
    assert once == build(*files, corpus, "-o", tmp_path / "twice.db")


def test_ids_survive_a_removed_dump(corpus: Path, tmp_path: Path) -> None:
    build(corpus, "-o", tmp_path / "all.db")
    (corpus / "with_details.txt").unlink()
    build(corpus, "-o", tmp_path / "fewer.db")

    def ids(name: str) -> dict[str, str]:
        with sqlite3.connect(tmp_path / name) as db:
            return dict(db.execute("select abstract, id from papers"))

    fewer, every = ids("fewer.db"), ids("all.db")
    assert 0 < len(fewer) < len(every)
    assert fewer.items() <= every.items()


def test_a_database_that_fails_a_data_test_is_not_put_in_place(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    impossible = checks.DataTest("There are no papers.", "select id from papers")
    monkeypatch.setattr(checks, "TESTS", (impossible,))
    target = tmp_path / "papers.db"
    target.write_text("old")
    result = daily_papers("build", corpus, "-o", target)
    assert result.exit_code == 1
    assert "does not hold: There are no papers. First offending rows: a-note-on" in result.stderr
    assert target.read_text() == "old"


def test_a_reader_that_loses_a_line_is_found_out(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = dumps.read

    def lose_a_line(path: Path) -> Dump:
        dump = read(path)
        return dataclasses.replace(dump, furniture=dump.furniture[1:])

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
    old, new = b"the file before", database.read_bytes()
    command = [*BUILD, ROOT / "seeds", "-o"]
    started = time.monotonic()
    subprocess.run([*command, tmp_path / "whole.db"], check=True, capture_output=True)
    whole = time.monotonic() - started
    moments = random.Random(20)
    killed = 0
    for _ in range(20):
        target.write_bytes(old)
        process = subprocess.Popen([*command, target], stdout=subprocess.DEVNULL)
        time.sleep(moments.uniform(0, whole))
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        assert target.read_bytes() in (old, new)
    assert killed > 10
    assert build(ROOT / "seeds", "-o", target) == new
    assert sorted(path.name for path in tmp_path.iterdir()) == ["papers.db", "whole.db"]
