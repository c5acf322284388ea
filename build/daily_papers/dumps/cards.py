"""Reads the papers of a saved page from its cards, where the page has no data to read.

A card is what surrounds a heading that links to /papers/ID, as far as no other paper is linked
there. It is read by its links, headings, `<time>` and `<p>`, never by style classes, which change
with every design. Who submitted a paper is not read.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import unquote

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, Tag

from daily_papers.dumps import dates, envelope, record_fields
from daily_papers.dumps.saved_file import fold
from daily_papers.records import Listing

HEADINGS = ("h1", "h2", "h3", "h4")
HIGHEST_CARD = 12  # elements around a heading, at most
MOST_INSIDE = 1_500  # elements and texts of a card
MOST_READ = 20  # links and paragraphs of a card

_SITE = r"https?://(?:www\.)?(?:huggingface\.co|hf\.co)"
_PAPER = re.compile(
    rf"(?P<site>{_SITE})?/papers/(?P<id>[0-9]{{4}}\.[0-9]{{4,5}})(?:v[0-9]+)?/?(?P<rest>[?#]\S*)?"
)
_VOTE = re.compile(rf"(?:{_SITE})?/login\?next=/papers/([0-9]{{4}}\.[0-9]{{4,5}}).*")
_CODE = re.compile(r"https?://(?:www\.)?github\.com/[^/\s?#]+/[^/\s?#]+/?")
_COUNT = re.compile(r"[0-9]{1,3}(?:,[0-9]{3}){1,2}|[0-9]{1,9}")
_AUTHORS = re.compile(r"([0-9][0-9,]{0,8}) authors?\b")


@dataclass
class _Card:
    """What a card says."""

    paper_id: str
    title: str
    lines: list[int] = field(default_factory=list)
    abstract: str = ""
    authors: int | None = None
    upvotes: int | None = None
    comments: int | None = None
    published_text: str | None = None
    published_on: str | None = None
    code_url: str | None = None

    def listing(self, rank: int) -> Listing:
        """Return it as a listing."""
        return Listing(
            rank=rank,
            title=self.title,
            abstract=self.abstract,
            first_line=min(self.lines),
            last_line=max(self.lines),
            line_count=0,
            published_text=self.published_text,
            published_on=self.published_on,
            published_basis="stated" if self.published_on else None,
            author_count=self.authors,
            comment_count=self.comments,
            upvote_count=self.upvotes,
            arxiv_id=self.paper_id,
            url=record_fields.PAPER_PAGE + self.paper_id,
            code_url=self.code_url,
        )


def listings(soup: BeautifulSoup, relative_only: bool) -> list[Listing]:
    """Return the papers of the cards, each once: pages may have a card for each width of screen.

    With `relative_only`, links that name the site do not count: such a page may be of any site.
    """
    cards: dict[str, _Card] = {}
    for paper_id, heading, card in _cards(soup, relative_only):
        title = _text(heading)
        if paper_id not in cards and 0 < len(title) <= record_fields.LONGEST_TITLE:
            cards[paper_id] = _read(_Card(paper_id, title), card)
    found = sorted(cards.values(), key=lambda one: min(one.lines))
    return [one.listing(rank) for rank, one in enumerate(found, 1)]


def _cards(soup: BeautifulSoup, relative_only: bool) -> Iterator[tuple[str, Tag, Tag]]:
    """Yield each linked paper with its heading and its card."""
    around: defaultdict[int, set[str]] = defaultdict(set)
    headings: list[tuple[str, Tag]] = []
    for link in soup.find_all("a", href=True):
        found = _PAPER.fullmatch(str(link["href"]))
        if not found or (relative_only and found["site"]):
            continue
        for element in _above(link):
            around[id(element)].add(found["id"])
        heading = next((one for one in _above(link) if one.name in HEADINGS), None)
        heading = heading or link.find(HEADINGS)
        if heading and not found["rest"]:
            headings.append((found["id"], heading))
    for paper_id, heading in headings:
        alone = [one for one in (heading, *_above(heading)) if len(around[id(one)]) < 2]
        yield paper_id, heading, alone[-1] if alone else heading


def _above(element: Tag) -> list[Tag]:
    found: list[Tag] = []
    parent = element.parent
    while (
        parent and parent.name not in ("body", "html", "[document]") and len(found) < HIGHEST_CARD
    ):
        found.append(parent)
        parent = parent.parent
    return found


def _read(card: _Card, element: Tag) -> _Card:
    inside = [one for one in _inside(element, MOST_INSIDE) if isinstance(one, Tag)]
    card.lines = [one.sourceline or 1 for one in (element, *inside)]
    for link in [one for one in (element, *inside) if one.name == "a"][:MOST_READ]:
        _link(card, str(link.get("href", "")), link)
    for paragraph in [one for one in inside if one.name == "p"][:MOST_READ]:
        text = _text(paragraph)
        if len(card.abstract) < len(text) <= record_fields.LONGEST_ABSTRACT:
            card.abstract = text
    if time := next((one for one in inside if one.name == "time"), None):
        _date(card, time)
    if authors := _AUTHORS.search(_text(element)):
        card.authors = int(authors[1].replace(",", ""))
    return card


def _inside(element: Tag, most: int) -> Iterator[PageElement]:
    return islice(element.descendants, most)


def _text(element: Tag) -> str:
    """Return the text of an element, of a very large one its beginning."""
    texts = (one for one in _inside(element, MOST_INSIDE) if isinstance(one, NavigableString))
    return fold(" ".join(texts))


def _link(card: _Card, href: str, element: Tag) -> None:
    text = _text(element)
    paper, vote = _PAPER.fullmatch(href), _VOTE.fullmatch(unquote(href))
    if vote and vote[1] == card.paper_id and card.upvotes is None:
        card.upvotes = 0 if text == "-" else _number(text)
    elif paper and paper["rest"] == "#community" and card.comments is None:
        card.comments = _number(text)
    elif _CODE.fullmatch(href) and not card.code_url:
        card.code_url = href


def _number(text: str) -> int | None:
    return int(text.replace(",", "")) if _COUNT.fullmatch(text) else None


def _date(card: _Card, element: Tag) -> None:
    """Read a date by its attribute, or by its text where that has the year."""
    card.published_text = _text(element)[:40] or None
    stated = envelope.day_stated({"date": str(element.get("datetime", ""))})[1]
    printed = dates.parse(card.published_text or "")
    card.published_on = stated or dates.resolve(printed, None)[0]
