"""The whole database of a small hand-written corpus, row by row."""

import json
import sqlite3
from pathlib import Path

import pytest

from daily_papers.database.schema import TABLES
from tests.conftest import daily_papers

GOLDEN = Path(__file__).parent / "golden" / "corpus.json"
# The file synonyms.yml and nothing else; the versions of what builds; numbers that another kind of
# processor may round in another way.
OTHERS = {"synonyms", "build_info", "search_vectors"}


def contents(database: Path) -> dict[str, list[dict[str, object]]]:
    with sqlite3.connect(database) as db:
        db.row_factory = sqlite3.Row
        return {
            table.name: [
                {name: shown(row[name]) for name in row.keys()}  # noqa: SIM118 - not a dict
                for row in db.execute(f"select * from {table.name}")
            ]
            for table in TABLES
            if table.name not in OTHERS
        }


def shown(value: object) -> object:
    return value.hex() if isinstance(value, bytes) else value


def test_the_database_is_as_it_was(
    corpus: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    daily_papers("build", corpus, "-o", tmp_path / "papers.db")
    built = contents(tmp_path / "papers.db")
    if request.config.getoption("--rewrite-golden"):
        GOLDEN.write_text(json.dumps(built, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert built == golden, "if the change is intended: make golden, and read the diff"
