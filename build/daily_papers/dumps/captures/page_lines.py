"""Cuts a text capture into the lines that a page shows, and classifies them.

Lines that show nothing (an address, a bracket, a picture) belong to the line before them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from daily_papers.dumps import dates
from daily_papers.dumps.captures.markdown import RenderedLine, make_renderer
from daily_papers.dumps.saved_file import NEWLINE, fold, require_few_lines
from daily_papers.records import DumpError

LONGEST_LINE = 20_000  # characters
MOST_LINES = 400_000
FRONT_MATTER = "---"  # around what a tool writes above a page

COUNT = r"[0-9]{1,3}(?:,[0-9]{3}){1,2}|[0-9]{1,6}"
_AUTHORS = re.compile(rf"(?:[•·*-] ?)?({COUNT}) authors?", re.IGNORECASE | re.ASCII)
_UPVOTES = re.compile(
    rf"(?:\[-\] ?|▲ ?|upvotes?:? ?)?(?:({COUNT})|[-–])(?: upvotes?)?", re.IGNORECASE | re.ASCII
)
_KINDS = {"authors": _AUTHORS, "separator": re.compile("[·•]"), "upvotes": _UPVOTES}
_ADDRESS = re.compile(
    r"https?://(?:www\.)?(?:huggingface\.co|hf\.co)"
    r"(?:(?P<page>/(?:papers|login)\b\S*)|(?:/[^/\s]*/?)?)"
)
_NOTHING = re.compile(r"upvotes?|▲|[-*_=]{3,}|(?:[-*_] ){2,}[-*_]", re.IGNORECASE)
_BULLET = re.compile("[·•*-]")
_LONGEST_DETAILS = 200
_PARTS = re.compile(r"( ?[·•] ?)")
_DATE = re.compile(
    rf"(?:published(?: on)? )?(?P<date>.*?[0-9])(?: (?P<comments>{COUNT})(?: comments?)?)?",
    re.IGNORECASE,
)

_Numbered = tuple[int, RenderedLine]  # a line with its number


@dataclass
class Line:
    """A line that shows something; `extra` are the numbers of lines behind it that show nothing."""

    number: int
    text: str
    opens: bool  # it is the first line of a paragraph
    urls: list[str] = field(default_factory=list)
    extra: list[int] = field(default_factory=list)
    is_heading: bool = False
    begins: bool = False  # a link that ends on another line
    ends: bool = False
    is_part: bool = False  # cut off the line before it, which counts

    @cached_property
    def kind(self) -> str | None:
        """Return what the line may be: "authors" (their number), "separator" (the point between
        authors and date), "upvotes" ("12", "-" for none, "[-] 12"), or None.
        """
        return next((kind for kind in _KINDS if _KINDS[kind].fullmatch(self.text)), None)


def parse_count(text: str) -> int:
    """Return the number of authors, upvotes or comments that a line prints; 0 for "-"."""
    count = _AUTHORS.fullmatch(text) or _UPVOTES.fullmatch(text)
    return int((count and count[1] or "0").replace(",", ""))


def parse_date_line(text: str) -> tuple[str, dates.PageDate, int | None] | None:
    """Read a line with a date, and the number of comments that may follow it."""
    match = _DATE.fullmatch(text) if len(text) <= _LONGEST_DETAILS else None
    if not match or not (day := dates.parse(match["date"])):
        return None
    return match["date"], day, parse_count(match["comments"]) if match["comments"] else None


def read_lines(text: str, file: str) -> tuple[list[Line], int]:
    """Return the lines of a capture, and how many lines of the file are not blank.

    Raises:
        DumpError: there are too many lines, or a line is too long.
    """
    require_few_lines(text, file, MOST_LINES)
    folded = []
    for number, line in enumerate(NEWLINE.split(text), 1):
        if len(line) > LONGEST_LINE:
            problem = f"a line of {len(line):,} characters: expected {LONGEST_LINE:,} at most"
            raise DumpError(file, number, problem)
        folded.append(fold(line))
    filled = [(number, line) for number, line in enumerate(folded, 1) if line]
    has_blanks = bool(filled) and filled[-1][0] - filled[0][0] >= len(filled)
    render = make_renderer(folded)
    rendered = [(number, render(line)) for number, line in filled]
    return [*_split_details(_join(rendered, has_blanks))], len(filled)


def _join(rendered: Sequence[_Numbered], has_blanks: bool) -> list[Line]:
    """Return the lines, each with those behind it that show nothing."""
    lines: list[Line] = []
    empty_lines = _empty_lines(rendered)
    before, opens = 0, True
    for number, content in rendered:
        opens = opens or not has_blanks or number > before + 1
        before = number
        address = _ADDRESS.fullmatch(content.text)
        is_address = bool(address and (address["page"] or opens))  # else it may end a paragraph
        is_empty = is_address or number in empty_lines
        if lines and is_empty:
            lines[-1].extra.append(number)
            lines[-1].ends |= content.ends
        else:
            text = "" if is_address else content.text
            marks = content.is_heading, content.begins, content.ends
            lines.append(Line(number, text, opens, [], [], *marks))
            opens = is_empty
        lines[-1].urls += [*content.urls, content.text] if is_address else content.urls
    return lines


def _empty_lines(rendered: Sequence[_Numbered]) -> set[int]:
    """Return the numbers of lines without a text, of rules, and of bullets of pictures alone."""
    numbers: set[int] = set()
    in_front_matter = bool(rendered) and rendered[0][1].text == FRONT_MATTER
    for index, (number, line) in enumerate(rendered):
        if in_front_matter:
            in_front_matter = index == 0 or line.text != FRONT_MATTER
        elif not line.text or _NOTHING.fullmatch(line.text):
            numbers.add(number)
    before_authors = False
    for number, line in reversed(rendered):
        if before_authors and _BULLET.fullmatch(line.text):
            numbers.add(number)
        else:
            before_authors = bool(_AUTHORS.fullmatch(line.text))
    return numbers


def _split_details(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield the lines; details on a single line (“8 authors · Jun 16, 2024”) become several."""
    for line in lines:
        first, *more = _details(line.text)
        pieces = [line]
        if more:
            pieces = [replace(line, text=first, extra=[])]
            for part in more:
                pieces.append(
                    replace(line, text=part, opens=False, urls=[], extra=[], is_part=True)
                )
            pieces[-1].extra = line.extra
        yield from pieces


def _details(text: str) -> Sequence[str]:
    if len(text) > _LONGEST_DETAILS or not ("·" in text or "•" in text):
        return [text]
    parts = [part.strip() for part in _PARTS.split(text) if part.strip()]
    when = next((index for index, part in enumerate(parts) if parse_date_line(part)), None)
    if when is not None:
        return [*parts[:when], " ".join(parts[when::2])]  # a point before the comments, too
    is_authors = len(parts) == 2 and bool(_AUTHORS.fullmatch(parts[0])) and parts[1] in "·•"
    return parts if is_authors else [text]
