"""Makes the rows that search reads: what each term weighs in each paper, words, names, columns.

Papers go by number, their place in the order of their ids, and are kept in blocks of BLOCK papers,
so that a number within a block takes two bytes and a weight one.
"""

import heapq
import json
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np

from daily_papers.records import PackedStrings
from daily_papers.search.documents import FACETS, ORDERS, Lot, Numbers

BLOCK = 65_536  # papers; the most that two bytes tell apart

Row = tuple[Any, ...]  # in the order of the table's columns


class Postings(NamedTuple):
    """Which papers of a block have which term. Those of terms[n], an ordered list, are at
    [ends[n], ends[n + 1]) of `places`, counted within the block, and of `weights`."""

    block: int
    size: int
    terms: list[str]
    ends: Numbers
    places: Numbers
    weights: Numbers

    def rows(self) -> Iterator[Row]:
        """Yield the rows of `search_terms`."""
        places, weights, ends = self.places.tobytes(), self.weights.tobytes(), self.ends.tolist()
        for term, first, last in zip(self.terms, ends, ends[1:], strict=False):
            packed = pack(places[2 * first : 2 * last], weights[first:last], self.size)
            yield self.block, term, last - first, packed


@dataclass
class Index:
    """Takes papers in the order of their ids, and gives the rows of the tables that search reads.

    Of the papers it keeps facets and orders, the words of every block, and the terms of one.
    """

    paper_count: int = 0
    words: list[tuple[PackedStrings, "array[int]"]] = field(
        default_factory=list
    )  # and in how many papers
    codes: list[dict[str, int]] = field(default_factory=lambda: [{} for _ in FACETS])
    papers: list["array[int]"] = field(default_factory=lambda: [array("I") for _ in FACETS])
    values: list["array[int]"] = field(default_factory=lambda: [array("I") for _ in FACETS])
    orders: list["array[int]"] = field(default_factory=lambda: [array("I") for _ in ORDERS])
    block: "_Block" = field(default_factory=lambda: _Block())

    def add(self, lot: Lot) -> Postings | None:
        """Take some papers; return the block that they fill up, if they do."""
        for facets, orders in zip(lot.facets, lot.orders, strict=True):
            self._add(facets, orders)
        self.block.add(lot)
        return self.rest() if self.paper_count % BLOCK == 0 else None

    def rest(self) -> Postings | None:
        """Return the last block, as far as it is filled."""
        block, self.block = self.block, _Block()
        if not block.counts:
            return None
        words = sorted(block.words)
        self.words.append((PackedStrings(words), array("I", map(block.words.__getitem__, words))))
        return block.postings((self.paper_count - 1) // BLOCK)

    def _add(self, facets: Sequence[Sequence[str]], orders: Sequence[int]) -> None:
        for codes, papers, values, labels in zip(
            self.codes, self.papers, self.values, facets, strict=True
        ):
            for label in labels:
                papers.append(self.paper_count)
                values.append(codes.setdefault(label, len(codes)))
        for order, number in zip(self.orders, orders, strict=True):
            order.append(number)
        self.paper_count += 1

    def word_rows(self) -> Iterator[Row]:
        """Yield the rows of `search_words`: each word of titles and abstracts, in how many."""
        every = heapq.merge(*(zip(words, counts, strict=True) for words, counts in self.words))
        for word, found in groupby(every, itemgetter(0)):
            yield word, sum(count for _, count in found)

    def column_rows(self) -> Iterator[Row]:
        """Yield the rows of `search_columns`: for each facet which paper has which value, and for
        each order but relevance the number that it goes by."""
        for name, codes, papers, values in zip(
            FACETS, self.codes, self.papers, self.values, strict=True
        ):
            labels = sorted(codes)
            places = np.empty(len(labels), "<u4")
            places[[codes[label] for label in labels]] = np.arange(len(labels))
            yield (
                name,
                json.dumps(labels, ensure_ascii=False),
                np.array(papers, "<u4").tobytes(),
                places[np.array(values, "<u4")].astype("<u4").tobytes(),
            )
        for name, order in zip(ORDERS, self.orders, strict=True):
            yield name, "[]", b"", np.array(order, "<u4").tobytes()


class _Codes(dict[str, int]):
    """Numbers for terms, in the order in which they are met."""

    def __missing__(self, term: str) -> int:
        """Give a new term the next number."""
        code = self[term] = len(self)
        return code


@dataclass
class _Block:
    """The papers of one block: which terms each has, and what they weigh. Numbers in arrays, as
    dictionaries of so many papers would not fit into memory."""

    words: Counter[str] = field(default_factory=Counter)
    codes: _Codes = field(default_factory=_Codes)
    terms: list[Numbers] = field(default_factory=list)
    weights: list[Numbers] = field(default_factory=list)
    counts: list[Numbers] = field(default_factory=list)

    def add(self, lot: Lot) -> None:
        """Take the next papers."""
        self.words.update(lot.words)
        numbers = np.fromiter(map(self.codes.__getitem__, lot.terms), np.uint32, len(lot.terms))
        self.terms.append(numbers[lot.codes])
        self.weights.append(lot.weights)
        self.counts.append(lot.counts)

    def postings(self, number: int) -> Postings:
        """Return the papers by their terms, and forget these."""
        counts = np.concatenate(self.counts)
        terms = sorted(self.codes)
        ranks = np.empty(len(terms), np.uint32)
        ordered = np.fromiter(map(self.codes.__getitem__, terms), np.uint32, len(terms))
        ranks[ordered] = np.arange(len(terms), dtype=np.uint32)
        self.codes.clear()
        # Term, paper and weight in one number each, to be sorted in its place: this is the moment
        # when a build needs most memory.
        each = ranks[np.concatenate(self.terms)].astype(np.uint64)
        each <<= np.uint64(16)
        each |= np.repeat(np.arange(len(counts), dtype=np.uint16), counts)
        each <<= np.uint64(8)
        each |= np.concatenate(self.weights)
        each.sort()
        weights = each.astype(np.uint8)
        each >>= np.uint64(8)
        places = each.astype("<u2")
        each >>= np.uint64(16)
        ends = np.searchsorted(each, np.arange(len(terms) + 1, dtype=np.uint64))
        return Postings(number, len(counts), terms, ends, places, weights)


def pack(places: bytes, weights: bytes, size: int) -> bytes:
    """Return weights (a byte each) with their places (two bytes each, little-endian): a weight for
    every paper of the block where that is shorter (0 for none), else places and then weights."""
    if 3 * len(weights) < size:
        return places + weights
    dense = np.zeros(size, np.uint8)
    dense[np.frombuffer(places, "<u2")] = np.frombuffer(weights, np.uint8)
    return dense.tobytes()


def unpack(packed: bytes, count: int, dense: np.ndarray[Any, np.dtype[np.uint8]]) -> None:
    """Write the weights of a block's papers into `dense`, which holds zeros; see `pack`."""
    if 3 * count >= len(dense):
        dense[:] = np.frombuffer(packed, np.uint8)
    else:
        places = np.frombuffer(packed, "<u2", count)
        dense[places] = np.frombuffer(packed, np.uint8, -1, 2 * count)
