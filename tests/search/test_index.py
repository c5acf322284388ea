"""What the index keeps: weights, packed and unpacked, words and columns."""

import json
from array import array

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.search.documents import Document, count, weigh
from daily_papers.search.index import Index, pack, unpack


def document(title: str, abstract: str = "", year: int | None = None) -> Document:
    return Document(
        text=count(title, abstract),
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


def weights(document: Document) -> dict[str, int]:
    lot = weigh([document])
    assert lot.counts.tolist() == [len(lot.codes)]
    return {
        lot.terms[code]: int(weight) for code, weight in zip(lot.codes, lot.weights, strict=True)
    }


def test_a_word_weighs_more_in_the_title_and_more_than_once() -> None:
    found = weights(document("Cache eviction", "A codec. A codec for single caches."))
    assert found["cach"] > found["codec"] > found["singl"]
    assert found["evict"] > found["codec"]


def test_a_short_title_weighs_more_than_a_long_one() -> None:
    short = weights(document("Eviction"))["evict"]
    long = weights(document("Eviction " + "of many other things beside that " * 5))["evict"]
    assert short > long


def test_papers_of_a_lot_weigh_what_each_weighs_alone() -> None:
    documents = [
        document("Alpha beta", "Gamma."),
        document("Beta"),
        document("Alpha", "Delta beta."),
    ]
    lot = weigh(documents)
    owners = np.repeat(np.arange(3), lot.counts)
    for number, one in enumerate(documents):
        mine = owners == number
        assert weights(one) == {
            lot.terms[code]: weight
            for code, weight in zip(lot.codes[mine], lot.weights[mine].tolist(), strict=True)
        }


def test_rows_say_who_has_what() -> None:
    index = Index()
    assert (
        index.add(weigh([document("Alpha", year=2024), document("Beta alpha", year=2023)])) is None
    )
    block = index.rest()
    assert block is not None
    terms = {term: count for _, term, count, _ in block.rows()}
    assert (terms["alpha"], terms["beta"]) == (2, 1)
    assert list(index.word_rows()) == [("alpha", 2), ("beta", 1)]
    columns = {name: (labels, codes) for name, labels, _, codes in index.column_rows()}
    years = json.loads(columns["year"][0])
    codes = np.frombuffer(columns["year"][1], "<u4")
    assert [years[code] for code in codes] == ["2024", "2023"]
    newest = np.frombuffer(columns["newest"][1], "<u4")
    assert newest[0] > newest[1] > 0


def test_several_blocks_follow_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daily_papers.search.index.BLOCK", 2)
    index = Index()
    titles = ("Alpha", "Alpha beta", "Alpha", "Alpha", "Gamma alpha")
    blocks = [index.add(weigh([document(title)])) for title in titles] + [index.rest()]
    rows = [row for block in blocks if block for row in block.rows() if row[1] == "alpha"]
    assert [(block, count) for block, _, count, _ in rows] == [(0, 2), (1, 2), (2, 1)]
    assert index.rest() is None
    assert list(index.word_rows()) == [("alpha", 5), ("beta", 1), ("gamma", 1)]
