"""Reads a Daily Papers page that was saved as plain text or Markdown.

Such a capture is some lines of page furniture, then the papers, then perhaps the foot of the page.
Tools differ in what they keep; see page_lines.py for its lines, furniture.py for what surrounds the
papers, and paper_blocks.py for the papers.

Paragraphs are parted by blank lines; in a capture without any, every line is a paragraph.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

from daily_papers.dumps import dates, recall, record_fields
from daily_papers.dumps.captures import furniture, page_lines, paper_blocks
from daily_papers.dumps.captures.page_lines import Line
from daily_papers.dumps.captures.paper_blocks import Printed
from daily_papers.dumps.dates import PageDate
from daily_papers.dumps.saved_file import decode, dump_id, too_large
from daily_papers.records import Dump, DumpError, Listing

LARGEST = 16 * 2**20  # bytes

_DAY = re.compile(r".*/papers/date/([0-9]{4}-[0-9]{2}-[0-9]{2})")
_NEAR = timedelta(days=10)


def read(data: bytes, path: Path) -> Dump:
    """Read a capture.

    Raises:
        DumpError: it is not UTF-8 text, is empty or too large, is no Daily Papers page, ends inside
            a record, or has a line that fits no place of such a page.
    """
    file = str(path)
    if len(data) > LARGEST:
        raise too_large(path, len(data), LARGEST)
    content = decode(data, file)
    lines, line_count = page_lines.lines(content, file)
    if not lines:
        raise DumpError(file, 1, "the file is empty")
    head, shown, start = furniture.head(lines, file)
    end = furniture.foot(lines, start)
    count = recall.in_text(content)
    foot = [part for line in lines[end:] for part in furniture.of(line, "foot")]
    papers = paper_blocks.papers(lines[start:end], file)
    shown_date = _with_year(dates.parse(shown), [*lines[:start], *lines[end:]]) if shown else None
    year = dates.page_year(shown_date, [day for one in papers if (day := one.details.published)])
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
        listings=tuple(_listing(rank, one, year) for rank, one in enumerate(papers, 1)),
        furniture=(*head, *foot),
        line_count=line_count,
        item_count=count.items,
        states=tuple(sorted(count.states)),
    )


def _with_year(shown: PageDate | None, around: Iterable[Line]) -> PageDate | None:
    """Complete the page's date where it links to the page of a day near it."""
    if not shown or shown.year:
        return shown
    for found in (_DAY.fullmatch(url) for line in around for url in line.urls):
        try:
            near = date.fromisoformat(found[1]) if found else None
        except ValueError:  # no such day
            near = None
        for year in range(near.year - 1, near.year + 2) if near else ():
            day = shown.on(year)
            if near and day and abs(day - near) <= _NEAR:
                return replace(shown, year=year)
    return shown


def _listing(rank: int, paper: Printed, year: int | None) -> Listing:
    details = paper.details
    published_on, published_basis = dates.resolve(details.published, year)
    return Listing(
        rank=rank,
        title=paper.title,
        abstract=paper.abstract,
        first_line=paper.lines[0].number,
        last_line=paper.lines[-1].last,
        line_count=sum(line.count for line in paper.lines),
        published_text=details.published_text,
        published_on=published_on,
        published_basis=published_basis,
        author_count=details.author_count,
        comment_count=details.comment_count,
        upvote_count=paper.upvote_count,
        organization_id=details.organization_id,
        organization_name=details.organization_name,
        arxiv_id=paper.paper_id,
        url=record_fields.PAPER_PAGE + paper.paper_id if paper.paper_id else None,
    )
