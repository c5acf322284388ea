"""Reads feeds of daily papers: RSS, Atom and JSON Feed.

Hugging Face has no feed of its own; services and scripts make them from its pages. An item has a
title, the address of a paper, mostly its abstract, and a date: the day on which it was listed.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote

from daily_papers.dumps import dates, recall
from daily_papers.dumps.answers.field_values import (
    LONGEST_ABSTRACT,
    LONGEST_ADDRESS,
    LONGEST_TITLE,
)
from daily_papers.dumps.answers.json_values import InvalidValueError, describe
from daily_papers.dumps.answers.record_fields import is_sentence
from daily_papers.dumps.feeds.feed_items import Feed, Item, read_json, read_xml
from daily_papers.dumps.feeds.feed_text import plain_text, read_text, split_names
from daily_papers.dumps.problems import END_OF_FILE, Problems, is_left_out, shorten
from daily_papers.dumps.saved_file import (
    NEWLINE,
    Lines,
    ShownOn,
    as_utf8,
    decode,
    fold,
    make_dump,
    require_small,
)
from daily_papers.papers import arxiv
from daily_papers.records import Dump, DumpError, Listing

LARGEST = 32 * 2**20  # bytes
LONGEST_TEXT = 1_000_000  # of an item, with its markup

_ENCODING = re.compile(rb"\s*<\?xml[^>]{1,200}?\bencoding=[\"']([A-Za-z0-9._-]{1,40})")
_MARKUP = "markup"  # the part of lines without an item
_OURS = re.compile(r"hugging\s?face|\bhf\b|daily[ _-]papers", re.IGNORECASE)
_OUR_PAGE = re.compile(r"\b(?:huggingface|hf)\.co/papers\b", re.IGNORECASE)
_PAPER_PAGE = re.compile(r"(?:huggingface|hf)\.co/papers/", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s\"'<>]{1,300}")
_BEFORE_TITLE = re.compile(rf"(?:Paper page - |\[(?:arXiv:)?{arxiv.NEW_ID}(?:v[0-9]+)?\] ?)")
_BEHIND_TITLE = re.compile(r"\.? ?\(arXiv:[^()]{1,60}\)$")
_NOT_EXPECTED = "an item with the address of a paper"


def read(data: bytes, path: Path) -> Dump:
    """Read a feed.

    Raises:
        DumpError: it is no feed of daily papers, is broken, or too few of its items are understood.
    """
    file = str(path)
    require_small(path, len(data), LARGEST)
    problems = Problems(file)
    encoding = _ENCODING.match(data)
    readable = as_utf8(data, encoding[1].decode()) if encoding else data
    text = NEWLINE.sub("\n", decode(readable, problems))
    lines = Lines(text, file)
    try:
        feed = read_json(text) if text.lstrip().startswith("{") else read_xml(text)
    except InvalidValueError as error:
        raise DumpError(file, lines.at(error.offset or 0), error.problem) from error
    _require_ours(feed, file)
    listings = list(_listings(feed, lines, problems))
    if feed.is_cut:
        if feed.cut_at is not None:
            rank = len(listings) + sum(map(is_left_out, problems.rows)) + 1
            problems.add_cut(lines.at(feed.cut_at), rank)
        else:
            problems.add(None, None, None, END_OF_FILE, "the rest of the feed: save it again")
    problems.require_few(len(listings))
    left_out = [lines.span(item.start, item.end) for item in feed.items]
    if feed.cut_at is not None:
        left_out.append(lines.span(feed.cut_at, len(text)))
    account = lines.account(listings, _MARKUP, left_out)
    counted = recall.count_in_feed(text), frozenset[str]()
    return make_dump(data, path, "feed", _shown_on(feed, listings), account, problems.rows, counted)


def _require_ours(feed: Feed, file: str) -> None:
    """Raise DumpError for a feed of another site, and for one without papers."""
    title = describe(feed.title) if feed.title else "without a title"
    of_pages = sum(any(map(_PAPER_PAGE.search, item.fields["address"])) for item in feed.items)
    is_ours = _OURS.search(feed.title) or _OUR_PAGE.search(feed.head)
    if feed.is_cut and not feed.items:
        raise DumpError(
            file, None, "a feed that is cut before the end of its first item: save it again"
        )
    if not is_ours and (not of_pages or 2 * of_pages < len(feed.items)):
        problem = f"a feed of another site, {title}: expected one of Hugging Face’s daily papers"
        raise DumpError(file, None, problem)
    if feed.items and not any(item.problem or _paper_id(item) for item in feed.items):
        problem = f"a feed without papers, {title}: expected items with addresses of papers"
        raise DumpError(file, None, problem)


def _listings(feed: Feed, lines: Lines, problems: Problems) -> Iterator[Listing]:
    """Yield the papers of a feed; an item that is none has no rank, and a broken one keeps it."""
    rank = 1
    for item in feed.items:
        first, last = lines.span(item.start, item.end)
        title = _title(item)
        paper_id = _paper_id(item)
        if item.problem:
            problems.add(first, rank, None, item.problem, "an item in XML")
        elif not paper_id:
            problems.add(first, None, None, f"the item {describe(title)}", _NOT_EXPECTED)
            continue
        elif not 0 < len(title) <= LONGEST_TITLE:
            found_title = f"{len(title):,} characters" if title else "none"
            problems.add(first, rank, None, found_title, "a title")
        else:
            yield _listing(item, rank, (first, last), title, paper_id, problems)
        rank += 1


def _title(item: Item) -> str:
    texts = item.fields["title"]
    title = fold(plain_text(texts[0][:LONGEST_TEXT])) if texts else ""
    return _BEHIND_TITLE.sub("", _BEFORE_TITLE.sub("", title, count=1)).strip()


def _paper_id(item: Item) -> str | None:
    """Return the arXiv id in the addresses of an item, or else in those of its text."""
    addresses = sorted(item.fields["address"], key=lambda address: not _PAPER_PAGE.search(address))
    if paper_id := next(filter(None, map(_id_in, addresses)), None):
        return paper_id
    ids = {
        paper_id
        for text in item.fields["text"]
        for address in _ADDRESS.findall(text)
        if (paper_id := _id_in(address))
    }
    return ids.pop() if len(ids) == 1 else None


def _id_in(address: str) -> str | None:
    """Return the arXiv id that an address ends in; archives and mirrors put theirs before it."""
    readable = unquote(address.strip()[:LONGEST_ADDRESS])
    scheme, colon, rest = readable.rpartition("://")
    return arxiv.arxiv_id(f"https://{rest}" if colon else readable.removeprefix("oai:arXiv.org:"))


def _listing(
    item: Item, rank: int, span: tuple[int, int], title: str, paper_id: str, problems: Problems
) -> Listing:
    short = [text for text in item.fields["text"] if len(text) <= LONGEST_TEXT]
    texts = [read_text(plain_text(text), title) for text in short]
    abstracts = [text.abstract for text in texts]
    lengths = [*map(len, abstracts), *map(len, set(item.fields["text"]) - set(short))]
    if max(lengths, default=0) > LONGEST_ABSTRACT:
        expected = f"at most {LONGEST_ABSTRACT:,} characters"
        problems.add(span[0], rank, "text", f"{max(lengths):,} of them", expected)
    readable = (text for text in abstracts if len(text) <= LONGEST_ABSTRACT)
    labelled = [name for text in texts for name in text.names]
    names, is_whole = max(
        split_names(item.fields["author"]), split_names(labelled), key=lambda split: len(split[0])
    )
    published_text, published_on = _published(item, [text.published_on for text in texts])
    listed_on = _listed_on(item, rank, span[0], problems)
    abstract = max(readable, key=len, default="")
    _report_fields(item, problems, (span[0], rank), bool(abstract), bool(published_on or listed_on))
    return Listing(
        rank=rank,
        title=title,
        abstract=abstract,
        first_line=span[0],
        last_line=span[1],
        line_count=0,
        published_text=published_text,
        published_on=published_on or listed_on,
        published_basis="stated" if published_on else "inferred" if listed_on else None,
        author_count=len(names) if names and is_whole else None,
        upvote_count=next(
            (text.upvote_count for text in texts if text.upvote_count is not None), None
        ),
        listed_on=listed_on,
        arxiv_id=paper_id,
        url=arxiv.listing_url(paper_id),
        authors=tuple(names) or None,
    )


def _report_fields(
    item: Item, problems: Problems, where: tuple[int, int], has_abstract: bool, has_date: bool
) -> None:
    """Report what is no text, and what unknown elements have that the item lacks; `where` is its
    line and its rank."""
    for name, text in item.wrong:
        is_repaired = text.startswith("the character")
        expected = "text without it" if is_repaired else "a text"
        problems.add(*where, name, text, expected, "repaired" if is_repaired else "left out")
    for name, text in item.others:
        if not has_abstract and is_sentence(fold(plain_text(text))):
            problems.add(*where, name, describe(text), "the abstract under “description”")
        elif not has_date and dates.iso_day(fold(text)):
            problems.add(*where, name, describe(text), "a date under “pubDate”")


def _published(item: Item, labelled: Sequence[str | None]) -> tuple[str | None, str | None]:
    """Return the paper's own date, as printed and as a day, where an item states it as such.

    That is in the text of the item, or where it is an entry of arXiv's own.
    """
    if _is_of_arxiv(item):
        for text in item.fields["published"]:
            if day := dates.iso_day(fold(text)):
                return fold(text), day
    return None, next(filter(None, labelled), None)


def _is_of_arxiv(item: Item) -> bool:
    return bool(item.fields["published"]) and any(
        "arxiv.org/abs/" in address for address in item.fields["address"][:1]
    )


def _listed_on(item: Item, rank: int, line: int, problems: Problems) -> str | None:
    """Return the day of an item, on which its paper was listed."""
    names = ("listed",) if _is_of_arxiv(item) else ("listed", "published", "updated")
    texts = [fold(text) for name in names for text in item.fields[name]]
    day = next(filter(None, map(dates.iso_day, texts)), None)
    if texts and not day:
        expected = "a date such as Tue, 06 Jan 2026 02:00:00 GMT"
        problems.add(line, rank, "pubDate", describe(texts[0]), expected)
    return day


def _shown_on(feed: Feed, listings: Sequence[Listing]) -> ShownOn:
    """Return the day when the feed was made: as it states it, or that of its newest item."""
    built = dates.iso_day(feed.built) if feed.built else None
    newest = max((listing.listed_on for listing in listings if listing.listed_on), default=None)
    if built and built >= (newest or ""):
        return shorten(feed.built), built, "stated"
    return None, newest, "inferred" if newest else None
