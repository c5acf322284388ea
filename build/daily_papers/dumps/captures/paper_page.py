"""Reads the page of one paper that was saved as plain text or Markdown.

    arxiv:2601.00061
    # A Title
    Published on Jan 5, 2026
    Upvote 33
    Authors: Ann Example , Bo Sample
    ## Abstract
    A summary, made by a model      only where the next line says so
    AI-generated summary
    The abstract
    View arXiv page  View PDF  GitHub 12

What follows – comments, and what cites the paper – is not read: it is of people, or of others.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from daily_papers.dumps.answers.field_values import LONGEST_ABSTRACT, LONGEST_NAME, MOST_AUTHORS
from daily_papers.dumps.captures import furniture, page_lines
from daily_papers.dumps.captures.capture_header import CaptureHeader
from daily_papers.dumps.captures.card_labels import CardLinks, drop_labels, parse_links
from daily_papers.dumps.captures.furniture import LONGEST_TITLE_LINE
from daily_papers.dumps.captures.page_lines import Line
from daily_papers.dumps.dates import PageDate
from daily_papers.dumps.problems import Problems
from daily_papers.papers.arxiv import NEW_ID, listing_url
from daily_papers.records import DumpError, Listing

LINES_OF_A_TITLE = 3

_NEAR_TOP = 150  # lines
_ABSTRACT = re.compile(r"abstract:?", re.IGNORECASE)
_AUTHORS = re.compile(r"authors?(?: \([0-9]+\))?:(?P<names>.*)|authors", re.IGNORECASE)
_ID = re.compile(rf"(?:papers? ?)?arxiv: ?({NEW_ID})(?:v[0-9]+)?", re.IGNORECASE)
_PAGE_TITLE = re.compile(r"paper page - (?P<title>.+)", re.IGNORECASE)
_SUMMARY = re.compile(r"\W*ai[- ]generated summary\W*", re.IGNORECASE)
_BELOW = re.compile(
    r"community(?: \(?[0-9]+\)?)?|(?:models|datasets|spaces|collections) (?:citing|including) this"
    r" paper.*|get this paper in your agent:?|upvote|.*sign up or log in to comment.*",
    re.IGNORECASE,
)
_NOT_TITLE = re.compile(
    r"\[?papers?\]?|paper page|back to .{0,40}|title: paper page - .*", re.IGNORECASE
)
_SEPARATOR = re.compile(r" ?(?:[,;](?=[^\W\d_]| |$)(?: and )?| and (?= |$)|[·•|](?= )) ?")
_BULLET = re.compile(r"(?:[-*+•]|[0-9]{1,4}[.)]) (?=\S)")
_NAME_MARKS = re.compile(r"\[([^\[\]]{1,200})\]\([^()\s]{0,500}\)|[\[\]*]")


class PaperPage(NamedTuple):
    """The listing of the page of one paper, still without a date, its date, and where it ends."""

    listing: Listing
    published: PageDate | None


def find_abstract(lines: Sequence[Line], header: CaptureHeader) -> int | None:
    """Return the index of the heading “Abstract” of the page of one paper; None for others."""
    top = lines[:_NEAR_TOP]
    start = next((index for index, line in enumerate(top) if _ABSTRACT.fullmatch(line.text)), None)
    if start is None:
        return None
    above = top[:start]
    is_paper = any(
        _ID.fullmatch(line.text)
        or _PAGE_TITLE.fullmatch(line.text)
        or _AUTHORS.fullmatch(line.text)
        for line in above
    )
    is_page = header.paper_id or _PAGE_TITLE.fullmatch(header.title or "")
    return start if is_paper or is_page else None


def read_paper_page(
    lines: Sequence[Line], start: int, header: CaptureHeader, problems: Problems
) -> PaperPage:
    """Read the page of one paper, whose heading “Abstract” is at an index.

    Raises:
        DumpError: it has no title, or the file ends inside the abstract.
    """
    above = _plain(drop_labels(lines[_front_matter_length(lines[:start]) : start]))
    title, first = _title(above, header, problems.file)
    below = drop_labels(lines[start + 1 :])
    abstract, end = _abstract(below, problems.file)
    links, last = _links(below, end)
    authors = _authors(above, problems)
    printed = filter(None, (page_lines.parse_date_line(line.text) for line in above))
    published_text, published, _ = next(printed, (None, None, None))
    for line in above:
        links = links.joined(parse_links(line.text) or CardLinks())
        if line.is_vote and links.upvote_count is None:
            links = links.joined(CardLinks(upvote_count=page_lines.parse_count(line.text)))
    ids = (match[1] for line in above if (match := _ID.fullmatch(line.text)))
    paper_id = header.paper_id or next(ids, None) or links.arxiv_id or page_lines.page_id(above)
    listing = Listing(
        rank=1,
        title=title,
        abstract=abstract,
        first_line=first,
        last_line=max([last.number, *last.extra]),
        line_count=0,
        published_text=published_text,
        author_count=len(authors) or None,
        upvote_count=links.upvote_count,
        arxiv_id=paper_id,
        url=listing_url(paper_id) if paper_id else None,
        authors=tuple(authors) or None,
        code_url=links.code_url,
        project_url=links.project_url,
    )
    return PaperPage(listing, published)


def _front_matter_length(above: Sequence[Line]) -> int:
    """Return how many lines at the top are front matter, which a tool wrote."""
    fences = [index for index, line in enumerate(above) if line.text == page_lines.FRONT_MATTER]
    return fences[1] + 1 if fences[:1] == [0] and len(fences) > 1 else 0


def _plain(lines: Sequence[Line]) -> list[Line]:
    """Return lines without emphasis, as of “**Authors:** Ann Example”."""
    return [replace(line, text=line.text.replace("**", "")) for line in lines]


def _title(above: Sequence[Line], header: CaptureHeader, file: str) -> tuple[str, int]:
    """Return the title, and the number of its line."""
    end = next((index for index, line in enumerate(above) if _is_below_title(line)), len(above))
    first = next((i + 1 for i, line in enumerate(above[:end]) if _ID.fullmatch(line.text)), 0)
    candidates = [line for line in above[first:end] if _may_be_title(line)]
    stated = _PAGE_TITLE.fullmatch(header.title or "")
    if candidates:
        is_known = first and len(candidates) <= LINES_OF_A_TITLE  # all stand below the id
        lines = _heading(candidates) or (candidates if is_known else _last_paragraph(candidates))
        title = " ".join(line.text for line in lines)
        if len(title) <= LONGEST_TITLE_LINE:
            return title, lines[0].number
    named = (match for line in above if (match := _PAGE_TITLE.fullmatch(line.text)))
    page_title = stated or next(named, None)
    if not page_title:
        raise DumpError(file, above[0].number if above else 1, "expected the title of a paper")
    return page_title["title"], above[end].number if end < len(above) else above[-1].number


def _is_below_title(line: Line) -> bool:
    is_dated = page_lines.parse_date_line(line.text) is not None
    return is_dated or line.is_vote or bool(_AUTHORS.fullmatch(line.text))


def _may_be_title(line: Line) -> bool:
    text = line.text
    is_other = _NOT_TITLE.fullmatch(text) or _PAGE_TITLE.fullmatch(text) or _ID.fullmatch(text)
    is_furniture = furniture.part_name(line) or parse_links(text) or ": http" in text
    return bool(text) and not is_other and not is_furniture and line.kind is None


def _heading(lines: Sequence[Line]) -> Sequence[Line]:
    """Return the last heading, with the line in which it goes on."""
    start = next((i for i, line in reversed([*enumerate(lines)]) if line.is_heading), len(lines))
    end = start + 1
    while end < len(lines) and not lines[end].opens:
        end += 1
    is_wrapped = end == start + 2 and not furniture.is_prose(lines[start + 1].text)
    return lines[start : start + 1 + is_wrapped]


def _last_paragraph(lines: Sequence[Line]) -> Sequence[Line]:
    start = len(lines) - 1
    while start > 0 and not lines[start].opens:
        start -= 1
    return lines[start:]


def _authors(above: Sequence[Line], problems: Problems) -> list[str]:
    """Return the names below “Authors:”, and behind it; none if one is no name."""
    start = next((i for i, line in enumerate(above) if _AUTHORS.fullmatch(line.text)), None)
    if start is None:
        return []
    match = _AUTHORS.fullmatch(above[start].text)
    rest = []
    for line in above[start + 1 :]:
        if line.is_vote or parse_links(line.text) or page_lines.parse_date_line(line.text):
            break
        rest.append(_BULLET.sub("", line.text, count=1))
    has_commas = any("," in text for text in rest) or len(rest) < 2
    text = (" " if has_commas else " , ").join([(match and match["names"]) or "", *rest])
    parts = _SEPARATOR.split(_NAME_MARKS.sub(lambda mark: mark[1] or "", text))
    names = [name for part in parts if (name := part.strip(" ,"))]
    if len(names) > MOST_AUTHORS or any(len(name) > LONGEST_NAME for name in names):
        problems.add(above[start].number, 1, "authors", f"{len(names)} names", "names of people")
        return []
    return names


def _abstract(below: Sequence[Line], file: str) -> tuple[str, int]:
    """Return the abstract, and the index of the line behind it."""
    end = next((index for index, line in enumerate(below) if _is_below(line)), len(below))
    lines = below[:end]
    summary = next((i for i, line in enumerate(lines) if _SUMMARY.fullmatch(line.text)), None)
    if summary is not None:
        lines = lines[summary + 1 :] or lines[:summary]
    text = " ".join(line.text for line in lines)
    if not text:
        number = below[0].number if below else 1
        raise DumpError(file, number, "the page of one paper: expected its abstract")
    if end == len(below) and furniture.is_unfinished(text):
        problem = f"the file ends inside an abstract: “…{text[-30:]}”; save the page again"
        raise DumpError(file, lines[-1].number, problem)
    if len(text) > LONGEST_ABSTRACT:
        problem = f"expected an abstract of at most {LONGEST_ABSTRACT:,} characters"
        raise DumpError(file, lines[0].number, f"{problem}, found {len(text):,}")
    return text, end


def _is_below(line: Line) -> bool:
    is_link = parse_links(line.text) is not None
    return bool(_BELOW.fullmatch(line.text)) or line.is_vote or is_link


def _links(below: Sequence[Line], end: int) -> tuple[CardLinks, Line]:
    """Read the lines of links below the abstract; return them, and the last line of the paper."""
    links, last = CardLinks(), below[end - 1]
    for line in below[end:]:
        more = parse_links(line.text, links.label)
        if more is None or _BELOW.fullmatch(line.text):
            break
        links, last = links.joined(more), line
    return links, last
