"""Counts the papers that a file lists, and what its records state, independently of the readers.

A reader that loses papers, or a field of theirs, is caught by these counts. A reader follows the
structure of a paper; a count looks for a single mark of each, and nothing but the count goes into a
table. It may be lower than the number of papers, never higher.
"""

import json
import re
from collections.abc import Iterator, Mapping
from html import unescape
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from daily_papers.dumps.saved_file import NEWLINE, fold

FLOOR = 99  # of 100 papers that a file lists, so many have to be read

_SEARCH = "searchResults"  # a page that has it shows nothing else
_PARTS = ("summary", "authors", "publishedAt", "upvotes")
_STATED = {  # column: its key in a paper, and in the object around it
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


_Record = frozenset[str]  # the columns that it states, which is all that is kept of it


def count_in_json(text: str) -> Count:
    """Count the records of valid JSON values, one behind the other.

    Of an object, the records of its longest list count. A record that is text in another notation
    counts, but what it states does not.
    """
    items = 0
    states: frozenset[str] = frozenset()
    decoder = json.JSONDecoder(object_hook=_reduce)
    offset = 0
    while (offset := _BLANK.match(text, offset).end()) < len(text):  # type: ignore[union-attr]
        value, offset = decoder.raw_decode(text, offset)
        listed = [value] if isinstance(value, frozenset) else _longest_list(value)
        items += len(listed)
        states = states.union(*listed)
    return Count(items, states)


def _reduce(members: dict[str, Any]) -> Any:
    """Return the columns that a record states; of any other object, what may hold records."""
    paper = members.get("paper")
    if isinstance(paper, dict | frozenset):
        stated = paper if isinstance(paper, frozenset) else frozenset()
        return stated.union(_stated_columns(members, is_outer=True))
    if "title" in members and "id" in members and any(part in members for part in _PARTS):
        return frozenset(_stated_columns(members, is_outer=False))
    return {
        key: value
        for key, value in members.items()
        if key == "name" or isinstance(value, list | dict | frozenset)
    }


def _stated_columns(members: Mapping[str, Any], is_outer: bool) -> Iterator[str]:
    for column, keys in _STATED.items():
        key = keys[is_outer]
        if key and _is_stated(members.get(key)):
            yield column
    if not is_outer:
        yield "url"
        if _ARXIV_ID.fullmatch(str(members["id"])):
            yield "arxiv_id"


def _is_stated(value: Any) -> bool:
    if isinstance(value, dict):
        return _is_stated(value.get("name"))
    return bool(fold(value)) if isinstance(value, str) else value is not None and value != []


def _longest_list(value: Any) -> list[_Record]:
    lists = list(_lists("", value))
    results = [items for key, items in lists if key == _SEARCH and items]
    return max(results or [items for _, items in lists], key=len, default=[])


def _lists(key: str, value: Any) -> Iterator[tuple[str, list[_Record]]]:
    """Yield the key of every list in a value, and the records of the list."""
    if isinstance(value, list):
        yield key, [record for item in value if (record := _as_record(item)) is not None]
    for name, child in value.items() if isinstance(value, dict) else ():
        yield from _lists(name, child)


def _as_record(value: Any) -> _Record | None:
    if isinstance(value, str) and value.lstrip().startswith("{"):
        return frozenset()
    return value if isinstance(value, frozenset) else None


def count_in_html(html: str, relative_only: bool) -> int:
    """Count the papers that a page links to in headings; comments and scripts are left out of it.

    With `relative_only`, links that name the site do not count.
    """
    papers: set[str] = set()
    heading_depth, linked_paper = 0, None
    for tag in _TAG.finditer(html):
        is_link, ends = tag["name"] in "aA", bool(tag["end"])
        if not is_link:
            heading_depth += -1 if ends and heading_depth else not ends
        elif ends:
            linked_paper = None
        else:
            href = _HREF.search(tag[0])
            paper = _PAPER.fullmatch(unescape(href[1])) if href else None
            linked_paper = paper[2] if paper and not (relative_only and paper[1]) else None
        if linked_paper and heading_depth:
            papers.add(linked_paper)
    return len(papers)


def count_in_text(text: str) -> Count:
    """Count the papers of a capture by the first of these marks that it has.

    Details have a point between authors and date; titles link to a paper; or, where there is
    nothing but titles and abstracts, a long paragraph follows a short one. A capture with other
    marks has 0. What it states is read around points on lines of their own.
    """
    lines = [fold(line) for line in NEWLINE.split(text)]
    filled = [line for line in lines if line]
    points = [
        (before, after)
        for before, line, after in zip(filled, filled[1:], filled[2:], strict=False)
        if _POINT.fullmatch(line) and _DATED.match(after)
    ]
    if details := len(points) + sum(map(bool, map(_DETAILS.fullmatch, filled))):
        return Count(details, frozenset(column for point in points for column in _around(*point)))
    if any(map(_MARKED.match, lines)):
        return Count(sum(map(bool, map(_HEADING.fullmatch, lines))))
    has_blanks = not all(lines[:-1])
    groups = groupby(lines, bool) if has_blanks else ((True, [line]) for line in lines)
    lengths = [len(" ".join(paragraph)) for is_filled, paragraph in groups if is_filled]
    return Count(sum(title < _LONG <= abstract for title, abstract in pairwise(lengths)))


def _around(who: str, when: str) -> Iterator[str]:
    """Yield the columns that the lines before and after a point state."""
    if _AUTHORS.fullmatch(who):
        yield "author_count"
    elif _ORGANIZATION.fullmatch(who):
        yield "organization_id"
    if date := _WHEN.fullmatch(when):
        if date["year"]:
            yield "published_on"
        if date["comments"]:
            yield "comment_count"
