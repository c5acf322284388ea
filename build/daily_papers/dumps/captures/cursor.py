"""Walks over the lines of papers, and knows how a capture marks where the next paper begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from daily_papers.dumps.captures import card_labels, furniture, page_lines
from daily_papers.dumps.captures.furniture import LONGEST_TITLE_LINE
from daily_papers.dumps.captures.page_lines import Line, linked_paper

_LONG = 120  # characters of a paragraph that is no title

END = Line(0, "", opens=True)  # behind the last line
DETAILS = ("authors", "separator")


def is_link_line(line: Line) -> bool:
    """Tell whether a line has links of a card alone, such as “GitHub 131”, or upvotes."""
    return line.is_vote or card_labels.parse_links(line.text) is not None


def _is_vote_above(line: Line, follows: Line) -> bool:
    """Tell whether a line has the upvotes of the paper that the next line links to."""
    return line.is_vote and page_lines.page_id([line]) == (linked_paper(follows) or "")


@dataclass(frozen=True)
class PaperMarks:
    """What of papers a capture has, by which they are told apart."""

    separators: bool  # points on lines of their own, as between authors and date
    dates: bool
    authors: bool
    headings: bool  # titles are headings
    links: bool  # titles link to their papers
    upvotes: bool  # numbers stand before titles

    @classmethod
    def of(cls, lines: Sequence[Line]) -> "PaperMarks":
        """Return the marks of these lines."""
        kinds = [line.kind for line in lines]
        first_is_count = kinds[:1] == ["upvotes"]
        above = takewhile(lambda line: line.kind == "upvotes" or is_link_line(line), lines)
        start = len([line for line in above if not line.is_heading])
        titles = lines[start : start + 1]
        headings = sum(line.is_heading and bool(linked_paper(line)) for line in lines)
        separators, authors = "separator" in kinds, "authors" in kinds
        has_headings = headings > 1 or any(line.is_heading for line in titles)
        links = any(linked_paper(line) or line.begins for line in titles)
        is_marked = (
            separators
            or authors
            or has_headings
            or links
            or any(line.is_vote for line in lines[:1])
        )
        upvotes = first_is_count and (is_marked or kinds.count("upvotes") > 1)
        upvotes |= any(map(_is_vote_above, lines, lines[1:]))
        dated = any(page_lines.parse_date_line(line.text) for line in lines)
        return cls(separators, dated, authors, has_headings, links, upvotes)

    @property
    def details(self) -> bool:
        """Tell whether papers have more than title and abstract."""
        return self.separators or self.authors

    @property
    def titles(self) -> bool:
        """Tell whether the first line of a paper is marked, so that its abstract may be absent."""
        return self.headings or self.links or self.upvotes


class Cursor:
    """A position among lines; `paper_id` is of the paper whose title was read last."""

    def __init__(self, lines: Sequence[Line]) -> None:
        """Begin at the first line."""
        self.lines, self.index = lines, 0
        self.marks = PaperMarks.of(lines)
        self.paper_id: str | None = None

    def peek(self, ahead: int = 0) -> Line:
        """Return the next line, or one behind it; END behind the last one."""
        index = self.index + ahead
        return self.lines[index] if index < len(self.lines) else END

    @property
    def is_at_end(self) -> bool:
        """Tell whether all lines are read."""
        return self.index >= len(self.lines)

    def begins_paper(self) -> bool:
        """Tell whether the next line is the first one of a paper, where a capture marks it."""
        line, marks = self.peek(), self.marks
        return (
            (marks.headings and line.is_heading)
            or (marks.upvotes and line.kind == "upvotes")
            or (marks.links and linked_paper(line) not in (None, self.paper_id))
        )

    def is_before_separator(self) -> bool:
        """Tell whether a point follows the next line, as it does an organization."""
        below = self.peek(2)
        return self.peek(1).kind == "separator" and below.kind != "authors" and below is not END

    def is_before_authors(self) -> bool:
        """Tell whether a point and the authors follow the next line, as they do a title or a name
        of an organization where a card has no abstract."""
        return self.peek(1).kind == "separator" and self.peek(2).kind == "authors"

    def paragraph(self) -> Sequence[Line]:
        """Read the running text up to the next paragraph; nothing if no such text is next."""
        start = self.index
        while (line := self.peek()) is not END and line.kind not in DETAILS:
            if self.index > start and (line.opens or self.begins_paper() or is_link_line(line)):
                break
            self.index += 1
        return self.lines[start : self.index]

    def looks_like_title(self) -> bool:
        """Tell whether a line and the paragraph behind it look like a title and an abstract."""
        line = self.peek()
        if not line.opens or line.kind or len(line.text) > LONGEST_TITLE_LINE:
            return False
        if furniture.is_prose(line.text) or card_labels.parse_links(line.text):
            return False
        end = self.index + 1
        if end >= len(self.lines) or self.lines[end].kind in DETAILS:
            return False
        while end + 1 < len(self.lines) and not self.lines[end + 1].opens:
            end += 1
        text = " ".join(line.text for line in self.lines[self.index + 1 : end + 1])
        return furniture.is_prose(text) or len(text) > _LONG

    def skip_paper(self, start: int) -> None:
        """Move on to the next paper, from a line of one that begins at an index."""
        self.index = max(self.index, start + 1)
        was_dated = False
        while not self.is_at_end:
            may_begin = was_dated or (not self.marks.dates and self.looks_like_title())
            if self.begins_paper() or (may_begin and not self.marks.titles and self._is_other()):
                return
            was_dated |= bool(page_lines.parse_date_line(self.peek().text))
            self.index += 1

    def _is_other(self) -> bool:
        """Tell whether the next line is none of those that stand below a date."""
        return not (page_lines.COMMENTS.fullmatch(self.peek().text) or is_link_line(self.peek()))
