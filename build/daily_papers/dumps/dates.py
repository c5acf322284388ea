"""Parses dates as the pages print them, and infers the year that a page leaves out.

A page prints the year of a date only when it is not the current one: "Feb 6" was this year when
the page was shown, "Dec 9, 2025" was not. The page's own date never has a year. So every year
that a page states is earlier than the year it was shown in, and that bound settles the year when
the same page also lists papers of its own year and both run on without a gap; see `page_year`.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from daily_papers.records import DateBasis

FIRST_YEAR = 2023  # Daily Papers pages exist since May 2023
LONGEST_MOMENT = 40  # characters of a date in ISO 8601 with its time

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATE = re.compile(
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.? "
    r"(?P<day>[0-9]{1,2})(?:,? (?P<year>(?:19|20)[0-9]{2}))?",
    re.IGNORECASE | re.ASCII,
)
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")
_LEAP_YEAR = 2024  # any: a date without a year may be Feb 29
_LONGEST_GAP = timedelta(days=365)


class PageDate(NamedTuple):
    """A date as printed; `year` is None where the page leaves it out."""

    month: int
    day: int
    year: int | None

    def on(self, year: int) -> date | None:
        """Return this month and day of a year; None where it has no such day (Feb 29)."""
        try:
            return date(year, self.month, self.day)
        except ValueError:
            return None


def parse(text: str) -> PageDate | None:
    """Read "Feb 6" or "Jun 16, 2024"; None for anything else, and for days that do not exist."""
    match = _DATE.fullmatch(text)
    if not match:
        return None
    month = _MONTHS.index(match["month"][:3].lower()) + 1
    year = int(match["year"]) if match["year"] else None
    parsed = PageDate(month, int(match["day"]), year)
    return parsed if parsed.on(year or _LEAP_YEAR) else None


def iso_day(text: str) -> str | None:
    """Return the day of a date in ISO 8601, with or without a time; None if there is none."""
    if len(text) > LONGEST_MOMENT or not text.isprintable() or not _ISO_DAY.match(text):
        return None
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:  # no such day
        return None


def page_year(page_date: PageDate | None, published: Sequence[PageDate]) -> int | None:
    """Infer the year in which a page was shown, from its own dates; None where they leave it open.

    It is the year after the latest stated one, if the page also has dates without a year and

    * it is not before FIRST_YEAR, when these pages began (an older bound says too little);
    * no date without a year lies after the page's own date, and each exists in that year;
    * at most a year lies between the latest stated date and the first one without a year: a
      later year would leave a whole year of which the page lists nothing.
    """
    if page_date and page_date.year:
        return page_date.year
    stated = [day for printed in published if printed.year and (day := printed.on(printed.year))]
    without_year = [printed for printed in published if not printed.year]
    if not stated or not without_year:
        return None
    year = max(stated).year + 1
    days = [day for printed in without_year if (day := printed.on(year))]
    last = page_date.on(year) if page_date else max(days, default=None)
    if year < FIRST_YEAR or len(days) < len(without_year) or last is None or max(days) > last:
        return None
    return year if min(days) - max(stated) <= _LONGEST_GAP else None


def resolve(printed: PageDate | None, year: int | None) -> tuple[str | None, DateBasis | None]:
    """Complete a date with the page's year: (ISO date, "stated" or "inferred"), or (None, None)."""
    if printed and printed.year:
        return f"{printed.year:04}-{printed.month:02}-{printed.day:02}", "stated"
    day = printed.on(year) if printed and year else None
    return (day.isoformat(), "inferred") if day else (None, None)
