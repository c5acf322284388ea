"""Runs data tests on a database file."""

import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

MOST_SHOWN = 5  # offending rows
_CACHE = 65_536  # KiB of pages for each test: they look rows up by references and indexes
_THREADS = 4

Rows = list[tuple[Any, ...]]


class CheckError(Exception):
    """A database that cannot be checked, or that breaks a data test."""


@dataclass(frozen=True)
class DataTest:
    """A sentence that must hold, and the query that returns the rows for which it does not.

    A `typical` one holds for a typical sample of Daily Papers, but not for all papers.
    """

    sentence: str
    sql: str
    typical: bool = False


def query(database: Path, sql: str, *params: object, limit: int | None = None) -> Rows:
    """Return rows of a query, at most `limit`, from a database file, which is only read.

    Raises:
        sqlite3.DatabaseError: it is no database, or lacks a table or column.
    """
    address = f"{database.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        connection.execute(f"pragma cache_size = -{_CACHE}")
        return list(islice(connection.execute(sql, params), limit))


def failures(database: Path, tests: Sequence[DataTest]) -> list[str]:
    """Run data tests on a file; return a line for each that fails, with the first offending rows.

    Raises:
        CheckError: a test cannot run because a table or column is missing.
    """

    def run(test: DataTest) -> Rows:
        try:
            return query(database, test.sql, limit=MOST_SHOWN)
        except sqlite3.DatabaseError as error:
            raise CheckError(f"{error} (needed to check: {test.sentence})") from error

    # SQLite lets other threads run; the first test takes as long as many others.
    with ThreadPoolExecutor(_THREADS) as pool:
        results = zip(tests, pool.map(run, tests), strict=True)
        return [_describe(test, rows) for test, rows in results if rows]


def _describe(test: DataTest, rows: Rows) -> str:
    values = ", ".join(" | ".join(map(str, row)) for row in rows)
    hint = " (--unusual leaves this test out)" if test.typical else ""
    return f"does not hold: {test.sentence} First offending rows: {values}{hint}"
