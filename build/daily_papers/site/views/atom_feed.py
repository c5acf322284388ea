"""Writes papers as an Atom feed of plain text; dates come from the data, never from a clock."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from feedgenerator import Atom1Feed

from daily_papers.site.views.citations import Cited
from daily_papers.site.views.text_tables import one_line

AUTHOR = "Hugging Face Daily Papers"  # of the feed, and so of entries without authors


def tag_uri(kind: str, rest: str) -> str:
    """Return a tag URI (RFC 4151), an id that is the same wherever the site is served."""
    return f"tag:daily-papers,2026:{kind}{quote(rest, safe='%/?&=+~')}"


def atom(
    title: str, feed_id: str, url: str, self_url: str, updated_on: str, papers: Iterable[Cited]
) -> str:
    """Return a feed as Atom (RFC 4287), the papers in their order; their ids are tag URIs.

    `url` is the feed's page, `self_url` its own address, `updated_on` the newest date in the data,
    YYYY-MM-DD. Characters that XML forbids or that do not show are dropped. Papers without a date
    were updated when the feed was.
    """
    writer = _AtomWriter(
        title=one_line(title) or AUTHOR,
        link=one_line(url),
        description=None,
        author_name=AUTHOR,
        feed_url=one_line(self_url),
        feed_guid=feed_id,
        updated=_midnight(updated_on),
    )
    for paper in papers:
        address = one_line(paper.page_url)
        writer.add_item(
            title=one_line(paper.title) or address,
            link=address,
            description=None,
            summary=one_line(paper.abstract),
            unique_id=tag_uri("paper/", paper.id),
            pubdate=_midnight(paper.published_on) if paper.published_on else None,
            updateddate=_midnight(paper.published_on or updated_on),
            authors=[one_line(name) for name in paper.authors or (paper.organization or "",)],
            categories=[topic for topic in map(one_line, paper.topics) if topic],
        )
    return str(writer.writeString("utf-8"))


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
