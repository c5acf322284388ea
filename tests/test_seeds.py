"""The five seeds: as they were saved, all of them in the database, and nothing lost."""

import hashlib
import re
import sqlite3
from pathlib import Path

import pytest

from daily_papers.vocabulary import NAMES
from tests.conftest import ROOT

SEEDS = sorted((ROOT / "seeds").iterdir())
SUMS = (Path(__file__).parent / "seeds.sha256").read_text().splitlines()
SHA256 = {name: digest for digest, name in (line.split("  ") for line in SUMS)}


def test_the_seeds_are_as_they_were_saved() -> None:
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in SEEDS} == SHA256


@pytest.mark.parametrize(("table", "count"), [("dumps", 5), ("listings", 365), ("papers", 325)])
def test_the_database_holds_all_of_them(db: sqlite3.Connection, table: str, count: int) -> None:
    assert db.execute(f"select count(*) from {table}").fetchone() == (count,)


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem[:3])
def test_every_line_is_in_a_listing_or_above_the_first_one(
    db: sqlite3.Connection, path: Path
) -> None:
    """Read without the reader: by the line numbers in the database alone."""
    lines = enumerate(path.read_text(encoding="utf-8").split("\n"), 1)
    filled = {number for number, line in lines if line.strip()}
    ranges = db.execute(
        "select first_line, last_line from listings where dump_id = ? order by rank", [path.stem]
    ).fetchall()
    listed = [number for first, last in ranges for number in range(first, last + 1)]
    assert len(listed) == len(set(listed))
    furniture = filled - set(listed)
    assert furniture == {number for number in filled if number < ranges[0][0]}
    assert 5 <= len(furniture) <= 6


def test_a_listing_stands_where_it_says(db: sqlite3.Connection) -> None:
    lines = {path.stem: path.read_text(encoding="utf-8").split("\n") for path in SEEDS}
    listings = db.execute(
        "select dump_id, title_as_listed, first_line, last_line, published_text from listings"
    ).fetchall()
    assert {dump_id for dump_id, *_ in listings} == set(lines)
    for dump_id, title, first, last, published in listings:
        assert lines[dump_id][first - 1] == title
        assert not published or re.fullmatch(rf"{published}( \d+)?", lines[dump_id][last - 1])


def test_the_same_title_stands_once(db: sqlite3.Connection) -> None:
    rows = db.execute("select title from papers").fetchall()
    assert len({re.sub(r"\W", "", title).lower() for (title,) in rows}) == len(rows)


def test_a_paper_listed_with_a_date_and_without_has_it(db: sqlite3.Connection) -> None:
    mixed = db.execute(
        """
        select papers.id, papers.published_on
        from papers
        join listings on listings.paper_id = papers.id
        group by papers.id
        having count(listings.published_text) between 1 and count(*) - 1
        """
    ).fetchall()
    assert mixed
    assert all(published_on for _, published_on in mixed)


def test_the_dumps_that_date_papers_have_a_year(db: sqlite3.Connection) -> None:
    assert db.execute("select shown_on_text, shown_on from dumps order by id").fetchall() == [
        ("Apr 21", "2026-04-21"),
        ("Aug 20", None),
        ("Feb 4", "2026-02-04"),
        ("Apr 21", "2026-04-21"),
        ("Jun 2", None),
    ]


def test_no_introduced_name_of_a_seed_is_in_the_vocabulary(db: sqlite3.Connection) -> None:
    names = [name for (name,) in db.execute("select name from papers where name is not null")]
    assert len(names) > 200
    assert [name for name in names if NAMES.entry(name)] == []
