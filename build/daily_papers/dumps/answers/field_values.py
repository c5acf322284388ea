"""Parses the values of a record's fields, of any type that JSON has and in any of the known shapes.

Each parser returns the value, or raises `UnexpectedValueError`, which says what was expected.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from daily_papers.dumps import dates
from daily_papers.dumps.answers.record_keys import normalized
from daily_papers.dumps.saved_file import fold
from daily_papers.papers.arxiv import arxiv_id

LONGEST_TITLE = 1_000  # characters
LONGEST_ABSTRACT = 20_000
LONGEST_NAME = 500
LONGEST_ADDRESS = 2_000
MOST_AUTHORS = 10_000
LARGEST_COUNT = 999_999_999

_NOTHING = frozenset(
    ("", "-", "–", "—", "n/a", "na", "none", "null", "nan", "unknown", "undefined")
)
_HANDLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
_ADDRESS = re.compile(
    r"https?://[^\s<>\"]+|(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}(?:/[^\s<>\"]*)?"
)
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")
_COUNT = re.compile(r"[0-9]{1,3}(?:,[0-9]{3}){1,2}|[0-9]{1,9}", re.ASCII)
_COUNTED = re.compile(r" ?(?:(?:up ?)?votes?|likes?|points?|comments?)$", re.IGNORECASE)
_AUTHOR_COUNT = re.compile(r"([0-9]{1,5}) authors?", re.IGNORECASE | re.ASCII)
_BETWEEN_NAMES = re.compile(r"\s*(?:,|\band\b|&)\s*")
_BAR = re.compile(r"\s[|·•]\s|\|")
_SUFFIX = re.compile(r"(?:[JS]r\.?|I{2,3}|IV|Ph\.? ?D\.?|M\.? ?D\.?)")
_AND_OTHERS = re.compile(r"et al\.?|\+? ?[0-9]* ?(?:more|others)|…|\.\.\.", re.IGNORECASE)
_NAME_KEYS = ("name", "fullname", "displayname", "author", "authorname", "value", "literal")
_PARTS_OF_NAME = (
    ("given", "givenname", "firstname", "first", "forename", "forenames"),
    ("family", "familyname", "lastname", "last", "surname", "keyname"),
)
# Of values that databases and converters put into objects: {"$date": …}, {"#text": …}.
VALUE_KEYS = frozenset(
    ("value", "text", "content", "rendered", "date", "numberint", "numberlong", "t", "s", "n")
)
_DEEPEST_VALUE = 3  # objects around a value


class UnexpectedValueError(ValueError):
    """A value that a field cannot have: what was expected instead."""


def is_nothing(value: object) -> bool:
    """Tell whether a value states nothing: null, an empty list, "N/A"."""
    if isinstance(value, str):
        return len(value) < 20 and fold(value).lower() in _NOTHING
    return value is None or value == [] or value == {}


def plain_value(value: object) -> object:
    """Return the value in an object that is nothing but around it, such as {"$date": …}."""
    for _ in range(_DEEPEST_VALUE):
        if not isinstance(value, dict) or not {"name", "url"}.isdisjoint(value):
            break
        inner = [value[key] for key in value if normalized(key) in VALUE_KEYS]
        if len(inner) != 1:
            break
        value = inner[0]
    return value


def parse_text(value: object, most: int) -> str:
    """Return a text on one line; a list of texts counts as its paragraphs."""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = " ".join(value)
    if not isinstance(value, str):
        raise UnexpectedValueError("a text")
    if len(value) > most:
        raise UnexpectedValueError(f"at most {most:,} characters, not {len(value):,}")
    return fold(value)


def parse_title(value: object) -> str:
    """Return a title on one line."""
    return parse_text(value, LONGEST_TITLE)


def parse_abstract(value: object) -> str:
    """Return an abstract on one line."""
    return parse_text(value, LONGEST_ABSTRACT)


def printed_count(text: str) -> int | None:
    """Return a number as pages print it, "1,024"; None for anything else."""
    return int(text.replace(",", "")) if _COUNT.fullmatch(text) else None


def parse_count(value: object) -> int:
    """Return a whole number from 0; it may be text, "1,024" or "3 upvotes"; a list counts its
    items."""
    if isinstance(value, list):
        return len(value)
    if isinstance(value, str):
        value = printed_count(_COUNTED.sub("", value.strip()))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_COUNT:
        return value
    raise UnexpectedValueError("a whole number from 0")


def parse_day(value: object) -> str:
    """Return the day of a date, with or without a time, in UTC: YYYY-MM-DD."""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        moment = dates.parse_moment(value)
        if isinstance(moment, datetime):
            return moment.astimezone(UTC).date().isoformat()
        if isinstance(moment, date):
            return moment.isoformat()
    raise UnexpectedValueError("a date such as 2024-07-31T17:54:27.000Z")


def parse_arxiv_id(value: object) -> str:
    """Return the arXiv id, without its version, of an id or of the address of a paper."""
    paper_id = arxiv_id(value) if isinstance(value, str) else None
    if not paper_id:
        raise UnexpectedValueError("an arXiv id such as 2407.21783")
    return paper_id


def parse_address(value: object) -> str:
    """Return a web address; of a list the first, of an object its "url"."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("url")
    address = fold(value) if isinstance(value, str) and len(value) <= LONGEST_ADDRESS else ""
    if not _ADDRESS.fullmatch(address):
        raise UnexpectedValueError("a web address")
    return address


def parse_repository(value: object) -> str:
    """Return the address of a repository; "owner/name" is one on GitHub."""
    if isinstance(value, str) and _REPOSITORY.fullmatch(value.strip()):
        return f"https://github.com/{value.strip()}"
    return parse_address(value)


def parse_handle(value: object) -> str:
    """Return the handle of an organization, from an object or alone."""
    handle = value.get("name") if isinstance(value, dict) else value
    if not isinstance(handle, str) or not _HANDLE.fullmatch(handle.strip()):
        raise UnexpectedValueError("a handle, such as “huggingface”")
    return handle.strip()


def parse_name(value: object) -> str:
    """Return a name on one line."""
    return parse_text(value, LONGEST_NAME)


def parse_author_count(value: object) -> int:
    """Return a number of authors, alone or as "8 authors"."""
    if isinstance(value, str) and (match := _AUTHOR_COUNT.fullmatch(value.strip())):
        return int(match[1])
    if isinstance(value, list):
        raise UnexpectedValueError("a number of authors")
    return parse_count(value)


def author_name(person: object) -> str | None:
    """Return the name of an author, from an object or a text; None if there is none."""
    for _ in range(_DEEPEST_VALUE):
        if isinstance(person, dict):
            person = _name_in({normalized(key): value for key, value in person.items()})
    if not isinstance(person, str) or len(person) > LONGEST_NAME:
        return None
    return fold(person) or None


def _name_in(person: Mapping[str, Any]) -> object:
    """Return what names a person: a text, or another object."""
    for key in _NAME_KEYS:
        if person.get(key) and isinstance(person[key], str | dict):
            return person[key]
    parts = [next(filter(None, map(person.get, keys)), None) for keys in _PARTS_OF_NAME]
    return " ".join(part for part in parts if isinstance(part, str))


def split_authors(text: str) -> tuple[list[str], bool]:
    """Return the names of a text such as "A. Lovelace, C. Babbage and others", and whether these
    are all.

    Semicolons separate names that have their last name first ("Lovelace, Ada; Babbage, Charles"),
    and so does "and" where each has one comma. Bars and points separate names, too, and so do line
    breaks where there is no other sign.
    """
    text = _BAR.sub(";", text)
    if not re.search(r"[,;&]|\band\b", text):
        text = ";".join(filter(None, map(str.strip, text.splitlines())))
    text = fold(text)
    parts = text.split(";") if ";" in text else re.split(r"\s+and\s+", text)
    if ";" in text or (len(parts) > 1 and all(part.count(",") == 1 for part in parts)):
        names = [" ".join(reversed(part.split(", "))) for part in map(str.strip, parts)]
    else:
        names = _BETWEEN_NAMES.split(text)
    joined: list[str] = []
    for name in filter(None, map(str.strip, names)):
        if joined and _SUFFIX.fullmatch(name):
            joined[-1] += f", {name}"
        else:
            joined.append(name.removesuffix(" et al.").removesuffix(" et al"))
    is_whole = not re.search(r"\bet al\b", text)
    while joined and _AND_OTHERS.fullmatch(joined[-1]):
        joined.pop()
        is_whole = False
    return joined, is_whole


def names_of(people: Sequence[Any]) -> tuple[list[str], list[int]]:
    """Return the names of a list of authors, and the places in it where there is no name."""
    names = [author_name(person) for person in people]
    return [name for name in names if name], [i for i, name in enumerate(names) if not name]
