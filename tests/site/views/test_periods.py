"""Days, ISO weeks and months as addresses name them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.site.views import periods
from daily_papers.site.views.periods import KINDS, NoSuchPeriod, PeriodKind


@pytest.mark.parametrize(
    ("text", "name", "first", "last"),
    [
        ("2026-08-20", "Thursday, 20 August 2026", "2026-08-20", "2026-08-20"),
        ("2024-02-29", "Thursday, 29 February 2024", "2024-02-29", "2024-02-29"),
        ("2026-W34", "Week 34 of 2026", "2026-08-17", "2026-08-23"),
        ("2026-W01", "Week 1 of 2026", "2025-12-29", "2026-01-04"),  # begins in the year before
        ("2020-W53", "Week 53 of 2020", "2020-12-28", "2021-01-03"),
        ("2026-08", "August 2026", "2026-08-01", "2026-08-31"),
        ("2024-02", "February 2024", "2024-02-01", "2024-02-29"),
    ],
)
def test_a_period_has_a_name_and_its_days(text: str, name: str, first: str, last: str) -> None:
    period = periods.parse(text)
    days = (period.first.isoformat(), period.last.isoformat())
    assert (period.id, period.name, *days) == (text, name, first, last)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30", "2026-13", "2026-00", "2026-W00", "2026-W54", "2021-W53", "9999-W52",
        "0000-01-01", "2026", "2026-8-20", "2026-w34", "2026W34", "20260820", "2026-08-20 ", "",
        "٢٠٢٦-٠٨-٢٠", "today",
    ],
)  # fmt: skip
def test_what_is_no_period_is_not_found(text: str) -> None:
    with pytest.raises(NoSuchPeriod, match="no day, week or month") as refusal:
        periods.parse(text)
    assert refusal.value.status == 404


@given(st.dates(date(1900, 1, 8), date(9990, 1, 1)), st.sampled_from(KINDS))
def test_a_period_reads_as_it_is_written(day: date, kind: PeriodKind) -> None:
    period = periods.period_of(kind, day)
    assert periods.parse(period.id) == period
    assert period.first <= day <= period.last
    before = periods.period_of(kind, period.first - timedelta(1))
    assert before.last + timedelta(1) == period.first


@pytest.mark.parametrize(
    ("text", "previous", "following"),
    [
        ("2026-08-20", "2026-08-14", "2026-08-21"),
        ("2026-08-16", "2026-08-14", "2026-08-20"),
        ("2026-W34", "2026-W33", "2026-W40"),
        ("2026-08", "2025-12", "2026-10"),
        ("2030-01", "2026-10", None),
        ("2020-01-01", None, "2025-12-31"),
    ],
)
def test_the_neighbours_of_a_period_have_papers(
    text: str, previous: str | None, following: str | None
) -> None:
    days = ["2025-12-31", "2026-08-14", "2026-08-20", "2026-08-21", "2026-10-01"]
    around = periods.neighbours(periods.parse(text), days)
    assert tuple(period and period.id for period in around) == (previous, following)


def test_without_days_a_period_has_no_neighbours() -> None:
    assert periods.neighbours(periods.parse("2026-08"), []) == (None, None)
