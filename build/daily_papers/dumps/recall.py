"""Counts the papers that a file lists, and what its records state, independently of the readers.

A reader that loses papers, or a field of theirs, is caught by these counts. A reader follows the
structure of a paper; a count looks for a single mark of each, and nothing but the count goes into a
table. It may be lower than the number of papers, never higher.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import unescape
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from daily_papers.dumps.saved_file import NEWLINE, fold
from daily_papers.records import Problem

_SEARCH = "searchResults"  # a page that has it shows nothing else
_PARTS = ("summary", "abstract", "authors", "publishedAt", "published_at", "upvotes")
_STATED = {  # column: its key in a paper, and in the object around it
    "author_count": ("authors", None),
    "comment_count": ("numComments", "numComments"),
    "upvote_count": ("upvotes", None),
    "organization_id": ("organization", None),
    "published_on": ("publishedAt", None),
    "listed_on": ("submittedOnDailyAt", "submittedOnDailyAt"),
    "withdrawn_on": ("withdrawnAt", None),
}
_PAPER_KEY = re.compile(r'"paper"\s*+:\s*+\{')
_HANDLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
_MOMENT = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]{5,15}Z?)?")
_DAY_OR_ID = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}|[0-9]{4}\.[0-9]{4,5}(?:v[0-9]+)?")
_BLANK = re.compile(r"\s*")
_ARXIV_ID = re.compile(r"[0-9]{4}\.[0-9]{4,5}(?:v[0-9]{1,3})?")

_TAG = re.compile(  # of any name, so that nothing is searched inside of tags
    r"<(?P<end>/?)(?P<name>[A-Za-z][^\s/>]*+)(?:[^\"'>]++|\"[^\"]*+\"|'[^']*+')*+>"
)
_LINK_OR_HEADING = re.compile("[aA]|[hH][1-4]")
_HREF = re.compile(r"\shref\s*=\s*[\"']?([^\s\"'>]*)", re.IGNORECASE)
_SITE = r"https?://(?:www\.)?(?:huggingface\.co|hf\.co)"
_PAPER = re.compile(rf"({_SITE})?/papers/([0-9]{{4}}\.[0-9]{{4,5}})(?:v[0-9]+)?/?")

_CDATA_MARK = re.compile(r"<!\[CDATA\[|\]\]>")
_FEED_ADDRESS = re.compile(
    r"(?:<(?:\w{1,20}:)?(?:(?P<element>link|guid|id)(?:\s[^<>]{0,300})?>"
    r"|(?:link|item)\s(?![^<>]{0,300}\brel=.(?:related|via|replies))[^<>]{0,300}?"
    r"\b(?P<attribute>href|about)=[\"'])"
    r"|(?<!\\)\"(?P<key>url|id|external_url)\"\s{0,20}:\s{0,20}\")"
    r"\s{0,50}(?P<address>[^<\"'\s]{1,300})"
)
_FEED_PAPER = re.compile(
    r"(?:(?:huggingface|hf)\.co/papers|arxiv\.org/(?:abs|pdf))/([0-9]{4}\.[0-9]{4,5})",
    re.IGNORECASE,
)

_POINT = re.compile(r"[·•]")
_AUTHORS = re.compile(r"(?:[·•*-] ?)?[0-9,]+ authors?", re.IGNORECASE)
_ORGANIZATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?: [^:\[\]()]+)?")
_DAY = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? [0-9]{1,2}\b"
_WHEN = re.compile(rf"{_DAY}(?P<year>,? 20[0-9]{{2}})?(?P<comments> [0-9]{{1,6}})?", re.IGNORECASE)
_DATED = re.compile(rf"[\W_]{{0,3}}(?:published (?:on )?)?{_DAY}", re.IGNORECASE)
_DETAILS = re.compile(  # a point at the start, before more than a date, is that of a list
    rf".{{1,150}}[·•] ?(?:published (?:on )?)?{_DAY}.{{0,40}}|.{{0,40}}[0-9] authors? ?[·•]"
    rf"|[·•] ?(?:published (?:on )?)?{_DAY}(?:,? 20[0-9]{{2}})?(?: [0-9]{{1,5}})?",
    re.IGNORECASE,
)
_HEADING = re.compile(r"(?:> ?)*#{1,6} .*\]\([^()\s]*/papers/([0-9]{4}\.[0-9]{4,5}).*")
_ABSTRACT = re.compile(r"(?:#{1,6} )?\**abstract\**:?\**", re.IGNORECASE)
_SHORTEST_TITLE = 12  # characters; a shorter line is of details
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
    """Count the records of JSON values, one behind the other.

    Of an object, the records of its longest list count, or those under days and ids. A record that
    is text in another notation counts, but what it states does not. In broken JSON, the objects
    around papers count.
    """
    records: list[_Record] = []
    decoder = json.JSONDecoder(object_hook=_reduce, strict=False)
    offset = 0
    try:
        while (offset := _BLANK.match(text, offset).end()) < len(text):  # type: ignore[union-attr]
            value, offset = decoder.raw_decode(text, offset)
            records += _records(value)
    except (ValueError, RecursionError):
        return Count(len(_PAPER_KEY.findall(text)))
    return Count(len(records), frozenset().union(*records))


def states_of(columns: Iterable[str], problems: Iterable[Problem]) -> tuple[str, ...]:
    """Return the columns that a dump states, without those of fields that were not understood."""
    keys = {str(problem.field).rpartition(".")[2].partition("[")[0] for problem in problems}
    lost = {column for column, names in _STATED.items() if not keys.isdisjoint(names)}
    return tuple(sorted(set(columns) - lost))


def _reduce(members: dict[str, Any]) -> Any:
    """Return the columns that a record states; of any other object, what may hold records."""
    paper = members.get("paper")
    if isinstance(paper, dict | frozenset):
        stated = paper if isinstance(paper, frozenset) else frozenset()
        return stated.union(_stated_columns(members, is_outer=True))
    if "title" in members and any(part in members for part in _PARTS):
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
    if not is_outer and _ARXIV_ID.fullmatch(str(members.get("id"))):
        yield from ("arxiv_id", "url")


def _is_stated(value: Any) -> bool:
    """Tell whether a value is one of the service: a count, a date, a list, or has a handle."""
    if isinstance(value, dict):
        return isinstance(value.get("name"), str) and bool(_HANDLE.fullmatch(value["name"]))
    if isinstance(value, str):
        return bool(_MOMENT.fullmatch(value))
    return isinstance(value, list) and value != [] or type(value) is int and 0 <= value < 10**9


def _records(value: Any) -> list[_Record]:
    """Return the records in a value whose objects were reduced."""
    if isinstance(value, frozenset):
        return [value]
    if isinstance(value, str) and value.lstrip().startswith("{"):
        return [frozenset()]
    if isinstance(value, list):
        return [record for item in value for record in _records(item)]
    if not isinstance(value, dict):
        return []
    lists = {key: _records(child) for key, child in value.items()}
    if keyed := [key for key in lists if _DAY_OR_ID.fullmatch(key) and lists[key]]:
        return [record for key in keyed for record in lists[key]]
    return lists.get(_SEARCH) or max(lists.values(), key=len, default=[])


def count_in_html(html: str, relative_only: bool) -> int:
    """Count the papers that a page links to in headings; comments and scripts are left out of it.

    With `relative_only`, links that name the site do not count.
    """
    papers: set[str] = set()
    heading_depth, linked_paper = 0, None
    for tag in _TAG.finditer(html):
        if not _LINK_OR_HEADING.fullmatch(tag["name"]):
            continue
        is_link, ends = tag["name"] in "aA", bool(tag["end"])
        if not is_link:
            heading_depth += -1 if ends and heading_depth else not ends
        elif ends:
            linked_paper = None
        else:
            href = _HREF.search(tag[0])
            # An archive puts its own address before that of the page.
            wrapper, mark, address = unescape(href[1]).rpartition("/http") if href else ("", "", "")
            paper = _PAPER.fullmatch(f"http{address}" if mark else address)
            linked_paper = paper[2] if paper and not (relative_only and paper[1]) else None
        if linked_paper and heading_depth:
            papers.add(linked_paper)
    return len(papers)


def count_in_feed(text: str) -> int:
    """Count the papers that a feed, XML or JSON, names in addresses and ids of its items."""
    papers: defaultdict[str | None, set[str]] = defaultdict(set)
    for mark in _FEED_ADDRESS.finditer(_CDATA_MARK.sub("", text)):
        address = unescape(mark["address"]).replace("\\/", "/")
        if paper := _FEED_PAPER.search(address):
            papers[mark["element"] or mark["attribute"] or mark["key"]].add(paper[1])
    return max(map(len, papers.values()), default=0)


def count_in_text(text: str) -> Count:
    """Count the papers of a capture by the best of these marks that it has.

    Headings link to a paper; details have a point between authors and date; or, where there is
    nothing but titles and abstracts, a long paragraph follows a short one. A paper that comes twice
    counts once, and so does a page with a heading “Abstract”, which is of one paper. A capture with
    other marks has 0. What it states is read around points on lines of their own.
    """
    lines = [fold(line) for line in NEWLINE.split(text)]
    if any(map(_ABSTRACT.fullmatch, lines)):
        return Count(1)
    filled = [line for line in lines if line]
    points = [
        (before, after)
        for before, line, after in zip(filled, filled[1:], filled[2:], strict=False)
        if _POINT.fullmatch(line) and _DATED.match(after)
    ]
    linked = {heading[1] for line in filled if (heading := _HEADING.fullmatch(line))}
    if details := max(len(linked), _count_details(filled)):
        return Count(details, frozenset(column for point in points for column in _around(*point)))
    if any(map(_MARKED.match, lines)):
        return Count(0)
    has_blanks = not all(lines[:-1])
    groups = groupby(lines, bool) if has_blanks else ((True, [line]) for line in lines)
    paragraphs = [" ".join(paragraph) for is_filled, paragraph in groups if is_filled]
    pairs = {pair for pair in pairwise(paragraphs) if len(pair[0]) < _LONG <= len(pair[1])}
    return Count(len(pairs))


def _count_details(filled: Sequence[str]) -> int:
    """Count the lines of details, of those below the same title and abstract only one."""
    above: set[tuple[str, str]] = set()
    longest = before = last = ""
    for line, follows in zip(filled, [*filled[1:], ""], strict=True):
        is_point = _POINT.fullmatch(line) and _DATED.match(follows)
        if is_point or _DETAILS.fullmatch(line):
            above.add((before, longest))
            longest = ""
        elif len(line) > max(len(longest), _SHORTEST_TITLE):
            before, longest = last, line
        last = line
    return sum(bool(longest) for _, longest in above)


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
