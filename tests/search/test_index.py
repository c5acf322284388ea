"""What the index stores: weights, packed and unpacked, words, facets and sort keys."""

import json
from array import array
from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.search.documents import Document, count_terms, weigh
from daily_papers.search.index import Index, pack, unpack


def document(title: str, abstract: str = "", year: int | None = None) -> Document:
    return Document(
        text=count_terms(title, abstract),
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
    papers = sorted(weights)
    packed = pack(array("H", papers).tobytes(), bytes(map(weights.__getitem__, papers)), size=100)
    dense = np.zeros(100, np.uint8)
    unpack(packed, len(papers), dense)
    assert {int(paper): int(dense[paper]) for paper in np.flatnonzero(dense)} == weights
    assert len(packed) <= 100


def weights(*documents: Document) -> list[dict[str, int]]:
    """Return the weight of each term in each paper."""
    batch = weigh(documents)
    terms = [batch.terms[code] for code in batch.codes]
    assert batch.counts.sum() == len(terms) == len(batch.weights)
    pairs = iter(zip(terms, batch.weights.tolist(), strict=True))
    return [dict(islice(pairs, count)) for count in batch.counts]


def test_a_word_weighs_more_in_the_title_and_more_than_once() -> None:
    (terms,) = weights(document("Cache eviction", "A codec. A codec for single caches."))
    assert terms["cach"] > terms["codec"] > terms["singl"]
    assert terms["evict"] > terms["codec"]


def test_a_short_title_weighs_more_than_a_long_one() -> None:
    titles = ("Eviction", "Eviction " + "of many other things beside that " * 5)
    short, long = (terms["evict"] for terms in weights(*map(document, titles)))
    assert short > long


def test_papers_of_a_batch_weigh_what_each_weighs_alone() -> None:
    documents = [
        document("Alpha beta", "Gamma."),
        document("Beta"),
        document("Alpha", "Delta beta."),
    ]
    assert weights(*documents) == [weights(alone)[0] for alone in documents]


def test_rows_have_terms_words_facets_and_sort_keys() -> None:
    index = Index()
    batch = weigh([document("Alpha", year=2024), document("Beta alpha", year=2023)])
    assert index.add(batch) is None
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
