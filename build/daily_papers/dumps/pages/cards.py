"""Reads the papers of a saved page from its cards, where the page has no data to read.

A card is the largest element around a heading that links to /papers/ID in which no other paper is
linked. It is read by its links, headings, `<time>` and `<p>`, never by style classes, which change
with every design. Who submitted a paper is not read.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice, takewhile
from urllib.parse import unquote

from bs4.element import NavigableString, PageElement, Tag
from msgspec.structs import replace

from daily_papers.dumps import dates
from daily_papers.dumps.answers.field_values import (
    LONGEST_ABSTRACT,
    LONGEST_TITLE,
    printed_count,
)
from daily_papers.dumps.page_address import HOST
from daily_papers.dumps.pages.html_parse import ParsedPage
from daily_papers.dumps.problems import Problems
from daily_papers.dumps.saved_file import fold
from daily_papers.papers.arxiv import NEW_ID, listing_url
from daily_papers.records import Listing

HEADINGS = ("h1", "h2", "h3", "h4")
DEEPEST_CARD = 200  # elements around a card
HIGHEST_CARD = 12  # elements around a heading, at most
MOST_INSIDE = 1_500  # elements and texts of a card
MOST_IN_LABEL = 100  # elements and texts of a heading, a link or a name
MOST_READ = 20  # links and paragraphs of a card

# An archive has its own address before that of the page.
_ARCHIVE = r"(?:(?:https?://[^/\s]{1,80})?/[^\s?#]{1,80}/)?"
_SITE = rf"{_ARCHIVE}https?:/{{1,2}}{HOST}"
_PAPER = re.compile(rf"(?P<site>{_SITE})?/papers/(?P<id>{NEW_ID})(?:v[0-9]+)?/?(?P<rest>[?#]\S*)?")
_VOTE = re.compile(rf"(?:{_SITE})?/login\?next=/papers/({NEW_ID}).*")
_CODE = re.compile(rf"{_ARCHIVE}(?P<address>https?://(?:www\.)?github\.com/[^/\s?#]+/[^/\s?#]+/?)")
_UPVOTE = re.compile(r"\bUpvotes?:? ([0-9][0-9,]{0,10})\b")
_PUBLISHED = re.compile(r"\bPublished(?: on)?:? ([A-Z][a-z]{2,8}\.? [0-9]{1,2}(?:, [0-9]{4})?)\b")
_AUTHORS = re.compile(r"([0-9][0-9,]{0,8}) authors?\b")


def read_cards(page: ParsedPage, problems: Problems, relative_only: bool) -> list[Listing]:
    """Return the papers of the cards, each once: pages may have a card for each width of screen.

    With `relative_only`, links that name the site do not count: such a page may be of any site. A
    card that the end of the page cuts is a problem.
    """
    listings: dict[str, Listing] = {}
    cut_cards: dict[str, int] = {}
    for paper_id, heading, card in _find_cards(page, relative_only):
        title = label_of(heading)
        if paper_id in listings or not 0 < len(title) <= LONGEST_TITLE:
            continue
        if card:
            most = MOST_IN_LABEL if card is heading else MOST_INSIDE
            listings[paper_id] = _read_card(paper_id, title, card, most)
        else:
            cut_cards[paper_id] = heading.sourceline or 1
    ordered = sorted(listings.values(), key=lambda listing: listing.first_line)
    lines = [line for paper_id, line in cut_cards.items() if paper_id not in listings]
    for rank, line in enumerate(lines, len(ordered) + 1):
        problems.add_cut(line, rank)
    return [replace(listing, rank=rank) for rank, listing in enumerate(ordered, 1)]


def _find_cards(page: ParsedPage, relative_only: bool) -> Iterator[tuple[str, Tag, Tag | None]]:
    """Yield each linked paper with its heading and its card; None for a card that is cut."""
    papers_inside: defaultdict[int, set[str]] = defaultdict(set)
    linked_headings: dict[int, tuple[str, Tag]] = {}  # a heading is of one paper, the first
    inside = _headings_inside(page)
    for link in page.soup.find_all("a", href=True):
        paper = _PAPER.fullmatch(str(link["href"]))
        if not paper or (relative_only and paper["site"]):
            continue
        ancestors = _ancestors(link)
        for element in ancestors:
            papers_inside[id(element)].add(paper["id"])
        heading = next((element for element in ancestors if element.name in HEADINGS), None)
        heading = heading or inside.get(id(link))
        if heading and not paper["rest"]:
            linked_headings.setdefault(id(heading), (paper["id"], heading))
    shape: tuple[str, int] | None = None  # name and depth of the card before
    for paper_id, heading in linked_headings.values():
        around = (heading, *_ancestors(heading))
        alone = [element for element in around if len(papers_inside[id(element)]) < 2]
        card = alone[-1] if alone else heading
        if page.is_cut and id(card) in page.open_elements:
            yield paper_id, heading, _closed_card(page, alone, shape)
        else:
            shape = _shape(card) if page.is_cut else None
            yield paper_id, heading, card


def _headings_inside(page: ParsedPage) -> dict[int, Tag]:
    """Return the first heading inside of each link, by the `id` of the link."""
    inside: dict[int, Tag] = {}
    for heading in page.soup.find_all(HEADINGS):
        for element in _ancestors(heading):
            if element.name == "a":
                inside.setdefault(id(element), heading)
    return inside


def _closed_card(
    page: ParsedPage, around: Sequence[Tag], shape: tuple[str, int] | None
) -> Tag | None:
    """Return the card of a heading in a page that is cut behind it; None if the card is cut, too.

    It is an article, or an element like the card before. Without either, nothing says which of the
    elements around a heading is the card.
    """
    for element in around:
        if element.name == "article" or _shape(element) == shape:
            return None if id(element) in page.open_elements else element
    return None


def _shape(element: Tag) -> tuple[str, int]:
    return element.name, sum(1 for _ in islice(element.parents, DEEPEST_CARD))


def _ancestors(element: Tag) -> list[Tag]:
    top = ("body", "html", "[document]")
    below = takewhile(lambda parent: parent.name not in top, element.parents)
    return list(islice(below, HIGHEST_CARD))


def _read_card(paper_id: str, title: str, card: Tag, most: int) -> Listing:
    tags = [card, *(tag for tag in _inside(card, most) if isinstance(tag, Tag))]
    lines = [tag.sourceline or 1 for tag in tags]
    links = [tag for tag in tags if tag.name == "a"][:MOST_READ]
    paragraphs = [tag for tag in tags[1:] if tag.name == "p"][:MOST_READ]
    texts = [text for text in map(text_of, paragraphs) if len(text) <= LONGEST_ABSTRACT]
    time = next((tag for tag in tags[1:] if tag.name == "time"), None)
    text = text_of(card, most)
    published_text, published_on = published(text, time)
    authors = _AUTHORS.search(text)
    upvotes, comments, code_url = _read_links(paper_id, links)
    if upvotes is None:
        upvotes = printed_upvotes(text)
    return Listing(
        rank=0,
        title=title,
        abstract=max(texts, key=len, default=""),
        first_line=min(lines),
        last_line=max(lines),
        line_count=0,
        published_text=published_text,
        published_on=published_on,
        published_basis="stated" if published_on else None,
        author_count=int(authors[1].replace(",", "")) if authors else None,
        comment_count=comments,
        upvote_count=upvotes,
        arxiv_id=paper_id,
        url=listing_url(paper_id),
        code_url=code_url,
    )


def published(text: str, time: Tag | None) -> tuple[str | None, str | None]:
    """Return the date of a paper as printed, and as a day, by the text around it and a `<time>`.

    A day without a year, in the text alone, is no date.
    """
    printed = _PUBLISHED.search(text)
    published_text = printed[1] if printed else (text_of(time)[:40] or None) if time else None
    stated = dates.iso_day(str(time.get("datetime", ""))) if time else None
    return published_text, stated or dates.resolve(dates.parse(published_text or ""), None)[0]


def printed_upvotes(text: str) -> int | None:
    """Return the number of upvotes that a text states."""
    upvotes = _UPVOTE.search(text)
    return printed_count(upvotes[1]) if upvotes else None


def text_of(element: Tag, most: int = MOST_INSIDE) -> str:
    """Return the text of an element; of a very large one, the beginning."""
    inside = _inside(element, most)
    return fold(" ".join(text for text in inside if isinstance(text, NavigableString)))


def _inside(element: Tag, most: int) -> Iterator[PageElement]:
    """Yield the first elements and texts inside of an element, in order.

    `descendants` of bs4 begins with a search for the last one, however few are read.
    """
    waiting = element.contents[most::-1]
    for _ in range(most):
        if not waiting:
            return
        inner = waiting.pop()
        yield inner
        if isinstance(inner, Tag):
            waiting += inner.contents[most::-1]


def label_of(element: Tag) -> str:
    """Return the text of a heading, a link or a name; many of them may stand in one another."""
    return text_of(element, MOST_IN_LABEL)


def _read_links(paper_id: str, links: Sequence[Tag]) -> tuple[int | None, int | None, str | None]:
    """Return the upvotes, the comments and the code's address of a paper, the first of each."""
    upvotes = comments = code_url = None
    for link in links:
        href, text = str(link.get("href", "")), label_of(link)
        paper, vote = _PAPER.fullmatch(href), _VOTE.fullmatch(unquote(href))
        if vote and vote[1] == paper_id and upvotes is None:
            upvotes = 0 if text == "-" else printed_count(text.removeprefix("Upvote "))
        elif paper and paper["rest"] == "#community" and comments is None:
            comments = printed_count(text)
        elif (code := _CODE.fullmatch(href)) and not code_url:
            code_url = code["address"]
    return upvotes, comments, code_url
