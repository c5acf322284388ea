"""What a data test is, and how it is asked of a file."""

import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_SHOWN = 5  # offending rows
_CACHE = 65_536  # KiB of pages for each test: they look rows up by references and indexes
_AT_ONCE = 4  # tests

Offending = list[tuple[Any, ...]]


class CheckError(Exception):
    """A database that cannot be checked, or that breaks a data test."""


@dataclass(frozen=True)
class DataTest:
    """A sentence that must hold, and the query that returns the rows for which it does not.

    A `usual` one holds for a usual sample of Daily Papers; papers may be so that it does not.
    """

    sentence: str
    sql: str
    usual: bool = False


def failures(database: Path, tests: Sequence[DataTest]) -> list[tuple[DataTest, Offending]]:
    """Run data tests on a file; return each that does not hold, with the first offending rows.

    Raises:
        CheckError: a test cannot run, for want of a table or column.
    """

    def run(test: DataTest) -> Offending:
        try:
            with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
                connection.execute(f"pragma cache_size = -{_CACHE}")
                return connection.execute(test.sql).fetchmany(MOST_SHOWN)
        except sqlite3.DatabaseError as error:
            raise CheckError(f"{error} (needed to check: {test.sentence})") from error

    # SQLite lets other threads run; the first test takes as long as many others.
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = zip(tests, pool.map(run, tests), strict=True)
        return [(test, rows) for test, rows in found if rows]


def describe(test: DataTest, rows: Offending) -> str:
    """Say in one line what does not hold and for which rows."""
    shown = ", ".join(" | ".join(str(value) for value in row) for row in rows)
    way_out = " (--unusual leaves this test out)" if test.usual else ""
    return f"does not hold: {test.sentence} First offending rows: {shown}{way_out}"
