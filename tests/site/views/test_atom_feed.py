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
from daily_papers.site.views.atom_feed import AUTHOR, Entry, Feed, atom
from daily_papers.site.views.search_view import Asked
from daily_papers.site.views.text_tables import one_line

ATOM = "{http://www.w3.org/2005/Atom}"
DATED = Entry(
    id="https://papers.example/a",
    title="DFloat11 & Co",
    url="https://papers.example/a?x=1&y=2",
    summary="30% smaller, bit for bit.",
    published_on="2025-04-15",
    authors=("Jane Doe", "Émile Zola"),
    organization="ByteDance",
    topics=("KV cache", "serving"),
)
UNDATED = replace(DATED, id="https://papers.example/b", published_on=None, authors=(), topics=())
FEED = Feed(
    title="Daily Papers: “kv cache”",
    url="https://papers.example/search?q=kv+cache",
    self_url="https://papers.example/search.atom?q=kv+cache",
    updated_on="2025-05-01",
    entries=(DATED, UNDATED),
)
TEXTS = st.lists(
    st.sampled_from(["<script>alert(1)</script>", "]]>", "<![CDATA[", "&", "&amp;", "&#0;", "<b"])
    | st.sampled_from(
        ["\0", "\x0b", "\x1b", "\x85", "\ufffe", "\u202e", "\r\n", "<!--", "é🤗", '"']
    )
    | st.text(max_size=6),
    max_size=5,
).map("".join)


def texts(feed: Feed) -> list[dict[str, str]]:
    """Return what the elements of each entry say, by an XML reader that forgives nothing."""
    root = ElementTree.fromstring(atom(feed).encode())
    return [
        {str(one.tag).removeprefix(ATOM): one.text or "" for one in entry}
        for entry in root.iter(f"{ATOM}entry")
    ]


def parsed(feed: Feed) -> Any:
    found = feedparser.parse(atom(feed))
    assert not found.bozo, found.get("bozo_exception")
    return found


def test_a_feed_reader_finds_what_the_feed_is() -> None:
    feed = parsed(FEED).feed
    assert (feed.title, feed.id, feed.author) == (FEED.title, FEED.self_url, AUTHOR)
    assert feed.updated == "2025-05-01T00:00:00+00:00"
    assert {one.rel: one.href for one in feed.links} == {
        "alternate": FEED.url,
        "self": FEED.self_url,
    }


def test_a_feed_reader_finds_the_papers_in_order() -> None:
    dated, undated = parsed(FEED).entries
    assert (dated.id, dated.title, dated.link) == (DATED.id, DATED.title, DATED.url)
    assert dated.summary == DATED.summary
    assert dated.published == dated.updated == "2025-04-15T00:00:00+00:00"
    assert [one.name for one in dated.authors] == ["Jane Doe", "Émile Zola"]
    assert [one.term for one in dated.tags] == ["KV cache", "serving"]
    assert undated.id == UNDATED.id


def test_a_paper_without_a_date_was_updated_when_the_feed_was() -> None:
    undated = texts(FEED)[1]
    assert undated["updated"] == "2025-05-01T00:00:00+00:00"
    assert "published" not in undated


def test_an_organization_is_the_author_of_papers_without_authors() -> None:
    unknown = replace(UNDATED, organization=None)
    entries = parsed(replace(FEED, entries=(UNDATED, unknown))).entries
    assert [one.name for one in entries[0].authors] == ["ByteDance"]
    assert "author" not in texts(replace(FEED, entries=(unknown,)))[0]  # the feed's counts


def test_no_day_is_told_but_those_of_the_data() -> None:
    assert set(re.findall(r"\d{4}-\d\d-\d\d", atom(FEED))) == {"2025-04-15", "2025-05-01"}
    assert atom(FEED) == atom(FEED)


def test_a_search_as_a_feed_is_the_newest_first_whatever_its_order(corpus: SearchDatabase) -> None:
    def days(order: Order) -> list[str]:
        asked = Asked(Question("cache", order=order), 1, 20)
        written = paper_downloads.feed(corpus, asked, "https://a.example", "https://b.example", str)
        return [one.published for one in feedparser.parse(written).entries if "published" in one]

    newest = days("relevance")
    assert newest == sorted(newest, reverse=True) == days("discussed") == days("newest")
    assert len(set(newest)) > 10


def test_a_feed_may_be_empty() -> None:
    assert parsed(replace(FEED, entries=())).entries == []


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "a ]]> b", "<b>&amp;</b>", "x\0\x1by", "&lt;i&gt;"]
)
def test_markup_is_text(text: str) -> None:
    (entry,) = texts(replace(FEED, entries=(replace(DATED, title=text, summary=text),)))
    assert entry["title"] == entry["summary"] == one_line(text)
    found = feedparser.parse(atom(replace(FEED, entries=(replace(DATED, title=text),))))
    assert found.entries[0].title_detail.type == "text/plain"
    assert found.entries[0].summary_detail.type == "text/plain"


@given(TEXTS, TEXTS, TEXTS)
def test_any_text_is_said_as_it_is(title: str, summary: str, name: str) -> None:
    entry = replace(DATED, title=title, summary=summary, authors=(name,), topics=(title, name))
    feed = replace(FEED, title=title, entries=(entry, UNDATED))
    said, other = texts(feed)
    assert said["title"] == (one_line(title) or DATED.url)
    assert said["summary"] == one_line(summary)
    assert other == texts(FEED)[1]
