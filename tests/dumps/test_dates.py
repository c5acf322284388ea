"""Dates as printed, and the year that a page leaves out."""

from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest

from daily_papers import dumps
from daily_papers.dumps import dates
from daily_papers.dumps.captures import text_page
from daily_papers.dumps.dates import PageDate
from tests.api_answers import answer, card, new, old
from tests.dumps.reading import read_with
from tests.saved_pages import dated, page, record


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("Feb 6", PageDate(2, 6, None)),
        ("Jun 16, 2024", PageDate(6, 16, 2024)),
        ("September 1, 2023", PageDate(9, 1, 2023)),
        ("Sept. 1", PageDate(9, 1, None)),
        ("Feb 29", PageDate(2, 29, None)),
        ("Jun 16 2024", PageDate(6, 16, 2024)),
        ("Feb 29, 2023", None),
        ("Jun 16, 0000", None),
        ("\u017fep 5", None),
        ("Feb 30", None),
        ("Jun 16, 20", None),
        ("Jun", None),
        ("May the 4th", None),
        ("Marching 5", None),
        ("", None),
    ],
)
def test_dates_as_printed(printed: str, expected: PageDate | None) -> None:
    assert dates.parse(printed) == expected


DAY, TIME = date(2026, 1, 5), datetime(2026, 1, 5, 14, 30, tzinfo=UTC)
WITH_SECONDS = TIME.replace(second=7, microsecond=250000)


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        *[(text, DAY) for text in (
            "2026-01-05", "20260105", "2026-1-5", "2026/01/05", "2026.01.05", "2026-W02-1",
            "2026W021", "2026-005", "Jan 5, 2026", "Jan 5 2026", "January 5th, 2026",
            "Mon, Jan. 5, 2026",
            "5 Jan 2026", "05-Jan-2026", "5th January 2026", "Monday, 5 January, 2026",
            " 2026-01-05\n", 20260105,
        )],
        *[(text, TIME) for text in (
            "2026-01-05T14:30:00.000Z", "2026-01-05T14:30Z", "20260105T143000Z",
            "2026-01-05t14:30:00z", "2026-01-05 14:30:00", "2026-01-05T09:30:00-05:00",
            "2026-01-05T15:30:00+0100",
            "2026-01-05T15:30:00+01", "2026-01-05 14:30:00 UTC", "2026-01-05 14:30:00 +0000 UTC",
            "Mon, 05 Jan 2026 14:30:00 GMT", "Mon, 05 Jan 2026 09:30:00 EST",
            "5 Jan 2026 07:30 PDT",
            "Mon Jan 05 2026 15:30:00 GMT+0100 (Central European Standard Time)",
            "Mon Jan  5 14:30:00 2026", "January 5, 2026 at 2:30 PM", "2026/01/05, 14:30",
            1767623400, 1767623400000, 1767623400.0, "1767623400", "1767623400000",
            "1767623400000000000",
        )],
        ("2026-01-05T14:30:07.250Z", WITH_SECONDS),
        ("2026-01-05T14:30:07,250000000Z", WITH_SECONDS),
        ("1767623407250", WITH_SECONDS),
        ("2026-01-05T24:00:00Z", datetime(2026, 1, 6, tzinfo=UTC)),
        ("2026-01-05T23:30:00-05:00", datetime(2026, 1, 6, 4, 30, tzinfo=UTC)),
        ("Jan 5, 2026 12:00 AM", datetime(2026, 1, 5, tzinfo=UTC)),
        ("2024-02-29", date(2024, 2, 29)),
    ],
)  # fmt: skip
def test_a_date_is_read_in_each_form_that_is_not_ambiguous(
    stated: str | float, expected: date
) -> None:
    moment = dates.parse_moment(stated)
    assert (type(moment), moment) == (type(expected), expected)


@pytest.mark.parametrize(
    "stated",
    [
        "05/01/2026", "13/01/2026", "01-05-2026", "05.01.26", "Jan 5", "5 Jan 26", "Jan 2026",
        "2026", "2026-01", "2026-02-29", "2026-13-01", "2026-W54-1", "2025-366", "20260230",
        "1899-01-05",
        "2026-01-05T25:00Z", "2026-01-05T24:01Z", "2026-01-05T14:60Z", "2026-01-05T14:30+25:00",
        "2026-01-05T14:30X", "2026-01-05 2", "2026-01-05 200", "2026-01/05", "Jan 5, 2026 14:30 PM",
        "Jan 5, 2026 0:30 AM", "on 2026-01-05", "2026-01-05 or so", "yesterday", "\u0662026-01-05",
        "946684799", "4102444800", "1767623400.", "-1767623400", 0, 2026, True, float("nan"), 1e300,
        10**300,
        "", " ", "2026-01-05" + " " * 80, "1" * 79,
    ],
)  # fmt: skip
def test_what_is_no_date_or_may_be_two_is_none(stated: str | float) -> None:
    assert dates.parse_moment(stated) is None


read = partial(read_with, text_page, "page.txt")


def test_the_year_follows_the_latest_stated_one() -> None:
    dump = read(dated("Jan 7", "Nov 24, 2025", "Apr 26, 2023", shown="Feb 4"))
    assert (dump.shown_on, dump.shown_on_basis) == ("2026-02-04", "inferred")
    assert [(listing.published_on, listing.published_basis) for listing in dump.listings] == [
        ("2026-01-07", "inferred"),
        ("2025-11-24", "stated"),
        ("2023-04-26", "stated"),
    ]


@pytest.mark.parametrize(
    ("printed", "shown", "why"),
    [
        ((), "Feb 4", "no paper"),
        (("Jan 7",), "Feb 4", "no year anywhere"),
        (("Nov 24, 2025",), "Feb 4", "no paper of the page's own year"),
        (("Jan 7", "Nov 24, 2025"), "Jan 6", "a paper younger than the page"),
        (("Jan 7", "Nov 24, 2019"), "Feb 4", "pages of 2020 do not exist"),
        (("Jan 7", "Jan 6, 2025"), "Feb 4", "a gap of more than a year"),
        (("Feb 29", "Nov 24, 2025"), "Mar 1", "2026 has no Feb 29"),
    ],
)
def test_the_year_stays_open_where_nothing_settles_it(
    printed: tuple[str, ...], shown: str, why: str
) -> None:
    dump = read(dated(*printed, shown=shown))
    assert (dump.shown_on_text, dump.shown_on, dump.shown_on_basis) == (shown, None, None), why
    for listing in dump.listings:
        is_stated = ", " in str(listing.published_text)
        assert (listing.published_basis == "stated") is is_stated
        assert (listing.published_on is not None) is is_stated


UNSHOWN = dated("Jan 7", "Nov 24, 2025").replace("\n\nFeb 4\n", "\n")
SETTLED = {
    "across a gap of one year": (dated("Jan 6", "Jan 6, 2025"), "2026-02-04", "2026-01-06"),
    "by a leap day": (dated("Feb 29", "Nov 24, 2023", shown="Mar 1"), "2024-03-01", "2024-02-29"),
    "for papers where the page prints no date": (UNSHOWN, None, "2026-01-07"),
    "not where papers have no date": (page(record(who=None), shown="Aug 20"), None, None),
}


@pytest.mark.parametrize(("content", "shown_on", "first"), SETTLED.values(), ids=SETTLED)
def test_the_year_is_settled(content: str, shown_on: str | None, first: str | None) -> None:
    dump = read(content)
    assert (dump.shown_on, dump.listings[0].published_on) == (shown_on, first)


def linked(*papers: tuple[str | None, str], shown: str | None = "Jun 29") -> str:
    """A page that links to papers: the date that it prints of each, and its arXiv id."""
    records = (
        record(
            f"### [Paper {number}](https://huggingface.co/papers/{arxiv_id})",
            who="  • 8 authors" if when else None,
            when=when or "",
        )
        for number, (when, arxiv_id) in enumerate(papers)
    )
    return page(*records, shown=shown)


OLD_PAPER = ("Oct 21, 2024", "2410.00003")
BY_IDS: dict[str, tuple[str, str | None, list[str | None]]] = {
    "a year later than the one after the latest stated": (
        linked(("May 30", "2605.00001"), OLD_PAPER),
        "2026-06-29",
        ["2026-05-30", "2024-10-21"],
    ),
    "without any stated year": (linked(("May 30", "2605.00001")), "2026-06-29", ["2026-05-30"]),
    "without a date of the page": (
        linked(("May 30", "2605.00001"), shown=None),
        None,
        ["2026-05-30"],
    ),
    "by the last day of the month before the id": (
        linked(("May 31", "2606.00001")),
        "2026-06-29",
        ["2026-05-31"],
    ),
    "by a paper that waited months for its id": (
        linked(("Jan 20", "2606.00001")),
        "2026-06-29",
        ["2026-01-20"],
    ),
    "in December by an id of January": (
        linked(("Dec 31", "2601.00001"), shown="Dec 31"),
        None,  # of before the id was given
        ["2025-12-31"],
    ),
    "by an id before 2007": (linked(("May 30", "0705.0001")), None, ["2007-05-30"]),
    "each by its own id where a page leaves all years out": (
        linked(("May 30", "2605.00001"), ("May 30", "2405.00002")),
        None,
        ["2026-05-30", "2024-05-30"],
    ),
    "not where the id rules every year out": (
        linked(("Jun 28", "2605.00001"), ("Jun 27", "2606.00002")),
        "2026-06-29",
        [None, "2026-06-27"],
    ),
    "not where the page is older than an id on it": (
        linked(("May 30", "2605.00001"), ("Oct 21, 2025", "2607.00001")),
        None,
        ["2026-05-30", None],
    ),
    "not by ids of older papers alone": (linked(OLD_PAPER), None, ["2024-10-21"]),
}


@pytest.mark.parametrize(("content", "shown_on", "days"), BY_IDS.values(), ids=BY_IDS)
def test_arxiv_ids_settle_the_year(
    tmp_path: Path, content: str, shown_on: str | None, days: list[str | None]
) -> None:
    file = tmp_path / "page.md"
    file.write_text(content)
    dump = dumps.read(file)
    assert dump.shown_on == shown_on
    assert [listing.published_on for listing in dump.listings] == days


def test_a_card_without_a_year_is_dated_by_its_arxiv_id(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(f"<html><body>{card(0, '<time>Jul 30</time>')}</body></html>")
    (listing,) = dumps.read(file).listings
    assert (listing.published_on, listing.published_basis) == ("2024-07-30", "inferred")


JAN, MAY, DEC = PageDate(1, 5, None), PageDate(5, 30, None), PageDate(12, 31, None)


@pytest.mark.parametrize(
    ("page_date", "papers", "year"),
    [
        (MAY, [(MAY, None), (None, "2604.00001")], 2026),
        (MAY, [(MAY, None), (None, "2606.00001")], 2027),
        (MAY, [(JAN, None), (None, "2604.00001"), (PageDate(1, 1, 2026), None)], 2027),
        (MAY, [(MAY, None), (None, "2604.00001"), (PageDate(1, 1, 2026), None)], None),  # a gap
        (MAY, [(None, "2604.00001")], None),
        (MAY, [(MAY, None)], None),
        (DEC, [(DEC, None), (PageDate(11, 1, 2024), None), (None, "2601.00001")], 2026),
    ],
)
def test_ids_of_papers_without_a_date_are_a_bound(
    page_date: PageDate, papers: list[tuple[PageDate | None, str | None]], year: int | None
) -> None:
    assert dates.page_year(page_date, papers) == year


WRONG = {
    "before the month": ({"publishedAt": "2025-07-30T17:54:27.000Z"}, "published_on"),
    "behind the month": ({"publishedAt": "2026-08-02T00:00:00.000Z"}, "published_on"),
    "listed before there was an id": (
        {"submittedOnDailyAt": "2026-06-29T00:00:00.000Z"},
        "listed_on",
    ),
}


@pytest.mark.parametrize(("changes", "field"), WRONG.values(), ids=WRONG)
def test_a_date_that_the_arxiv_id_rules_out_is_a_problem_and_left_out(
    tmp_path: Path, changes: dict[str, str], field: str
) -> None:
    sound = {"id": "2607.00001", "publishedAt": "2026-07-20T17:54:27.000Z"}
    sound["submittedOnDailyAt"] = "2026-07-21T00:00:00.000Z"
    file = tmp_path / "answer.json"
    file.write_text(answer([new(1, **sound), new(0, **sound | changes)]))
    dump = dumps.read(file)
    (problem,) = dump.problems
    first, second = dump.listings
    assert (problem.record, problem.line, problem.field) == (2, second.first_line, field)
    assert problem.action == "left out"
    assert problem.found.startswith(next(iter(changes.values()))[:10])
    assert "2607.00001" in problem.expected
    assert getattr(first, field)
    assert getattr(second, field) is None
    assert second.published_basis == ("stated" if second.published_text else None)


def test_a_column_that_only_a_date_left_out_would_fill_is_not_stated(tmp_path: Path) -> None:
    file = tmp_path / "answer.json"
    file.write_text(answer([new(0, id="2607.00001")]))
    dump = dumps.read(file)
    assert {problem.field for problem in dump.problems} == {"published_on", "listed_on"}
    assert "upvote_count" in dump.states
    assert not {"published_on", "listed_on"} & {*dump.states}


@pytest.mark.parametrize("day", ["2026-03-01", "2026-06-30", "2026-07-31", "2026-08-01"])
def test_a_date_that_the_arxiv_id_allows_is_kept(tmp_path: Path, day: str) -> None:
    file = tmp_path / "answer.json"
    file.write_text(answer([old(0, id="2607.00001", publishedAt=day)]))
    dump = dumps.read(file)
    assert dump.listings[0].published_on == day
    assert all(problem.field != "published_on" for problem in dump.problems)
