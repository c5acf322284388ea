"""Parses the papers of a text capture, one after the other, as the page prints them.

    45                       upvotes, in some captures
    A Title
    An abstract, of one paragraph or several
      • 8 authors            or an organization: its handle, then its name
    ·
    Oct 14, 2024 2           the year is left out when it is current; the 2 counts comments

A paper begins where the capture marks it: by its upvotes, a heading, or a link to the paper's page.
Without such marks, it begins after the details of the paper before it, or with every second
paragraph.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from daily_papers.dumps.captures import furniture, page_lines
from daily_papers.dumps.captures.furniture import LONGEST_TITLE_LINE
from daily_papers.dumps.captures.page_lines import Line
from daily_papers.dumps.dates import PageDate
from daily_papers.dumps.record_fields import LONGEST_ABSTRACT, PAPER_PAGE
from daily_papers.records import DumpError, Listing

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

_END = Line(0, "", opens=True)  # behind the last line
_DETAILS = ("authors", "separator")


class PaperBlock(NamedTuple):
    """A paper as printed: its listing, still without a date, and its date, maybe without a year."""

    listing: Listing
    published: PageDate | None


def parse_papers(lines: Sequence[Line], file: str) -> list[PaperBlock]:
    """Parse the papers that lines are, all of them.

    Raises:
        DumpError: a line fits no part of a paper, or the file ends inside one.
    """
    return list(_BlockParser(lines, file))


class _BlockParser:
    """A cursor over lines that knows what must follow."""

    def __init__(self, lines: Sequence[Line], file: str) -> None:
        self._lines, self._next, self._file = lines, 0, file
        self._has_separators = any(line.kind == "separator" for line in lines)
        self._has_details = self._has_separators or any(line.kind == "authors" for line in lines)
        first_is_count = bool(lines) and lines[0].kind == "upvotes"
        titles = lines[1:2] if first_is_count else lines[:1]
        self._has_headings = any(line.is_heading for line in titles)
        self._has_links = any(_linked_paper(line) or line.begins for line in titles)
        is_marked = self._has_details or self._has_headings or self._has_links
        count_lines = sum(line.kind == "upvotes" for line in lines)
        self._has_upvotes = first_is_count and (is_marked or count_lines > 1)
        self._paper_id: str | None = None

    def __iter__(self) -> Iterator[PaperBlock]:
        rank = 0
        while self._peek() is not _END:
            start, rank = self._next, rank + 1
            upvote_count = self._upvotes()
            title = self._title()
            abstract = self._abstract()
            author_count = handle = organization = published_text = published = comment_count = None
            if self._has_details:
                author_count, handle, organization = self._who()
                published_text, published, comment_count = self._when()
            lines = self._lines[start : self._next]
            paper_id = _page_id(lines)
            listing = Listing(
                rank=rank,
                title=title,
                abstract=abstract,
                first_line=lines[0].number,
                last_line=max([lines[-1].number, *lines[-1].extra]),
                line_count=sum(len(line.extra) + (not line.is_part) for line in lines),
                published_text=published_text,
                author_count=author_count,
                comment_count=comment_count,
                upvote_count=upvote_count,
                organization_id=handle,
                organization_name=organization,
                arxiv_id=paper_id,
                url=PAPER_PAGE + paper_id if paper_id else None,
            )
            yield PaperBlock(listing, published)

    def _upvotes(self) -> int | None:
        line = self._peek()
        if not (self._has_upvotes and line.kind == "upvotes"):
            return None
        self._next += 1
        return page_lines.parse_count(line.text)

    def _title(self) -> str:
        first = self._peek()
        if _NUMBER.fullmatch(first.text) or (self._has_headings and not first.is_heading):
            raise self._unexpected("a title")
        self._paper_id = _linked_paper(first)
        if first.begins and not first.ends:
            return self._linked_title()
        start = self._next
        paragraph = self._lines[start : start + 1] if first.is_heading else self._paragraph()
        if not paragraph:
            raise self._unexpected("a title")
        self._next = start + 1
        title = self._text_from(start, "a title", LONGEST_TITLE_LINE)
        if len(paragraph) > 1:
            problem = "expected a blank line between a title and its abstract"
            raise DumpError(self._file, paragraph[1].number, problem)
        return title

    def _linked_title(self) -> str:
        """Read the lines up to the one on which the link of the title ends."""
        first = self._next
        for line in self._lines[first : first + LINES_OF_A_TITLE]:
            self._next += 1
            if line.ends:
                self._paper_id = _linked_paper(line)
                return self._text_from(first, "a title", LONGEST_TITLE_LINE)
        self._next = first
        raise self._unexpected("a title, and the end of its link")

    def _text_from(self, start: int, what: str, most: int) -> str:
        """Return the text of the lines that were read from an index on."""
        text = " ".join(line.text for line in self._lines[start : self._next])
        if len(text) > most:
            problem = f"expected {what} (at most {most:,} characters), found {len(text):,}"
            raise DumpError(self._file, self._lines[start].number, problem)
        return text

    def _abstract(self) -> str:
        start = self._next
        if self._begins_paper() or not self._paragraph():
            raise self._unexpected("an abstract")
        while self._continues():
            self._paragraph()
        follows = self._peek()
        if self._next > start + 1 and follows.kind == "separator" and not follows.opens:
            self._next -= 1  # no blank line before the organization
        last = self._lines[self._next - 1]
        if follows is _END and not self._has_details and _UNFINISHED.search(last.text[-200:]):
            problem = f"the file ends inside an abstract: “…{last.text[-30:]}”; save the page again"
            raise DumpError(self._file, last.number, problem)
        return self._text_from(start, "an abstract", LONGEST_ABSTRACT)

    def _continues(self) -> bool:
        """Tell whether the next paragraph belongs to the abstract, too."""
        line = self._peek()
        ends = line is _END or line.kind in _DETAILS or self._peek(1).kind == "separator"
        if ends or self._begins_paper():
            return False
        if self._has_headings or self._has_links or self._has_upvotes:
            return True
        if not (self._has_details and furniture.is_prose(self._lines[self._next - 1].text)):
            return False
        end = self._next + 1
        while end < len(self._lines) and not self._lines[end].opens:
            end += 1
        return furniture.is_prose(self._lines[end - 1].text)

    def _begins_paper(self) -> bool:
        """Tell whether the next line is the first one of a paper, where a capture marks it."""
        line = self._peek()
        return (
            (self._has_headings and line.is_heading)
            or (self._has_upvotes and line.kind == "upvotes")
            or (self._has_links and _linked_paper(line) not in (None, self._paper_id))
        )

    def _who(self) -> tuple[int | None, str | None, str | None]:
        """Read the number of authors, or the handle and the name of an organization."""
        line, follows = self._peek(), self._peek(1)
        if line.kind == "authors":
            self._next += 1
            return page_lines.parse_count(line.text), None, None
        organization = _organization(line) if len(line.text) <= LONGEST_ORGANIZATION else None
        if not organization or (follows is not _END and follows.kind != "separator"):
            raise self._unexpected("“• N authors” or an organization")
        self._next += 1
        return None, *organization

    def _when(self) -> tuple[str | None, PageDate | None, int | None]:
        """Read the date as printed and as parsed, and the number of comments."""
        line = self._peek()
        if self._has_separators:
            if line.kind != "separator":
                raise self._unexpected("“·” and a date")
            self._next += 1
            line = self._peek()
        if when := page_lines.parse_date_line(line.text):
            self._next += 1
            text, published, comment_count = when
            return text, published, self._comments() if comment_count is None else comment_count
        if self._has_separators:
            raise self._unexpected("a date such as “Jun 16, 2024” or “Feb 6”")
        return None, None, None

    def _comments(self) -> int | None:
        """Read a number of comments below the date; the last may be the next paper's upvotes."""
        line, follows = self._peek(), self._peek(1)
        count = _NUMBER.fullmatch(line.text)
        is_link = any(url.endswith("#community") for url in line.urls)
        may_be_upvotes = self._has_upvotes and not is_link and follows is not _END
        if not count or (may_be_upvotes and follows.kind != "upvotes"):
            return None
        self._next += 1
        return page_lines.parse_count(count[1])

    def _paragraph(self) -> Sequence[Line]:
        """Read the running text up to the next paragraph; nothing if no such text is next."""
        start = self._next
        while (line := self._peek()) is not _END and line.kind not in _DETAILS:
            if self._next > start and (line.opens or self._begins_paper()):
                break
            self._next += 1
        return self._lines[start : self._next]

    def _peek(self, ahead: int = 0) -> Line:
        index = self._next + ahead
        return self._lines[index] if index < len(self._lines) else _END

    def _unexpected(self, expected: str) -> DumpError:
        line = self._peek()
        if line is _END:
            last = self._lines[-1]
            problem = f"the file ends inside a record: expected {expected} after this line"
            return DumpError(self._file, last.number, problem)
        text = line.text if len(line.text) <= 40 else line.text[:40] + "…"
        return DumpError(self._file, line.number, f"expected {expected}, found “{text}”")


def _page_id(lines: Sequence[Line]) -> str | None:
    """Return the id of the paper whose page, or whose vote, the lines link to first."""
    urls = (url for line in lines for url in line.urls)
    matches = (_PAPER.fullmatch(url) or _VOTE.fullmatch(url) for url in urls)
    return next((match[1] for match in matches if match), None)


def _linked_paper(line: Line) -> str | None:
    """Return the id of the paper that a line links to; links to comments do not count."""
    papers = (_PAPER.fullmatch(url) for url in line.urls if not url.endswith("#community"))
    return next((paper[1] for paper in papers if paper), None)


def _organization(line: Line) -> tuple[str, str] | None:
    """Return the handle and the name that a line prints, or that it links to."""
    owners = [owner[1] for url in line.urls if (owner := _OWNER.fullmatch(url))]
    if owners and "://" not in line.text:
        return owners[0], line.text
    printed = _ALT.fullmatch(line.text) or _ORGANIZATION.fullmatch(line.text)
    return (printed["handle"], printed["name"] or printed["handle"]) if printed else None
