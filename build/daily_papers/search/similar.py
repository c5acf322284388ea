"""Finds the nearest neighbours of every paper: those that share most of what sets it apart.

A paper is the terms that weigh most in it, each times how rare it is; nearness is the cosine.
Terms that a larger share of papers have say little and cost most: they are left out.
"""

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from daily_papers.search.index import Codes, Numbers, Row

NEIGHBOURS = 10
MOST_TERMS = 250  # of a paper that are compared
MOST_PAPERS = 500  # that a term may have to be compared by
LARGEST_SHARE = 0.25  # of the papers that may have it
_LOT = 64  # papers of which first only the nearest is looked at


@dataclass
class Neighbours:
    """Collects papers in the order of their ids, and then says which are near which."""

    ids: list[str] = field(default_factory=list)
    terms: Codes = field(default_factory=Codes)
    codes: "array[int]" = field(default_factory=lambda: array("I"))
    weights: "array[int]" = field(default_factory=lambda: array("B"))
    sizes: "array[int]" = field(default_factory=lambda: array("H"))

    def add(self, paper_id: str, weights: Mapping[str, int]) -> None:
        """Take a paper and what its terms weigh."""
        strongest = sorted(sorted(weights), key=weights.__getitem__, reverse=True)[:MOST_TERMS]
        self.codes.extend(map(self.terms.__getitem__, strongest))
        self.weights.extend(map(weights.__getitem__, strongest))
        self.ids.append(paper_id)
        self.sizes.append(len(strongest))

    def rows(self) -> Iterator[Row]:
        """Yield the rows of `similar_papers`; a paper that shares nothing has none."""
        yield from self.rows_of(nearest(self.compared(), range(len(self.ids))))

    def rows_of(self, found: Iterator["Near"]) -> Iterator[Row]:
        """Yield the rows of some papers' neighbours."""
        for one in found:
            for rank, (other, score) in enumerate(zip(one.others, one.scores, strict=True), 1):
                yield {
                    "paper_id": self.ids[one.paper],
                    "rank": rank,
                    "similar_id": self.ids[other],
                    "score": round(min(1.0, score), 3),
                }

    def compared(self) -> "Compared":
        """Return the papers as `nearest` compares them."""
        count = len(self.ids)
        sizes = np.array(self.sizes, np.int64)
        codes = np.array(self.codes, np.uint32)
        shared = np.bincount(codes, minlength=len(self.terms))
        most = min(MOST_PAPERS, max(2, LARGEST_SHARE * count))
        telling = ((shared > 1) & (shared <= most))[codes]
        papers = np.repeat(np.arange(count, dtype=np.uint32), sizes)[telling]
        codes = codes[telling]
        rare = np.log(count / shared[codes])
        values = np.array(self.weights, np.float64)[telling] * rare
        lengths = np.sqrt(np.bincount(papers, values**2, minlength=count))
        lengths[lengths == 0] = 1  # of two papers all terms are in both, and none is rare
        values = (values / lengths[papers]).astype(np.float32)
        order = np.argsort(codes, kind="stable")
        counts = np.bincount(codes, minlength=len(self.terms))
        return Compared(
            np.searchsorted(papers, np.arange(count + 1)),
            codes,
            values,
            np.cumsum(counts),
            papers[order],
            values[order],
        )


class Compared(NamedTuple):
    """Papers and their telling terms, in arrays that processes can share.

    The terms of paper n are at [starts[n], starts[n + 1]) of `codes`, and what they are worth in it
    (a paper being of length 1) in `values`. The papers that have term c are at
    [ends[c - 1], ends[c]) of `papers`, and what it is worth in them in `paper_values`.
    """

    starts: Numbers
    codes: Numbers
    values: Numbers
    ends: Numbers
    papers: Numbers
    paper_values: Numbers


class Near(NamedTuple):
    """The numbers of the papers nearest to one, the nearest first, and how near they are."""

    paper: int
    others: list[int]
    scores: list[float]


def nearest(compared: Compared, papers: range) -> Iterator[Near]:
    """Yield the neighbours of a range of papers; the ranges are independent of each other.

    Needs memory for two numbers a paper that is met, and four bytes a paper there is.
    """
    count = len(compared.starts) - 1
    sizes = np.diff(compared.ends, prepend=0)
    near = np.zeros(-(-count // _LOT) * _LOT, np.float32)
    for paper in papers:
        mine = slice(compared.starts[paper], compared.starts[paper + 1])
        codes = compared.codes[mine]
        lots, ends = sizes[codes], compared.ends[codes]
        # The places of all the lots, one behind the other: added up in the order of the terms.
        places = np.repeat(ends - np.cumsum(lots), lots)
        places += np.arange(len(places))
        values = np.repeat(compared.values[mine], lots)
        values *= compared.paper_values[places]
        np.add.at(near, compared.papers[places].astype(np.int64), values)
        near[paper] = 0
        others = _largest(near, NEIGHBOURS)
        yield Near(paper, others.tolist(), near[others].tolist())
        near.fill(0)


def _largest(numbers: Numbers, count: int) -> Numbers:
    """Return the places of the largest numbers above 0, the first of equal ones first."""
    tops = numbers.reshape(-1, _LOT).max(axis=1)
    if len(tops) > count:  # the largest of so many lots are no larger than what is sought
        least = np.partition(tops, -count)[-count]
        places = np.flatnonzero(numbers >= least if least > 0 else numbers)
    else:
        places = np.flatnonzero(numbers)
    return places[np.argsort(-numbers[places], kind="stable")[:count]]
