"""Writes papers as an Atom feed; all text in it is plain text, and no clock is read."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from feedgenerator import Atom1Feed

from daily_papers.site.views.text_tables import one_line

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
    writer = _AtomWriter(
        title=one_line(feed.title) or AUTHOR,
        link=one_line(feed.url),
        description=None,
        author_name=AUTHOR,
        feed_url=one_line(feed.self_url),
        feed_guid=one_line(feed.self_url),
        updated=_midnight(feed.updated_on),
    )
    for entry in feed.entries:
        writer.add_item(
            title=one_line(entry.title) or one_line(entry.url),
            link=one_line(entry.url),
            description=None,
            summary=one_line(entry.summary),
            unique_id=one_line(entry.id),
            pubdate=_midnight(entry.published_on) if entry.published_on else None,
            updateddate=_midnight(entry.published_on or feed.updated_on),
            authors=[one_line(name) for name in entry.authors or (entry.organization or "",)],
            categories=[topic for topic in map(one_line, entry.topics) if topic],
        )
    written: str = writer.writeString("utf-8")
    return written


class _AtomWriter(Atom1Feed):  # type: ignore[misc]
    """Writes what the library's own writer leaves out: several authors, and summaries of text."""

    def latest_post_date(self) -> datetime:
        updated: datetime = self.feed["updated"]
        return updated

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        for name in filter(None, item["authors"]):
            handler.startElement("author", {})
            handler.addQuickElement("name", name)
            handler.endElement("author")
        handler.addQuickElement("summary", item["summary"], {"type": "text"})


def _midnight(day: str) -> datetime:
    return datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)
