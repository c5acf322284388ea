"""Reads a Daily Papers page that was saved as plain text or Markdown.

Such a capture is some lines of page furniture, then the papers, then perhaps the foot of the page.
Tools differ in what they keep; see page_lines.py for its lines, furniture.py for what surrounds the
papers, and paper_blocks.py for the papers. The page of one paper is read by paper_page.py.

Blank lines separate paragraphs; in a capture without any, every line is a paragraph.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from msgspec.structs import replace

from daily_papers.dumps import dates, recall
from daily_papers.dumps.captures import furniture, page_lines, paper_blocks, paper_page
from daily_papers.dumps.captures.capture_header import CaptureHeader, read_header
from daily_papers.dumps.captures.cursor import PaperMarks
from daily_papers.dumps.captures.cut_marks import CutMark, find_cut_mark
from daily_papers.dumps.captures.link_numbers import inline_references, strip_link_numbers
from daily_papers.dumps.captures.page_lines import Line
from daily_papers.dumps.captures.paper_blocks import PaperBlock
from daily_papers.dumps.problems import Problems
from daily_papers.dumps.saved_file import ShownOn, account_for, decode, make_dump, require_small
from daily_papers.records import Dump, DumpError

LARGEST = 16 * 2**20  # bytes

_CUT_MARK = "cut mark"
_BETWEEN = "card"  # the part of lines around papers, such as who submitted them


def read(data: bytes, path: Path) -> Dump:
    """Read a capture.

    Raises:
        DumpError: it is no text, is empty or too large, is no Daily Papers page, or too few of its
            papers are understood.
    """
    file = str(path)
    require_small(path, len(data), LARGEST)
    problems = Problems(file)
    text = decode(data, problems)
    folded = page_lines.split_lines(text, file)
    filled = [number for number, line in enumerate(folded, 1) if line]
    if not filled:
        raise DumpError(file, 1, "the file is empty")
    folded, definitions = inline_references(folded)
    folded, link_list = strip_link_numbers(folded)
    cut_mark = find_cut_mark(folded)
    if cut_mark:
        folded[cut_mark.line_index] = cut_mark.before
    lines = page_lines.read_lines(folded)
    header = read_header(folded)
    start = paper_page.find_abstract(lines, header)
    if start is None:
        blocks, parts, shown_on = _read_listing_page(lines, header, problems, cut_mark)
    else:
        page = paper_page.read_paper_page(lines, start, header, problems)
        blocks, parts = [_dated(PaperBlock(*page), None, published_on=header.published_on)], {}
        shown_on = None, header.saved_on, "stated" if header.saved_on else None
    parts |= {index + 1: "link" for index in (*link_list, *definitions)}
    if cut_mark:
        number, expected = cut_mark.line_index + 1, "the rest of the page: save it again"
        parts.setdefault(number, _CUT_MARK)
        problems.add(number, None, None, f"“{cut_mark.text}”", expected)
    problems.require_few(len(blocks))
    problems.rows.sort(key=lambda problem: problem.line or 0)
    listings = [block.listing for block in blocks]
    account = account_for(filled, listings, parts, _BETWEEN if start is None else "page")
    counted = recall.count_in_text(text)
    return make_dump(data, path, "text", shown_on, account, problems.rows, counted)


def _read_listing_page(
    lines: Sequence[Line], header: CaptureHeader, problems: Problems, cut_mark: CutMark | None
) -> tuple[list[PaperBlock], dict[int, str], ShownOn]:
    """Return the papers, the parts of lines that are of none, and when the page was shown."""
    head = furniture.read_head(lines)
    end = furniture.foot_start(lines, head.length)
    foot = [item for line in lines[end:] for item in furniture.as_furniture(line, "foot")]
    parts = {item.line: item.part for item in (*head.furniture, *foot)}
    is_cut = bool(cut_mark) or not foot
    body = lines[head.length : end]
    if not head.is_proven and not (header.is_listing and _is_marked(body)):
        number = lines[min(head.length, len(lines) - 1)].number
        problem = (
            "not a Daily Papers page: expected “Daily Papers” or"
            " “byAK and the research community” at its top"
        )
        raise DumpError(problems.file, number, problem)
    papers = paper_blocks.parse_papers(body, problems, is_cut)
    blocks, parts = papers.blocks, parts | papers.parts
    around = [url for line in (*lines[: head.length], *lines[end:]) for url in line.urls]
    page_date = header.complete(dates.parse(head.printed_date or ""), around)
    last_day = head.last_day or header.last_day
    if page_date and page_date.year:
        last_day = page_date.on(page_date.year)
    printed = [(when, listing.arxiv_id) for listing, when in blocks]
    year = dates.page_year(page_date, printed, last_day)
    shown_on = head.printed_date, *dates.resolve(page_date, year)
    return [_dated(block, year, last_day) for block in blocks], parts, shown_on


def _is_marked(body: Sequence[Line]) -> bool:
    """Tell whether lines have marks that papers have; where none are left, there is no paper."""
    marks = PaperMarks.of(body)
    return not body or marks.headings or marks.links or marks.details


def _dated(
    block: PaperBlock,
    year: int | None,
    last_day: date | None = None,
    published_on: str | None = None,
) -> PaperBlock:
    """Return a paper with its date completed; `last_day` is the last one of the page, and
    `published_on` what the file's header states."""
    listing, published = block
    day, basis = dates.resolve(published, year, last_day)
    if published_on and not day:
        day, basis = published_on, "stated"
    listing = replace(listing, published_on=day, published_basis=basis)
    return PaperBlock(listing, published)
