"""The feed, read back by feedparser."""

import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.search.engine import Order, Question
from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import paper_downloads
from daily_papers.site.views.atom_feed import AUTHOR, atom
from daily_papers.site.views.citations import Cited
from daily_papers.site.views.search_view import SearchRequest
from daily_papers.site.views.text_tables import one_line

ATOM = "{http://www.w3.org/2005/Atom}"
DATED = Cited(
    id="a",
    title="DFloat11 & Co",
    abstract="30% smaller, bit for bit.",
    name="DFloat11",
    authors=("Jane Doe", "Émile Zola"),
    organization="ByteDance",
    author_count=2,
    published_on="2025-04-15",
    year=2025,
    arxiv_id=None,
    url=None,
    page_url="https://papers.example/a?x=1&y=2",
    topics=("KV cache", "serving"),
)
UNDATED = replace(
    DATED, id="b", page_url="https://papers.example/b", published_on=None, authors=(), topics=()
)
FEED: dict[str, Any] = {
    "title": "Daily Papers: “kv cache”",
    "feed_id": "tag:daily-papers,2026:search?q=kv+cache",
    "url": "https://papers.example/search?q=kv+cache",
    "self_url": "https://papers.example/search.atom?q=kv+cache",
    "updated_on": "2025-05-01",
}
TEXTS = st.lists(
    st.sampled_from(["<script>alert(1)</script>", "]]>", "<![CDATA[", "&", "&amp;", "&#0;", "<b"])
    | st.sampled_from(
        ["\0", "\x0b", "\x1b", "\x85", "\ufffe", "\u202e", "\r\n", "<!--", "é🤗", '"']
    )
    | st.text(max_size=6),
    max_size=5,
).map("".join)


def texts(*papers: Cited, **changes: str) -> list[dict[str, str]]:
    """Return the texts of each entry's elements, read by a strict XML parser."""
    root = ElementTree.fromstring(atom(**FEED | changes, papers=papers).encode())
    return [
        {str(element.tag).removeprefix(ATOM): element.text or "" for element in entry}
        for entry in root.iter(f"{ATOM}entry")
    ]


def parsed(*papers: Cited) -> Any:
    feed = feedparser.parse(atom(**FEED, papers=papers))
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


def test_a_feed_reader_finds_what_the_feed_is() -> None:
    feed = parsed(DATED, UNDATED).feed
    assert (feed.title, feed.id, feed.author) == (FEED["title"], FEED["feed_id"], AUTHOR)
    assert feed.updated == "2025-05-01T00:00:00+00:00"
    links = {link.rel: link.href for link in feed.links}
    assert links == {"alternate": FEED["url"], "self": FEED["self_url"]}


def test_a_feed_reader_finds_the_papers_tokenize() -> None:
    dated, undated = parsed(DATED, UNDATED).entries
    assert dated.id == "tag:daily-papers,2026:paper/a"
    assert (dated.title, dated.link) == (DATED.title, DATED.page_url)
    assert dated.summary == DATED.abstract
    assert dated.published == dated.updated == "2025-04-15T00:00:00+00:00"
    assert [author.name for author in dated.authors] == ["Jane Doe", "Émile Zola"]
    assert [tag.term for tag in dated.tags] == ["KV cache", "serving"]
    assert undated.id == "tag:daily-papers,2026:paper/b"


def test_a_paper_without_a_date_was_updated_when_the_feed_was() -> None:
    (undated,) = texts(UNDATED)
    assert undated["updated"] == "2025-05-01T00:00:00+00:00"
    assert "published" not in undated


def test_an_organization_is_the_author_of_papers_without_authors() -> None:
    assert [author.name for author in parsed(UNDATED).entries[0].authors] == ["ByteDance"]
    # Without any, the author of the feed counts.
    assert "author" not in texts(replace(UNDATED, organization=None))[0]


def test_no_day_is_told_but_those_of_the_data() -> None:
    feed = atom(**FEED, papers=[DATED, UNDATED])
    assert set(re.findall(r"\d{4}-\d\d-\d\d", feed)) == {"2025-04-15", "2025-05-01"}


def test_a_search_as_a_feed_is_the_newest_first_whatever_its_order(
    seeds: SearchDatabase,
) -> None:
    def days(order: Order) -> list[str]:
        request = SearchRequest(Question("cache", order=order), 1, 20)
        urls = ("https://a.example", "https://b.example")
        feed = paper_downloads.feed(seeds, request, "Papers", *urls, str)
        entries = feedparser.parse(feed).entries
        return [entry.published for entry in entries if "published" in entry]

    newest = days("relevance")
    assert newest == sorted(newest, reverse=True) == days("discussed") == days("newest")
    assert len(set(newest)) > 10


def test_a_feed_may_be_empty() -> None:
    assert parsed().entries == []


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "a ]]> b", "<b>&amp;</b>", "x\0\x1by", "&lt;i&gt;"]
)
def test_markup_is_text(text: str) -> None:
    paper = replace(DATED, title=text, abstract=text)
    (entry,) = texts(paper)
    assert entry["title"] == entry["summary"] == one_line(text)
    (read,) = parsed(paper).entries
    assert read.title_detail.type == read.summary_detail.type == "text/plain"


@given(TEXTS, TEXTS, TEXTS)
def test_any_text_stays_as_it_is(title: str, abstract: str, name: str) -> None:
    changes = {"title": title, "abstract": abstract, "authors": (name,), "topics": (title, name)}
    entry, undated = texts(replace(DATED, **changes), UNDATED, title=title)
    assert entry["title"] == (one_line(title) or DATED.page_url)
    assert entry["summary"] == one_line(abstract)
    assert [undated] == texts(UNDATED)
