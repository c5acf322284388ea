"""Reads the page of one paper from what it shows, where it has no data to read."""

import re
from collections.abc import Iterator
from itertools import islice

from bs4.element import Tag

from daily_papers.dumps import dates
from daily_papers.dumps.answers.field_values import LONGEST_ABSTRACT, LONGEST_TITLE
from daily_papers.dumps.feeds.feed_text import split_names
from daily_papers.dumps.pages import cards
from daily_papers.dumps.pages.html_parse import ParsedPage
from daily_papers.papers.arxiv import arxiv_id, listing_url
from daily_papers.records import Listing

MOST_LINKS = 1_000
MOST_BELOW = 1_000  # elements and texts below a heading
HIGHEST_PART = 3  # elements around a heading or a label, at most

_TITLE = re.compile(r"Paper page - (.+)")
_GENERATED = re.compile(r"AI-generated summary", re.IGNORECASE)
_SUBMITTED = re.compile(r"\bSubmitted by .{1,100}? on ([A-Z][a-z]{2,8}\.? [0-9]{1,2}, [0-9]{4})\b")
_LABEL = re.compile(r"^\s*Authors?:|^\s*Authors?\s*$")


def title_of(page: ParsedPage) -> str | None:
    """Return the title of the paper that a page is about, by the title of the page."""
    tag = page.soup.find("title")
    match = _TITLE.fullmatch(cards.text_of(tag)) if tag else None
    return match[1] if match else None


def read_paper(page: ParsedPage, paper_id: str | None) -> Listing | None:
    """Read the paper with this arXiv id, or with the one that the page links to.

    None where the page has no title, no id or no abstract, or ends before the end of the abstract.
    """
    heading = page.soup.find("h1")
    title = (cards.text_of(heading) if heading else "") or title_of(page) or ""
    links = page.soup.find_all("a", href=True)[:MOST_LINKS]
    ids = (arxiv_id(str(link["href"])) for link in links if "arxiv.org/" in str(link["href"]))
    paper_id = paper_id or next(filter(None, ids), None)
    abstract = _abstract(page)
    if not paper_id or not abstract or not 0 < len(title) <= LONGEST_TITLE:
        return None
    text = cards.text_of(page.soup)
    published_text, published_on = cards.published(text, None)
    submitted = _SUBMITTED.search(text)
    names = _authors(page)
    return Listing(
        rank=1,
        title=title,
        abstract=abstract[0],
        first_line=heading.sourceline or 1 if heading else abstract[1],
        last_line=abstract[1],
        line_count=0,
        published_text=published_text,
        published_on=published_on,
        published_basis="stated" if published_on else None,
        author_count=len(names) or None,
        upvote_count=cards.printed_upvotes(text),
        listed_on=dates.iso_day(submitted[1]) if submitted else None,
        arxiv_id=paper_id,
        url=listing_url(paper_id),
        authors=names or None,
        code_url=_link(
            links, r"github\b.{0,20}", r"https?://(?:www\.)?github\.com/[^/\s]+/[^/\s?#]+/?"
        ),
        project_url=_link(links, r"project page", r"https?://\S{1,2000}"),
    )


def _abstract(page: ParsedPage) -> tuple[str, int] | None:
    """Return the abstract, and its last line."""
    for heading in page.soup.find_all(cards.HEADINGS):
        if cards.label_of(heading).rstrip(":").lower() != "abstract":
            continue
        paragraphs = list(_paragraphs_below(heading))
        parts = [part for part in islice(heading.parents, HIGHEST_PART) if part.find("p")]
        if not paragraphs or (page.is_cut and parts and id(parts[0]) in page.open_elements):
            return None
        text = " ".join(_stated(map(cards.text_of, paragraphs)))
        last = max(tag.sourceline or 1 for tag in paragraphs)
        return (text, last) if 0 < len(text) <= LONGEST_ABSTRACT else None
    return None


def _paragraphs_below(heading: Tag) -> Iterator[Tag]:
    """Yield the paragraphs between a heading and the next one."""
    for element in islice(heading.next_elements, MOST_BELOW):
        if isinstance(element, Tag) and element.name in cards.HEADINGS:
            return
        if isinstance(element, Tag) and element.name == "p":
            yield element


def _stated(paragraphs: Iterator[str]) -> Iterator[str]:
    """Yield the paragraphs that the authors wrote."""
    for paragraph in paragraphs:
        label = _GENERATED.search(paragraph)
        if label and len(label[0]) + 2 >= len(paragraph):  # the summary stands below
            next(paragraphs, None)
        elif not label:
            yield paragraph


def _authors(page: ParsedPage) -> tuple[str, ...]:
    label = page.soup.find(string=_LABEL)
    if not label:
        return ()
    for part in islice(label.parents, HIGHEST_PART):
        tags = part.find_all(class_=re.compile(r"(?:^|\s)author(?:\s|$)")) or part.find_all(
            ["a", "button"]
        )
        names = [cards.label_of(tag).strip(" ,") for tag in tags] or split_names(
            [cards.text_of(part).removeprefix("Authors:")]
        )[0]
        if names := list(filter(None, names)):
            return tuple(dict.fromkeys(names))
    return ()


def _link(links: list[Tag], text: str, address: str) -> str | None:
    """Return the address of the first link whose text and address are like that."""
    for link in links:
        if re.fullmatch(text, cards.label_of(link), re.IGNORECASE) and re.fullmatch(
            address, str(link["href"])
        ):
            return str(link["href"])
    return None
