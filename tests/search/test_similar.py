"""Which papers are similar: the cosine of their term vectors."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.search.documents import FACETS, SORT_KEYS, IndexBatch
from daily_papers.search.index import Index
from daily_papers.search.similar import NEIGHBOURS, Neighbours, TermVectors, nearest, similar_rows

NO_FACETS, NO_SORT_KEYS = [((),) * len(FACETS)], [(0,) * len(SORT_KEYS)]
PAPERS = st.lists(
    st.dictionaries(st.sampled_from("abcdefghijklmnop"), st.integers(1, 255)), min_size=1
)


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Papers of one test stand in several blocks."""
    monkeypatch.setattr("daily_papers.search.index.BLOCK", 4)


def term_vectors(papers: list[dict[str, int]]) -> TermVectors:
    """Return the vectors of papers, each the weights of its terms."""
    index, neighbours = Index(), Neighbours([])
    blocks = []
    for paper in papers:
        weights, count = np.array(list(paper.values()), np.uint8), np.array([len(paper)])
        codes = np.arange(len(paper), dtype=np.uint32)
        batch = IndexBatch(list(paper), codes, weights, count, {}, NO_FACETS, NO_SORT_KEYS)
        blocks.append(index.add(batch))
    for block in filter(None, [*blocks, index.rest()]):
        neighbours.add(block)
    return neighbours.term_vectors()


def similar(papers: list[dict[str, int]]) -> dict[str, list[str]]:
    ids = [f"p{number:03d}" for number in range(len(papers))]
    neighbours: dict[str, list[str]] = {}
    rows = similar_rows(ids, nearest(term_vectors(papers), range(len(papers))))
    for paper, rank, neighbour, _ in rows:
        neighbours.setdefault(paper, []).append(neighbour)
        assert rank == len(neighbours[paper])
    return neighbours


def test_papers_with_more_and_rarer_terms_in_common_are_more_similar() -> None:
    cache, attention = {"cache": 9, "token": 5}, {"attention": 9, "token": 5}
    apart = [{f"other{number}": 1} for number in range(18)]
    papers = [cache, attention, cache | {"phone": 9}, attention, cache, {"phone": 1}, *apart]
    neighbours = similar(papers)
    assert neighbours["p000"] == ["p004", "p002", "p001", "p003"]
    assert neighbours["p005"] == ["p002"]
    assert "p006" not in neighbours


def test_equally_similar_papers_are_in_their_order_ten_at_most() -> None:
    apart = [{f"other{number}": 1} for number in range(90)]
    expected = [f"p{number:03d}" for number in range(11) if number != 5]
    assert similar([{"cache": 9}] * 13 + apart)["p005"] == expected


def test_terms_of_all_papers_or_of_a_single_one_are_not_compared() -> None:
    assert similar([{"all": 9, "one": 9}, {"all": 9, "other": 9}]) == {}
    assert similar([]) == {}


def test_what_papers_negate_makes_them_no_more_similar() -> None:
    apart = [{f"other{number}": 1} for number in range(9)]
    pair = [{"no:cache": 9, "codec": 1}, {"codec": 1, "no:cache": 9, "zip": 1}]
    assert similar([*pair, *apart]) == similar([{"codec": 1}, {"codec": 1, "zip": 1}, *apart])
    assert similar([{"no:cache": 9}, {"no:cache": 9}, *apart]) == {}


@pytest.mark.parametrize(
    ("having", "papers", "compared"), [(8, 32, True), (9, 32, False), (200, 804, True),
                                       (201, 804, False)]
)  # fmt: skip
def test_a_term_of_more_than_a_quarter_of_papers_or_of_200_is_not_compared(
    having: int, papers: int, compared: bool
) -> None:
    apart = [{f"other{number}": 1} for number in range(papers - having)]
    assert bool(similar([{"cache": 9}] * having + apart)) == compared


def test_only_the_96_terms_of_the_highest_weight_are_compared() -> None:
    heavy = {f"heavy{number}": 2 for number in range(96)}
    papers = [heavy | {"light": 1}, heavy, {"light": 1}, {"light": 2}, *({"x": 1},) * 9]
    neighbours = similar(papers)
    assert neighbours["p000"] == ["p001"]
    assert neighbours["p002"] == ["p003"]


@given(PAPERS, st.integers(0, 30))
def test_ranges_of_papers_are_independent(papers: list[dict[str, int]], cut: int) -> None:
    vectors = term_vectors(papers)
    whole = range(len(papers))
    parts = [*nearest(vectors, whole[cut:]), *nearest(vectors, whole[:cut])]
    assert sorted(parts) == list(nearest(vectors, whole))


@given(PAPERS)
def test_scores_are_cosines(papers: list[dict[str, int]]) -> None:
    vectors = term_vectors(papers)
    dense = np.zeros((len(papers), max(vectors.codes, default=0) + 1))
    for paper, (first, last) in enumerate(pairwise(vectors.starts)):
        dense[paper, vectors.codes[first:last]] = vectors.values[first:last]
    cosines = dense @ dense.T
    for paper, neighbours, scores in nearest(vectors, range(len(papers))):
        expected = np.sort(np.delete(cosines[paper], paper))[::-1]
        expected = expected[expected > 0][:NEIGHBOURS]
        assert scores == pytest.approx(expected.tolist(), abs=1e-5)
        assert cosines[paper, neighbours].tolist() == pytest.approx(scores, abs=1e-5)
