"""Tests of a database against what is known elsewhere: kept counts, the last database, the day."""

import csv
import io
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from daily_papers.database.checks.runner import MOST_SHOWN, CheckError

HEADER = ["file", "listings"]
# What only grows when dumps are added. Others follow the vocabulary, or may shrink where a newer
# dump states another organization, or a paper that was missing names what others named.
GROWING = ("dumps", "listings", "papers", "paper_topics", "claims", "mentions", "links")


def require(
    database: Path, counts: Path | None, older: Path | None, fresh: tuple[date, int] | None
) -> None:
    """Compare a database with what is given: a file of kept counts, an older database, a day and
    the most days before it that nothing was listed.

    Raises:
        CheckError: it is not as they say, with a line for each; or one cannot be read.
    """
    said = [
        *(against_counts(database, counts) if counts else ()),
        *(against_older(database, older) if older else ()),
        *(against_day(database, *fresh) if fresh else ()),
    ]
    if said:
        raise CheckError("\n".join(said))


def listings(database: Path) -> dict[str, int]:
    """Return how many listings each file has.

    Raises:
        CheckError: it is no such database.
    """
    return dict(_rows(database, "select file, listing_count from dumps"))


def written(counts: Mapping[str, int]) -> str:
    """Return counts as they are kept: CSV, a line a file."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([HEADER, *sorted(counts.items())])
    return text.getvalue()


def kept(path: Path) -> dict[str, int]:
    """Read counts as they are kept.

    Raises:
        CheckError: it is no such file.
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
    expected, found = kept(path), listings(database)
    for file in sorted(expected.keys() | found.keys()):
        if file not in found:
            yield f"{file}: no such dump, but {path} has {expected[file]} listings of it"
        elif file not in expected:
            yield f"{file}: a dump of {found[file]} listings that {path} does not have"
        elif found[file] != expected[file]:
            yield f"{file}: {found[file]} listings, but {path} has {expected[file]}"


def against_older(database: Path, older: Path) -> Iterator[str]:
    """Yield a sentence for each table that has fewer rows than in an older database, and for each
    dump that is missing or has fewer listings; or one alone if this schema is the older one."""
    version, before = (int(_rows(one, "pragma user_version")[0][0]) for one in (database, older))
    if version < before:
        yield f"its schema is version {version}, older than that of {older}, {before}"
        return
    for table in GROWING:
        count = f"select count(*) from {table}"
        now, then = (int(_rows(one, count)[0][0]) for one in (database, older))
        if now < then:
            yield f"{table}: {now:,} rows, {then - now:,} fewer than in {older} ({then:,})"
    yield from _shrunk(listings(database), listings(older), older)


def _shrunk(found: Mapping[str, int], before: Mapping[str, int], older: Path) -> Iterator[str]:
    missing = sorted(before.keys() - found.keys())
    if missing:
        rest = f" and {len(missing) - MOST_SHOWN} more" if len(missing) > MOST_SHOWN else ""
        names = ", ".join(missing[:MOST_SHOWN])
        yield f"dumps: missing are {len(missing)} that {older} has: {names}{rest}"
    for file in sorted(before.keys() & found.keys()):
        if (fewer := before[file] - found[file]) > 0:
            yield f"{file}: {found[file]} listings, {fewer} fewer than in {older}"


def against_day(database: Path, today: date, days: int) -> Iterator[str]:
    """Yield a sentence if nothing was listed in the last days before a day.

    Days that are to come do not count, as a dump may state anything: but tomorrow, which it may be
    already where the dump is from.
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


def _rows(database: Path, sql: str, *given: object) -> list[tuple[Any, ...]]:
    try:
        address = f"{database.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as connection:
            return connection.execute(sql, given).fetchall()
    except sqlite3.DatabaseError as error:
        raise CheckError(f"{database}: {error}") from error
