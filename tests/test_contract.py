"""The tables and columns that people rely on: none goes without a new version of the schema.

tests/golden/schema-MAJOR.json keeps those of a major version. docs/data.md is the policy.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from daily_papers.database import schema
from tests.conftest import query

KEPT = Path(__file__).parent / "golden"
Version = tuple[int, int]
Contract = Mapping[str, Mapping[str, str]]  # table or view → column → type


def contract(database: sqlite3.Connection) -> dict[str, dict[str, str]]:
    """The tables and columns of a database, with views under old names, without those of search."""
    names = database.execute(
        "select name from pragma_table_list where schema = 'main' and type in ('table', 'view')"
        " and name not like 'sqlite\\_%' escape '\\' and name not like 'search\\_%' escape '\\'"
        " order by name"
    ).fetchall()
    return {
        name: {row[1]: row[2].lower() for row in database.execute(f"pragma table_info({name})")}
        for (name,) in names
    }


def needed(kept: Contract, now: Contract, version: Version) -> Version:
    """The lowest version that a change needs, from the version before it."""
    before, after = dict(columns(kept)), dict(columns(now))
    if any(after.get(name) != kind for name, kind in before.items()):
        return version[0] + 1, 0
    return (version[0], version[1] + 1) if after.keys() > before.keys() else version


def columns(tables: Contract) -> Iterator[tuple[tuple[str, str], str]]:
    for table, kinds in tables.items():
        for column, kind in kinds.items():
            yield (table, column), kind


def last() -> dict[str, Any]:
    """The contract of the last major version that has one."""
    paths = KEPT.glob("schema-*.json")
    newest = max(paths, key=lambda path: int(path.stem.rpartition("-")[2]))
    return dict(json.loads(newest.read_text(encoding="utf-8")))


def test_a_change_of_the_tables_raises_the_version(
    db: sqlite3.Connection, request: pytest.FixtureRequest
) -> None:
    now = contract(db)
    kept = last()
    major, minor = map(int, kept["version"].split("."))
    version = schema.MAJOR, schema.MINOR
    assert version >= needed(kept["tables"], now, (major, minor)), (
        "tables changed: raise MINOR in schema.py for what is only added, else MAJOR"
    )
    written = {"version": schema.VERSION, "tables": now}
    if request.config.getoption("--rewrite-golden"):
        text = json.dumps(written, indent=1) + "\n"
        (KEPT / f"schema-{schema.MAJOR}.json").write_text(text, encoding="utf-8")
    assert last() == written, "if the change is intended: make golden, and read the diff"


FRUIT = "create table fruit (id text, weight integer)"


@pytest.mark.parametrize(
    ("statements", "version"),
    [
        ("", (4, 1)),
        ("create table basket (id text)", (4, 2)),
        ("alter table fruit add column colour text", (4, 2)),
        ("drop table fruit", (5, 0)),
        ("alter table fruit drop column weight", (5, 0)),
        ("alter table fruit rename column weight to grams", (5, 0)),
        ("drop table fruit; create table fruit (id text, weight real)", (5, 0)),
        ("alter table fruit rename to fruits", (5, 0)),
        ("alter table fruit rename to fruits; create view fruit as select * from fruits", (4, 2)),
        ("create table search_fruit (id text); create index colours on fruit (weight)", (4, 1)),
    ],
)
def test_what_goes_is_a_major_version_and_what_comes_a_minor_one(
    statements: str, version: Version
) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(FRUIT)
        kept = contract(connection)
        connection.executescript(statements)
        assert needed(kept, contract(connection), (4, 1)) == version


def test_tables_of_search_are_no_part_of_the_contract(db: sqlite3.Connection) -> None:
    tables = set(contract(db))
    assert tables == {table.name for table in schema.TABLES if not table.name.startswith("search_")}


def test_the_file_knows_the_major_version_and_build_info_both(database: Path) -> None:
    ((major,),) = query(database, "pragma user_version")
    sql = "select value from build_info where name = 'schema_version'"
    ((version,),) = query(database, sql)
    assert (major, version) == (schema.MAJOR, schema.VERSION)
    assert version == f"{major}.{schema.MINOR}"
