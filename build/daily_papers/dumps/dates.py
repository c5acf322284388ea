"""Parses dates as pages and records state them, and infers the year that a page leaves out.

A page prints the year of a date only when it is not the current one: "Feb 6" was this year when
the page was shown, "Dec 9, 2025" was not. The page's own date never has a year. The arXiv id of a
paper with such a date settles its year, and so the page's. Without ids, every year that a page
states is earlier than the year it was shown in, and that bound settles the year when the same page
also lists papers of its own year and both run on without a gap; see `page_year`.

A date that the paper's arXiv id rules out is left out; see `settle_by_id`.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from daily_papers.papers.arxiv_month import (
    earliest_listing,
    id_month,
    may_be_published,
    publication_bounds,
)
from daily_papers.records import DateBasis, Listing

FIRST_YEAR = 2023  # Daily Papers pages exist since May 2023
LONGEST_MOMENT = 80  # characters of a date with its time

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_YEAR = "(?:19|20)[0-9]{2}"
_DATE = re.compile(
    rf"(?P<month>{_MONTH}) (?P<day>[0-9]{{1,2}})(?:,? (?P<year>{_YEAR}))?",
    re.IGNORECASE | re.ASCII,
)
# Days as people and programs write them; not "05/01/2026", which may be of May. See parse_moment.
_WEEKDAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}\.?,? )?"
_DAY_OF_MONTH = r"(?P<day>[0-9]{1,2})"
_DAYS = tuple(
    re.compile(_WEEKDAY + day, re.IGNORECASE | re.ASCII)
    for day in (
        rf"(?P<year>{_YEAR})(?P<mark>[-/.])(?P<month>[0-9]{{1,2}})(?P=mark){_DAY_OF_MONTH}",
        rf"(?P<year>{_YEAR})(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}})",
        rf"(?P<year>{_YEAR})-?W(?P<week>[0-9]{{2}})-?(?P<day>[1-7])",
        rf"(?P<year>{_YEAR})-?(?P<day_of_year>[0-9]{{3}})",
        rf"(?P<month>{_MONTH})[ -]{_DAY_OF_MONTH}(?:st|nd|rd|th)?[ ,-]{{1,2}}(?P<year>{_YEAR})",
        rf"{_DAY_OF_MONTH}(?:st|nd|rd|th)?[ -](?P<month>{_MONTH})[ ,-]{{1,2}}(?P<year>{_YEAR})",
    )
)
_TIME = re.compile(
    r"(?:(?P<T>T)|,? (?:at )?)(?P<hour>(?(T)[0-9]{2}|[0-9]{1,2}))(?(T):?|:)(?P<minute>[0-5][0-9])"
    r"(?::?(?P<second>[0-5][0-9]|60)(?:[.,](?P<fraction>[0-9]{1,9}))?)?(?: ?(?P<half>[AP])M)?"
    r"(?: ?(?:Z|UTC?|GMT|(?P<zone>[ECMP])(?P<season>[SD])T))?"
    r"(?: ?(?P<sign>[+-])(?P<hours>[01][0-9]|2[0-3])(?::?(?P<minutes>[0-5][0-9]))?)?"
    r"(?: UTC| \([a-z ]{1,40}\))?",
    re.IGNORECASE | re.ASCII,
)
_TIME_BEFORE_YEAR = re.compile(r"( [0-9]{1,2}:[0-9]{2}:[0-9]{2})( [0-9]{4})$", re.ASCII)
_ZONES = {"E": 5, "C": 6, "M": 7, "P": 8}  # hours behind UTC in winter, of EST, CST, MST and PST
_EPOCH = re.compile(r"([0-9]{9,19})(?:\.[0-9]{1,9})?", re.ASCII)
_1970 = datetime(1970, 1, 1, tzinfo=UTC)
_2000, _2100 = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2000, 2100))
_LEAP_YEAR = 2024  # any: a date without a year may be Feb 29
_LONGEST_GAP = timedelta(days=365)
_LONGEST_DELAY = timedelta(days=7)  # of the last day of a page that a tool or a week states


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
    year = int(match["year"]) if match["year"] else None
    parsed = PageDate(_month_number(match["month"]), int(match["day"]), year)
    return parsed if parsed.on(year or _LEAP_YEAR) else None


def parse_moment(text: str | float) -> datetime | date | None:
    """Read a date as JSON, feeds and pages state it: a datetime in UTC, or a date without a time.

    It is ISO 8601, the date of a feed or an e-mail ("Tue, 06 Jan 2026 02:00:00 GMT"), in words
    ("Jan 5, 2026", "5th January 2026"), in numbers with the year first ("2026/1/5"), or a count of
    seconds, milli-, micro- or nanoseconds since 1970 for a time from 2000 to 2099. Without a zone,
    a time is UTC. None for anything else: days that do not exist, dates without a year, and
    "05/01/2026", which may be of January or of May.
    """
    if not isinstance(text, str):
        text = str(text) if 0 < text < 10**20 else ""
    if len(text) > LONGEST_MOMENT:
        return None
    text = _TIME_BEFORE_YEAR.sub(r"\2\1", " ".join(text.split()))
    if epoch := _EPOCH.fullmatch(text):
        return _since_epoch(int(epoch[1]))
    for pattern in _DAYS:
        if (match := pattern.match(text)) and (day := _day_of(match.groupdict())):
            if match.end() == len(text):
                return day
            if time := _TIME.fullmatch(text, match.end()):
                return _in_utc(day, time)
    return None


def iso_day(text: str) -> str | None:
    """Return the day (YYYY-MM-DD, in UTC) of a date that `parse_moment` can read; else None."""
    moment = parse_moment(text)
    return moment.strftime("%Y-%m-%d") if moment else None


def _since_epoch(count: int) -> datetime | None:
    for per_second in (1, 10**3, 10**6, 10**9):
        if _2000 <= count // per_second < _2100:
            return _1970 + timedelta(microseconds=count * 10**6 // per_second)
    return None


def _day_of(parts: dict[str, str | None]) -> date | None:
    """Return the day with these parts; None if there is no such day."""
    year, month, day = int(parts["year"] or 0), parts.get("month"), int(parts.get("day") or 0)
    try:
        if week := parts.get("week"):
            return date.fromisocalendar(year, int(week), day)
        if day_of_year := parts.get("day_of_year"):
            first = date(year, 1, 1) + timedelta(int(day_of_year) - 1)
            return first if first.year == year else None
        return date(year, _month_number(month or ""), day)
    except ValueError:
        return None


def _month_number(text: str) -> int:
    """Return the number of a month that is a name or a number."""
    return int(text) if text.isdigit() else _MONTHS.index(text[:3].lower()) + 1


def _in_utc(day: date, time: re.Match[str]) -> datetime | None:
    """Return the time of a day in UTC; None if there is no such time."""
    hour, minute, second = (int(time[unit] or 0) for unit in ("hour", "minute", "second"))
    if half := time["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (half in "Pp")
    if hour > 24 or (hour == 24 and minute + second):
        return None
    fraction = int((time["fraction"] or "").ljust(6, "0")[:6])
    since_midnight = timedelta(0, second, fraction, 0, minute, hour)
    ahead = timedelta(hours=int(time["hours"] or 0), minutes=int(time["minutes"] or 0))
    if time["sign"] == "-":
        ahead = -ahead
    if zone := time["zone"]:
        ahead -= timedelta(hours=_ZONES[zone.upper()] - (time["season"] in "Dd"))
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + since_midnight - ahead


def year_by_id(printed: PageDate, arxiv_id: str | None) -> int | None:
    """Return the year of a paper's date that was printed without it, by the paper's arXiv id."""
    month = id_month(arxiv_id or "")
    if not month:
        return None
    earliest, latest = publication_bounds(month)
    days = (printed.on(year) for year in (earliest.year, latest.year))
    return next((day.year for day in days if day and earliest <= day <= latest), None)


def page_year(
    page_date: PageDate | None,
    papers: Iterable[tuple[PageDate | None, str | None]],
    last_day: date | None = None,
) -> int | None:
    """Infer the year in which a page was shown from the printed dates and the arXiv ids of its
    papers; None where they leave it open. `last_day` is the last one that the page lists, where it
    is known.

    It is the year of the dates without a year, if some of these papers have arXiv ids that agree.
    Otherwise it is that of `last_day`, unless dates with this year are printed: they show that the
    page was shown later. Without `last_day`, it is the year after the latest stated one, or the
    first in which all ids were given, whichever is later, if the page also has dates without a
    year, and at most a year lies between what is known and the first of these: a later year would
    leave a whole year of which the page lists nothing.

    In any case it is not before FIRST_YEAR, when these pages began (an older bound says too
    little), and no date without a year, and no id, is of after the page's own date.
    """
    papers = list(papers)
    stated = [day for printed, _ in papers if printed and (day := printed.on(printed.year or 0))]
    id_months = [month for _, arxiv_id in papers if (month := id_month(arxiv_id or ""))]
    without_year = [(printed, id_) for printed, id_ in papers if printed and not printed.year]
    years = {year for printed, id_ in without_year if (year := year_by_id(printed, id_))}
    first_year = max([FIRST_YEAR, *(day.year + 1 for day in stated)])
    if last_day and (not years or (page_date and page_date.year)):
        is_of_year = not page_date or resolve(page_date, last_day.year, last_day)[0]
        return last_day.year if is_of_year and first_year <= last_day.year else None
    known = [*stated, *id_months]
    if not without_year or not known or len(years) > 1:
        return None
    earliest = max([first_year, *(_first_year(page_date, month) for month in id_months)])
    year = years.pop() if years else earliest
    days = [day for printed, _ in without_year if (day := printed.on(year))]
    last = page_date.on(year) if page_date else date(year, 12, 31)
    if year < first_year or len(days) < len(without_year) or last is None:
        return None
    is_possible = max(*days, *known) <= last and min(days) - max(known) <= _LONGEST_GAP
    return year if is_possible else None


def _first_year(page_date: PageDate | None, month: date) -> int:
    """Return the first year in which a page of this date can list a paper with an id of a month."""
    day = page_date.on(month.year) if page_date else None
    return month.year + (day is not None and day < month)


def resolve(
    printed: PageDate | None, year: int | None, last_day: date | None = None
) -> tuple[str | None, DateBasis | None]:
    """Complete a date with the page's year: (ISO date, "stated" or "inferred"), or (None, None).

    A page whose last day is known lists nothing that is newer.
    """
    if printed and printed.year:
        return f"{printed.year:04}-{printed.month:02}-{printed.day:02}", "stated"
    day = printed.on(year) if printed and year else None
    if day and last_day and day - last_day > _LONGEST_DELAY:
        return None, None
    return (day.isoformat(), "inferred") if day else (None, None)


def settle_by_id(listing: Listing) -> tuple[Listing, list[tuple[str, str, str]]]:
    """Leave out the dates that the arXiv id of a listing rules out, as the id is also its address,
    and complete a date without a year.

    Returns the listing, and of each stated date that was left out the field, the date and what was
    expected. An inferred one is dropped alone: the inference was wrong, not the page.
    """
    month = id_month(listing.arxiv_id or "")
    if not month:
        return listing, []
    contradictions = []
    says = f", as the arXiv id {listing.arxiv_id} says"
    day = listing.published_on
    if day and not may_be_published(day, month):
        if listing.published_basis == "stated":
            earliest, latest = publication_bounds(month)
            expected = f"a day from {earliest} to {latest}{says}"
            contradictions.append(("published_on", listing.published_text or day, expected))
            listing = replace(listing, published_text=None)
        listing = replace(listing, published_on=None, published_basis=None)
    printed = parse(listing.published_text or "")
    if printed and not listing.published_on:
        published_on, basis = resolve(printed, year_by_id(printed, listing.arxiv_id))
        listing = replace(listing, published_on=published_on, published_basis=basis)
    first = earliest_listing(month).isoformat()
    if listing.listed_on and listing.listed_on < first:
        contradictions.append(("listed_on", listing.listed_on, f"{first} or later{says}"))
        listing = replace(listing, listed_on=None)
    return listing, contradictions
