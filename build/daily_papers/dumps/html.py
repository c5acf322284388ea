"""Reads a page of huggingface.co/papers that was saved as HTML.

Such a page has its data as JSON in an attribute, `<div data-target="DailyPapers" data-props="…">`;
pages of a search may have the list under another key there. A page without it is read from its
cards; see cards.py.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from bs4.element import Tag

from daily_papers.dumps import dates, envelope, html_parse, recall, strict_json
from daily_papers.dumps.cards import read_cards
from daily_papers.dumps.envelope import Answers
from daily_papers.dumps.saved_file import NEWLINE, Lines, decode, fold, make_dump, require_small
from daily_papers.dumps.strict_json import InvalidValueError
from daily_papers.records import Dump, DumpError

LARGEST = 32 * 2**20  # bytes
LONGEST_HEADING = 200  # characters of a title that are searched and quoted
MOST_OTHERS = 1_000  # tags with data of another name

_MARKUP = "markup"  # the part of lines without a listing
_OURS = re.compile(r"(?:.+\.)?(?:huggingface\.co|hf\.co)")
_SAVED_FROM = re.compile(r"<!-- saved from url=\(\d+\)(\S+) -->")
_DAY = re.compile(r"/papers/date/([0-9]{4}-[0-9]{2}-[0-9]{2})/?")
_ONE_PAPER = re.compile(r"/papers/[0-9]{4}\.[0-9]{4,5}(?:v[0-9]+)?/?")
_ERROR = re.compile(
    r"\b[45][0-9]{2}\b|\berror\b|not found|too many requests|forbidden|just a moment|unavailable",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"^(?:log|sign)[ -]?(?:in|up)\b|\blogin\b", re.IGNORECASE)
_PROPS = re.compile(r"data-props\s*=\s*(\"[^\"]*+\"|'[^']*+'|[^\s>]*+)", re.IGNORECASE)
_NEWLINE_BY_NAME = re.compile(r"&(?:#10|#13|#x0*[ad]|newline);?", re.IGNORECASE)


@dataclass(frozen=True)
class _Page:
    """A parsed page, the text that was parsed, and the page's address, if it states one."""

    file: str
    soup: BeautifulSoup
    plain: str
    address: str

    @cached_property
    def plain_lines(self) -> Lines:
        return Lines(self.plain, self.file)

    @property
    def is_foreign(self) -> bool:
        host = urlsplit(self.address).hostname
        return bool(host) and not _OURS.fullmatch(str(host))

    @property
    def is_of_one_paper(self) -> bool:
        return bool(_ONE_PAPER.fullmatch(urlsplit(self.address).path))


def read(data: bytes, path: Path) -> Dump:
    """Read a page.

    Raises:
        DumpError: it is a page of another site, a login or error page, has no papers, or its data
            are not what they have to be.
    """
    file = str(path)
    require_small(path, len(data), LARGEST)
    text = NEWLINE.sub("\n", decode(data, file))
    lines = Lines(text, file)
    soup, plain = html_parse.parse(text, file)
    page = _Page(file, soup, plain, _address(soup, text))
    answers = _read_data(page) or Answers("", lines.span)
    relative_only = not page.address  # such a page may be of any site
    if not (answers.listings or page.is_foreign or page.is_of_one_paper):
        answers.listings = read_cards(soup, relative_only)
    if not answers.listings:
        raise DumpError(file, None, _refusal(page))
    account = lines.account(answers.listings, _MARKUP)
    day = _DAY.fullmatch(urlsplit(page.address).path)
    shown_on = answers.shown_on(dates.iso_day(day[1]) if day else None)
    count = recall.count_in_json(answers.text)
    linked = recall.count_in_html(plain, relative_only)
    return make_dump(data, path, "html", shown_on, account, (linked or count.items, count.states))


def _address(soup: BeautifulSoup, text: str) -> str:
    """Return the address that the page states, or that it was saved from."""
    for tag in soup.find_all(["meta", "link"]):
        states_address = tag.get("property") == "og:url" or tag.get("rel") == "canonical"
        address = str(tag.get("content") or tag.get("href") or "")
        if states_address and _is_address(address):
            return address
    saved = _SAVED_FROM.search(text, 0, 5_000)
    return saved[1] if saved and _is_address(saved[1]) else ""


def _is_address(text: str) -> bool:
    try:
        return urlsplit(text).scheme in ("http", "https")
    except ValueError:  # "https://[broken"
        return False


def _read_data(page: _Page) -> Answers | None:
    """Read the papers from the data of a page; None where it has none."""
    tags = page.soup.find_all(lambda tag: tag.has_attr("data-props"))
    for tag in tags:
        if tag.get("data-target") == "DailyPapers" and (answers := _read_props(page, tag)):
            return answers
    for tag in tags[:MOST_OTHERS]:
        with suppress(DumpError):  # data that are no papers
            if answers := _read_props(page, tag):
                return answers
    return None


def _read_props(page: _Page, tag: Tag) -> Answers | None:
    """Read the papers from the data of a tag; None where it has none."""
    props = str(tag["data-props"])
    try:
        strict_json.require_few_values(props)
        start = strict_json.skip_blanks(props, 0)
        data, end = strict_json.read_value(props, start)
        if not isinstance(data, dict) or strict_json.skip_blanks(props, end) < len(props):
            raise InvalidValueError("not JSON: expected one object", end)
        try:
            list_path = envelope.list_path(data)
        except InvalidValueError:
            return None
        answers = Answers(props, _line_span(page, tag, props))
        answers.add_answer(data, list_path, start)
    except InvalidValueError as error:
        offset = error.offset or 0
        line, _ = _line_span(page, tag, props)(offset, offset + 1)
        raise DumpError(page.file, line, f"data-props: {error.problem}") from error
    return answers if answers.listings else None


def _line_span(page: _Page, tag: Tag, props: str) -> Callable[[int, int], tuple[int, int]]:
    """Return the function from offsets in the data of a tag to lines of the file."""
    first = last = tag.sourceline or 1
    offset = page.plain_lines.offset(first) + (tag.sourcepos or 0)
    attribute = _PROPS.search(page.plain, offset)
    inside = None
    if attribute:
        start, end = attribute.span(1)
        first, last = page.plain_lines.span(start, max(start + 1, end))
        # Newlines of the data are newlines of the file, unless some are written by name.
        if not _NEWLINE_BY_NAME.search(attribute[1]):
            inside = Lines(props, page.file)

    def span(start: int, end: int) -> tuple[int, int]:
        if first == last or not inside:
            return first, last
        first_inside, last_inside = inside.span(start, end)
        return first + first_inside - 1, first + last_inside - 1

    return span


def _refusal(page: _Page) -> str:
    """Return what a page without papers is, and what was expected."""
    host = urlsplit(page.address).hostname
    tags = [tag for tag in map(page.soup.find, ("title", "h1")) if tag]
    titles = list(filter(None, (fold(tag.get_text(" ")[:LONGEST_HEADING]) for tag in tags)))
    title = strict_json.describe(titles[0]) if titles else "without a title"
    if page.is_foreign:
        return f"a page of another site, {host}: expected a page of huggingface.co/papers"
    password = page.soup.find("input", attrs={"type": "password"})
    if password or any(map(_LOGIN.search, titles)):
        return "a login page: open huggingface.co/papers itself, and save it"
    if any(map(_ERROR.search, titles)):
        return f"an error page, {title}: save the page again"
    if page.is_of_one_paper:
        return "the page of one paper: expected a page that lists papers"
    if host or "hugging face" in title.lower():
        return f"a page without papers, {title}: expected one that lists some"
    return f"a page of another site, {title}: expected a page of huggingface.co/papers"
