"""The tables as they are declared."""

import sqlite3
from pathlib import Path

import pytest

from daily_papers.database.schema import MAJOR, TABLES
from daily_papers.database.writer import Table
from tests.conftest import query


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_database_has_the_table_as_declared(database: Path, table: Table) -> None:
    with sqlite3.connect(database) as db:
        columns = db.execute(f"pragma table_info({table.name})").fetchall()
        (strict,) = db.execute(
            "select strict from pragma_table_list where name = ?", [table.name]
        ).fetchone()
        references = {
            (row[3], row[2], row[4])
            for row in db.execute(f"pragma foreign_key_list({table.name})").fetchall()
        }
    assert [(name, kind.lower()) for _, name, kind, *_ in columns] == [
        (column.name, column.type) for column in table.columns
    ]
    assert strict == 1
    keys = sorted((place, name) for _, name, _, _, _, place in columns if place)
    assert [name for _, name in keys] == list(table.primary_key)
    assert references == {
        (column.name, column.references, "id") for column in table.columns if column.references
    }


def test_every_reference_can_be_followed_back_by_an_index() -> None:
    for table in TABLES:
        for column in table.columns:
            if column.references:
                assert column.index or table.primary_key[0] == column.name, column


def test_the_database_knows_its_major_version(database: Path) -> None:
    assert query(database, "pragma user_version") == [(MAJOR,)]


def test_a_match_in_the_title_ranks_above_one_in_the_abstract(database: Path) -> None:
    with sqlite3.connect(database) as db:
        (first,) = db.execute(
            "select title from papers_fts where papers_fts match 'speculative' order by rank"
        ).fetchone()
        (title_only, anywhere) = db.execute(
            "select sum(title like '%speculative%'), count(*) from papers_fts"
            " where papers_fts match 'speculative'"
        ).fetchone()
    assert "speculative" in first.lower()
    assert 0 < title_only < anywhere
