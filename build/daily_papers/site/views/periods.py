"""Reads days, ISO weeks and months as addresses name them: 2026-08-20, 2026-W34, 2026-08."""

import re
from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from daily_papers.site.views.request_params import BadRequest

PeriodKind = Literal["day", "week", "month"]
KINDS: tuple[PeriodKind, ...] = get_args(PeriodKind)

_PERIOD = re.compile(r"(\d{4})-(?:(\d\d)-(\d\d)|W(\d\d)|(\d\d))", re.ASCII)


class NoSuchPeriod(BadRequest):
    """What an address names is no day, week or month."""

    status = 404

    def __init__(self, text: str) -> None:
        """Say what it is not, and how periods are written."""
        super().__init__(
            f"“{text[:80]}” is no day, week or month of the calendar;"
            " they are written as 2026-08-20, 2026-W34 and 2026-08."
        )


@dataclass(frozen=True)
class Span:
    """All days from a first to a last one."""

    first: date
    last: date


@dataclass(frozen=True)
class Period(Span):
    """A day, an ISO week (Monday to Sunday) or a month."""

    kind: PeriodKind

    @property
    def id(self) -> str:
        """How addresses name it."""
        if self.kind == "week":
            year, week, _ = self.first.isocalendar()
            return f"{year:04}-W{week:02}"
        day = self.first.isoformat()
        return day if self.kind == "day" else day[:7]

    @property
    def name(self) -> str:
        """What people call it: “Thursday, 20 August 2026”, “Week 34 of 2026”, “August 2026”."""
        if self.kind == "week":
            year, week, _ = self.first.isocalendar()
            return f"Week {week} of {year}"
        month = f"{self.first:%B} {self.first.year}"
        return f"{self.first:%A}, {self.first.day} {month}" if self.kind == "day" else month


def parse(text: str) -> Period:
    """Read the name of a period.

    Raises:
        NoSuchPeriod: it names none, as 2026-02-30 does.
    """
    match = _PERIOD.fullmatch(text)
    if not match:
        raise NoSuchPeriod(text)
    year, month, day, week, whole_month = match.groups()
    try:
        if week:
            return period_of("week", date.fromisocalendar(int(year), int(week), 1))
        first = date(int(year), int(month or whole_month), int(day or 1))
        return period_of("day" if day else "month", first)
    except (ValueError, OverflowError) as error:
        raise NoSuchPeriod(text) from error


def period_of(kind: PeriodKind, day: date) -> Period:
    """Return the day, the week or the month of a day."""
    if kind == "week":
        monday = day - timedelta(day.weekday())
        return Period(monday, monday + timedelta(6), kind)
    if kind == "month":
        _, length = monthrange(day.year, day.month)
        return Period(day.replace(day=1), day.replace(day=length), kind)
    return Period(day, day, kind)


def neighbours(period: Period, days: Sequence[str]) -> tuple[Period | None, Period | None]:
    """Return the nearest periods of the same kind before and after one that have any of some days.

    `days` are YYYY-MM-DD, in order.
    """
    before = bisect_left(days, period.first.isoformat()) - 1
    after = bisect_right(days, period.last.isoformat())
    return (
        period_of(period.kind, date.fromisoformat(days[before])) if before >= 0 else None,
        period_of(period.kind, date.fromisoformat(days[after])) if after < len(days) else None,
    )
