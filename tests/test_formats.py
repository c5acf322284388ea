"""One page in every format: the same papers once, with all that any of them states."""

import gzip
import itertools
import json
from pathlib import Path

import pytest

from tests.api_answers import ABSTRACTS, TITLES, answer, archived, card, lines, new, old, saved
from tests.conftest import build, daily_papers, query
from tests.dumps.feeds import test_feed
from tests.saved_pages import page, record

RECORDS = [new(0), new(1), new(2)]
DUMPS = {
    "day.txt": page(
        *(
            record(title, abstract.replace("\n", " "), when=f"Jul {30 - number}, 2024")
            for number, (title, abstract) in enumerate(zip(TITLES, ABSTRACTS, strict=True))
        )
    ),
    "day_html": saved({"date": "2024-08-01T00:00:00.000Z", "dailyPapers": [old(0), old(1)]}),
    "day_api": answer(RECORDS),
    "day_lines": lines(RECORDS[1:]),
    "day_archived": archived([old(0), old(2)], wrapped=True),
    "day_feed": test_feed.FEEDS["RSS"],
    "day_cards": "<html><title>Hugging Face</title>" + card(2) + card(1),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("formats")
    for name, content in DUMPS.items():
        (folder / name).write_text(content)
    (folder / "packed.gz").write_bytes(gzip.compress(DUMPS["day_api"].encode()))
    return folder


@pytest.fixture(scope="module")
def db(folder: Path) -> Path:
    built = folder.with_suffix(".db")
    result = daily_papers("build", folder, "-o", built)
    assert (result.exit_code, result.stderr) == (0, "")
    return built


def test_a_paper_of_all_formats_is_one_row(db: Path) -> None:
    assert [title for (title,) in query(db, "select title from papers order by arxiv_id")] == [
        *TITLES
    ]
    assert query(db, "select count(*) from listings") == [(20,)]


def test_a_row_has_what_any_format_states(db: Path) -> None:
    expected = {
        "arxiv_id": "2407.00001",
        "url": "https://huggingface.co/papers/2407.00001",
        "published_on": "2024-07-30",
        "published_basis": "stated",
        "author_count": 2,
        "organization_id": "examplelab",
        "upvote_count": 10,
        "has_code": 1,
    }
    stated = query(db, f"select {', '.join(expected)} from papers where id = 'small-caches'")
    assert stated == [(*expected.values(),)]


def test_authors_have_their_places(db: Path) -> None:
    assert query(db, "select id, name from authors order by id") == [
        ("ada-lovelace", "Ada Lovelace"),
        *((f"person-number-{n}", f"Person Number {n}") for n in range(3)),
    ]
    assert query(
        db, "select position, author_id from authorships where paper_id = 'who-waits' order by 1"
    ) == [(1, "ada-lovelace"), (2, "person-number-1")]


def test_links_of_listings_have_no_place_in_the_abstract(db: Path) -> None:
    columns = 'url, kind, source, start, "end"'
    links = f"select {columns} from links where paper_id = 'small-caches' order by url"
    assert query(db, links) == [
        ("https://example-0.github.io/", "project", "listing", None, None),
        ("https://github.com/example/repository-0", "code", "listing", None, None),
    ]


def test_listings_keep_the_day_of_listing_apart_from_the_papers_own(db: Path) -> None:
    assert query(
        db,
        "select dump_id, listed_on, published_text from listings where paper_id = 'small-caches'"
        " order by dump_id",
    ) == [
        ("day", None, "Jul 30, 2024"),
        ("day_api", "2024-08-01", "2024-07-30T17:54:27.000Z"),
        ("day_archived", "2024-08-01", "2024-07-30T17:54:27.000Z"),
        ("day_feed", "2024-08-01", None),
        ("day_html", "2024-08-01", "2024-07-30T17:54:27.000Z"),
        ("packed", "2024-08-01", "2024-07-30T17:54:27.000Z"),
    ]


def test_who_submitted_a_paper_is_nowhere_in_the_file(db: Path) -> None:
    data = db.read_bytes()
    for secret in (b"secret-handle", b"secret-picture", b"Submitting Person"):
        assert secret not in data


def test_every_line_of_every_format_is_accounted_for(folder: Path, tmp_path: Path) -> None:
    report = daily_papers("build", folder, "-o", tmp_path / "x.db").stdout
    (line,) = [text for text in report.splitlines() if text.startswith("lines accounted for")]
    accounted, _, total = line.split()[3:6]
    assert accounted == total
    assert "markup " in line
    assert "syntax " in line


def test_the_bytes_are_the_same_in_any_order_and_for_any_number_of_workers(
    folder: Path, tmp_path: Path
) -> None:
    files = sorted(folder.iterdir())
    built = set()
    for number, order in enumerate([files, files[::-1], files[3:] + files[:3]]):
        target = tmp_path / f"{number}.db"
        result = daily_papers("build", *order, "-o", target, "--workers", number + 1)
        assert result.exit_code == 0
        built.add(target.read_bytes())
    assert len(built) == 1


@pytest.mark.parametrize("names", [*itertools.combinations(DUMPS, 2)], ids=" ".join)
def test_ids_do_not_depend_on_the_format(
    folder: Path, tmp_path: Path, db: Path, names: tuple[str, ...]
) -> None:
    target = tmp_path / "some.db"
    paths = [folder / name for name in names]
    build(target, *paths)
    ids = "select id from papers"
    assert {*query(target, ids)} <= {*query(db, ids)}


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """A dump with a wrong value in its second record."""
    path = tmp_path / "faulty.json"
    path.write_text(json.dumps([old(0), old(1, upvotes=-1), old(2)], indent=1))
    return path


def test_a_wrong_value_costs_itself_and_is_a_problem(faulty: Path, tmp_path: Path) -> None:
    target = build(tmp_path / "x.db", faulty)
    columns = "dump_id, number, line, record, field, found, expected, action"
    assert [*query(target, f"select {columns} from problems")] == [
        ("faulty", 1, 44, 2, "paper.upvotes", "-1", "a whole number from 0", "left out")
    ]
    assert [*query(target, "select problem_count, listing_count from dumps")] == [(1, 3)]
    assert [*query(target, "select upvote_count from listings order by rank")] == [
        (10,),
        (None,),
        (12,),
    ]


def test_the_report_of_a_build_counts_the_problems(faulty: Path, tmp_path: Path) -> None:
    result = daily_papers("build", faulty, "-o", tmp_path / "x.db")
    assert "problems             1 (1 left out)" in result.stdout


def test_a_strict_build_refuses_every_problem(faulty: Path, folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "x.db"
    result = daily_papers("build", folder, faulty, "-o", target, "--strict")
    assert (result.exit_code, target.exists()) == (1, False)
    assert result.stderr == (
        f"daily-papers: {faulty}:44: record 2, paper.upvotes: found -1,"
        " expected a whole number from 0; left out\n"
    )
    result = daily_papers("build", folder, faulty, "-o", target, "--strict", "--keep-going")
    assert result.exit_code == 1
    assert "papers               3" in result.stdout
