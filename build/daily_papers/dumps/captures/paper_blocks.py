"""Reads the papers of a text capture, one after the other, as the page prints them.

    45                       upvotes, in some captures
    A Title
    An abstract, of one paragraph or several
      • 8 authors            or an organization: its handle, then its name
    ·
    Oct 14, 2024 2           the year is left out when it is current; the 2 counts comments

Where a paper begins is told by what a capture has: its upvotes, a heading, a link to the paper's
page; or else by the details of the paper before it, or by every second paragraph.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from daily_papers.dumps import record_fields
from daily_papers.dumps.captures import furniture, page_lines
from daily_papers.dumps.captures.furniture import LONGEST_TITLE
from daily_papers.dumps.captures.page_lines import Line
from daily_papers.dumps.dates import PageDate
from daily_papers.records import DumpError

LONGEST_ORGANIZATION = 120
LINES_OF_A_TITLE = 4

_PAPER = re.compile(r".*/papers/([0-9]{4}\.[0-9]{4,5})(?:v[0-9]+)?/?(?:[?#].*)?")
_VOTE = re.compile(
    r".*/login\?next=(?:%2F|/)papers(?:%2F|/)([0-9]{4}\.[0-9]{4,5}).*", re.IGNORECASE
)
_OWNER = re.compile(
    r"(?:https?://(?:www\.)?(?:huggingface\.co|hf\.co))?/([A-Za-z0-9][A-Za-z0-9._-]*)/?"
)
_NUMBER = re.compile(rf"({page_lines.COUNT})(?: comments?)?", re.ASCII)
_ORGANIZATION = re.compile(
    r"(?![0-9,]+ authors?$)(?P<handle>[A-Za-z0-9][A-Za-z0-9._-]*)(?: (?P<name>(?!.*://).+))?"
)
_ALT = re.compile(r"\[(?P<handle>[A-Za-z0-9][A-Za-z0-9._-]*)\] (?P<name>.+)")
_UNFINISHED = re.compile(r"(?:^| )[^ /]*[A-Za-z0-9,;:(\[{&–-]$")


@dataclass(frozen=True)
class Details:
    """What a page prints below an abstract; nothing at all in some captures."""

    author_count: int | None = None
    organization_id: str | None = None
    organization_name: str | None = None
    published_text: str | None = None
    published: PageDate | None = None
    comment_count: int | None = None


@dataclass(frozen=True)
class Printed:
    """A paper as printed, and the lines that it is."""

    title: str
    abstract: str
    upvote_count: int | None
    details: Details
    lines: Sequence[Line]

    @property
    def paper_id(self) -> str | None:
        """Return the id that the links to the paper's page end in."""
        urls = [url for line in self.lines for url in line.urls]
        found = [match for url in urls if (match := _PAPER.fullmatch(url) or _VOTE.fullmatch(url))]
        return found[0][1] if found else None


def papers(lines: Sequence[Line], file: str) -> list[Printed]:
    """Read the papers that lines are, all of them.

    Raises:
        DumpError: a line fits no place of a paper, or the file ends inside one.
    """
    return list(_Papers(lines, file))


class _Papers:
    """A cursor over lines that knows what must follow."""

    def __init__(self, lines: Sequence[Line], file: str) -> None:
        self._lines, self._next, self._file = lines, 0, file
        self._separated = any(one.is_separator for one in lines)
        self._detailed = self._separated or any(one.is_authors for one in lines)
        titles = lines[1:2] if lines and lines[0].is_upvotes else lines[:1]
        self._headed = any(one.is_heading for one in titles)
        self._linked = any(_linked(one) or one.begins for one in titles)
        self._voted = (
            bool(lines)
            and lines[0].is_upvotes
            and (
                self._detailed
                or self._headed
                or self._linked
                or sum(one.is_upvotes for one in lines) > 1
            )
        )
        self._paper_id: str | None = None

    def __iter__(self) -> Iterator[Printed]:
        while self._peek():
            start = self._next
            upvotes = self._upvotes()
            title = self._title()
            abstract = self._abstract()
            details = self._details() if self._detailed else Details()
            yield Printed(title, abstract, upvotes, details, self._lines[start : self._next])

    def _upvotes(self) -> int | None:
        line = self._peek()
        if not (self._voted and line and line.is_upvotes):
            return None
        self._next += 1
        return page_lines.number(line.text)

    def _title(self) -> str:
        first = self._peek()
        if not first or _NUMBER.fullmatch(first.text) or (self._headed and not first.is_heading):
            raise self._unexpected("a title")
        self._paper_id = _linked(first)
        if first.begins and not first.ends:
            return self._linked_title()
        if first.is_heading:
            self._next += 1
            return self._short(first, first.text)
        paragraph = self._paragraph()
        if not paragraph:
            raise self._unexpected("a title")
        title = self._short(first, first.text)
        if len(paragraph) > 1:
            problem = "expected a blank line between a title and its abstract"
            raise DumpError(self._file, paragraph[1].number, problem)
        return title

    def _linked_title(self) -> str:
        """Take the lines up to that on which the link of the title ends."""
        first = self._next
        for line in self._lines[first : first + LINES_OF_A_TITLE]:
            self._next += 1
            if line.ends:
                text = " ".join(one.text for one in self._lines[first : self._next])
                self._paper_id = _linked(line)
                return self._short(self._lines[first], text)
        self._next = first
        raise self._unexpected("a title, and the end of its link")

    def _short(self, line: Line, title: str) -> str:
        if len(title) > LONGEST_TITLE:
            problem = (
                f"expected a title (at most {LONGEST_TITLE} characters),"
                f" found a line of {len(title)}"
            )
            raise DumpError(self._file, line.number, problem)
        return title

    def _abstract(self) -> str:
        start = self._next
        if self._peek() and self._begins_paper(0) or not self._paragraph():
            raise self._unexpected("an abstract")
        while self._continues():
            self._paragraph()
        follows = self._peek()
        if self._next > start + 1 and follows and follows.is_separator and not follows.opens:
            self._next -= 1  # no blank line before the organization
        last = self._lines[self._next - 1]
        if not (follows or self._detailed) and _UNFINISHED.search(last.text[-200:]):
            problem = f"the file ends inside an abstract: “…{last.text[-30:]}”; save the page again"
            raise DumpError(self._file, last.number, problem)
        abstract = " ".join(line.text for line in self._lines[start : self._next])
        if len(abstract) > record_fields.LONGEST_ABSTRACT:
            problem = (
                f"expected an abstract (at most {record_fields.LONGEST_ABSTRACT:,} characters),"
                f" found {len(abstract):,}"
            )
            raise DumpError(self._file, self._lines[start].number, problem)
        return abstract

    def _continues(self) -> bool:
        """Tell whether the next paragraph belongs to the abstract, too."""
        line, follows = self._peek(), self._peek(1)
        if not line or line.is_authors or line.is_separator or (follows and follows.is_separator):
            return False
        if self._begins_paper(0):
            return False
        if self._headed or self._linked or self._voted:
            return True
        if not (self._detailed and furniture.is_prose(self._lines[self._next - 1].text)):
            return False
        end = self._next + 1
        while end < len(self._lines) and not self._lines[end].opens:
            end += 1
        return furniture.is_prose(self._lines[end - 1].text)

    def _begins_paper(self, ahead: int) -> bool:
        """Tell whether a line is the first one of a paper, where a capture marks it."""
        line = self._peek(ahead)
        if not line:
            return False
        other = _linked(line)
        return (
            (self._headed and line.is_heading)
            or (self._voted and line.is_upvotes)
            or (self._linked and other is not None and other != self._paper_id)
        )

    def _details(self) -> Details:
        who = self._who()
        if self._separated:
            if not ((separator := self._peek()) and separator.is_separator):
                raise self._unexpected("“·” and a date")
            self._next += 1
        line = self._peek()
        when = page_lines.dated(line.text) if line else None
        if not when and self._separated:
            raise self._unexpected("a date such as “Jun 16, 2024” or “Feb 6”")
        self._next += bool(when)
        text, published, comments = when or (None, None, None)
        if comments is None and when:
            comments = self._comments()
        handle, name = (None, None) if who.is_authors else _organization(who) or (None, None)
        return Details(
            author_count=page_lines.number(who.text) if who.is_authors else None,
            organization_id=handle,
            organization_name=name,
            published_text=text,
            published=published,
            comment_count=comments,
        )

    def _who(self) -> Line:
        line, follows = self._peek(), self._peek(1)
        named = (
            line
            and len(line.text) <= LONGEST_ORGANIZATION
            and _organization(line)
            and (follows is None or follows.is_separator)
        )
        if not line or not (line.is_authors or named):
            raise self._unexpected("“• N authors” or an organization")
        self._next += 1
        return line

    def _comments(self) -> int | None:
        """Take a number of comments below the date; the last may be the next paper's upvotes."""
        line = self._peek()
        found = _NUMBER.fullmatch(line.text) if line else None
        if not line or not found:
            return None
        if self._voted and not any(url.endswith("#community") for url in line.urls):
            follows = self._peek(1)
            if follows and not follows.is_upvotes:
                return None
        self._next += 1
        return page_lines.number(found[1])

    def _paragraph(self) -> Sequence[Line]:
        """Take the running text up to the next paragraph; nothing if no such text is next."""
        start = self._next
        while (line := self._peek()) and not (line.is_authors or line.is_separator):
            if self._next > start and (line.opens or self._begins_paper(0)):
                break
            self._next += 1
        return self._lines[start : self._next]

    def _peek(self, ahead: int = 0) -> Line | None:
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


def _linked(line: Line) -> str | None:
    """Return the id of the paper whose page a line links to, but for its comments."""
    for url in line.urls:
        if (found := _PAPER.fullmatch(url)) and not url.endswith("#community"):
            return found[1]
    return None


def _organization(line: Line) -> tuple[str, str] | None:
    """Return the handle and the name that a line prints, or that it links to."""
    owners = [found[1] for url in line.urls if (found := _OWNER.fullmatch(url))]
    if owners and "://" not in line.text:
        return owners[0], line.text
    found = _ALT.fullmatch(line.text) or _ORGANIZATION.fullmatch(line.text)
    return (found["handle"], found["name"] or found["handle"]) if found else None
