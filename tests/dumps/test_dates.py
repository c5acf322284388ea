"""Dates as printed, and the year that a page leaves out."""

from functools import partial

import pytest

from daily_papers.dumps import dates
from daily_papers.dumps.captures import text_page
from daily_papers.dumps.dates import PageDate
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


def test_the_year_is_settled_across_a_gap_of_one_year() -> None:
    assert read(dated("Jan 6", "Jan 6, 2025")).shown_on == "2026-02-04"


def test_a_leap_day_is_dated_in_a_leap_year() -> None:
    dump = read(dated("Feb 29", "Nov 24, 2023", shown="Mar 1"))
    assert dump.listings[0].published_on == "2024-02-29"


def test_a_page_without_titles_below_has_no_date() -> None:
    dump = read(page(record(who=None), shown="Aug 20"))
    assert (dump.shown_on_text, dump.shown_on) == ("Aug 20", None)


def test_a_page_that_prints_no_date_still_dates_its_papers() -> None:
    dump = read(dated("Jan 7", "Nov 24, 2025").replace("\n\nFeb 4\n", "\n"))
    assert (dump.shown_on_text, dump.shown_on) == (None, None)
    assert dump.listings[0].published_on == "2026-01-07"
