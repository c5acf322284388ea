"""Makes a listing of a record of the service, from JSON answers and from saved pages.

A record is what was listed, around the paper itself:

    {"paper": {"id": "2407.21783", "title": …, "summary": …, "publishedAt": …, "authors": […]},
     "publishedAt": …, "numComments": 4}

or the paper alone. `paper.publishedAt` is the paper's own date. The day it was listed is
`submittedOnDailyAt`; older answers without that key have the day in the outer `publishedAt`, and
later ones have the paper's own date there, some hours off. Who submitted a paper, and the pictures
and handles of people, are personal data that this dataset does not need: they are not read.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from daily_papers.dumps.saved_file import control_character, fold
from daily_papers.dumps.strict_json import InvalidValueError, describe
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

T = TypeVar("T")


@dataclass(frozen=True)
class Fields:
    """The fields of an object in a record, and its path there, such as "paper."."""

    values: Mapping[str, Any]
    path: str = ""

    def value(
        self, key: str, kind: type[T], expected: str, is_valid: Callable[[T], bool] | None = None
    ) -> T | None:
        """Return a valid value of exactly this type; None where there is none."""
        value = self.values.get(key)
        if value is None or (type(value) is kind and (not is_valid or is_valid(value))):
            return value
        raise self.invalid(key, expected, value)

    def text(self, key: str, most: int = LONGEST_NAME) -> str | None:
        """Return a text on one line; None where there is none, or only blanks."""
        text = self.value(key, str, "a text")
        if text is None:
            return None
        if len(text) > most:
            problem = f"expected at most {most:,} characters, found {len(text):,}"
            raise InvalidValueError(f"{self.path}{key}: {problem}")
        if control := control_character(text):
            raise InvalidValueError(f"{self.path}{key}: found the control character {control}")
        return fold(text) or None

    def matching(self, key: str, most: int, pattern: re.Pattern[str], expected: str) -> str | None:
        """Return a text of a certain form."""
        text = self.text(key, most)
        if text and not pattern.fullmatch(text):
            raise self.invalid(key, expected, text)
        return text

    def count(self, key: str) -> int | None:
        """Return a whole number from 0."""
        expected = "a whole number from 0"
        return self.value(key, int, expected, lambda count: 0 <= count <= LARGEST_COUNT)

    def moment(self, key: str) -> datetime | None:
        """Return a date and time, in UTC."""
        expected = "a date such as 2024-07-31T17:54:27.000Z"
        text = self.matching(key, LONGEST_NAME, _MOMENT, expected)
        if text is None:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:  # no such day
            raise self.invalid(key, expected, text) from error
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)

    def fields(self, key: str) -> "Fields | None":
        """Return the fields of an object inside this one."""
        values = self.value(key, dict, "an object")
        return None if values is None else Fields(values, f"{self.path}{key}.")

    def names(self, key: str) -> tuple[str, ...] | None:
        """Return the names of a list of objects; None where it is empty."""
        expected = f"a list of at most {MOST_AUTHORS:,}"
        people = self.value(key, list, expected, lambda people: len(people) <= MOST_AUTHORS)
        names = []
        for index, person in enumerate(people or ()):
            if not isinstance(person, dict):
                raise self.invalid(f"{key}[{index}]", "an object", person)
            fields = Fields(person, f"{self.path}{key}[{index}].")
            name = fields.text("name")
            if not name:
                raise fields.invalid("name", "a name", person.get("name"))
            names.append(name)
        return tuple(names) or None

    def invalid(self, key: str, expected: str, value: object) -> InvalidValueError:
        """Return the error for a field's value."""
        return InvalidValueError(f"{self.path}{key}: expected {expected}, found {describe(value)}")


def listing(record: object, rank: int, first_line: int, last_line: int) -> Listing:
    """Make the listing of a record that stands on these lines.

    Raises:
        InvalidValueError: it is no record, or a field is not what it has to be.
    """
    if rank > MOST_LISTINGS:
        raise InvalidValueError(f"more than {MOST_LISTINGS:,} papers in one file: split it")
    if not isinstance(record, dict):
        raise InvalidValueError(f"expected an object, found {describe(record)}")
    outer = Fields(record)
    paper = outer.fields("paper") or outer
    title, abstract = _title_and_abstract(outer, paper)
    page_id, arxiv_id = _ids(paper)
    published_on, listed_on = _days(outer, paper)
    authors = paper.names("authors")
    handle, organization = _organization(outer, paper)
    comments, inner_comments = outer.count("numComments"), paper.count("numComments")
    return Listing(
        rank=rank,
        title=title,
        abstract=abstract,
        first_line=first_line,
        last_line=last_line,
        line_count=0,
        published_text=paper.text("publishedAt") if published_on else None,
        published_on=published_on,
        published_basis="stated" if published_on else None,
        author_count=len(authors) if authors else None,
        comment_count=inner_comments if comments is None else comments,
        upvote_count=paper.count("upvotes"),
        organization_id=handle,
        organization_name=organization,
        listed_on=listed_on,
        arxiv_id=arxiv_id,
        url=PAPER_PAGE + (arxiv_id or page_id),
        authors=authors,
        code_url=paper.matching("githubRepo", LONGEST_ADDRESS, _ADDRESS, "a web address"),
        project_url=paper.matching("projectPage", LONGEST_ADDRESS, _ADDRESS, "a web address"),
    )


def _title_and_abstract(outer: Fields, paper: Fields) -> tuple[str, str]:
    titles = [fields.text("title", LONGEST_TITLE) for fields in (paper, outer)]
    abstracts = [fields.text("summary", LONGEST_ABSTRACT) for fields in (paper, outer)]
    title, abstract = (inner or around or "" for inner, around in (titles, abstracts))
    if not title:
        raise paper.invalid("title", "a title", paper.values.get("title"))
    return title, abstract


def _ids(paper: Fields) -> tuple[str, str | None]:
    """Return the id at the end of a paper page's address, and the arXiv id in it, if it is one."""
    page_id = paper.text("id")
    if not page_id or not _ID.fullmatch(page_id):
        raise paper.invalid("id", "an arXiv id such as 2407.21783", paper.values.get("id"))
    page_id = page_id.removesuffix("/")
    arxiv_id = _ARXIV_ID.fullmatch(page_id)
    return page_id, arxiv_id[1] if arxiv_id else None


def _days(outer: Fields, paper: Fields) -> tuple[str | None, str | None]:
    """Return the paper's own day, and the day it was listed."""
    published, outer_date = paper.moment("publishedAt"), outer.moment("publishedAt")
    listed = paper.moment("submittedOnDailyAt") or outer.moment("submittedOnDailyAt")
    if not listed and published and outer_date and outer_date > published:
        listed = outer_date
    return _day(published), _day(listed)


def _day(moment: datetime | None) -> str | None:
    return moment.date().isoformat() if moment else None


def _organization(outer: Fields, paper: Fields) -> tuple[str | None, str | None]:
    """Return the handle and the name of the organization that a paper is listed under."""
    organization = paper.fields("organization") or outer.fields("organization")
    if not organization:
        return None, None
    handle = organization.matching("name", LONGEST_NAME, _HANDLE, "a handle")
    return handle, handle and (organization.text("fullname") or handle)
