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
    urls = [urlsplit(unescape(one)) for one in hrefs]
    return [dict(parse_qsl(one.query)) for one in urls if one.path == f"/papers/{name}"] or [{}]


ASKED = [(name, given) for name in QUERIES for given in examples(name)]
NAMES = [f"{name} {' '.join(given.values())}".strip() for name, given in ASKED]


@pytest.fixture(scope="module")
def sqlite(full: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(full)) as connection:
        connection.create_function("search_papers", 4, searching(full))
        yield connection


@pytest.fixture(scope="module")
def duck(full: Path, exported: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """What the files of the export say to do; they name each other within its folder."""
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


def by_sqlite(connection: sqlite3.Connection, name: str, given: Mapping[str, str]) -> Answer:
    parameters = dict.fromkeys(QUERIES[name].get("params", ()), "") | given
    found = connection.execute(QUERIES[name]["sql"], parameters)
    columns = [one[0] for one in found.description]
    return columns, one_type_a_column(found.fetchall())


def by_duckdb(connection: duckdb.DuckDBPyConnection, name: str, given: Mapping[str, str]) -> Answer:
    arguments = ", ".join(f"{one} := ${one}" for one in given)
    found = connection.execute(f"from {name}({arguments})", dict(given) or None)
    columns = [one[0] for one in found.description or []]
    return columns, [tuple(map(plain, row)) for row in found.fetchall()]


def one_type_a_column(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """SQLite may have numbers and words in one column, which are words in DuckDB."""
    turned = []
    for column in zip(*rows, strict=True):
        mixed = {type(one) for one in column} >= {int, str}
        turned.append([str(one) for one in column] if mixed else column)
    return list(zip(*turned, strict=True))


def plain(value: Any) -> Any:
    """Days are texts in SQLite; flags are 0 and 1, which Python has equal to False and True."""
    assert value is None or type(value) in (int, float, str, bool, date)
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize(("name", "given"), ASKED, ids=NAMES)
def test_duckdb_answers_as_sqlite_does(
    sqlite: sqlite3.Connection,
    duck: duckdb.DuckDBPyConnection,
    name: str,
    given: dict[str, str],
) -> None:
    """The same columns, and the same rows in the same order; numbers without any tolerance."""
    expected = by_sqlite(sqlite, name, given)
    assert expected[1]
    assert by_duckdb(duck, name, given) == expected


@pytest.mark.parametrize("name", [name for name in QUERIES if "params" in QUERIES[name]])
@pytest.mark.parametrize("value", AWKWARD)
def test_whatever_is_asked(
    sqlite: sqlite3.Connection, duck: duckdb.DuckDBPyConnection, name: str, value: str
) -> None:
    given = {QUERIES[name]["params"][0]: value}
    assert by_duckdb(duck, name, given) == by_sqlite(sqlite, name, given)


def test_every_table_has_its_rows(
    sqlite: sqlite3.Connection, duck: duckdb.DuckDBPyConnection
) -> None:
    views = duck.execute("select view_name, comment from duckdb_views() where not internal")
    found = views.fetchall()
    assert len(found) > 10
    for name, comment in found:
        count = f'select count(*) from "{name}"'
        assert duck.execute(count).fetchone() == sqlite.execute(count).fetchone()
        assert comment.startswith("One row is a")


def test_only_a_column_of_years_and_a_word_has_two_types(sqlite: sqlite3.Connection) -> None:
    """So that no other difference hides behind that rule."""
    mixed = set()
    for name, given in ASKED:
        parameters = dict.fromkeys(QUERIES[name].get("params", ()), "") | given
        found = sqlite.execute(QUERIES[name]["sql"], parameters)
        columns, rows = [one[0] for one in found.description], found.fetchall()
        for column, raw, shown in zip(
            columns,
            zip(*rows, strict=True),
            zip(*one_type_a_column(rows), strict=True),
            strict=True,
        ):
            if raw != shown:
                mixed.add((name, column))
    assert mixed == {("papers_by_year", "year"), ("hardware_by_year", "year")}
