"""Compares a database with kept counts of listings, with an older database, or with a day."""

import csv
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from daily_papers.database.checks import runner
from daily_papers.database.checks.runner import MOST_SHOWN, CheckError

HEADER = ["file", "listings"]
# Tables that only grow when dumps are added. The others follow the vocabulary, or may shrink: if a
# newer dump states another organization, or a paper that was missing introduces what others name.
GROWING = ("dumps", "listings", "papers", "paper_topics", "claims", "mentions", "links")


def require(
    database: Path, counts: Path | None, older: Path | None, fresh: tuple[date, int] | None
) -> None:
    """Compare a database with a file of kept counts, an older database, and a day with the most
    days before it on which nothing may have been listed.

    Raises:
        CheckError: the database differs, with a line for each difference; or a file cannot be read.
    """
    problems = [
        *(against_counts(database, counts) if counts else ()),
        *(against_older(database, older) if older else ()),
        *(against_day(database, *fresh) if fresh else ()),
    ]
    if problems:
        raise CheckError("\n".join(problems))


def listing_counts(database: Path) -> dict[str, int]:
    """Return how many listings each file has.

    Raises:
        CheckError: it is no such database.
    """
    return dict(_rows(database, "select file, listing_count from dumps"))


def write_counts(database: Path, path: Path) -> None:
    """Write how many listings each file has as CSV, a line for each file.

    Raises:
        CheckError: it is no such database.
        OSError: the file cannot be written.
    """
    rows = sorted(listing_counts(database).items())
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([HEADER, *rows])


def read_counts(path: Path) -> dict[str, int]:
    """Read counts from CSV.

    Raises:
        CheckError: the file cannot be read, or a line is not as expected.
    """
    counts: dict[str, int] = {}
    try:
        lines = list(csv.reader(path.read_text(encoding="utf-8").splitlines(), strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CheckError(f"{path}: {error}") from error
    if lines[:1] != [HEADER]:
        raise CheckError(f"{path}:1: expected {','.join(HEADER)}")
    for number, line in enumerate(lines[1:], 2):
        if len(line) != 2 or not (line[1].isascii() and line[1].isdigit()):
            raise CheckError(f"{path}:{number}: expected a file and how many listings it has")
        if line[0] in counts:
            raise CheckError(f"{path}:{number}: {line[0]} stands here twice")
        counts[line[0]] = int(line[1])
    return counts


def against_counts(database: Path, path: Path) -> Iterator[str]:
    """Yield a sentence for each dump that is missing or new, or has another number of listings."""
    expected, actual = read_counts(path), listing_counts(database)
    for file in sorted(expected.keys() | actual.keys()):
        if file not in actual:
            yield f"{file}: no such dump, but {path} has {expected[file]} listings of it"
        elif file not in expected:
            yield f"{file}: a dump of {actual[file]} listings that {path} does not have"
        elif actual[file] != expected[file]:
            yield f"{file}: {actual[file]} listings, but {path} has {expected[file]}"


def against_older(database: Path, older: Path) -> Iterator[str]:
    """Yield a sentence for each table that has fewer rows than in an older database, and for each
    dump that is missing or has fewer listings; or one alone if this schema is the older one."""
    version, older_version = _numbers("pragma user_version", database, older)
    if version < older_version:
        yield f"its schema is version {version}, older than that of {older}, {older_version}"
        return
    for table in GROWING:
        count, older_count = _numbers(f"select count(*) from {table}", database, older)
        if count < older_count:
            difference = f"{older_count - count:,} fewer than in {older} ({older_count:,})"
            yield f"{table}: {count:,} rows, {difference}"
    counts, before = listing_counts(database), listing_counts(older)
    if missing := sorted(before.keys() - counts.keys()):
        rest = f" and {len(missing) - MOST_SHOWN} more" if len(missing) > MOST_SHOWN else ""
        names = ", ".join(missing[:MOST_SHOWN])
        yield f"dumps: missing are {len(missing)} that {older} has: {names}{rest}"
    for file in sorted(before.keys() & counts.keys()):
        if (fewer := before[file] - counts[file]) > 0:
            yield f"{file}: {counts[file]} listings, {fewer} fewer than in {older}"


def against_day(database: Path, today: date, days: int) -> Iterator[str]:
    """Yield a sentence if nothing was listed in the last days before a day.

    Days in the future do not count, as a dump may state anything; tomorrow does, as it may have
    begun where the dump is from.
    """
    tomorrow = (today + timedelta(1)).isoformat()
    ((newest, age),) = _rows(
        database,
        """
        select max(day), cast(julianday(?) - julianday(max(day)) as integer)
        from (select listed_on as day from listings union all select shown_on from dumps)
        where day <= ?
        """,
        today.isoformat(),
        tomorrow,
    )
    if newest is None:
        yield f"listings: no day up to {tomorrow} is known, so nothing says that they are fresh"
    elif age > days:
        yield f"listings: the newest day is {newest}, {age} days before {today}: more than {days}"


def _numbers(sql: str, *databases: Path) -> list[int]:
    return [int(_rows(database, sql)[0][0]) for database in databases]


def _rows(database: Path, sql: str, *params: object) -> runner.Rows:
    try:
        return runner.query(database, sql, *params)
    except sqlite3.DatabaseError as error:
        raise CheckError(f"{database}: {error}") from error
