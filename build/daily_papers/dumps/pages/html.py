"""Reads a page of huggingface.co/papers that was saved as HTML.

Such a page has its data as JSON in an attribute; see page_props.py. A page without it is read from
what it shows: from its cards (cards.py), or, if it is about one paper, from its parts
(html_paper.py).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from msgspec import structs

from daily_papers.dumps import dates, recall
from daily_papers.dumps.answers import json_values
from daily_papers.dumps.answers.answer_reader import Answers
from daily_papers.dumps.pages import html_paper, html_parse
from daily_papers.dumps.pages.cards import read_cards
from daily_papers.dumps.pages.html_parse import ParsedPage
from daily_papers.dumps.pages.page_origin import Origin, find_origin
from daily_papers.dumps.pages.page_props import read_data, read_one_paper
from daily_papers.dumps.problems import END_OF_FILE, Problems
from daily_papers.dumps.saved_file import (
    NEWLINE,
    Lines,
    ShownOn,
    decode,
    fold,
    make_dump,
    require_small,
)
from daily_papers.records import Dump, DumpError, Listing

LARGEST = 32 * 2**20  # bytes
LONGEST_HEADING = 200  # characters of a title that are searched and quoted

MARKUP = "markup"  # the part of lines without a listing
_NOWHERE = Origin()
_OUR_TITLE = re.compile(
    r"\bpapers\b.*\bHugging Face\b|\b(?:daily|trending) papers\b", re.IGNORECASE
)
_TITLE_OF_LIST = re.compile(r"(?:(?:Daily|Weekly|Monthly|Trending) )?Papers - Hugging Face")
_ERROR = re.compile(
    r"\b[45][0-9]{2}\b|\berror\b|not found|too many requests|forbidden|just a moment|unavailable",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"^(?:log|sign)[ -]?(?:in|up)\b|\blogin\b", re.IGNORECASE)


@dataclass(frozen=True)
class PageContent:
    """What a page has; lines are those of its text."""

    listings: Sequence[Listing]
    left_out: Sequence[tuple[int, int]]  # first and last lines of records that are no listings
    problems: Problems
    shown_on: ShownOn
    count: tuple[int, frozenset[str]]  # of papers, by recall.py

    def moved(self, span: Callable[[int, int], tuple[int, int]]) -> "PageContent":
        """Return the content with its lines changed to those that a function maps them to."""
        listings = []
        for listing in self.listings:
            first, last = span(listing.first_line, listing.last_line)
            listings.append(structs.replace(listing, first_line=first, last_line=last))
        problems = Problems(self.problems.file)
        for row in self.problems.rows:
            line = span(row.line, row.line)[0] if row.line else None
            problems.rows.append(structs.replace(row, line=line))
        left_out = [span(first, last) for first, last in self.left_out]
        return replace(self, listings=listings, left_out=left_out, problems=problems)


def read(data: bytes, path: Path) -> Dump:
    """Read a page.

    Raises:
        DumpError: it is a page of another site, a login or error page, has no papers, or its data
            are not what they have to be.
    """
    require_small(path, len(data), LARGEST)
    problems = Problems(str(path))
    text = NEWLINE.sub("\n", decode(data, problems))
    lines = Lines(text, str(path))
    page = read_page(text, problems)
    return make_page_dump(page, data, path, lines)


def make_page_dump(page: PageContent, data: bytes, path: Path, lines: Lines) -> Dump:
    """Return the dump of a page that stands on these lines."""
    account = lines.account(page.listings, MARKUP, page.left_out)
    return make_dump(data, path, "html", page.shown_on, account, page.problems.rows, page.count)


def read_page(text: str, problems: Problems, around: Origin = _NOWHERE) -> PageContent:
    """Read the text of a page, which has these problems already; `around` is what a file that
    contains it states.

    Raises:
        DumpError: as `read` does.
    """
    file = problems.file
    page = html_parse.parse(text, file)
    origin = find_origin(page.soup, text, around)
    if origin.is_foreign:
        raise DumpError(file, None, _refusal(page, origin))
    is_of_one_paper = bool(origin.paper_id or html_paper.title_of(page))
    answers = read_one_paper(page, is_of_one_paper)
    if answers is None and is_of_one_paper:
        listing = html_paper.read_paper(page, origin.paper_id)
        answers = Answers("", lambda start, end: (1, 1), Problems(file))
        answers.is_one_paper = True
        answers.listings = [listing] if listing else []
    elif answers is None:
        answers = _read_list(page, origin)
    if answers is None or (is_of_one_paper and not answers.listings):
        raise DumpError(file, None, _refusal(page, origin))
    problems.rows += answers.problems.rows
    if page.is_cut and not any(row.found == END_OF_FILE for row in problems.rows):
        problems.add(None, None, None, END_OF_FILE, "the rest of the page: save it again")
    problems.require_few(len(answers.listings))
    count = recall.count_in_json(answers.text)
    linked = recall.count_in_html(page.plain, _may_be_foreign(page, origin))
    items = (count.items or 1) if answers.is_one_paper else (linked or count.items)
    shown_on = answers.shown_on(origin.day)
    listings = [_with_year(listing, shown_on[1]) for listing in answers.listings]
    return PageContent(listings, answers.left_out, problems, shown_on, (items, count.states))


def _with_year(listing: Listing, shown_on: str | None) -> Listing:
    """Complete a date without a year by that of the page, unless it is after the page's own."""
    printed = dates.parse(listing.published_text or "")
    if not printed or not shown_on or listing.published_on:
        return listing
    day, basis = dates.resolve(printed, int(shown_on[:4]))
    if not day or day > shown_on:
        return listing
    return structs.replace(listing, published_on=day, published_basis=basis)


def _may_be_foreign(page: ParsedPage, origin: Origin) -> bool:
    """Tell whether nothing says of which site a page is; relative links are of its own site."""
    return not (origin.addresses or any(map(_TITLE_OF_LIST.fullmatch, _titles(page))))


def _read_list(page: ParsedPage, origin: Origin) -> Answers | None:
    """Read the papers that a page lists; None where it is no page of papers."""
    is_of_papers = any(map(_OUR_TITLE.search, _titles(page))) or bool(origin.addresses)
    answers: Answers | None = None
    broken: DumpError | None = None
    try:
        answers = read_data(page, is_of_papers)
    except DumpError as error:
        broken = error
    if answers and (answers.listings or answers.left_out):
        return answers
    shown = Answers("", lambda start, end: (1, 1), Problems(page.file))
    shown.listings = read_cards(page, shown.problems, _may_be_foreign(page, origin))
    last = page.plain_lines.at(len(page.plain))
    shown.left_out = [(row.line, last) for row in shown.problems.rows if row.line]
    if broken and not shown.listings:
        if page.is_cut:
            return None
        raise broken
    if broken:
        shown.problems.add(broken.line, None, "data-props", broken.problem, "the data of the page")
    return shown if shown.listings or shown.problems.rows else answers


def _titles(page: ParsedPage) -> list[str]:
    """Return the title and the heading of a page."""
    tags = [tag for tag in map(page.soup.find, ("title", "h1")) if tag]
    return list(filter(None, (fold(tag.get_text(" ")[:LONGEST_HEADING]) for tag in tags)))


def _refusal(page: ParsedPage, origin: Origin) -> str:
    """Return what a page without papers is, and what was expected."""
    titles = _titles(page)
    title = json_values.describe(titles[0]) if titles else "without a title"
    if origin.is_foreign:
        return f"a page of another site, {origin.host}: expected a page of huggingface.co/papers"
    password = page.soup.find("input", attrs={"type": "password"})
    if password or any(map(_LOGIN.search, titles)):
        return "a login page: open huggingface.co/papers itself, and save it"
    if any(map(_ERROR.search, titles)):
        return f"an error page, {title}: save the page again"
    is_ours = origin.host or "hugging face" in title.lower()
    if page.is_cut and is_ours:
        return f"a page that is cut before the end of its first paper, {title}: save it again"
    if origin.paper_id:
        return f"the page of one paper, {title}, without its abstract: save the page again"
    if is_ours:
        return f"a page without papers, {title}: expected one that lists some"
    return f"a page of another site, {title}: expected a page of huggingface.co/papers"
