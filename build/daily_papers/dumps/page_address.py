"""Reads the day that a page was shown on from the address that it was saved from."""

import re
from calendar import monthrange
from datetime import date
from urllib.parse import parse_qsl, unquote, urlsplit

from daily_papers.dumps.dates import FIRST_YEAR, iso_day
from daily_papers.records import Day

LONGEST_ADDRESS = 2_000  # characters

_DOMAIN = r"(?:huggingface\.co|hf\.co)"
HOST = rf"(?:www\.)?{_DOMAIN}"  # as a regular expression, in addresses of pages
_SITE = re.compile(rf"(?:[\w-]+\.){{0,3}}{_DOMAIN}")
_INNER = re.compile(rf"https?:/{{1,2}}(?={HOST}(?:[/?#]|$))")
_SCHEME = re.compile(r"[a-z][a-z-]*://", re.IGNORECASE)
_PAGE = re.compile(
    r"/papers(?:/trending)?/?|/papers/(?P<period>date|week|month)/(?P<value>[\w-]+)/?"
)
_ARCHIVED = re.compile(  # web.archive.org/web/20240801123456id_/…, archive.ph/2024.08.01-123456/…
    r"//(?:web\.archive\.org/web|web-beta\.archive\.org/web|archive\.(?:ph|today|is|li|vn|fo|md))"
    r"/([0-9]{4})[.]?([0-9]{2})[.]?([0-9]{2})(?:-?[0-9]{2,6})?(?:[a-z]{2}_)?/",
    re.IGNORECASE,
)
_WEEK = re.compile(r"([0-9]{4})-?W([0-9]{1,2})", re.IGNORECASE)
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")


def day_of_address(url: str) -> Day | None:
    """Return the day (YYYY-MM-DD) of the page at an address; None where the address has none.

    It is the day that the page is of ("/papers/date/2026-01-06", "/papers?date=2026-01-06"), or
    else the day on which an archive saved it ("web.archive.org/web/20260106093000/https://…").
    Services that fetch a page may stand before its address. A page of a week or a month is of no
    single day; see `last_day_of_address`.
    """
    page = _page(url)
    if page is None:
        return None
    period, value = page
    if period == "date" and (day := iso_day(value)):
        return day
    archived = _ARCHIVED.search(url) if not period else None
    return iso_day("-".join(archived.groups())) if archived else None


def last_day_of_address(url: str) -> date | None:
    """Return the last day of the day, week or month of the page at an address."""
    page = _page(url)
    if page is None:
        return None
    period, value = page
    last = None
    if period in ("week", "month"):
        last = last_day_of_period(value)
    elif day := day_of_address(url):
        last = date.fromisoformat(day)
    return last if last and last.year >= FIRST_YEAR else None


def last_day_of_period(text: str) -> date | None:
    """Return the last day of a week (2026-W01) or a month (2026-01); None for other texts."""
    try:
        if week := _WEEK.fullmatch(text):
            return date.fromisocalendar(int(week[1]), int(week[2]), 7)
        if month := _MONTH.fullmatch(text):
            year, number = int(month[1]), int(month[2])
            return date(year, number, monthrange(year, number)[1])
    except ValueError:  # no such week or month
        pass
    return None


def is_listing(url: str) -> bool:
    """Tell whether an address is one of a page that lists papers."""
    return _page(url) is not None


def _page(url: str) -> tuple[str, str] | None:
    """Return the kind of period of a page of papers ("" for none), and which; None for others."""
    text = unquote(url.strip()) if len(url) <= LONGEST_ADDRESS else ""
    inner = [*_INNER.finditer(text)]
    if inner:
        text = "https://" + text[inner[-1].end() :]
    elif text and not text.startswith("/"):
        text = text if _SCHEME.match(text) else f"https://{text}"
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:  # "https://[broken"
        return None
    page = _PAGE.fullmatch(parts.path)
    if not page or not (_SITE.fullmatch(host) or (not host and text.startswith("/"))):
        return None
    if page["period"]:
        return page["period"], page["value"]
    query = dict(parse_qsl(parts.query, max_num_fields=100)) if parts.query.count("&") < 99 else {}
    for period in ("date", "week", "month"):
        if value := query.get(period):
            return period, value
    return "", ""
