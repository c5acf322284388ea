"""Cuts a text capture into the lines that a page shows, and tells what each one is.

Lines that show nothing (an address, a bracket, a picture) belong to the line before them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from daily_papers.dumps import dates
from daily_papers.dumps.captures.markdown import Dialect, Shown
from daily_papers.dumps.saved_file import NEWLINE, fold, require_few_lines
from daily_papers.records import DumpError

LONGEST_LINE = 20_000  # characters
MOST_LINES = 400_000

COUNT = r"[0-9]{1,3}(?:,[0-9]{3}){1,2}|[0-9]{1,6}"
_AUTHORS = re.compile(rf"(?:[•·*-] ?)?({COUNT}) authors?", re.IGNORECASE | re.ASCII)
_SEPARATOR = re.compile("[·•]")
_UPVOTES = re.compile(
    rf"(?:\[-\] ?|▲ ?|upvotes?:? ?)?(?:({COUNT})|[-–])(?: upvotes?)?", re.IGNORECASE | re.ASCII
)
_ADDRESS = re.compile(r"https?://(?:www\.)?(?:huggingface\.co|hf\.co)(/\S*)?")
_PAGE = re.compile(r"/(?:papers|login)\b\S*")
_ONE_PART = re.compile(r"/?[^/\s]*/?")
_NOTHING = re.compile(r"upvotes?|▲|[-*_=]{3,}|(?:[-*_] ){2,}[-*_]", re.IGNORECASE)
_BULLET = re.compile("[·•*-]")
MATTER = "---"  # around what a tool writes above a page
_LONGEST_DETAILS = 200
_PARTS = re.compile(r"( ?[·•] ?)")
_DATE = re.compile(
    rf"(?:published(?: on)? )?(?P<date>.*?[0-9])(?: (?P<comments>{COUNT})(?: comments?)?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Line:
    """A line that shows something; `extra` are the numbers of lines behind it that show nothing."""

    number: int
    text: str
    opens: bool  # it is the first line of a paragraph
    urls: tuple[str, ...] = ()
    extra: tuple[int, ...] = ()
    is_heading: bool = False
    begins: bool = False  # a link that ends on another line
    ends: bool = False
    is_part: bool = False  # cut off the line before it, which counts

    @property
    def last(self) -> int:
        """Return the number of the last line that belongs to it."""
        return max(self.number, *self.extra) if self.extra else self.number

    @property
    def count(self) -> int:
        """Return how many lines of the file it is."""
        return len(self.extra) + (not self.is_part)

    @property
    def is_authors(self) -> bool:
        """Tell whether it says how many authors there are."""
        return bool(_AUTHORS.fullmatch(self.text))

    @property
    def is_separator(self) -> bool:
        """Tell whether it is the point between authors and date."""
        return bool(_SEPARATOR.fullmatch(self.text))

    @property
    def is_upvotes(self) -> bool:
        """Tell whether it may be a number of upvotes: "12", "-" for none, "[-] 12"."""
        return bool(_UPVOTES.fullmatch(self.text))


def number(text: str) -> int:
    """Return the number of authors, upvotes or comments that a line prints; 0 for "-"."""
    found = _AUTHORS.fullmatch(text) or _UPVOTES.fullmatch(text)
    return int((found and found[1] or "0").replace(",", ""))


def dated(text: str) -> tuple[str, dates.PageDate, int | None] | None:
    """Read a line with a date, and the number of comments that may follow it."""
    found = _DATE.fullmatch(text) if len(text) <= _LONGEST_DETAILS else None
    day = dates.parse(found["date"]) if found else None
    if not found or not day:
        return None
    return found["date"], day, number(found["comments"]) if found["comments"] else None


def lines(text: str, file: str) -> tuple[list[Line], int]:
    """Return the lines of a capture, and how many of the file are not blank.

    Raises:
        DumpError: there are too many of them, or one is too long.
    """
    require_few_lines(text, file, MOST_LINES)
    raw = NEWLINE.split(text)
    if long := next((at for at, one in enumerate(raw, 1) if len(one) > LONGEST_LINE), None):
        problem = f"a line of {len(raw[long - 1]):,} characters: expected {LONGEST_LINE:,} at most"
        raise DumpError(file, long, problem)
    folded = [fold(one) for one in raw]
    filled = [at for at, one in enumerate(folded, 1) if one]
    has_blanks = bool(filled) and filled[-1] - filled[0] >= len(filled)
    dialect = Dialect.of(folded)
    shown = [(at, dialect.shown(folded[at - 1])) for at in filled]
    return [*_split(_joined(shown, has_blanks))], len(filled)


def _joined(shown: Sequence[tuple[int, Shown]], has_blanks: bool) -> Iterator[Line]:
    """Yield the lines, each with those behind it that show nothing."""
    line: Line | None = None
    urls: list[str] = []
    extra: list[int] = []
    ends = False
    before, opens = 0, True
    nothing = _showing_nothing(shown)
    for at, one in shown:
        opens = opens or not has_blanks or at > before + 1
        before = at
        address = _address(one.text, opens)
        is_nothing = bool(address) or at in nothing
        if line and not is_nothing:
            yield replace(line, urls=tuple(urls), extra=tuple(extra), ends=ends)
        if line is None or not is_nothing:
            text = "" if address else one.text
            line = Line(at, text, opens, is_heading=one.is_heading, begins=one.begins)
            urls, extra, ends, opens = [], [], False, is_nothing
        else:
            extra.append(at)
        urls += (*one.urls, *filter(None, [address]))
        ends = ends or one.ends
    if line:
        yield replace(line, urls=tuple(urls), extra=tuple(extra), ends=ends)


def _showing_nothing(shown: Sequence[tuple[int, Shown]]) -> set[int]:
    """Return the numbers of lines without a text, of rules, and of bullets of pictures alone."""
    found: set[int] = set()
    in_matter = bool(shown) and shown[0][1].text == MATTER
    for place, (at, one) in enumerate(shown):
        if in_matter:
            in_matter = place == 0 or one.text != MATTER
        elif not one.text or _NOTHING.fullmatch(one.text):
            found.add(at)
    before_authors = False
    for at, one in reversed(shown):
        before_authors = bool(
            _AUTHORS.fullmatch(one.text) or (before_authors and _BULLET.fullmatch(one.text))
        )
        if before_authors and _BULLET.fullmatch(one.text):
            found.add(at)
    return found


def _address(text: str, opens: bool) -> str | None:
    """Return the address of the site that a line is, unless a paragraph may end in it."""
    found = _ADDRESS.fullmatch(text)
    path = (found[1] or "") if found else None
    if path is None or not (_PAGE.fullmatch(path) or (opens and _ONE_PART.fullmatch(path))):
        return None
    return text


def _split(found: Iterable[Line]) -> Iterator[Line]:
    """Yield the lines, details that stand on one of them (“8 authors · Jun 16, 2024”) apart."""
    for line in found:
        parts = _details(line.text)
        if len(parts) < 2:
            yield line
            continue
        for place, part in enumerate(parts):
            first, last = place == 0, place == len(parts) - 1
            yield replace(
                line,
                text=part,
                opens=line.opens and first,
                urls=line.urls if first else (),
                extra=line.extra if last else (),
                is_part=not first,
            )


def _details(text: str) -> Sequence[str]:
    if len(text) > _LONGEST_DETAILS or not ("·" in text or "•" in text):
        return [text]
    parts = [one.strip() for one in _PARTS.split(text) if one.strip()]
    when = next((at for at, one in enumerate(parts) if dated(one)), None)
    if when is not None:
        return [*parts[:when], " ".join(parts[when::2])]  # a point before the comments, too
    who = len(parts) == 2 and bool(_AUTHORS.fullmatch(parts[0])) and parts[1] in "·•"
    return parts if who else [text]
