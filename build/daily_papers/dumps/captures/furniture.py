"""Names the lines around the papers of a page: its head with tabs and query, and its foot."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import takewhile
from typing import NamedTuple

from daily_papers.dumps import dates
from daily_papers.dumps.captures.page_lines import FRONT_MATTER, Line
from daily_papers.dumps.page_address import last_day_of_period
from daily_papers.papers.arxiv import NEW_ID
from daily_papers.records import Furniture

QUERY = "query"
LONGEST_QUERY = 250  # characters
LONGEST_TITLE_LINE = 300  # a longer line where a title belongs is an abstract out of place

_TEXTS = {
    "badge": "new",
    "newsletter": "subscribe; get trending papers in your email inbox!;"
    " get trending papers in your email inbox once a day!",
    "heading": "daily papers; trending papers; weekly papers; monthly papers;"
    " daily papers - hugging face; trending papers - hugging face; weekly papers - hugging face;"
    " monthly papers - hugging face; papers - hugging face; hugging face - daily papers",
    "byline": "by; ak; and the research community",
    "hint": "trending papers ranked by github stars activity",
    "search": "search; search papers; search by arxiv id or title; submit a paper; submit;"
    " search models, datasets, users...; search models, datasets, users…",
    "pages": "load more; view all; show more; view more; see all; next page; previous page",
    "navigation": """
        models; datasets; spaces; buckets; buckets new; posts; docs; enterprise; pricing; log in;
        login; sign up; website; tasks; huggingchat; collections; languages; organizations;
        community; blog; learn; discord; forum; github; solutions; team & enterprise; papers;
        hugging face pro; enterprise support; inference providers; inference endpoints; tos;
        storage buckets; hugging face; hugging face's logo; [hugging face's logo] hugging face;
        skip to main content; system theme; company; privacy; about; careers; jobs; terms;
        buckets new; toggle theme; [logo]; main menu; menu; open menu
    """,
}
_PART_BY_TEXT = {text.strip(): part for part, texts in _TEXTS.items() for text in texts.split(";")}
_PATTERNS = {
    "tabs": re.compile(r"(?:(?:daily|weekly|monthly|trending(?: papers)?)(?:[ |·•/,-]+|$))+"),
    "byline": re.compile(
        r"by.{0,80}and the research community|your daily dose of ai research.{0,20}"
    ),
    "pages": re.compile(r"[«‹←<]? ?(?:previous|next|today)(?: ?(?:previous|next|today))* ?[»›→>]?"),
    "capture": re.compile(r"`{3,}\w*|~{3,}\w*|---"),
    "navigation": re.compile(r"©.{0,80}"),
    "empty": re.compile(
        r"(?:there (?:are|were) )?no (?:daily |trending |new )?papers?\b.{0,80}"
        r"|no results?\b.{0,60}"
    ),
}
_WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},? (?=\S)", re.IGNORECASE)
_PERIOD = re.compile(
    r"week (?P<week>[0-9]{1,2})(?:,? (?P<week_year>20[0-9]{2}))?"
    r"|(?P<month>[a-z]{3,9}\.?),? (?P<month_year>20[0-9]{2})|(?P<iso>20[0-9]{2}-W?[0-9]{2})",
    re.IGNORECASE,
)
_LABELS = "|".join(sorted(map(re.escape, _PART_BY_TEXT), key=len, reverse=True))
_LABELS_IN_A_ROW = re.compile(rf"(?>(?:{_LABELS})(?: ?[·•|,/] ?| |$)){{2,40}}+")
_LINK = re.compile(r"\[([^\[\]]{0,80})\]\([^()\s]{0,500}\)")
_PROOF_OF_PAGE = {"heading", "byline"}
_BULLETS = ("-", "*", "•", "+")
_MARKER = re.compile(r"(?:[-*+•] ?)+(?=\S)")
_FIELD = re.compile(r"\**[A-Za-z][\w ()./-]{0,40}:\**(?: .{0,400})?")
_IN_FOOT = re.compile(r"https?://|(?:[0-9]{1,4}|\.\.\.|…)$")  # addresses, numbers of pages
_PAPER = re.compile(rf".*/papers/{NEW_ID}.*|.*/login\?.*")
_LONGEST_LEAD = 60  # lines
_PROSE_ENDS = (".", ":", ";", ".)", ".”", '."')
_LONG_PROSE = 120  # characters: no title of so many ends in these
_LONG_PROSE_ENDS = ("!", "?", ")", "]", "”", '"', "%", ",")
_UNFINISHED = re.compile(
    r"(?:^| )[^ /]*[A-Za-z0-9,;:(\[{&–-]$|\.\.\.$|…$|\[[^\[\]]{0,150}$|\](?:\([^()\s]{0,150})?$"
)
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
    if not line.text:
        return "link"
    labels = _LINK.sub(r"\1", unmarked) if len(unmarked) <= LONGEST_TITLE_LINE else ""
    return "navigation" if _LABELS_IN_A_ROW.fullmatch(labels) else None


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


def is_unfinished(text: str) -> bool:
    """Tell whether a text ends inside a sentence, and not with an address, or is but an address."""
    return bool(_UNFINISHED.search(text[-200:])) or (" " not in text and "/" in text)


class Head(NamedTuple):
    """What stands above the papers: the lines by part, the page's date, week or month as printed,
    and how many lines they are."""

    furniture: list[Furniture]
    printed_date: str | None
    length: int
    is_proven: bool  # it is the head of such a page

    @property
    def last_day(self) -> date | None:
        """Return the last day of a week or a month that has a year."""
        period = _PERIOD.fullmatch(self.printed_date or "")
        if not period:
            return None
        year = period["week_year"] or period["month_year"]
        week, month = period["week"], dates.parse(f"{period['month']} 1")
        part = f"W{week}" if week else f"{month.month:02}" if month else ""
        return last_day_of_period(period["iso"] or f"{year}-{part}")


def read_head(lines: Sequence[Line]) -> Head:
    """Return what stands above the papers."""
    index = _lead_length(lines)
    furniture = [item for line in lines[:index] for item in as_furniture(line, "capture")]
    parts = {part for line in lines[:index] if (part := part_name(_field_value(line)))}
    has_separators = any(line.kind == "separator" for line in lines)
    printed_date = None
    while index < len(lines):
        line = lines[index]
        part, bullets = _head_part(line), 0
        if part is None:
            part, bullets = _bullet_part(lines, index)
        printed, length = _printed_date(lines, index)
        if printed and (printed_date is None or dates.parse(printed)):
            part, printed_date = "date", printed  # a day is more exact than its week
        elif part is None and QUERY not in parts and _is_query(lines, index, has_separators):
            part, length = QUERY, 1
        elif part is None and _is_proof_near(lines, index, bool(_PROOF_OF_PAGE & parts)):
            part, length = "capture", 1
        if part is None:
            break
        parts.add(part)
        length = max(length, bullets, 1)
        for read in lines[index : index + length]:
            furniture += as_furniture(read, part)
        index += length
    return Head(furniture, printed_date, index, bool(_PROOF_OF_PAGE & parts))


def _printed_date(lines: Sequence[Line], index: int) -> tuple[str | None, int]:
    """Return the date, week or month that lines print, and the number of these lines."""
    text = lines[index].text
    if dates.parse(_WEEKDAY.sub("", text, count=1)):
        return _WEEKDAY.sub("", text, count=1), 1
    if _PERIOD.fullmatch(text) and (text[:1].isdigit() or _is_period(text)):
        return text, 1
    both = f"{text} {lines[index + 1].text}" if index + 1 < len(lines) else ""
    return (both, 2) if len(text) <= 9 and dates.parse(both) else (None, 0)


def _is_period(text: str) -> bool:
    word = text.split()[0].strip(".,")
    return word.casefold() == "week" or dates.parse(f"{word} 1") is not None


def _field_value(line: Line) -> Line:
    """Return a line of what a tool wrote with its value alone, as in “Title: Daily Papers”."""
    _, colon, value = line.text.partition(": ")
    return replace(line, text=value.strip(" \"'*")) if colon else line


def _is_proof_near(lines: Sequence[Line], index: int, is_proven: bool) -> bool:
    """Tell whether the page's head is below a line, with no paper between.

    After a first proof, as the title of a note, only the page's own heading is one.
    """
    for line in lines[index : index + _LONGEST_LEAD]:
        part = part_name(line)
        if part in _PROOF_OF_PAGE and (not is_proven or line.is_heading):
            return True
        if line.kind == "authors" or any(map(_PAPER.fullmatch, line.urls)):
            return False
    return False


def _bullet_part(lines: Sequence[Line], start: int) -> tuple[str | None, int]:
    """Return the part that empty points of a list stand before, and how many they are."""
    end = start
    while end < len(lines) and lines[end].text in _BULLETS:
        end += 1
    return (part_name(lines[end]) if end < len(lines) else None), end - start


def foot_start(lines: Sequence[Line], start: int) -> int:
    """Return the index from which on all lines are parts of the foot of the page."""
    below = list(
        takewhile(
            lambda line: part_name(line) or _IN_FOOT.match(line.text),
            reversed(lines[start:]),
        )
    )
    while below and not part_name(below[-1]):  # the address of the last paper's link
        below.pop()
    return len(lines) - len(below)


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
    return min(len(lines), _LONGEST_LEAD)


def _is_query(lines: Sequence[Line], index: int, has_separators: bool) -> bool:
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
        has_separators
        and len(below) == 2
        and all(opening.opens for opening in (line, *below))
        and not (is_prose(line.text) or is_prose(follows.text))
        and len(follows.text) < _LONG_PROSE < len(below[1].text)
    )
