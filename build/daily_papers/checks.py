"""Data tests: what must hold in every database, each one a query for the rows that break it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_SHOWN = 5  # offending rows


class CheckError(Exception):
    """A database that cannot be checked, or that breaks a data test."""


@dataclass(frozen=True)
class DataTest:
    """A sentence that must hold, and the query that returns the rows for which it does not."""

    sentence: str
    sql: str


TESTS = (
    DataTest(
        "The file is a sound SQLite database.",
        "select integrity_check from pragma_integrity_check where integrity_check <> 'ok'",
    ),
    DataTest(
        "Every reference leads to a row.",
        'select "table", rowid, parent from pragma_foreign_key_check',
    ),
    DataTest(
        "Every paper stands on at least one dump.",
        "select id from papers where id not in (select paper_id from listings)",
    ),
    DataTest(
        "No paper stands twice.",
        """
        select min(id), max(id), lower(title)
        from papers
        group by lower(title), abstract
        having count(*) > 1
        """,
    ),
    DataTest(
        "Every organization has a paper.",
        """
        select id
        from organizations
        where id not in (select organization_id from papers where organization_id is not null)
        """,
    ),
    DataTest(
        "A dump has as many listings as it says.",
        """
        select id, listing_count, (select count(*) from listings where dump_id = dumps.id)
        from dumps
        where listing_count <> (select count(*) from listings where dump_id = dumps.id)
        """,
    ),
    DataTest(
        "The listings of a dump are ranked 1, 2, 3, … without a gap.",
        """
        select dump_id, count(*), max(rank)
        from listings
        group by dump_id
        having min(rank) <> 1 or max(rank) <> count(*)
        """,
    ),
    DataTest(
        "The listings of a dump follow each other and share no line.",
        """
        select dump_id, rank, first_line, last_line_before
        from (
            select
                dump_id,
                rank,
                first_line,
                lag(last_line) over (partition by dump_id order by rank) as last_line_before
            from listings
        )
        where first_line <= last_line_before
        """,
    ),
    DataTest(
        "Titles and abstracts are one line each, with no blank at the ends and none doubled.",
        """
        select id
        from papers
        where title <> trim(title)
            or abstract <> trim(abstract)
            or instr(title || abstract, '  ')
            or instr(title || abstract, char(9))
            or instr(title || abstract, char(10))
            or instr(title || abstract, char(13))
            or instr(title || abstract, char(160))
        """,
    ),
    DataTest(
        "A paper that some listing dates in full has a stated date.",
        """
        select papers.id, papers.published_on, listings.published_text
        from papers
        join listings on listings.paper_id = papers.id
        where papers.published_basis is not 'stated'
            and listings.published_text glob '*[0-9][0-9][0-9][0-9]*'
        """,
    ),
    DataTest(
        "No inferred date lies after all the pages that list the paper.",
        """
        select papers.id, papers.published_on, max(dumps.shown_on)
        from papers
        join listings on listings.paper_id = papers.id
        join dumps on dumps.id = listings.dump_id
        where papers.published_basis = 'inferred'
        group by papers.id
        having count(dumps.shown_on) = count(*) and max(dumps.shown_on) < papers.published_on
        """,
    ),
    DataTest(
        "Full-text search knows every paper.",
        """
        select papers.id
        from papers
        left join papers_fts_docsize on papers_fts_docsize.id = papers.rowid
        where papers_fts_docsize.id is null
        """,
    ),
)


def failures(connection: sqlite3.Connection) -> Iterator[tuple[DataTest, list[tuple[Any, ...]]]]:
    """Run the data tests; yield each one that does not hold, with the first offending rows.

    Raises:
        CheckError: a test cannot run, for want of a table or column.
    """
    for test in TESTS:
        try:
            rows = connection.execute(test.sql).fetchmany(MOST_SHOWN)
        except sqlite3.DatabaseError as error:
            raise CheckError(f"{error} (needed to check: {test.sentence})") from error
        if rows:
            yield test, rows


def require(connection: sqlite3.Connection) -> None:
    """Raise CheckError unless all data tests hold, with a line for each that does not."""
    if broken := [describe(test, rows) for test, rows in failures(connection)]:
        raise CheckError("\n".join(broken))


def require_file(path: Path) -> None:
    """Raise CheckError unless all data tests hold for a database file, which is only read."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        try:
            require(connection)
        except CheckError as error:
            raise CheckError(f"{path}: {error}") from error


def describe(test: DataTest, rows: list[tuple[Any, ...]]) -> str:
    """Say in one line what does not hold and for which rows."""
    shown = ", ".join(" | ".join(str(value) for value in row) for row in rows)
    return f"does not hold: {test.sentence} First offending rows: {shown}"
