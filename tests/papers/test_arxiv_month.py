"""The month that an arXiv id names, and the days that it leaves open."""

from datetime import date

import pytest

from daily_papers.papers.arxiv_month import id_month, publication_bounds


@pytest.mark.parametrize(
    ("arxiv_id", "month"),
    [
        ("2605.01234", date(2026, 5, 1)),
        ("0704.0001", date(2007, 4, 1)),
        ("9112.00001", date(2091, 12, 1)),
        ("hep-th/9901001", date(1999, 1, 1)),
        ("math.GT/0309136", date(2003, 9, 1)),
        ("2613.01234", None),
        ("2600.01234", None),
        ("own-paper", None),
        ("", None),
    ],
)
def test_an_id_names_the_month_in_which_it_was_given(arxiv_id: str, month: date | None) -> None:
    assert id_month(arxiv_id) == month


@pytest.mark.parametrize("month", [date(2026, 12, 1), date(2024, 2, 1), date(2026, 8, 1)])
def test_less_than_a_year_is_left_open(month: date) -> None:
    earliest, latest = publication_bounds(month)
    assert earliest < month < latest
    assert (latest - earliest).days < 365
    assert latest.day == 1  # the day behind the month's last, in some time zone
