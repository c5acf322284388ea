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
