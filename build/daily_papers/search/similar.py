"""Finds the nearest neighbours of every paper: those that share most of what sets it apart.

A paper is the terms that weigh most in it, each times how rare it is; nearness is the cosine.
Terms that a larger share of papers have say little and cost most: they are left out.
"""

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from daily_papers.search.index import Row

NEIGHBOURS = 10
MOST_TERMS = 250  # of a paper that are compared
MOST_PAPERS = 500  # that a term may have to be compared by
LARGEST_SHARE = 0.25  # of the papers that may have it

Numbers = np.ndarray[Any, np.dtype[Any]]


@dataclass
class Neighbours:
    """Collects papers in the order of their ids, and then says which are near which."""

    ids: list[str] = field(default_factory=list)
    terms: dict[str, int] = field(default_factory=dict)
    codes: "array[int]" = field(default_factory=lambda: array("I"))
    weights: "array[int]" = field(default_factory=lambda: array("B"))
    sizes: "array[int]" = field(default_factory=lambda: array("H"))

    def add(self, paper_id: str, weights: Mapping[str, int]) -> None:
        """Take a paper and what its terms weigh."""
        strongest = sorted(weights, key=lambda term: (-weights[term], term))[:MOST_TERMS]
        for term in strongest:
            self.codes.append(self.terms.setdefault(term, len(self.terms)))
            self.weights.append(weights[term])
        self.ids.append(paper_id)
        self.sizes.append(len(strongest))

    def rows(self) -> Iterator[Row]:
        """Yield the rows of `similar_papers`; a paper that shares nothing has none."""
        papers, codes, values = self._compared()
        if not len(papers):
            return
        order = np.argsort(codes, kind="stable")
        by_term, term_values = papers[order], values[order]
        ends = np.cumsum(np.bincount(codes, minlength=len(self.terms)))
        starts = np.searchsorted(papers, np.arange(len(self.ids) + 1))
        near = np.zeros(len(self.ids), np.float32)  # all zero again after every paper
        for number, paper_id in enumerate(self.ids):
            lots = []
            for place in range(starts[number], starts[number + 1]):
                code = codes[place]
                lot = slice(ends[code - 1] if code else 0, ends[code])
                near[by_term[lot]] += values[place] * term_values[lot]
                lots.append(by_term[lot])
            near[number] = 0
            met = np.unique(np.concatenate(lots)) if lots else papers[:0]
            best = met[np.argsort(-near[met], kind="stable")[:NEIGHBOURS]]
            for rank, other in enumerate((one for one in best if near[one] > 0), 1):
                yield {
                    "paper_id": paper_id,
                    "rank": rank,
                    "similar_id": self.ids[other],
                    "score": round(min(1.0, float(near[other])), 3),
                }
            near[met] = 0

    def _compared(self) -> tuple[Numbers, Numbers, Numbers]:
        """Return papers, terms and values, in the order of the papers; values of length 1."""
        papers = np.repeat(np.arange(len(self.ids)), np.array(self.sizes, np.int64))
        codes = np.array(self.codes, np.int64)
        counts = np.bincount(codes, minlength=len(self.terms))
        most = min(MOST_PAPERS, max(2, LARGEST_SHARE * len(self.ids)))
        telling = ((counts > 1) & (counts <= most))[codes]
        papers, codes = papers[telling], codes[telling]
        rare = np.log(len(self.ids) / counts[codes])
        values = np.array(self.weights, np.float64)[telling] * rare
        lengths = np.sqrt(np.bincount(papers, values**2, minlength=len(self.ids)))
        lengths[lengths == 0] = 1  # of a paper whose terms all papers have
        return papers, codes, (values / lengths[papers]).astype(np.float32)
