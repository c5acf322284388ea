"""Cuts a text capture into the lines that a page shows, and classifies them.

Lines that show nothing (an address, a bracket, a picture) belong to the line before them.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from daily_papers.dumps import dates
from daily_papers.dumps.captures.markdown import TAGS, RenderedLine, make_renderer
from daily_papers.dumps.page_address import HOST
from daily_papers.dumps.saved_file import NEWLINE, fold, require_few_lines
from daily_papers.papers.arxiv import NEW_ID
from daily_papers.records import DumpError

LONGEST_LINE = 20_000  # characters
MOST_LINES = 400_000
FRONT_MATTER = "---"  # around what a tool writes above a page

COUNT = r"[0-9]{1,3}(?:,[0-9]{3}){1,2}|[0-9]{1,6}"
ROUNDED = r"[0-9]{1,4}(?:\.[0-9]{1,2})?[km]"
_AUTHORS = re.compile(rf"(?:[•·*-] ?){{0,3}}({COUNT}) authors?", re.IGNORECASE | re.ASCII)
_UPVOTES = re.compile(
    rf"(?:\[-\] ?|▲ ?|upvotes?:? ?)?(?:({COUNT})|(?P<rounded>{ROUNDED})|[-–])(?: upvotes?)?",
    re.IGNORECASE | re.ASCII,
)
_KINDS = {"authors": _AUTHORS, "separator": re.compile("[·•]"), "upvotes": _UPVOTES}
_ADDRESS = re.compile(
    rf"https?://{HOST}"
    r"(?:(?P<page>/(?:papers|login)\b\S*)|(?:/[^/\s]*/?)?)"
)
_NOTHING = re.compile(
    r"upvotes?|▲|#{1,6}|[*+]|[0-9]{1,3}[.)]|[-*_=]{3,}|(?:[-*_] ){2,}[-*_]|:{3,}(?: .{0,100})?",
    re.IGNORECASE,
)
_TAGS = re.compile(rf"(?:(?:{TAGS}) ?)+", re.IGNORECASE)
_UPVOTE = re.compile(r"\bupvotes?\b|▲", re.IGNORECASE)
_UNDERLINE = re.compile(r"={3,}|-{3,}")
_PAPER = re.compile(rf".*/papers/({NEW_ID})(?:v[0-9]+)?/?(?:[?#].*)?")
_VOTE = re.compile(rf".*/login\?next=(?:%2F|/)papers(?:%2F|/)({NEW_ID}).*", re.IGNORECASE)
_BULLET = re.compile("[•*-]")
_LONGEST_DETAILS = 200
_POINT = re.compile("[·•]")
_PARTS = re.compile(r"( ?[·•] ?)")
_DATE = re.compile(
    rf"(?:published(?: on)? )?(?P<date>.*?[0-9])(?: (?P<comments>{COUNT})(?: comments?)?)?",
    re.IGNORECASE,
)

COMMENTS = re.compile(rf"(?:{COUNT})(?: comments?)?", re.ASCII)
_MOST_DETAILS = 5  # on a line

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
    is_labelled: bool = False  # “Upvote” stands before it

    @cached_property
    def kind(self) -> str | None:
        """Return what the line may be: "authors" (their number), "separator" (the point between
        authors and date), "upvotes" ("12", "-" for none, "[-] 12"), or None.
        """
        return next((kind for kind in _KINDS if _KINDS[kind].fullmatch(self.text)), None)

    @property
    def is_vote(self) -> bool:
        """Tell whether the line is surely a number of upvotes, and not one of comments."""
        is_marked = self.is_labelled or bool(_UPVOTE.search(self.text))
        return self.kind == "upvotes" and (is_marked or any(map(_VOTE.fullmatch, self.urls)))


def linked_paper(line: Line) -> str | None:
    """Return the id of the paper that a line links to; links to comments do not count."""
    papers = (_PAPER.fullmatch(url) for url in line.urls if not url.endswith("#community"))
    return next((paper[1] for paper in papers if paper), None)


def page_id(lines: Iterable[Line]) -> str | None:
    """Return the id of the paper whose page, or whose vote, the lines link to first."""
    urls = (url for line in lines for url in line.urls)
    matches = (_PAPER.fullmatch(url) or _VOTE.fullmatch(url) for url in urls)
    return next((match[1] for match in matches if match), None)


def is_rounded(text: str) -> bool:
    """Tell whether a line prints a number of upvotes that is rounded, such as “1.2k”."""
    upvotes = _UPVOTES.fullmatch(text)
    return bool(upvotes and upvotes["rounded"])


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


def split_lines(text: str, file: str) -> list[str]:
    """Return the lines of a capture, each with single blanks.

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
    return folded


def read_lines(folded: Sequence[str]) -> list[Line]:
    """Return what the lines of a capture show."""
    filled = [(number, line) for number, line in enumerate(folded, 1) if line]
    has_blanks = bool(filled) and filled[-1][0] - filled[0][0] >= len(filled)
    render = make_renderer(folded)
    rendered = [(number, _render_details(render, line)) for number, line in filled]
    return [*_split_details(_join(rendered, has_blanks))]


def _render_details(render: Callable[[str], RenderedLine], line: str) -> RenderedLine:
    """Render a line; where it is of details, the link before its first point counts."""
    rendered = render(line)
    before = _POINT.split(line, maxsplit=1)[0].strip()
    if rendered.urls or before in ("", line) or len(_details(rendered.text)) < 2:
        return rendered
    return replace(rendered, urls=render(before).urls)


def _join(rendered: Sequence[_Numbered], has_blanks: bool) -> list[Line]:
    """Return the lines, each with those behind it that show nothing."""
    lines: list[Line] = []
    empty_lines = _empty_lines(rendered)
    before, opens, is_labelled = 0, True, False
    for number, content in rendered:
        opens = opens or not has_blanks or number > before + 1
        address = _ADDRESS.fullmatch(content.text.strip("<>"))
        is_address = bool(address and (address["page"] or opens))  # else it may end a paragraph
        is_empty = is_address or number in empty_lines
        if lines and is_empty:
            last = lines[-1]
            is_underline = bool(_UNDERLINE.fullmatch(content.text)) and has_blanks
            last.is_heading |= is_underline and number == last.number + 1
            last.extra.append(number)
            last.ends |= content.ends
        else:
            text = "" if is_address or _TAGS.fullmatch(content.text) else content.text
            marks = content.is_heading, content.begins, content.ends
            lines.append(Line(number, text, opens, [], [], *marks, is_labelled=is_labelled))
            opens = is_empty
        before, is_labelled = number, is_empty and bool(_UPVOTE.fullmatch(content.text))
        if is_address:
            lines[-1].urls.append(content.text.strip("<>"))
        elif content.text or content.ends:  # a link around a picture may lead to the next paper
            lines[-1].urls += content.urls
    return lines


def _empty_lines(rendered: Sequence[_Numbered]) -> set[int]:
    """Return the numbers of lines without a text, of rules, and of bullets of pictures alone."""
    numbers: set[int] = set()
    in_front_matter = bool(rendered) and rendered[0][1].text == FRONT_MATTER
    for index, (number, line) in enumerate(rendered):
        if in_front_matter:
            in_front_matter = index == 0 or line.text != FRONT_MATTER
        elif not line.text and line.is_heading and any(map(_PAPER.fullmatch, line.urls)):
            continue  # a title is missing there
        elif not line.text or _NOTHING.fullmatch(line.text) or _TAGS.fullmatch(line.text):
            numbers.add(number)
    before_authors = False
    for number, line in reversed(rendered):
        if before_authors and _BULLET.fullmatch(line.text):
            numbers.add(number)
        elif number not in numbers:
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
    has_point = "·" in text or "•" in text
    if len(text) > _LONGEST_DETAILS or not has_point or _AUTHORS.fullmatch(text):
        return [text]
    parts = [part.strip() for part in _PARTS.split(text) if part.strip()]
    when = next((index for index, part in enumerate(parts) if parse_date_line(part)), None)
    if when is not None:
        comments = parts[when + 2 : when + 3]  # a point before the comments, too
        if comments and COMMENTS.fullmatch(comments[0]):
            return [*parts[:when], f"{parts[when]} {comments[0]}", *parts[when + 4 :: 2]]
        return [*parts[: when + 1], *parts[when + 2 :: 2]]
    is_authors = any(map(_AUTHORS.fullmatch, parts)) and parts[0] not in "·•"
    return parts if is_authors and len(parts) <= _MOST_DETAILS else [text]
