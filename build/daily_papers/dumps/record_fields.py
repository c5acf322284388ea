"""Makes a listing of a record as the service gives it, in JSON answers and in saved pages.

A record is what was listed, around the paper itself:

    {"paper": {"id": "2407.21783", "title": …, "summary": …, "publishedAt": …, "authors": […]},
     "publishedAt": …, "numComments": 4}

or the paper alone. `paper.publishedAt` is the paper's own date. The day it was listed is
`submittedOnDailyAt`; answers from before there was such a key have the day in the outer
`publishedAt`, and later ones the paper's own date there, some hours off. Who submitted a paper, and
the pictures and handles of people, are personal data that nobody needs here: they are not read.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from daily_papers.dumps.saved_file import control_character, fold
from daily_papers.dumps.strict_json import Made, Wrong, shown
from daily_papers.records import Listing

LONGEST_TITLE = 1_000  # characters
LONGEST_ABSTRACT = 20_000
LONGEST_NAME = 500
LONGEST_ADDRESS = 2_000
MOST_LISTINGS = 50_000
MOST_AUTHORS = 10_000
LARGEST_COUNT = 999_999_999
PAPER_PAGE = "https://huggingface.co/papers/"

_ARXIV_ID = re.compile(
    r"([0-9]{4}\.[0-9]{4,5}|[a-z-]{2,20}(?:\.[A-Z]{2})?/[0-9]{7})(?:v[0-9]{1,3})?"
)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")
_HANDLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
_MOMENT = re.compile(
    r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_ADDRESS = re.compile(
    r"https?://[^\s<>\"]+|(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}(?:/[^\s<>\"]*)?"
)


@dataclass(frozen=True)
class Fields:
    """An object of a record, and the name of its place there, such as "paper."."""

    values: Mapping[str, Any]
    place: str = ""

    def text(self, key: str, most: int) -> str | None:
        """Return a text on one line; None where there is none, or only blanks."""
        found = self.values.get(key)
        if found is None:
            return None
        if not isinstance(found, str):
            raise self.wrong(key, "a text", found)
        if len(found) > most:
            problem = (
                f"{self.place}{key}: expected at most {most:,} characters, found {len(found):,}"
            )
            raise Wrong(problem)
        if control := control_character(found):
            raise Wrong(f"{self.place}{key}: found the control character {control}")
        return fold(found) or None

    def count(self, key: str) -> int | None:
        """Return a whole number from 0."""
        found = self.values.get(key)
        if found is None:
            return None
        if type(found) is not int or not 0 <= found <= LARGEST_COUNT:
            raise self.wrong(key, "a whole number from 0", found)
        return found

    def moment(self, key: str) -> datetime | None:
        """Return a date and time, in UTC."""
        found = self.text(key, LONGEST_NAME)
        if found is None:
            return None
        try:
            moment = datetime.fromisoformat(found) if _MOMENT.fullmatch(found) else None
        except ValueError:  # no such day
            moment = None
        if not moment:
            raise self.wrong(key, "a date such as 2024-07-31T17:54:27.000Z", found)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)

    def address(self, key: str) -> str | None:
        """Return a web address."""
        found = self.text(key, LONGEST_ADDRESS)
        if found and not _ADDRESS.fullmatch(found):
            raise self.wrong(key, "a web address", found)
        return found

    def inside(self, key: str) -> "Fields | None":
        """Return an object inside this one."""
        found = self.values.get(key)
        if found is None:
            return None
        if not isinstance(found, dict):
            raise self.wrong(key, "an object", found)
        return Fields(found, f"{self.place}{key}.")

    def names(self, key: str) -> tuple[str, ...] | None:
        """Return the names of a list of objects; None where it is empty."""
        found = self.values.get(key)
        if found is None:
            return None
        if not isinstance(found, list) or len(found) > MOST_AUTHORS:
            raise self.wrong(key, f"a list of at most {MOST_AUTHORS:,}", found)
        names = []
        for place, one in enumerate(found):
            if not isinstance(one, dict):
                raise self.wrong(f"{key}[{place}]", "an object", one)
            person = Fields(one, f"{self.place}{key}[{place}].")
            name = person.text("name", LONGEST_NAME)
            if not name:
                raise person.wrong("name", "a name", one.get("name"))
            names.append(name)
        return tuple(names) or None

    def wrong(self, key: str, expected: str, found: object) -> Wrong:
        """Return what is wrong with a field."""
        return Wrong(f"{self.place}{key}: expected {expected}, found {shown(found)}")


def listing(record: object, rank: int, first_line: int, last_line: int) -> Listing:
    """Make the listing of a record that stands on these lines.

    Raises:
        Wrong: it is no record, or a field is not what it has to be.
    """
    if rank > MOST_LISTINGS:
        raise Wrong(f"more than {MOST_LISTINGS:,} papers in one file: split it")
    if not isinstance(record, dict):
        raise Wrong(f"expected an object, found {shown(record)}")
    outer = Fields(record)
    paper = outer.inside("paper") or outer
    title, abstract = (
        _first(paper.text(key, most), outer.text(key, most))
        for key, most in (("title", LONGEST_TITLE), ("summary", LONGEST_ABSTRACT))
    )
    if not title:
        raise paper.wrong("title", "a title", paper.values.get("title"))
    page_id = _page_id(paper)
    published, listed = _days(outer, paper)
    authors = paper.names("authors")
    organization, name = _organization(outer, paper)
    return Listing(
        rank=rank,
        title=title,
        abstract=abstract or "",
        first_line=first_line,
        last_line=last_line,
        line_count=0,
        published_text=paper.text("publishedAt", LONGEST_NAME) if published else None,
        published_on=published,
        published_basis="stated" if published else None,
        author_count=len(authors) if authors else None,
        comment_count=_first(outer.count("numComments"), paper.count("numComments")),
        upvote_count=paper.count("upvotes"),
        organization_id=organization,
        organization_name=name,
        listed_on=listed,
        arxiv_id=arxiv_id(page_id),
        url=PAPER_PAGE + (arxiv_id(page_id) or page_id),
        authors=authors,
        code_url=paper.address("githubRepo"),
        project_url=paper.address("projectPage"),
    )


def _first(one: Made | None, other: Made | None) -> Made | None:
    return other if one is None else one


def arxiv_id(page_id: str) -> str | None:
    """Return the arXiv id that the address of a paper's page ends in, its version left out."""
    found = _ARXIV_ID.fullmatch(page_id)
    return found[1] if found else None


def _page_id(paper: Fields) -> str:
    found = paper.text("id", LONGEST_NAME)
    if not found or not _ID.fullmatch(found):
        raise paper.wrong("id", "an arXiv id such as 2407.21783", paper.values.get("id"))
    return found.removesuffix("/")


def _days(outer: Fields, paper: Fields) -> tuple[str | None, str | None]:
    """Return the paper's own day, and the day it was listed."""
    published, other = paper.moment("publishedAt"), outer.moment("publishedAt")
    listed = paper.moment("submittedOnDailyAt") or outer.moment("submittedOnDailyAt")
    if not listed and published and other and other > published:
        listed = other
    return _day(published), _day(listed)


def _day(moment: datetime | None) -> str | None:
    return moment.date().isoformat() if moment else None


def _organization(outer: Fields, paper: Fields) -> tuple[str | None, str | None]:
    """Return the handle and the name of the organization that a paper is listed under."""
    found = paper.inside("organization") or outer.inside("organization")
    handle = found.text("name", LONGEST_NAME) if found else None
    if not found or not handle:
        return None, None
    if not _HANDLE.fullmatch(handle):
        raise found.wrong("name", "a handle", handle)
    return handle, found.text("fullname", LONGEST_NAME) or handle
