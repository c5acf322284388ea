"""Reads a Daily Papers page that was saved as plain text.

Such a capture is some lines of page furniture, then the papers: a title, an abstract and, in some
captures, what the page says below them, a paragraph of three lines:

      • 8 authors              or an organization: its handle, then its name
    ·
    Oct 14, 2024 2             the year is left out when it is current; the 2 counts comments

Paragraphs are parted by blank lines; in a capture without any, every line is a paragraph.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from daily_papers.clean import INVISIBLE
from daily_papers.dumps import dates
from daily_papers.dumps.dates import PageDate
from daily_papers.dumps.files import dump_id
from daily_papers.records import Dump, DumpError, Furniture, Listing

LONGEST_TITLE = 300  # characters; a longer line where a title belongs is an abstract out of place
LONGEST_ORGANIZATION = 120

_FURNITURE = {
    "new": "badge",
    "get trending papers in your email inbox!": "newsletter",
    "subscribe": "newsletter",
    "daily papers": "heading",
    "trending papers": "heading",
    "byak and the research community": "byline",
    "by ak and the research community": "byline",
}
_MARKS_OF_THE_PAGE = {"heading", "byline"}
_SHOWN_ON = "date"

_NEWLINE = re.compile(r"\r\n|\r|\n")
_BLANKS = re.compile(r"\s+")
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
_COUNT = r"[0-9]{1,3}(?:,[0-9]{3}){1,2}|[0-9]{1,6}"
_AUTHORS = re.compile(rf"(?:[•·*-] ?)?({_COUNT}) authors?", re.IGNORECASE | re.ASCII)
_SEPARATOR = re.compile("[·•]")
_DATE_LINE = re.compile(rf"(?P<date>.*?[0-9])(?: (?P<comments>{_COUNT}))?")
_NUMBER = re.compile(_COUNT)
_ORGANIZATION = re.compile(
    r"(?![0-9,]+ authors?$)(?P<handle>[A-Za-z0-9][A-Za-z0-9._-]*)(?: (?P<name>(?!.*://).+))?"
)
_UNFINISHED = re.compile(r"(?:^| )[^ /]*[A-Za-z0-9,;:(\[{&–-]$")


@dataclass(frozen=True)
class _Line:
    number: int
    text: str
    opens: bool  # it is the first line of a paragraph

    @property
    def is_authors(self) -> bool:
        return bool(_AUTHORS.fullmatch(self.text))

    @property
    def is_separator(self) -> bool:
        return bool(_SEPARATOR.fullmatch(self.text))


@dataclass(frozen=True)
class _Details:
    """What a page prints below an abstract; nothing at all in some captures."""

    author_count: int | None = None
    organization_id: str | None = None
    organization_name: str | None = None
    published_text: str | None = None
    published: PageDate | None = None
    comment_count: int | None = None
    last_line: int | None = None


@dataclass(frozen=True)
class _Record:
    """A paper as printed."""

    title: _Line
    abstract: Sequence[_Line]
    details: _Details
    line_count: int


def read(data: bytes, path: Path) -> Dump:
    """Read a capture.

    Raises:
        DumpError: it is not UTF-8 text, is empty, is no Daily Papers page, ends inside a record,
            or has a line that fits no place of such a page.
    """
    file = str(path)
    lines = _lines(_decode(data, file))
    if not lines:
        raise DumpError(file, 1, "the file is empty")
    furniture, shown = _furniture(lines, file)
    records = list(_Records(lines, len(furniture), file))
    shown_date = dates.parse(shown) if shown else None
    year = dates.page_year(shown_date, [day for one in records if (day := one.details.published)])
    shown_on, shown_on_basis = dates.resolve(shown_date, year)
    return Dump(
        id=dump_id(path),
        file=path.name,
        format="text",
        sha256=sha256(data).hexdigest(),
        bytes=len(data),
        shown_on_text=shown,
        shown_on=shown_on,
        shown_on_basis=shown_on_basis,
        listings=tuple(_listing(rank, one, year) for rank, one in enumerate(records, 1)),
        furniture=tuple(furniture),
        line_count=len(lines),
    )


def _decode(data: bytes, file: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(_NEWLINE.findall(data[: error.start].decode("latin-1"))) + 1
        raise DumpError(file, line, "not UTF-8 text: expected a page saved as UTF-8") from error
    if binary := _BINARY.search(text):
        line = len(_NEWLINE.findall(text, 0, binary.start())) + 1
        problem = f"not text: found the control character U+{ord(binary[0]):04X}"
        raise DumpError(file, line, problem)
    return text


def _lines(text: str) -> list[_Line]:
    """Return the lines that are not blank, white space folded; a no-break space is one too."""
    texts = [_BLANKS.sub(" ", INVISIBLE.sub("", line)).strip() for line in _NEWLINE.split(text)]
    filled = [number for number, one in enumerate(texts, 1) if one]
    has_blanks = bool(filled) and filled[-1] - filled[0] >= len(filled)
    return [
        _Line(number, texts[number - 1], not has_blanks or number == 1 or not texts[number - 2])
        for number in filled
    ]


def _furniture(lines: Sequence[_Line], file: str) -> tuple[list[Furniture], str | None]:
    """Return the lines at the top that are no paper, and the page's date as printed."""
    furniture: list[Furniture] = []
    shown = None
    for line in lines:
        part = _FURNITURE.get(line.text.lower())
        if part is None and shown is None and dates.parse(line.text):
            part, shown = _SHOWN_ON, line.text
        if part is None:
            break
        furniture.append(Furniture(line.number, part))
    if not _MARKS_OF_THE_PAGE & {one.part for one in furniture}:
        problem = (
            "not a Daily Papers page: expected “Daily Papers” or"
            " “byAK and the research community” at its top"
        )
        raise DumpError(file, lines[min(len(furniture), len(lines) - 1)].number, problem)
    return furniture, shown


class _Records:
    """Iterates over the papers of a page: a cursor over its lines that knows what must follow."""

    def __init__(self, lines: Sequence[_Line], start: int, file: str) -> None:
        self._lines, self._next, self._file = lines, start, file
        self._detailed = any(one.is_authors or one.is_separator for one in lines[start:])

    def __iter__(self) -> Iterator[_Record]:
        while self._peek():
            start = self._next
            title = self._title()
            abstract = self._abstract()
            details = self._details() if self._detailed else _Details()
            yield _Record(title, abstract, details, self._next - start)

    def _title(self) -> _Line:
        first = self._lines[self._next]
        if _NUMBER.fullmatch(first.text):
            raise self._unexpected("a title")
        paragraph = self._paragraph()
        if not paragraph:
            raise self._unexpected("a title")
        if len(first.text) > LONGEST_TITLE:
            problem = (
                f"expected a title (at most {LONGEST_TITLE} characters),"
                f" found a line of {len(first.text)}"
            )
            raise DumpError(self._file, first.number, problem)
        if len(paragraph) > 1:
            problem = "expected a blank line between a title and its abstract"
            raise DumpError(self._file, paragraph[1].number, problem)
        return first

    def _abstract(self) -> Sequence[_Line]:
        paragraph = self._paragraph()
        if not paragraph:
            raise self._unexpected("an abstract")
        follows = self._peek()
        if len(paragraph) > 1 and follows and follows.is_separator and not follows.opens:
            self._next -= 1  # no blank line before the organization
            paragraph = paragraph[:-1]
        last = paragraph[-1]
        if not (follows or self._detailed) and _UNFINISHED.search(last.text[-200:]):
            problem = f"the file ends inside an abstract: “…{last.text[-30:]}”; save the page again"
            raise DumpError(self._file, last.number, problem)
        return paragraph

    def _details(self) -> _Details:
        who = self._who()
        if not ((separator := self._peek()) and separator.is_separator):
            raise self._unexpected("“·” and a date")
        self._next += 1
        line = self._peek()
        when = _DATE_LINE.fullmatch(line.text) if line else None
        published = dates.parse(when["date"]) if when else None
        if not (line and when and published):
            raise self._unexpected("a date such as “Jun 16, 2024” or “Feb 6”")
        self._next += 1
        comments = when["comments"]
        below = self._peek()
        if not comments and below and not below.opens and _NUMBER.fullmatch(below.text):
            self._next += 1
            line, comments = below, below.text
        authors = _AUTHORS.fullmatch(who.text)
        organization = None if authors else _ORGANIZATION.fullmatch(who.text)
        handle = organization["handle"] if organization else None
        return _Details(
            author_count=_number(authors[1]) if authors else None,
            organization_id=handle,
            organization_name=(organization["name"] or handle) if organization else None,
            published_text=when["date"],
            published=published,
            comment_count=_number(comments) if comments else None,
            last_line=line.number,
        )

    def _who(self) -> _Line:
        line, follows = self._peek(), self._peek(1)
        named = (
            line
            and len(line.text) <= LONGEST_ORGANIZATION
            and _ORGANIZATION.fullmatch(line.text)
            and (follows is None or follows.is_separator)
        )
        if not line or not (line.is_authors or named):
            raise self._unexpected("“• N authors” or an organization")
        self._next += 1
        return line

    def _paragraph(self) -> Sequence[_Line]:
        """Take the running text up to the next paragraph; nothing if no such text is next."""
        start = self._next
        while (line := self._peek()) and not (line.is_authors or line.is_separator):
            if line.opens and self._next > start:
                break
            self._next += 1
        return self._lines[start : self._next]

    def _peek(self, ahead: int = 0) -> _Line | None:
        place = self._next + ahead
        return self._lines[place] if place < len(self._lines) else None

    def _unexpected(self, expected: str) -> DumpError:
        line = self._peek()
        if not line:
            last = self._lines[-1]
            problem = f"the file ends inside a record: expected {expected} after this line"
            return DumpError(self._file, last.number, problem)
        found = line.text if len(line.text) <= 40 else line.text[:40] + "…"
        return DumpError(self._file, line.number, f"expected {expected}, found “{found}”")


def _listing(rank: int, record: _Record, year: int | None) -> Listing:
    details = record.details
    published_on, published_basis = dates.resolve(details.published, year)
    return Listing(
        rank=rank,
        title=record.title.text,
        abstract=" ".join(line.text for line in record.abstract),
        first_line=record.title.number,
        last_line=details.last_line or record.abstract[-1].number,
        line_count=record.line_count,
        published_text=details.published_text,
        published_on=published_on,
        published_basis=published_basis,
        author_count=details.author_count,
        comment_count=details.comment_count,
        organization_id=details.organization_id,
        organization_name=details.organization_name,
    )


def _number(text: str) -> int:
    return int(text.replace(",", ""))
