"""Knows what stands around the papers of a page: its head with tabs and query, and its foot."""

import re
from collections.abc import Iterator, Sequence

from daily_papers.dumps import dates
from daily_papers.dumps.captures.page_lines import MATTER, Line
from daily_papers.records import DumpError, Furniture

QUERY = "query"
LONGEST_QUERY = 250  # characters
LONGEST_TITLE = 300  # a longer line where a title belongs is an abstract out of place

_NAMED = {
    "new": "badge",
    "get trending papers in your email inbox!": "newsletter",
    "get trending papers in your email inbox once a day!": "newsletter",
    "subscribe": "newsletter",
    "daily papers": "heading",
    "trending papers": "heading",
    "daily papers - hugging face": "heading",
    "trending papers - hugging face": "heading",
    "byak and the research community": "byline",
    "by ak and the research community": "byline",
    "by": "byline",
    "ak": "byline",
    "and the research community": "byline",
    "trending papers ranked by github stars activity": "hint",
    "search": "search",
    "search papers": "search",
    "load more": "pages",
}
_MARKS_OF_THE_PAGE = {"heading", "byline"}
_SHOWN_ON = "date"
_NAVIGATION = """
    models; datasets; spaces; buckets; buckets new; posts; docs; enterprise; pricing; log in; login;
    sign up; website; tasks; huggingchat; collections; languages; organizations; community; blog;
    learn; discord; forum; github; solutions; team & enterprise; hugging face pro; papers;
    enterprise support; inference providers; inference endpoints; storage buckets; hugging face;
    hugging face's logo; [hugging face's logo] hugging face; skip to main content; system theme;
    company; tos; privacy; about; careers
"""
_NAMED |= {one.strip(): "navigation" for one in _NAVIGATION.split(";")}
_TABS = re.compile(r"(?:(?:daily|weekly|monthly|trending(?: papers)?)(?:[ |·•/,-]+|$))+")
_PAGES = re.compile(r"[«‹←<]? ?(?:previous|next|today)(?: (?:previous|next|today))* ?[»›→>]?")
_FENCE = re.compile(r"`{3,}\w*|~{3,}\w*|---")
_COPYRIGHT = re.compile(r"©.{0,80}")
_MARKER = re.compile(r"(?:[-*+•] ?)+(?=\S)")
_FIELD = re.compile(r"\**[A-Za-z][\w ()./-]{0,40}:\**(?: .{0,400})?")
_PAPER = re.compile(r".*/papers/[0-9]{4}\.[0-9]{4,5}.*|.*/login\?.*")
_MOST_MATTER = 60  # lines
_PROSE_ENDS = (".", ":", ";", ".)", ".”", '."')
_LONG_PROSE = 120  # characters: no title of so many ends in these
_LONG_PROSE_ENDS = ("!", "?", ")", "]", "”", '"', "%", ",")
_ITEM = re.compile(r"(?:[-*•–]|\(?(?:[0-9]{1,2}|[a-z])[.)]) \S.*")


def part_of(line: Line) -> str | None:
    """Return the name of the part that a line is by its text alone, or None."""
    text = _MARKER.sub("", line.text, count=1).casefold()
    if named := _NAMED.get(text) or _NAMED.get(line.text.casefold()):
        return named
    for part, pattern in (("tabs", _TABS), ("pages", _PAGES), ("capture", _FENCE)):
        if pattern.fullmatch(text) or pattern.fullmatch(line.text.casefold()):
            return part
    if _COPYRIGHT.fullmatch(line.text):
        return "navigation"
    return "link" if not line.text else None


def of(line: Line, part: str) -> Iterator[Furniture]:
    """Yield a line and those behind it that show nothing, under the name of a part."""
    if not line.is_part:
        yield Furniture(line.number, part)
    yield from (Furniture(extra, "link") for extra in line.extra)


def is_prose(text: str) -> bool:
    """Tell whether a paragraph is one of an abstract, as far as it tells, and no title."""
    return (
        text.endswith(_PROSE_ENDS)
        or len(text) > LONGEST_TITLE
        or (len(text) > _LONG_PROSE and text.endswith(_LONG_PROSE_ENDS))
        or bool(_ITEM.fullmatch(text))
    )


def head(lines: Sequence[Line], file: str) -> tuple[list[Furniture], str | None, int]:
    """Return the lines above the papers, the page's date as printed, and how many lines they are.

    Raises:
        DumpError: nothing above the papers says that it is such a page.
    """
    found: list[Furniture] = []
    parts: set[str] = set()
    shown = None
    at = _lead(lines)
    for line in lines[:at]:
        found += of(line, "capture")
    while at < len(lines):
        line = lines[at]
        part = None
        if shown is None and dates.parse(line.text):
            part, shown = _SHOWN_ON, line.text
        part = part or _part_of_head(line)
        if part is None and QUERY not in parts and _is_query(lines, at):
            part = QUERY
        if part is None:
            break
        parts.add(part)
        found += of(line, part)
        at += 1
    if not _MARKS_OF_THE_PAGE & parts:
        problem = (
            "not a Daily Papers page: expected “Daily Papers” or"
            " “byAK and the research community” at its top"
        )
        raise DumpError(file, lines[min(at, len(lines) - 1)].number, problem)
    return found, shown, at


def foot(lines: Sequence[Line], start: int) -> int:
    """Return where the foot of the page begins: behind it, all lines are known parts."""
    at = len(lines)
    while at > start and _part_of_foot(lines[at - 1]):
        at -= 1
    return at


def _part_of_head(line: Line) -> str | None:
    if part := part_of(line):
        return part
    if line.urls and not any(_PAPER.fullmatch(url) for url in line.urls):
        return "navigation"
    return None


def _part_of_foot(line: Line) -> bool:
    return bool(part_of(line)) or line.text.startswith(("https://", "http://"))


def _lead(lines: Sequence[Line]) -> int:
    """Return how many lines at the top are of the tool that made the capture, not of the page."""
    if lines and lines[0].text == MATTER:
        ends = [at for at, one in enumerate(lines[1:_MOST_MATTER], 1) if one.text == MATTER]
        if ends:
            return ends[0] + 1
    at = 0
    while at < min(len(lines), _MOST_MATTER) and not part_of(lines[at]):
        line = lines[at]
        if not (line.is_heading or _FIELD.fullmatch(_MARKER.sub("", line.text, count=1))):
            return 0
        at += 1
    return at if at < len(lines) else 0


def _is_query(lines: Sequence[Line], at: int) -> bool:
    """Tell whether a line is what was searched for: more of the head follows it, or a title."""
    line, below = lines[at], lines[at + 1 : at + 3]
    if (
        len(line.text) > LONGEST_QUERY
        or line.is_heading
        or line.is_upvotes
        or line.urls
        or not below
    ):
        return False
    follows = below[0]
    if _part_of_head(follows) or dates.parse(follows.text) or follows.is_upvotes:
        return True
    if follows.is_heading or (follows.urls and line.opens and follows.opens):
        return True
    return (
        len(below) == 2
        and all(one.opens for one in (line, *below))
        and not (is_prose(line.text) or is_prose(follows.text))
        and len(follows.text) < _LONG_PROSE < len(below[1].text)
        and any(one.is_separator for one in lines)
    )
