"""The table build_info describes the build of its database."""

import hashlib
import sqlite3
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest

from daily_papers.pipeline import build_info, cache
from tests.conftest import ROOT, daily_papers, query

COUNTS = {
    "dump_count": "dumps",
    "listing_count": "listings",
    "paper_count": "papers",
    "claim_count": "claims",
    "mention_count": "mentions",
    "rejected_count": "rejected_candidates",
}


def build_info_of(database: Path) -> dict[str, str]:
    return dict(query(database, "select name, value from build_info"))


def test_counts_are_those_of_the_tables(database: Path) -> None:
    info = build_info_of(database)
    assert {name for name in info if name.endswith("_count")} == set(COUNTS)
    for name, table in COUNTS.items():
        ((count,),) = query(database, f"select count(*) from {table}")
        assert int(info[name]) == count > 0


def test_the_hash_of_the_dumps_is_what_a_shell_finds(database: Path) -> None:
    command = "LC_ALL=C; sha256sum *.txt | sha256sum"
    output = subprocess.check_output(command, shell=True, cwd=ROOT / "seeds", text=True)
    assert output.split()[0] == build_info_of(database)["dumps_sha256"]


def test_versions_and_rules_are_those_that_built_it(database: Path) -> None:
    info = build_info_of(database)
    assert info["rules_hash"] == cache.code_hash()
    assert info["numpy_version"] == version("numpy")
    assert info["sqlite_version"] == sqlite3.sqlite_version
    assert len([name for name in info if name.endswith("_version")]) == (
        len(build_info._MADE_WITH) + len(["schema", "python", "sqlite"])
    )


def test_another_dump_and_another_rule_change_it(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def built() -> dict[str, str]:
        done = daily_papers("build", corpus, "-o", tmp_path / "papers.db")
        assert done.exit_code == 0, done.output
        return build_info_of(tmp_path / "papers.db")

    before = built()
    monkeypatch.setattr(build_info, "code_hash", lambda: "another")
    assert built() == before | {"rules_hash": "another"}
    path = next(corpus.glob("with_*.txt"))
    path.write_bytes(path.read_bytes() + b"\n")
    changed = built()
    assert dict(changed.items() - before.items()).keys() == {"rules_hash", "dumps_sha256"}
    assert len(bytes.fromhex(changed["dumps_sha256"])) == hashlib.sha256().digest_size
