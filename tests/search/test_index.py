"""What the index keeps: weights, packed and unpacked, words and columns."""

import json
from array import array

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.search.index import Document, Index, pack, unpack, weigh


def document(title: str, abstract: str = "", year: int | None = None) -> Document:
    return Document(
        title=title,
        abstract=abstract,
        type="method",
        published_on=f"{year}-01-02" if year else None,
        year=year,
        organization_id=None,
        has_code=False,
        comment_count=None,
        upvote_count=None,
        topics={"kv-cache": True},
        topic_names=["KV cache"],
        entities=[],
        hardware=["A100"],
        models=[],
    )


@given(st.dictionaries(st.integers(0, 99), st.integers(1, 255)))
def test_packed_weights_come_back(weights: dict[int, int]) -> None:
    places = sorted(weights)
    packed = pack(array("H", places).tobytes(), bytes(weights[place] for place in places), size=100)
    dense = np.zeros(100, np.uint8)
    unpack(packed, len(places), dense)
    assert {int(place): int(dense[place]) for place in np.flatnonzero(dense)} == weights
    assert len(packed) <= 100


def test_a_word_weighs_more_in_the_title_and_more_than_once() -> None:
    weights = weigh(document("Cache eviction", "A codec. A codec for one cache.")).weights
    assert weights["cach"] > weights["codec"] > weights["one"] if "one" in weights else True
    assert weights["evict"] > weights["codec"]


def test_a_short_title_weighs_more_than_a_long_one() -> None:
    short = weigh(document("Eviction")).weights["evict"]
    long = weigh(document("Eviction " + "of many other things beside that " * 5)).weights["evict"]
    assert short > long


def test_rows_say_who_has_what() -> None:
    index = Index()
    papers = [weigh(document("Alpha", year=2024)), weigh(document("Beta alpha", year=2023))]
    terms = {row["term"]: row for row in index.term_rows(papers)}
    assert terms["alpha"]["paper_count"] == 2
    assert terms["beta"]["paper_count"] == 1
    assert [row["word"] for row in index.word_rows()] == ["alpha", "beta"]
    columns = {row["name"]: row for row in index.column_rows()}
    years = json.loads(columns["year"]["labels"])
    codes = np.frombuffer(columns["year"]["codes"], "<u4")
    assert [years[code] for code in codes] == ["2024", "2023"]
    newest = np.frombuffer(columns["newest"]["codes"], "<u4")
    assert newest[0] > newest[1] > 0


def test_several_blocks_follow_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daily_papers.search.index.BLOCK", 2)
    papers = [weigh(document("Alpha")) for _ in range(5)]
    rows = [row for row in Index().term_rows(papers) if row["term"] == "alpha"]
    assert [(row["block"], row["paper_count"]) for row in rows] == [(0, 2), (1, 2), (2, 1)]
