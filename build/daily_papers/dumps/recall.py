"""Counts what a file lists without its reader, and what its records state: other eyes than those
that make listings, so that a reader that loses papers, or a field of theirs, is found out.

A reader follows what papers are made of; this looks for one mark of each only, and gives nothing
that ends in a table but the counts. It may count fewer than there are, never more.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any, NamedTuple

from daily_papers.dumps.saved_file import NEWLINE, fold

FLOOR = 99  # of 100 papers that a file lists, so many have to be read

_SEARCH = "searchResults"  # a page that has it shows nothing else
_PARTS = ("summary", "authors", "publishedAt", "upvotes")
_STATED = {  # by keys of a paper, and of what is around it
    "author_count": ("authors", None),
    "comment_count": ("numComments", "numComments"),
    "upvote_count": ("upvotes", None),
    "organization_id": ("organization", None),
    "published_on": ("publishedAt", None),
    "listed_on": ("submittedOnDailyAt", "submittedOnDailyAt"),
}
_BLANK = re.compile(r"\s*")
_ARXIV_ID = re.compile(r"[0-9]{4}\.[0-9]{4,5}(?:v[0-9]{1,3})?")

_TAG = re.compile(
    r"<(?P<end>/?)(?P<name>[aA]|[hH][1-4])(?=[\s/>])(?:[^\"'>]++|\"[^\"]*+\"|'[^']*+')*+>"
)
_HREF = re.compile(r"\shref\s*=\s*[\"']?([^\s\"'>]*)", re.IGNORECASE)
_SITE = r"https?://(?:www\.)?(?:huggingface\.co|hf\.co)"
_PAPER = re.compile(rf"({_SITE})?/papers/([0-9]{{4}}\.[0-9]{{4,5}})(?:v[0-9]+)?/?")

_POINT = re.compile(r"[·•]")
_AUTHORS = re.compile(r"(?:[·•*-] ?)?[0-9,]+ authors?", re.IGNORECASE)
_ORGANIZATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?: [^:\[\]()]+)?")
_DAY = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? [0-9]{1,2}\b"
_WHEN = re.compile(rf"{_DAY}(?P<year>,? 20[0-9]{{2}})?(?P<comments> [0-9]{{1,6}})?", re.IGNORECASE)
_DATED = re.compile(rf"[\W_]{{0,3}}(?:published (?:on )?)?{_DAY}", re.IGNORECASE)
_DETAILS = re.compile(  # a point at the start is that of a list
    rf".{{1,150}}[·•] ?(?:published (?:on )?)?{_DAY}.{{0,40}}|.{{0,40}}[0-9] authors? ?[·•]",
    re.IGNORECASE,
)
_HEADING = re.compile(r"(?:> ?)*#{1,6} .*\]\([^()\s]*/papers/[0-9]{4}\.[0-9]{4,5}.*")
_MARKED = re.compile(
    r"(?:> ?)*#{1,6} |.*\]\([^()\s]*/papers/[0-9]{4}\.|(?:\[-\] ?|▲ ?)?[0-9,]+\Z|-\Z"
)
_LONG = 450  # characters, as no title and no furniture of a page has


class Count(NamedTuple):
    """How many papers a file lists, and the columns that its records state, by name."""

    items: int
    states: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Item:
    """A record, of which no more is kept than what it states."""

    states: frozenset[str] = frozenset()


def in_answers(text: str) -> Count:
    """Count the records of sound JSON values, one behind the other.

    Of an object, those of its longest list count. What a record states that is text in another
    notation is not told.
    """
    items = 0
    states: frozenset[str] = frozenset()
    for found in _values(text):
        listed = [found] if isinstance(found, _Item) else _longest(found)
        items += len(listed)
        states = states.union(*(one.states for one in listed))
    return Count(items, states)


def _values(text: str) -> Iterator[Any]:
    decoder = json.JSONDecoder(object_hook=_folded)
    at = _BLANK.match(text).end()  # type: ignore[union-attr] # it matches nothing, too
    while at < len(text):
        found, at = decoder.raw_decode(text, at)
        yield found
        at = _BLANK.match(text, at).end()  # type: ignore[union-attr]


def _folded(found: dict[str, Any]) -> Any:
    """Return an object without what counts for nothing; a record as such."""
    inside = found.get("paper")
    if isinstance(inside, dict | _Item):
        known = inside.states if isinstance(inside, _Item) else frozenset()
        return _Item(known.union(_stated(found, around=True)))
    if "title" in found and "id" in found and any(part in found for part in _PARTS):
        return _Item(frozenset(_stated(found, around=False)))
    return {
        key: one
        for key, one in found.items()
        if key == "name" or isinstance(one, list | dict | _Item)
    }


def _stated(found: Mapping[str, Any], around: bool) -> Iterator[str]:
    for name, keys in _STATED.items():
        key = keys[around]
        if key and _says(found.get(key)):
            yield name
    if not around:
        yield "url"
        if _ARXIV_ID.fullmatch(str(found["id"])):
            yield "arxiv_id"


def _says(value: Any) -> bool:
    if isinstance(value, dict):
        return _says(value.get("name"))
    return bool(fold(value)) if isinstance(value, str) else value is not None and value != []


def _longest(found: Any) -> list[_Item]:
    lists = list(_lists("", found))
    shown = [one for key, one in lists if key == _SEARCH and one]
    return max(shown or [one for _, one in lists], key=len, default=[])


def _lists(key: str, found: Any) -> Iterator[tuple[str, list[_Item]]]:
    """Yield every list in a value by its key, and what of it are records."""
    if isinstance(found, list):
        yield key, [item for one in found if (item := _item(one))]
    for name, one in found.items() if isinstance(found, dict) else ():
        yield from _lists(name, one)


def _item(found: Any) -> _Item | None:
    if isinstance(found, str) and found.lstrip().startswith("{"):
        return _Item()
    return found if isinstance(found, _Item) else None


def in_page(html: str, relative_only: bool) -> int:
    """Count the papers that a page links to in headings; comments and scripts are left out of it.

    With `relative_only`, links that name the site do not count.
    """
    papers: set[str] = set()
    heading, linked = 0, None
    for tag in _TAG.finditer(html):
        is_link, ends = tag["name"] in "aA", bool(tag["end"])
        if not is_link:
            heading += -1 if ends and heading else not ends
        elif ends:
            linked = None
        else:
            href = _HREF.search(tag[0])
            paper = _PAPER.fullmatch(unescape(href[1])) if href else None
            linked = paper[2] if paper and not (relative_only and paper[1]) else None
        if linked and heading:
            papers.add(linked)
    return len(papers)


def in_text(text: str) -> Count:
    """Count the papers of a capture by the first of these marks that it has.

    Details have a point between authors and date; titles link to a paper; or, where there is
    nothing but titles and abstracts, a long paragraph follows a short one. A capture that has other
    marks has 0. What it states is told by points on lines of their own.
    """
    lines = [fold(line) for line in NEWLINE.split(text)]
    shown = [line for line in lines if line]
    points = [
        (before, after)
        for before, line, after in zip(shown, shown[1:], shown[2:], strict=False)
        if _POINT.fullmatch(line) and _DATED.match(after)
    ]
    if details := len(points) + sum(map(bool, map(_DETAILS.fullmatch, shown))):
        return Count(details, frozenset(one for point in points for one in _printed(*point)))
    if any(map(_MARKED.match, lines)):
        return Count(sum(map(bool, map(_HEADING.fullmatch, lines))))
    has_blanks = not all(lines[:-1])
    paragraphs = _paragraphs(lines) if has_blanks else [len(line) for line in lines]
    pairs = zip(paragraphs, paragraphs[1:], strict=False)
    return Count(sum(one < _LONG <= other for one, other in pairs))


def _printed(who: str, when: str) -> Iterator[str]:
    """Yield what the lines around a point state."""
    if _AUTHORS.fullmatch(who):
        yield "author_count"
    elif _ORGANIZATION.fullmatch(who):
        yield "organization_id"
    if date := _WHEN.fullmatch(when):
        if date["year"]:
            yield "published_on"
        if date["comments"]:
            yield "comment_count"


def _paragraphs(lines: Sequence[str]) -> list[int]:
    """Return how many characters each has."""
    sizes: list[int] = []
    is_open = False
    for line in lines:
        if line and is_open:
            sizes[-1] += len(line) + 1
        elif line:
            sizes.append(len(line))
        is_open = bool(line)
    return sizes
