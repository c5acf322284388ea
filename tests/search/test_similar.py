"""Which papers are near which: the cosine of what sets them apart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.search.documents import FACETS, ORDERS, Lot
from daily_papers.search.index import Index
from daily_papers.search.similar import NEIGHBOURS, Compared, Neighbours, nearest, similar_rows

NO_FACETS, NO_ORDERS = [((),) * len(FACETS)], [(0,) * len(ORDERS)]
PAPERS = st.lists(
    st.dictionaries(st.sampled_from("abcdefghijklmnop"), st.integers(1, 255)), min_size=1
)


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Papers of one test stand in several blocks."""
    monkeypatch.setattr("daily_papers.search.index.BLOCK", 4)


def compared(papers: list[dict[str, int]]) -> Compared:
    index = Index()
    neighbours = Neighbours([])
    for block in [*(index.add(lot(paper)) for paper in papers), index.rest()]:
        if block:
            neighbours.add(block)
    return neighbours.compared()


def lot(paper: dict[str, int]) -> Lot:
    weights = np.array(list(paper.values()), np.uint8)
    codes = np.arange(len(paper), dtype=np.uint32)
    return Lot(list(paper), codes, weights, np.array([len(paper)]), {}, NO_FACETS, NO_ORDERS)


def near(papers: list[dict[str, int]]) -> dict[str, list[str]]:
    ids = [f"p{number:03d}" for number in range(len(papers))]
    found: dict[str, list[str]] = {}
    for paper, rank, other, _ in similar_rows(ids, nearest(compared(papers), range(len(papers)))):
        found.setdefault(paper, []).append(other)
        assert rank == len(found[paper])
    return found


def test_who_shares_more_and_rarer_terms_is_nearer() -> None:
    cache, attention = {"cache": 9, "token": 5}, {"attention": 9, "token": 5}
    apart = [{f"other{number}": 1} for number in range(18)]
    found = near([cache, attention, cache | {"phone": 9}, attention, cache, {"phone": 1}, *apart])
    assert found["p000"] == ["p004", "p002", "p001", "p003"]
    assert found["p005"] == ["p002"]
    assert "p006" not in found


def test_equally_near_papers_stand_in_their_order_ten_at_most() -> None:
    apart = [{f"other{number}": 1} for number in range(90)]
    assert near([{"cache": 9}] * 13 + apart)["p005"] == [
        f"p{number:03d}" for number in range(11) if number != 5
    ]


def test_what_all_or_one_has_makes_nobody_near() -> None:
    assert near([{"all": 9, "one": 9}, {"all": 9, "other": 9}]) == {}
    assert near([]) == {}


@pytest.mark.parametrize(
    ("having", "papers", "are_near"), [(8, 32, True), (9, 32, False), (200, 804, True),
                                       (201, 804, False)]
)  # fmt: skip
def test_a_term_of_more_than_a_quarter_of_papers_or_of_200_makes_nobody_near(
    having: int, papers: int, are_near: bool
) -> None:
    others = [{f"other{number}": 1} for number in range(papers - having)]
    assert bool(near([{"cache": 9}] * having + others)) == are_near


def test_only_the_96_terms_that_set_a_paper_apart_most_are_compared() -> None:
    heavy = {f"heavy{number}": 2 for number in range(96)}
    found = near([heavy | {"light": 1}, heavy, {"light": 1}, {"light": 2}, *({"x": 1},) * 9])
    assert found["p000"] == ["p001"]
    assert found["p002"] == ["p003"]


@given(PAPERS, st.integers(0, 30))
def test_ranges_of_papers_are_independent(papers: list[dict[str, int]], cut: int) -> None:
    found = compared(papers)
    whole = range(len(papers))
    parts = [*nearest(found, whole[cut:]), *nearest(found, whole[:cut])]
    assert sorted(parts) == list(nearest(found, whole))


@given(PAPERS)
def test_nearness_is_the_cosine(papers: list[dict[str, int]]) -> None:
    found = compared(papers)
    vectors = np.zeros((len(papers), max(found.codes, default=0) + 1))
    for paper, (first, last) in enumerate(zip(found.starts, found.starts[1:], strict=False)):
        vectors[paper, found.codes[first:last]] = found.values[first:last]
    cosines = vectors @ vectors.T
    for one in nearest(found, range(len(papers))):
        expected = np.sort(np.delete(cosines[one.paper], one.paper))[::-1]
        expected = expected[expected > 0][:NEIGHBOURS]
        assert one.scores == pytest.approx(expected.tolist(), abs=1e-5)
        assert [cosines[one.paper, other] for other in one.others] == pytest.approx(
            one.scores, abs=1e-5
        )
