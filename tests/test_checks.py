"""The data tests: they hold for the seeds, and each one notices what it guards against."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from daily_papers import checks
from tests.conftest import daily_papers

FIRST = "(select min(id) from papers)"
BREAKAGES = {
    "Every reference leads to a row.": "update listings set paper_id = 'nowhere' where rank = 1",
    "Every paper stands on at least one dump.": f"delete from listings where paper_id = {FIRST}",
    "No paper stands twice.": "insert into papers "
    "(id, title, abstract, type, has_code, topics, hardware, models) "
    "select 'twice', title, abstract, type, 0, '[]', '[]', '[]' "
    f"from papers where id = {FIRST}",
    "No arXiv id stands twice.": "update papers set arxiv_id = '2407.00001' where rowid < 3",
    "Every author has a paper, and those of a paper are numbered 1, 2, 3, … without a gap.": (
        "insert into authors values ('x', 'X')"
    ),
    "Every organization has a paper.": "insert into organizations values ('x', 'X')",
    "A dump has as many listings as it says.": "update dumps set listing_count = 1",
    "The listings of a dump are ranked 1, 2, 3, … without a gap.": (
        "update listings set rank = 999 where rank = 2"
    ),
    "The listings of a dump follow each other, and those of a text share no line.": (
        "update listings set last_line = first_line + 8"
    ),
    "Titles and abstracts are one line each, with no blank at the ends and none doubled.": (
        f"update papers set title = 'two  blanks' where id = {FIRST}"
    ),
    "A paper that some listing dates in full has a stated date.": (
        "update papers set published_basis = 'inferred' where published_basis = 'stated'"
    ),
    "No inferred date lies after all the pages that list the paper.": (
        "update dumps set shown_on = '2001-01-01', shown_on_basis = 'inferred'"
    ),
    "Every fact has its evidence: the characters of its span are its text.": (
        'update claims set start = start + 1, "end" = "end" + 1 where rowid % 7 = 0'
    ),
    "The sentence of a claim stands in its paper.": (
        "update claims set sentence = quote || '!' || quote where rowid = 1"
    ),
    "Every entity is mentioned, and what a paper introduces is mentioned there.": (
        "insert into entities values ('method-x', 'method', 'X', null, null)"
    ),
    "The arrays of a paper are its topics, and the hardware and models that it names.": (
        "update papers set models = '[\"X\"]' where rowid = 1"
    ),
    "A paper has code where its abstract or a listing links to a repository.": (
        "update papers set has_code = 1 - has_code where rowid = 1"
    ),
    "Full-text search knows every paper.": "delete from papers_fts_docsize where id = 1",
    "Papers are numbered in the order of their ids, as search numbers them.": (
        "update papers set rowid = rowid + 1000 where rowid = 3"
    ),
    "Every order of search has a number for every paper.": (
        "update search_columns set codes = x'00000000' where name = 'newest'"
    ),
    "Search knows the topics of every paper.": (
        "delete from search_terms where term = 'topic:kv-cache'"
    ),
    "Neighbours of a paper are ranked 1, 2, 3, … without a gap, the nearest first.": (
        "update similar_papers set score = 0 where rank = 1"
    ),
}


@pytest.fixture
def copy(database: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(database, tmp_path / "copy.db"))


@pytest.mark.parametrize("test", checks.TESTS, ids=lambda test: test.sentence)
def test_it_holds_for_the_seeds(database: Path, test: checks.DataTest) -> None:
    with sqlite3.connect(database) as db:
        assert db.execute(test.sql).fetchall() == []


@pytest.mark.parametrize(("sentence", "breakage"), BREAKAGES.items(), ids=BREAKAGES)
def test_it_notices(copy: Path, sentence: str, breakage: str) -> None:
    with sqlite3.connect(copy) as db:
        db.execute(breakage)
    result = daily_papers("check", copy)
    assert result.exit_code == 1
    assert f"does not hold: {sentence}" in result.stderr


def test_every_data_test_has_a_breakage_here() -> None:
    unsound = "The file is a sound SQLite database."  # the next test
    assert {test.sentence for test in checks.TESTS} == {*BREAKAGES, unsound}


def test_a_damaged_file_is_noticed(copy: Path) -> None:
    data = bytearray(copy.read_bytes())
    for page in range(4096 * 3, len(data) - 4096, 4096):
        data[page : page + 8] = b"\xff" * 8
    copy.write_bytes(bytes(data))
    result = daily_papers("check", copy)
    assert result.exit_code == 1
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "no such table: papers"), (b"not a database" * 100, "file is not a database")],
)
def test_another_file_is_refused_in_a_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "other.db"
    path.write_bytes(content)
    result = daily_papers("check", path)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"daily-papers: {path}: {said}")
    assert path.read_bytes() == content


def test_papers_with_two_arxiv_ids_may_have_one_title_and_abstract(copy: Path) -> None:
    with sqlite3.connect(copy) as db:
        db.execute(BREAKAGES["No paper stands twice."])
        db.execute(f"update papers set arxiv_id = '2407.00001' where id = {FIRST}")
        db.execute("update papers set arxiv_id = '2407.00002' where id = 'twice'")
    assert "No paper stands twice" not in daily_papers("check", copy).stderr


@pytest.mark.parametrize(
    "breakage",
    [
        f"insert into authorships values ({FIRST}, 2, 'x')",
        f"insert into authorships values ({FIRST}, 1, 'x'), ({FIRST}, 3, 'x')",
    ],
)
def test_a_gap_in_the_authors_of_a_paper_is_noticed(copy: Path, breakage: str) -> None:
    with sqlite3.connect(copy) as db:
        db.execute("insert into authors values ('x', 'X')")
        db.execute(breakage)
    assert "does not hold: Every author has a paper" in daily_papers("check", copy).stderr


def test_listings_of_other_formats_may_share_a_line(copy: Path) -> None:
    with sqlite3.connect(copy) as db:
        db.execute("update listings set first_line = 1, last_line = 1")
        db.execute("update dumps set format = 'html'")
    assert "follow each other" not in daily_papers("check", copy).stderr
