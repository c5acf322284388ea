"""Parses the papers of a text capture, one after the other, as the page prints them.

    45                       upvotes, in some captures; in others they stand below the date
    A Title
    An abstract, of one paragraph or several
      • 8 authors            or an organization: its handle, then its name
    ·
    Oct 14, 2024 2           the year is left out when it is current; the 2 counts comments
    GitHub 131 arXiv Page    links, in captures of the trending page

A paper begins where the capture marks it: by its upvotes, a heading, or a link to the paper's page.
Without such marks, it begins after the details of the one before, or with every second paragraph.

What fits nowhere costs no more than its paper, and below the abstract no more than itself.
"""

from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

from daily_papers.dumps.answers.field_values import LONGEST_ABSTRACT
from daily_papers.dumps.captures import furniture, page_lines
from daily_papers.dumps.captures.card_labels import drop_labels
from daily_papers.dumps.captures.cursor import END, Cursor
from daily_papers.dumps.captures.details import (
    LONGEST_ORGANIZATION,
    Details,
    begins_details,
    read_details,
    read_links_above,
)
from daily_papers.dumps.captures.furniture import LONGEST_TITLE_LINE
from daily_papers.dumps.captures.page_lines import Line, linked_paper
from daily_papers.dumps.dates import PageDate
from daily_papers.dumps.problems import END_OF_FILE, Problems
from daily_papers.dumps.saved_file import LEFT_OUT
from daily_papers.papers.arxiv import listing_url
from daily_papers.records import Listing

LINES_OF_A_TITLE = 4
_REPEATED = "repeated"  # the part of lines of a second card of a paper
_WHO = "“• N authors” or an organization"


class PaperBlock(NamedTuple):
    """A paper as printed: its listing, still without a date, and its date, maybe without a year."""

    listing: Listing
    published: PageDate | None


class Papers(NamedTuple):
    """The papers of a capture, and the parts of the lines of those that were left out."""

    blocks: list[PaperBlock]
    parts: dict[int, str]


class _BrokenPaperError(Exception):
    """A paper without title or abstract: the line where it breaks, and what was expected there."""

    def __init__(self, line: Line, expected: str, text: str | None = None) -> None:
        super().__init__(line, expected)
        self.line, self.expected, self.text = line, expected, text or line.text


def parse_papers(lines: Sequence[Line], problems: Problems, is_cut: bool) -> Papers:
    """Parse the papers that lines are; what of them is not understood is added to `problems`.

    A page may have a card of a paper for each width of screen: of papers in a row that are the
    same, the first counts. With `is_cut`, the file may end inside the last paper.
    """
    parser = _BlockParser(drop_labels(lines), problems, is_cut)
    while not parser.cursor.is_at_end:
        parser.read_paper()
    parser.report_missing_abstracts()
    return Papers(parser.blocks, parser.parts)


class _BlockParser:
    """Reads papers from a cursor, and keeps those that are whole."""

    def __init__(self, lines: Sequence[Line], problems: Problems, is_cut: bool) -> None:
        self.cursor, self._problems, self._is_cut = Cursor(lines), problems, is_cut
        self.blocks: list[PaperBlock] = []
        self.parts: dict[int, str] = {}
        self._rank = 0
        self._has_open_link = False  # in the abstract that was read last

    def read_paper(self) -> None:
        """Read a paper, or leave it out and go on at the next one."""
        cursor = self.cursor
        start = cursor.index
        self._rank += 1
        try:
            block = self._block(start)
        except _BrokenPaperError as error:
            at_end = error.line is END
            if at_end:
                cursor.index = len(cursor.lines)
                self._problems.add_cut(cursor.lines[-1].number, self._rank)
            else:
                where = error.line.number, self._rank, None
                self._problems.add(*where, f"“{error.text}”", error.expected)
                cursor.skip_paper(start)
            self._leave_out(start, LEFT_OUT)
            return
        if self.blocks and _is_same(self.blocks[-1].listing, block.listing):
            self._rank -= 1
            self._leave_out(start, _REPEATED)
        else:
            self.blocks.append(block)

    def _leave_out(self, start: int, part: str) -> None:
        """Assign the lines that were read from an index on to a part of the page."""
        first, last = _span(self.cursor.lines[start : self.cursor.index])
        self.parts |= dict.fromkeys(range(first, last + 1), part)

    def report_missing_abstracts(self) -> None:
        """Add a problem for each paper without an abstract, where others have one."""
        listings = [block.listing for block in self.blocks]
        without = [listing for listing in listings if not listing.abstract]
        for listing in without if len(without) < len(listings) else ():
            where = listing.first_line, listing.rank, "abstract"
            self._problems.add(*where, "nothing below the title", "an abstract")

    def _block(self, start: int) -> PaperBlock:
        cursor = self.cursor
        upvote_count = self._upvotes()
        links_above = read_links_above(cursor)
        title = self._title()
        abstract = self._abstract()
        if not title or (not (abstract or cursor.marks.titles) and furniture.is_prose(title)):
            raise _BrokenPaperError(cursor.lines[start], "a title")
        details = read_details(cursor)
        self._check(abstract, details)
        lines = cursor.lines[start : cursor.index]
        first_line, last_line = _span(lines)
        links = links_above.joined(details.links)
        paper_id = page_lines.page_id(lines) or links.arxiv_id
        listing = Listing(
            rank=self._rank,
            title=title,
            abstract=abstract,
            first_line=first_line,
            last_line=last_line,
            line_count=0,
            published_text=details.published_text,
            author_count=details.author_count,
            comment_count=details.comment_count,
            upvote_count=links.upvote_count if upvote_count is None else upvote_count,
            organization_id=details.handle,
            organization_name=details.organization if details.handle else None,
            arxiv_id=paper_id,
            url=listing_url(paper_id) if paper_id else None,
            code_url=links.code_url,
            project_url=links.project_url,
        )
        for line, field, expected in details.unread:
            self._problems.add(line.number, self._rank, field, f"“{line.text}”", expected)
        return PaperBlock(listing, details.published)

    def _check(self, abstract: str, details: Details) -> None:
        """Refuse a paper whose abstract may go on or is none, and report details that it lacks."""
        cursor, marks = self.cursor, self.cursor.marks
        has_any = details.has_who or details.has_when or details.links.is_any
        may_be_cut = cursor.is_at_end and self._is_cut and not has_any
        is_open = marks.details or furniture.is_unfinished(abstract) or self._has_open_link
        if may_be_cut and is_open and (abstract or not marks.titles):
            raise _BrokenPaperError(END, "the rest of the abstract")
        if not (abstract or has_any or marks.headings or cursor.paper_id):
            raise _BrokenPaperError(cursor.peek(), "an abstract")
        if marks.titles or not marks.details:
            return
        if not has_any:
            if not (cursor.is_at_end or cursor.looks_like_title()):
                raise _BrokenPaperError(cursor.peek(), _WHO)
            self._report_absent("details", _WHO)
        elif marks.dates and not details.has_when:
            self._report_absent("published_on", "“·” and a date such as “Jun 16, 2024” or “Feb 6”")

    def _report_absent(self, field: str, expected: str) -> None:
        """Add a problem for a field that is not where it should be."""
        cursor = self.cursor
        at_end = cursor.is_at_end
        line = cursor.lines[cursor.index - 1] if at_end else cursor.peek()
        text = END_OF_FILE if at_end else f"“{line.text}”"
        self._problems.add(line.number, self._rank, field, text, expected)

    def _upvotes(self) -> int | None:
        line = self.cursor.peek()
        if not (self.cursor.marks.upvotes and line.kind == "upvotes"):
            return None
        self.cursor.index += 1
        if page_lines.is_rounded(line.text):
            where = line.number, self._rank, "upvote_count"
            self._problems.add(*where, f"“{line.text}”", "a whole number")
            return None
        return page_lines.parse_count(line.text)

    def _title(self) -> str:
        cursor = self.cursor
        first = cursor.peek()
        is_other = cursor.marks.headings and not first.is_heading
        if first is END or first.kind or is_other or not first.text and first.is_heading:
            raise _BrokenPaperError(first, "a title")
        cursor.paper_id = linked_paper(first)
        if first.begins and not first.ends:
            return self._linked_title()
        start = cursor.index
        is_whole = first.is_heading or cursor.paper_id
        paragraph = [first] if is_whole else cursor.paragraph()
        cursor.index = start + 1
        if first.is_heading:
            self._read_wrapped_heading()
        elif len(paragraph) > 1 and not furniture.is_prose(paragraph[-1].text):
            cursor.index = start + len(paragraph)
        return self._text_from(start, "a title", LONGEST_TITLE_LINE)

    def _read_wrapped_heading(self) -> None:
        """Read on where a heading goes on in the next line."""
        cursor = self.cursor
        line, follows = cursor.peek(), cursor.peek(1)
        is_alone = not line.opens and follows.opens and follows is not END
        if is_alone and not (begins_details(cursor) or furniture.is_prose(line.text)):
            cursor.index += 1

    def _linked_title(self) -> str:
        """Read the lines up to the one on which the link of the title ends."""
        cursor = self.cursor
        first = cursor.index
        for line in cursor.lines[first : first + LINES_OF_A_TITLE]:
            cursor.index += 1
            if line.ends:
                cursor.paper_id = linked_paper(line)
                return self._text_from(first, "a title", LONGEST_TITLE_LINE)
        line = cursor.lines[first] if first + LINES_OF_A_TITLE <= len(cursor.lines) else END
        raise _BrokenPaperError(line, "a title, and the end of its link")

    def _text_from(self, start: int, what: str, most: int) -> str:
        """Return the text of the lines that were read from an index on."""
        lines = self.cursor.lines[start : self.cursor.index]
        text = " ".join(line.text for line in lines)
        if len(text) > most:
            beginning = f"{text[:40]}…, {len(text):,} characters"
            raise _BrokenPaperError(lines[0], f"{what} of at most {most:,} characters", beginning)
        return text

    def _abstract(self) -> str:
        """Read the abstract; "" where a capture marks its titles and has none here."""
        cursor = self.cursor
        start = cursor.index
        is_long = len(cursor.peek().text) > LONGEST_ORGANIZATION
        if cursor.is_at_end:
            is_listed = bool(self.blocks) and not any(b.listing.abstract for b in self.blocks)
            if cursor.paper_id and is_listed:
                return ""
            raise _BrokenPaperError(END, "an abstract")
        is_name = cursor.is_before_authors() and not furniture.is_prose(cursor.peek().text)
        is_detail = (is_name or begins_details(cursor)) and not is_long
        is_absent = cursor.begins_paper() or is_detail
        if is_absent and (cursor.marks.titles or cursor.marks.details):
            return ""
        cursor.paragraph()
        while self._continues():
            cursor.paragraph()
        self._has_open_link = cursor.lines[start].begins and not any(
            line.ends for line in cursor.lines[start : cursor.index]
        )
        follows = cursor.peek()
        if cursor.index > start + 1 and follows.kind == "separator" and not follows.opens:
            cursor.index -= 1  # no blank line before the organization
        return self._text_from(start, "an abstract", LONGEST_ABSTRACT)

    def _continues(self) -> bool:
        """Tell whether the next paragraph belongs to the abstract, too."""
        cursor, marks = self.cursor, self.cursor.marks
        if cursor.is_at_end or cursor.begins_paper() or begins_details(cursor):
            return False
        if marks.titles:
            return True
        if not (marks.details and furniture.is_prose(cursor.lines[cursor.index - 1].text)):
            return False
        end = cursor.index + 1
        while end < len(cursor.lines) and not cursor.lines[end].opens:
            end += 1
        return furniture.is_prose(cursor.lines[end - 1].text)


def _span(lines: Sequence[Line]) -> tuple[int, int]:
    return lines[0].number, max([lines[-1].number, *lines[-1].extra])


def _is_same(first: Listing, second: Listing) -> bool:
    """Tell whether two listings are cards of one paper."""
    if first.arxiv_id and second.arxiv_id:
        return first.arxiv_id == second.arxiv_id
    stated = attrgetter("title", "abstract", "author_count", "organization_id", "published_text")
    return bool(first.abstract) and stated(first) == stated(second)
