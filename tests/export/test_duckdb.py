"""DuckDB answers every canned query, on the Parquet files, as SQLite does on the database."""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import chdir, closing
from datetime import date
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import duckdb
import pytest
from datasette.utils import module_from_path

from daily_papers.search.engine import opened
from tests.conftest import QUERIES, ROOT

AWKWARD = ("", "  ", " lora ", "%", "_", "LLaMA_2", "'; --", "no such thing", "Ä")
Answer = tuple[list[str], list[tuple[Any, ...]]]


def examples(name: str) -> list[dict[str, str]]:
    """The parameters of every link to the query in its description; without any, none."""
    hrefs = re.findall(r'href="([^"]+)"', str(QUERIES[name].get("description_html", "")))
    urls = [urlsplit(unescape(href)) for href in hrefs]
    return [dict(parse_qsl(url.query)) for url in urls if url.path == f"/papers/{name}"] or [{}]


EXAMPLES = [(name, params) for name in QUERIES for params in examples(name)]
IDS = [f"{name} {' '.join(params.values())}".strip() for name, params in EXAMPLES]


@pytest.fixture(scope="module")
def sqlite(full: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(full)) as connection:
        connection.create_function("search_papers", 4, searching(full))
        yield connection


@pytest.fixture(scope="module")
def duck(full: Path, exported: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB with the views and macros of the export, in whose folder their paths begin."""
    with chdir(exported), duckdb.connect() as connection:
        connection.execute((exported / "duckdb.sql").read_text(encoding="utf-8"))
        connection.create_function(
            "search_papers",
            searching(full),
            ["VARCHAR", "VARCHAR", "VARCHAR", "BIGINT"],
            "VARCHAR",
            null_handling="special",
        )
        connection.execute((exported / "duckdb-search.sql").read_text(encoding="utf-8"))
        yield connection


def searching(database: Path) -> Any:
    plugin = module_from_path(str(ROOT / "plugins" / "search_functions.py"), "search_functions")
    return partial(plugin.search_papers, partial(opened, database))


def by_sqlite(connection: sqlite3.Connection, name: str, params: Mapping[str, str]) -> Answer:
    columns, rows = sqlite_rows(connection, name, params)
    return columns, with_one_type_per_column(rows)


def sqlite_rows(connection: sqlite3.Connection, name: str, params: Mapping[str, str]) -> Answer:
    parameters = dict.fromkeys(QUERIES[name].get("params", ()), "") | params
    cursor = connection.execute(QUERIES[name]["sql"], parameters)
    return [column[0] for column in cursor.description], cursor.fetchall()


def by_duckdb(
    connection: duckdb.DuckDBPyConnection, name: str, params: Mapping[str, str]
) -> Answer:
    arguments = ", ".join(f"{param} := ${param}" for param in params)
    cursor = connection.execute(f"from {name}({arguments})", dict(params) or None)
    columns = [column[0] for column in cursor.description or []]
    return columns, [tuple(map(plain, row)) for row in cursor.fetchall()]


def with_one_type_per_column(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """SQLite may have numbers and words in one column, which are words in DuckDB."""
    columns = []
    for column in zip(*rows, strict=True):
        is_mixed = {type(value) for value in column} >= {int, str}
        columns.append([str(value) for value in column] if is_mixed else column)
    return list(zip(*columns, strict=True))


def plain(value: Any) -> Any:
    """Days are texts in SQLite; flags are 0 and 1, which Python has equal to False and True."""
    assert value is None or type(value) in (int, float, str, bool, date)
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize(("name", "params"), EXAMPLES, ids=IDS)
def test_duckdb_answers_as_sqlite_does(
    sqlite: sqlite3.Connection,
    duck: duckdb.DuckDBPyConnection,
    name: str,
    params: dict[str, str],
) -> None:
    """The same columns, and the same rows in the same order; numbers without any tolerance."""
    expected = by_sqlite(sqlite, name, params)
    assert expected[1]
    assert by_duckdb(duck, name, params) == expected


@pytest.mark.parametrize("name", [name for name in QUERIES if "params" in QUERIES[name]])
@pytest.mark.parametrize("value", AWKWARD)
def test_duckdb_answers_as_sqlite_does_whatever_the_parameter(
    sqlite: sqlite3.Connection, duck: duckdb.DuckDBPyConnection, name: str, value: str
) -> None:
    params = {QUERIES[name]["params"][0]: value}
    assert by_duckdb(duck, name, params) == by_sqlite(sqlite, name, params)


def test_every_table_has_its_rows(
    sqlite: sqlite3.Connection, duck: duckdb.DuckDBPyConnection
) -> None:
    views = duck.execute("select view_name, comment from duckdb_views() where not internal")
    comments = dict(views.fetchall())
    assert len(comments) > 10
    for name, comment in comments.items():
        count = f'select count(*) from "{name}"'
        assert duck.execute(count).fetchone() == sqlite.execute(count).fetchone()
        assert comment.startswith("One row is a")


def test_only_a_column_of_years_and_a_word_has_two_types(sqlite: sqlite3.Connection) -> None:
    """So that no other difference hides behind that rule."""
    mixed = set()
    for name, params in EXAMPLES:
        columns, rows = sqlite_rows(sqlite, name, params)
        converted = with_one_type_per_column(rows)
        for column, *values in zip(
            columns, zip(*rows, strict=True), zip(*converted, strict=True), strict=True
        ):
            if values[0] != values[1]:
                mixed.add((name, column))
    assert mixed == {("papers_by_year", "year"), ("hardware_by_year", "year")}
