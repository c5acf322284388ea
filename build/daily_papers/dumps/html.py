"""Reads a page of huggingface.co/papers that was saved as HTML.

Such a page has its data as JSON in an attribute, `<div data-target="DailyPapers" data-props="…">`;
pages of a search may have the list under another key there. A page without it is read by what its
cards say; see cards.py.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from bs4.element import Tag
from msgspec.structs import replace

from daily_papers.dumps import cards, envelope, html_parse, recall, record_fields, strict_json
from daily_papers.dumps.saved_file import NEWLINE, Lines, decode, dump_id, fold, too_large
from daily_papers.dumps.strict_json import Wrong
from daily_papers.records import DateBasis, Dump, DumpError, Listing

LARGEST = 32 * 2**20  # bytes
LONGEST_TITLE = 200  # characters of it that tell what a page is
MOST_OTHERS = 1_000  # tags with data of another name
OUTSIDE = "markup"

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
    """A parsed page, and where it is from, as far as it says so."""

    file: str
    soup: BeautifulSoup
    plain: str
    lines: Lines
    address: str

    @cached_property
    def lines_of_plain(self) -> Lines:
        """Return the lines of the text that was parsed."""
        return Lines(self.plain, self.file)

    @property
    def is_foreign(self) -> bool:
        """Tell whether the page says that it is of another site."""
        host = urlsplit(self.address).hostname
        return bool(host) and not _OURS.fullmatch(str(host))

    @cached_property
    def titles(self) -> list[str]:
        """Return the title of the window and the first heading, as far as there are any."""
        found = [self.soup.find(name) for name in ("title", "h1")]
        texts = [fold(one.get_text(" ")[:LONGEST_TITLE]) for one in found if one]
        return [text for text in texts if text]


@dataclass(frozen=True)
class _Listed:
    """The papers of a page, and the day that it is of."""

    listings: Sequence[Listing]
    data: str = ""  # JSON, if they were read from such
    shown_on_text: str | None = None
    shown_on: str | None = None


def read(data: bytes, path: Path) -> Dump:
    """Read a page.

    Raises:
        DumpError: it is a page of another site, a login or error page, has no papers, or its data
            are not what they have to be.
    """
    file = str(path)
    if len(data) > LARGEST:
        raise too_large(path, len(data), LARGEST)
    text = NEWLINE.sub("\n", decode(data, file))
    lines = Lines(text, file)
    soup, plain = html_parse.parse(text, file)
    page = _Page(file, soup, plain, lines, _address(soup, text))
    listed = _by_data(page) or _by_cards(page)
    if not listed:
        raise DumpError(file, None, _refusal(page))
    spans = [(one.first_line, one.last_line) for one in listed.listings]
    counts, furniture, line_count = lines.account(spans, OUTSIDE)
    shown_on, basis = _shown_on(page, listed)
    count = recall.in_answers(listed.data)
    return Dump(
        id=dump_id(path),
        file=path.name,
        format="html",
        sha256=sha256(data).hexdigest(),
        bytes=len(data),
        shown_on_text=listed.shown_on_text,
        shown_on=shown_on,
        shown_on_basis=basis,
        listings=tuple(
            replace(one, line_count=count)
            for one, count in zip(listed.listings, counts, strict=True)
        ),
        furniture=furniture,
        line_count=line_count,
        item_count=recall.in_page(plain, relative_only=not page.address) or count.items,
        states=tuple(sorted(count.states)),
    )


def _address(soup: BeautifulSoup, text: str) -> str:
    """Return the address that the page says it has, or that it was saved from."""
    for tag in soup.find_all(["meta", "link"]):
        named = tag.get("property") == "og:url" or tag.get("rel") == "canonical"
        address = str(tag.get("content") or tag.get("href") or "")
        if named and _is_address(address):
            return address
    saved = _SAVED_FROM.search(text, 0, 5_000)
    return saved[1] if saved and _is_address(saved[1]) else ""


def _is_address(text: str) -> bool:
    try:
        return urlsplit(text).scheme in ("http", "https")
    except ValueError:  # "https://[broken"
        return False


def _by_data(page: _Page) -> _Listed | None:
    """Read the papers from the data of a page; None where it has none."""
    tags = page.soup.find_all(lambda tag: tag.has_attr("data-props"))
    for tag in tags:
        if tag.get("data-target") == "DailyPapers" and (listed := _in_data(page, tag)):
            return listed
    for tag in tags[:MOST_OTHERS]:
        try:
            if listed := _in_data(page, tag):
                return listed
        except DumpError:  # the data of something else
            continue
    return None


def _in_data(page: _Page, tag: Tag) -> _Listed | None:
    props = str(tag["data-props"])
    try:
        strict_json.require_few(props)
        data, end = strict_json.value(props, strict_json.skip(props, 0))
        if not isinstance(data, dict) or strict_json.skip(props, end) < len(props):
            raise Wrong("not JSON: expected one object", end)
        try:
            path = envelope.papers_in(data)
        except Wrong:
            return None
        listings = _listings(props, path, _Place.of(page, tag, props))
    except Wrong as wrong:
        at = wrong.offset or 0
        line = _Place.of(page, tag, props).lines(at, at + 1)[0]
        raise DumpError(page.file, line, f"data-props: {wrong.problem}") from wrong
    return _Listed(listings, props, *envelope.day_stated(data)) if listings else None


def _listings(props: str, path: Sequence[str], place: "_Place") -> list[Listing]:
    listings: list[Listing] = []

    def add(record: Any, start: int, end: int) -> None:
        rank = len(listings) + 1
        try:
            listings.append(record_fields.listing(record, rank, *place.lines(start, end)))
        except Wrong as wrong:
            raise Wrong(f"record {rank}: {wrong.problem}", start) from wrong

    at = strict_json.skip(props, 0)
    for key in path:
        at = strict_json.member(props, at, key)
    strict_json.elements(props, at, add)
    return listings


@dataclass(frozen=True)
class _Place:
    """Where the data of a page stand: their lines, and how these are those of the file."""

    first: int
    last: int
    inside: Lines | None  # None where they cannot be told apart

    @classmethod
    def of(cls, page: _Page, tag: Tag, props: str) -> "_Place":
        """Find the place of a tag's data."""
        starts = page.lines_of_plain
        offset = starts.offset(tag.sourceline or 1) + (tag.sourcepos or 0)
        found = _PROPS.search(page.plain, offset)
        if not found:
            return cls(tag.sourceline or 1, tag.sourceline or 1, None)
        first, last = starts.at(found.start(1)), starts.at(max(found.start(1), found.end(1) - 1))
        named = _NEWLINE_BY_NAME.search(found[1])
        return cls(first, last, None if named else Lines(props, page.file))

    def lines(self, start: int, end: int) -> tuple[int, int]:
        """Return the lines of the file that a part of the data stands on."""
        if self.first == self.last:
            return self.first, self.first
        if not self.inside:
            return self.first, self.last
        return self.first + self.inside.at(start) - 1, self.first + self.inside.at(end - 1) - 1


def _by_cards(page: _Page) -> _Listed | None:
    if page.is_foreign or _ONE_PAPER.fullmatch(urlsplit(page.address).path):
        return None
    found = cards.listings(page.soup, relative_only=not page.address)
    return _Listed(found) if found else None


def _shown_on(page: _Page, listed: _Listed) -> tuple[str | None, DateBasis | None]:
    """Return the day of the page: that of its data, of its address, or of what it lists."""
    if listed.shown_on:
        return listed.shown_on, "stated"
    found = _DAY.fullmatch(urlsplit(page.address).path)
    if found and (day := envelope.day_stated({"date": found[1]})[1]):
        return day, "stated"
    return envelope.day_of(listed.listings)


def _refused_as(page: _Page) -> str | None:
    """Say what else than a page with papers this is; None where nothing says so."""
    password = page.soup.find("input", attrs={"type": "password"})
    if password or any(map(_LOGIN.search, page.titles)):
        return "a login page: open huggingface.co/papers itself, and save it"
    if any(map(_ERROR.search, page.titles)):
        return f"an error page, {strict_json.shown(page.titles[0])}: save the page again"
    if not page.is_foreign and _ONE_PAPER.fullmatch(urlsplit(page.address).path):
        return "the page of one paper: expected a page that lists papers"
    return None


def _refusal(page: _Page) -> str:
    """Say what a page is that has no papers."""
    host = urlsplit(page.address).hostname
    title = strict_json.shown(page.titles[0]) if page.titles else "without a title"
    if page.is_foreign:
        return f"a page of another site, {host}: expected a page of huggingface.co/papers"
    if refused := _refused_as(page):
        return refused
    if host or "hugging face" in title.lower():
        return f"a page without papers, {title}: expected one that lists some"
    return f"a page of another site, {title}: expected a page of huggingface.co/papers"
