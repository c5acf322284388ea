"""Names the lines around the papers of a page: its head with tabs and query, and its foot."""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from daily_papers.dumps import dates
from daily_papers.dumps.captures.page_lines import FRONT_MATTER, Line
from daily_papers.records import DumpError, Furniture

QUERY = "query"
LONGEST_QUERY = 250  # characters
LONGEST_TITLE_LINE = 300  # a longer line where a title belongs is an abstract out of place

_TEXTS = {
    "badge": "new",
    "newsletter": "subscribe; get trending papers in your email inbox!;"
    " get trending papers in your email inbox once a day!",
    "heading": "daily papers; trending papers; daily papers - hugging face;"
    " trending papers - hugging face",
    "byline": "byak and the research community; by ak and the research community; by; ak;"
    " and the research community",
    "hint": "trending papers ranked by github stars activity",
    "search": "search; search papers",
    "pages": "load more",
    "navigation": """
        models; datasets; spaces; buckets; buckets new; posts; docs; enterprise; pricing; log in;
        login; sign up; website; tasks; huggingchat; collections; languages; organizations;
        community; blog; learn; discord; forum; github; solutions; team & enterprise; papers;
        hugging face pro; enterprise support; inference providers; inference endpoints; tos;
        storage buckets; hugging face; hugging face's logo; [hugging face's logo] hugging face;
        skip to main content; system theme; company; privacy; about; careers
    """,
}
_PART_BY_TEXT = {text.strip(): part for part, texts in _TEXTS.items() for text in texts.split(";")}
_PATTERNS = {
    "tabs": re.compile(r"(?:(?:daily|weekly|monthly|trending(?: papers)?)(?:[ |·•/,-]+|$))+"),
    "pages": re.compile(r"[«‹←<]? ?(?:previous|next|today)(?: (?:previous|next|today))* ?[»›→>]?"),
    "capture": re.compile(r"`{3,}\w*|~{3,}\w*|---"),
    "navigation": re.compile(r"©.{0,80}"),
}
_PROOF_OF_PAGE = {"heading", "byline"}
_MARKER = re.compile(r"(?:[-*+•] ?)+(?=\S)")
_FIELD = re.compile(r"\**[A-Za-z][\w ()./-]{0,40}:\**(?: .{0,400})?")
_PAPER = re.compile(r".*/papers/[0-9]{4}\.[0-9]{4,5}.*|.*/login\?.*")
_LONGEST_LEAD = 60  # lines
_PROSE_ENDS = (".", ":", ";", ".)", ".”", '."')
_LONG_PROSE = 120  # characters: no title of so many ends in these
_LONG_PROSE_ENDS = ("!", "?", ")", "]", "”", '"', "%", ",")
_ITEM = re.compile(r"(?:[-*•–]|\(?(?:[0-9]{1,2}|[a-z])[.)]) \S.*")


def part_name(line: Line) -> str | None:
    """Return the part of the page that a line is by its text alone, or None."""
    folded = line.text.casefold()
    unmarked = _MARKER.sub("", line.text, count=1).casefold()
    if part := _PART_BY_TEXT.get(unmarked) or _PART_BY_TEXT.get(folded):
        return part
    for part, pattern in _PATTERNS.items():
        if pattern.fullmatch(unmarked) or pattern.fullmatch(folded):
            return part
    return "link" if not line.text else None


def as_furniture(line: Line, part: str) -> Iterator[Furniture]:
    """Yield a line as furniture of a part, and the lines behind it that show nothing."""
    if not line.is_part:
        yield Furniture(line.number, part)
    yield from (Furniture(number, "link") for number in line.extra)


def is_prose(text: str) -> bool:
    """Tell whether a paragraph looks like one of an abstract, and not like a title."""
    return (
        text.endswith(_PROSE_ENDS)
        or len(text) > LONGEST_TITLE_LINE
        or (len(text) > _LONG_PROSE and text.endswith(_LONG_PROSE_ENDS))
        or bool(_ITEM.fullmatch(text))
    )


def read_head(lines: Sequence[Line], file: str) -> tuple[list[Furniture], str | None, int]:
    """Return the lines above the papers, the page's date as printed, and how many lines they are.

    Raises:
        DumpError: nothing above the papers shows that it is such a page.
    """
    index = _lead_length(lines)
    furniture = [item for line in lines[:index] for item in as_furniture(line, "capture")]
    parts: set[str] = set()
    printed_date = None
    while index < len(lines):
        line = lines[index]
        part = _head_part(line)
        if printed_date is None and dates.parse(line.text):
            part, printed_date = "date", line.text
        elif part is None and QUERY not in parts and _is_query(lines, index):
            part = QUERY
        if part is None:
            break
        parts.add(part)
        furniture += as_furniture(line, part)
        index += 1
    if not _PROOF_OF_PAGE & parts:
        problem = (
            "not a Daily Papers page: expected “Daily Papers” or"
            " “byAK and the research community” at its top"
        )
        raise DumpError(file, lines[min(index, len(lines) - 1)].number, problem)
    return furniture, printed_date, index


def foot_start(lines: Sequence[Line], start: int) -> int:
    """Return the index from which on all lines are parts of the foot of the page."""
    below = takewhile(
        lambda line: part_name(line) or line.text.startswith(("https://", "http://")),
        reversed(lines[start:]),
    )
    return len(lines) - len(list(below))


def _head_part(line: Line) -> str | None:
    leads_away = line.urls and not any(map(_PAPER.fullmatch, line.urls))
    return part_name(line) or ("navigation" if leads_away else None)


def _lead_length(lines: Sequence[Line]) -> int:
    """Return how many lines at the top are of the tool that made the capture, not of the page."""
    if lines and lines[0].text == FRONT_MATTER:
        for index, line in enumerate(lines[1:_LONGEST_LEAD], 1):
            if line.text == FRONT_MATTER:
                return index + 1
    for index, line in enumerate(lines[:_LONGEST_LEAD]):
        if part_name(line):
            return index
        if not (line.is_heading or _FIELD.fullmatch(_MARKER.sub("", line.text, count=1))):
            return 0
    return _LONGEST_LEAD if len(lines) > _LONGEST_LEAD else 0


def _is_query(lines: Sequence[Line], index: int) -> bool:
    """Tell whether a line is what was searched for: more of the head follows it, or a title."""
    line, below = lines[index], lines[index + 1 : index + 3]
    is_text = not (line.is_heading or line.kind == "upvotes" or line.urls)
    if not (below and is_text) or len(line.text) > LONGEST_QUERY:
        return False
    follows = below[0]
    if _head_part(follows) or dates.parse(follows.text) or follows.kind == "upvotes":
        return True
    is_linked = follows.urls and line.opens and follows.opens
    return bool(follows.is_heading or is_linked) or (
        len(below) == 2
        and all(opening.opens for opening in (line, *below))
        and not (is_prose(line.text) or is_prose(follows.text))
        and len(follows.text) < _LONG_PROSE < len(below[1].text)
        and any(candidate.kind == "separator" for candidate in lines)
    )
