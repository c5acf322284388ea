"""Reads what a tool writes above a page that it saved: its address, and when it was saved."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from daily_papers.dumps import dates, page_address
from daily_papers.dumps.dates import PageDate
from daily_papers.papers.arxiv import NEW_ID

MOST_LINES = 60
LONGEST_LINE = 2_000  # characters

_FIELD = re.compile(r"(?P<key>[A-Za-z][\w ()./-]{0,40}?)\W{0,6}[:=]\W{0,6}(?P<value>\S.*)")
_MARKER = re.compile(r"[-*+•>#|_ ]{1,8}")
_URL = re.compile(r"https?:/{1,2}[^\s<>\"'()\[\]]{1,1000}")
_ADDRESS_KEYS = re.compile(
    r"(?:source|url|link|canonical|saved from|original|permalink|page|address|site|href|archived?)"
    r"\b.{0,30}|.{0,20}\b(?:url|address|source|uri)",
    re.IGNORECASE,
)
_MOMENT_KEYS = re.compile(
    r"(?:date|published time|fetched|captured|retrieved|timestamp|created|saved|clipped|exported"
    r"|accessed|archived|snapshot|scraped|crawled|downloaded|visited)\b.{0,20}",
    re.IGNORECASE,
)
_PUBLISHED_KEYS = re.compile(
    r"published(?: at| on| time)?|date published|citation.date", re.IGNORECASE
)
_PAPER = re.compile(
    rf"https?://{page_address.HOST}/papers/({NEW_ID})(?:v[0-9]+)?/?"
    r"(?:[?#].*)?"
)
_SOURCE_LINK = re.compile(
    r"\[(?:(?:view )?(?:original|source)(?: page)?|link|permalink|daily papers - hugging face)\]"
    r"\(\S{1,1000}\)",
    re.IGNORECASE,
)
_NEAR = timedelta(days=10)


class CaptureHeader(NamedTuple):
    """What is written above a page; `is_listing` where its address is one that lists papers.

    `day` is the day of the page by its address, `saved_on` the day on which it was saved,
    `last_day` the last one of its day, week or month, or else `saved_on`; `published_on` and
    `paper_id` are of the page of one paper.
    """

    is_listing: bool = False
    day: str | None = None
    saved_on: str | None = None
    last_day: date | None = None
    title: str | None = None
    published_on: str | None = None
    paper_id: str | None = None

    def complete(self, printed: PageDate | None, links: Iterable[str]) -> PageDate | None:
        """Complete the page's date, as it prints it, by a day near it that the header or one of
        these links states; without a printed one, return the header's."""
        stated = [day for day in (self.day, self.saved_on) if day]
        if not printed:
            return PageDate(*_month_day_year(stated[0])) if stated else None
        if printed.year:
            return printed
        linked = (page_address.day_of_address(url) for url in links)
        for near in map(date.fromisoformat, [*stated, *(day for day in linked if day)]):
            for year in range(near.year - 1, near.year + 2):
                day = printed.on(year)
                if day and abs(day - near) <= _NEAR:
                    return printed._replace(year=year)
        return printed


def read_header(folded: Sequence[str]) -> CaptureHeader:
    """Return what the first lines of a capture state; the first statement of each kind counts."""
    urls: list[str] = []
    facts: dict[str, str] = {}
    for line in folded[:MOST_LINES]:
        if len(line) > LONGEST_LINE:
            continue
        marker = _MARKER.match(line)
        field = _FIELD.match(line, marker.end() if marker else 0)
        if not field:
            is_source = "saved from url=" in line or line.startswith(("> ", "http"))
            if is_source or _SOURCE_LINK.fullmatch(line):
                urls += _URL.findall(line)[:1]
            continue
        key = field["key"].replace("_", " ")
        value = field["value"].strip(" \"'*_`>)")
        if (url := _URL.search(line)) and _ADDRESS_KEYS.fullmatch(key):
            urls.append(url[0])
        if key.casefold().endswith("title"):
            facts.setdefault("title", value)
        if (day := dates.iso_day(value)) and _PUBLISHED_KEYS.fullmatch(key):
            facts.setdefault("published_on", day)
        if day and _MOMENT_KEYS.fullmatch(key):
            facts.setdefault("saved_on", day)
    day = next(filter(None, map(page_address.day_of_address, urls)), None)
    last_days = map(page_address.last_day_of_address, urls)
    papers = (paper[1] for url in urls if (paper := _PAPER.fullmatch(url)))
    return CaptureHeader(
        is_listing=any(map(page_address.is_listing, urls)),
        day=day,
        last_day=next(filter(None, last_days), None) or _day(facts.get("saved_on")),
        paper_id=next(papers, None),
        **facts,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _month_day_year(day: str) -> tuple[int, int, int]:
    parsed = date.fromisoformat(day)
    return parsed.month, parsed.day, parsed.year
