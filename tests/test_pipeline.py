"""The whole way: same bytes for the same dumps, and the old file stands whatever happens."""

import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from tests.conftest import ROOT, daily_papers


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


def test_killed_at_any_moment_the_old_file_stands(database: Path, tmp_path: Path) -> None:
    target = tmp_path / "papers.db"
    old = shutil.copy(database, target).read_bytes()
    script = Path(sys.executable).with_name("daily-papers")
    command = [script, "build", ROOT / "seeds", "-o"]
    started = time.monotonic()
    subprocess.run([*command, tmp_path / "whole.db"], check=True, capture_output=True)
    whole = time.monotonic() - started
    moments = random.Random(20)
    for _ in range(20):
        process = subprocess.Popen([*command, target], stdout=subprocess.DEVNULL)
        time.sleep(moments.uniform(0, whole))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert target.read_bytes() == old
    assert build(ROOT / "seeds", "-o", target) == old
    assert sorted(path.name for path in tmp_path.iterdir()) == ["papers.db", "whole.db"]
