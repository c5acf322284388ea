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

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag
from msgspec.structs import replace

from daily_papers.dumps import dates
from daily_papers.dumps.record_fields import LONGEST_ABSTRACT, LONGEST_TITLE, PAPER_PAGE
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


def read_cards(soup: BeautifulSoup, relative_only: bool) -> list[Listing]:
    """Return the papers of the cards, each once: pages may have a card for each width of screen.

    With `relative_only`, links that name the site do not count: such a page may be of any site.
    """
    listings: dict[str, Listing] = {}
    for paper_id, heading, card in _find_cards(soup, relative_only):
        title = _text(heading)
        if paper_id not in listings and 0 < len(title) <= LONGEST_TITLE:
            listings[paper_id] = _read_card(paper_id, title, card)
    ordered = sorted(listings.values(), key=lambda listing: listing.first_line)
    return [replace(listing, rank=rank) for rank, listing in enumerate(ordered, 1)]


def _find_cards(soup: BeautifulSoup, relative_only: bool) -> Iterator[tuple[str, Tag, Tag]]:
    """Yield each linked paper with its heading and its card."""
    papers_inside: defaultdict[int, set[str]] = defaultdict(set)
    headings: list[tuple[str, Tag]] = []
    for link in soup.find_all("a", href=True):
        paper = _PAPER.fullmatch(str(link["href"]))
        if not paper or (relative_only and paper["site"]):
            continue
        ancestors = _ancestors(link)
        for element in ancestors:
            papers_inside[id(element)].add(paper["id"])
        heading = next((element for element in ancestors if element.name in HEADINGS), None)
        heading = heading or link.find(HEADINGS)
        if heading and not paper["rest"]:
            headings.append((paper["id"], heading))
    for paper_id, heading in headings:
        around = (heading, *_ancestors(heading))
        alone = [element for element in around if len(papers_inside[id(element)]) < 2]
        yield paper_id, heading, alone[-1] if alone else heading


def _ancestors(element: Tag) -> list[Tag]:
    top = ("body", "html", "[document]")
    below = takewhile(lambda parent: parent.name not in top, element.parents)
    return list(islice(below, HIGHEST_CARD))


def _read_card(paper_id: str, title: str, card: Tag) -> Listing:
    tags = [card, *(tag for tag in islice(card.descendants, MOST_INSIDE) if isinstance(tag, Tag))]
    lines = [tag.sourceline or 1 for tag in tags]
    links = [tag for tag in tags if tag.name == "a"][:MOST_READ]
    paragraphs = [tag for tag in tags[1:] if tag.name == "p"][:MOST_READ]
    texts = [text for text in map(_text, paragraphs) if len(text) <= LONGEST_ABSTRACT]
    time = next((tag for tag in tags[1:] if tag.name == "time"), None)
    published_text = (_text(time)[:40] or None) if time else None
    # A day without a year, in the text alone, is no date.
    published_on = dates.iso_day(str(time.get("datetime", ""))) if time else None
    published_on = published_on or dates.resolve(dates.parse(published_text or ""), None)[0]
    authors = _AUTHORS.search(_text(card))
    upvotes, comments, code_url = _read_links(paper_id, links)
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
        url=PAPER_PAGE + paper_id,
        code_url=code_url,
    )


def _text(element: Tag) -> str:
    """Return the text of an element; of a very large one, the beginning."""
    inside = islice(element.descendants, MOST_INSIDE)
    return fold(" ".join(text for text in inside if isinstance(text, NavigableString)))


def _read_links(paper_id: str, links: Sequence[Tag]) -> tuple[int | None, int | None, str | None]:
    """Return the upvotes, the comments and the code's address of a paper, the first of each."""
    upvotes = comments = code_url = None
    for link in links:
        href, text = str(link.get("href", "")), _text(link)
        paper, vote = _PAPER.fullmatch(href), _VOTE.fullmatch(unquote(href))
        if vote and vote[1] == paper_id and upvotes is None:
            upvotes = 0 if text == "-" else _count(text)
        elif paper and paper["rest"] == "#community" and comments is None:
            comments = _count(text)
        elif _CODE.fullmatch(href) and not code_url:
            code_url = href
    return upvotes, comments, code_url


def _count(text: str) -> int | None:
    return int(text.replace(",", "")) if _COUNT.fullmatch(text) else None
