"""Reads a Daily Papers page that was saved as plain text or Markdown.

Such a capture is some lines of page furniture, then the papers, then perhaps the foot of the page.
Tools differ in what they keep; see page_lines.py for its lines, furniture.py for what surrounds the
papers, and paper_blocks.py for the papers.

Blank lines separate paragraphs; in a capture without any, every line is a paragraph.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from msgspec.structs import replace

from daily_papers.dumps import dates, recall
from daily_papers.dumps.captures import furniture, page_lines, paper_blocks
from daily_papers.dumps.captures.page_lines import Line
from daily_papers.dumps.dates import PageDate
from daily_papers.dumps.saved_file import decode, make_dump, require_small
from daily_papers.records import Dump, DumpError

LARGEST = 16 * 2**20  # bytes

_DAY = re.compile(r".*/papers/date/([0-9]{4}-[0-9]{2}-[0-9]{2})")
_NEAR = timedelta(days=10)


def read(data: bytes, path: Path) -> Dump:
    """Read a capture.

    Raises:
        DumpError: it is not UTF-8 text, is empty or too large, is no Daily Papers page, ends inside
            a record, or has a line that fits nowhere on such a page.
    """
    file = str(path)
    require_small(path, len(data), LARGEST)
    text = decode(data, file)
    lines, line_count = page_lines.read_lines(text, file)
    if not lines:
        raise DumpError(file, 1, "the file is empty")
    head, printed_date, start = furniture.read_head(lines, file)
    end = furniture.foot_start(lines, start)
    foot = [item for line in lines[end:] for item in furniture.as_furniture(line, "foot")]
    blocks = paper_blocks.parse_papers(lines[start:end], file)
    page_date = _add_linked_year(dates.parse(printed_date or ""), lines[:start] + lines[end:])
    year = dates.page_year(page_date, [block.published for block in blocks if block.published])
    shown_on = printed_date, *dates.resolve(page_date, year)
    listings = []
    for listing, published in blocks:
        published_on, basis = dates.resolve(published, year)
        listings.append(replace(listing, published_on=published_on, published_basis=basis))
    account = tuple(listings), (*head, *foot), line_count
    return make_dump(data, path, "text", shown_on, account, recall.count_in_text(text))


def _add_linked_year(page_date: PageDate | None, around: Iterable[Line]) -> PageDate | None:
    """Complete the page's date if the page links to the page of a day near it."""
    if not page_date or page_date.year:
        return page_date
    links = (_DAY.fullmatch(url) for line in around for url in line.urls)
    days = (dates.iso_day(link[1]) for link in links if link)
    for linked in [date.fromisoformat(day) for day in days if day]:
        for year in range(linked.year - 1, linked.year + 2):
            day = page_date.on(year)
            if day and abs(day - linked) <= _NEAR:
                return PageDate(page_date.month, page_date.day, year)
    return page_date
