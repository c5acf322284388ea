"""Writes papers as an Atom feed; all text in it is plain text, and no clock is read."""

from dataclasses import dataclass
from datetime import UTC, datetime

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from daily_papers.pages.tables import one_line

AUTHOR = "Hugging Face Daily Papers"  # of entries whose authors nobody names


@dataclass(frozen=True)
class Entry:
    """A paper in a feed; `id` and `url` are full addresses, `published_on` is YYYY-MM-DD."""

    id: str
    title: str
    url: str
    summary: str
    published_on: str | None
    authors: tuple[str, ...]
    organization: str | None
    topics: tuple[str, ...]


@dataclass(frozen=True)
class Feed:
    """A feed: its page, its own address, and the newest date that the data knows, YYYY-MM-DD."""

    title: str
    url: str
    self_url: str
    updated_on: str
    entries: tuple[Entry, ...]


def atom(feed: Feed) -> str:
    """Return a feed as Atom (RFC 4287), its entries in their order.

    What XML forbids is dropped, and so is what does not show. Entries without a date were updated
    when the feed was.
    """
    made = FeedGenerator()
    made.id(one_line(feed.self_url))
    made.title(one_line(feed.title) or AUTHOR)
    made.updated(_midnight(feed.updated_on))
    made.author({"name": AUTHOR})
    made.link(href=one_line(feed.url), rel="alternate", type="text/html")
    made.link(href=one_line(feed.self_url), rel="self", type="application/atom+xml")
    made.generator("daily-papers")
    for one in feed.entries:
        made.add_entry(_entry(one, feed.updated_on), order="append")
    written: bytes = made.atom_str(pretty=True)
    return written.decode("utf-8")


def _entry(entry: Entry, updated_on: str) -> FeedEntry:
    made = FeedEntry()
    made.id(one_line(entry.id))
    made.title(one_line(entry.title) or one_line(entry.url))
    made.updated(_midnight(entry.published_on or updated_on))
    made.link(href=one_line(entry.url))
    made.summary(one_line(entry.summary), type="text")
    if entry.published_on:
        made.published(_midnight(entry.published_on))
    for name in entry.authors or (entry.organization or "",):
        made.author({"name": one_line(name)})  # one without a name is left out by feedgen
    for topic in filter(None, map(one_line, entry.topics)):
        made.category({"term": topic})
    return made


def _midnight(day: str) -> datetime:
    return datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)
