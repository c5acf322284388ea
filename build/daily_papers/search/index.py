"""Builds the inverted index: the rows of the `search_*` tables but `search_names`.

A paper's number is its index in the order of paper ids. The index is divided into blocks of BLOCK
papers, so that a posting takes three bytes: two for the number within the block, one for a weight.
"""

import heapq
import json
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from daily_papers.records import PackedStrings
from daily_papers.search.documents import FACETS, SORT_KEYS, Array, IndexBatch, numbering

BLOCK = 65_536  # papers; the most that two bytes can number
TITLES = "title"  # the row of `search_columns` by which titles are looked up

Row = tuple[Any, ...]  # in the order of the table's columns


class Postings(NamedTuple):
    """The postings of a block. Those of terms[n], in alphabetical order, are [ends[n], ends[n + 1])
    of `papers` (numbers within the block) and of `weights`."""

    block: int
    size: int
    terms: list[str]
    ends: Array
    papers: Array
    weights: Array

    def rows(self) -> Iterator[Row]:
        """Yield the rows of `search_terms`."""
        papers, weights, ends = self.papers.tobytes(), self.weights.tobytes(), self.ends.tolist()
        for term, first, last in zip(self.terms, ends, ends[1:], strict=False):
            packed = pack(papers[2 * first : 2 * last], weights[first:last], self.size)
            yield self.block, term, last - first, packed


def _ranked(codes: Mapping[str, int]) -> tuple[list[str], Array]:
    """Return the keys in alphabetical order, and for each code the index of its key there."""
    keys = sorted(codes)
    ranks = np.empty(len(keys), "<u4")
    ranks[np.fromiter(map(codes.__getitem__, keys), "<u4", len(keys))] = np.arange(len(keys))
    return keys, ranks


@dataclass
class _FacetColumn:
    """The values of a facet: values[i] is the code of a label of the paper papers[i]."""

    codes: defaultdict[str, int] = field(default_factory=numbering)
    papers: "array[int]" = field(default_factory=lambda: array("I"))
    values: "array[int]" = field(default_factory=lambda: array("I"))


@dataclass
class Index:
    """Takes batches of papers in the order of their ids, and returns full blocks of postings. Keeps
    facets and sort keys of all papers, the words of each block, and the terms of one."""

    paper_count: int = 0
    # The words of each block, and in how many of its papers each is.
    words: list[tuple[PackedStrings, "array[int]"]] = field(default_factory=list)
    facets: list[_FacetColumn] = field(default_factory=lambda: [_FacetColumn() for _ in FACETS])
    sort_keys: list["array[int]"] = field(default_factory=lambda: [array("I") for _ in SORT_KEYS])
    block: "_Block" = field(default_factory=lambda: _Block())

    def add(self, batch: IndexBatch) -> Postings | None:
        """Take some papers; return the block that they complete, if they do."""
        for facets, sort_keys in zip(batch.facets, batch.sort_keys, strict=True):
            for column, labels in zip(self.facets, facets, strict=True):
                for label in labels:
                    column.papers.append(self.paper_count)
                    column.values.append(column.codes[label])
            for numbers, number in zip(self.sort_keys, sort_keys, strict=True):
                numbers.append(number)
            self.paper_count += 1
        self.block.add(batch)
        return self.rest() if self.paper_count % BLOCK == 0 else None

    def rest(self) -> Postings | None:
        """Return the last block, which need not be full; None if it is empty."""
        block, self.block = self.block, _Block()
        if not block.counts:
            return None
        words = sorted(block.words)
        self.words.append((PackedStrings(words), array("I", map(block.words.__getitem__, words))))
        return block.postings((self.paper_count - 1) // BLOCK)

    def word_rows(self) -> Iterator[Row]:
        """Yield the rows of `search_words`: words with document frequencies."""
        merged = heapq.merge(*(zip(words, counts, strict=True) for words, counts in self.words))
        for word, entries in groupby(merged, itemgetter(0)):
            yield word, sum(count for _, count in entries)

    def column_rows(self) -> Iterator[Row]:
        """Yield the rows of `search_columns`: for each facet its labels in alphabetical order, the
        papers that have one and the index of that label; for each sort key the papers' numbers."""
        for name, column in zip(FACETS, self.facets, strict=True):
            labels, ranks = _ranked(column.codes)
            papers, codes = np.array(column.papers, "<u4"), ranks[np.array(column.values, "<u4")]
            yield name, json.dumps(labels, ensure_ascii=False), papers.tobytes(), codes.tobytes()
        for name, numbers in zip(SORT_KEYS, self.sort_keys, strict=True):
            yield name, "[]", b"", np.array(numbers, "<u4").tobytes()


def title_row(papers: Sequence[int], hashes: Sequence[int]) -> Row:
    """Return the row of `search_columns` by which titles are looked up: the hashes of the keys of
    titles in order, and the number of the paper that is listed under each."""
    pairs = np.array(hashes, np.uint64) << np.uint64(32) | np.array(papers, np.uint64)
    unique = np.unique(pairs)
    numbers, codes = (unique & np.uint64(0xFFFFFFFF)), unique >> np.uint64(32)
    return TITLES, "[]", numbers.astype("<u4").tobytes(), codes.astype("<u4").tobytes()


@dataclass
class _Block:
    """The postings of a block by papers. They are in arrays, because dictionaries of so many papers
    would not fit into memory."""

    words: Counter[str] = field(default_factory=Counter)
    codes: defaultdict[str, int] = field(default_factory=numbering)
    terms: list[Array] = field(default_factory=list)
    weights: list[Array] = field(default_factory=list)
    counts: list[Array] = field(default_factory=list)

    def add(self, batch: IndexBatch) -> None:
        """Take the next papers."""
        self.words.update(batch.words)
        codes = np.fromiter(map(self.codes.__getitem__, batch.terms), np.uint32, len(batch.terms))
        self.terms.append(codes[batch.codes])
        self.weights.append(batch.weights)
        self.counts.append(batch.counts)

    def postings(self, number: int) -> Postings:
        """Invert the block: return its papers by terms, and forget the terms."""
        counts = np.concatenate(self.counts)
        terms, ranks = _ranked(self.codes)
        self.codes.clear()
        # Term, paper and weight packed into one number, and sorted in place: this is the peak of a
        # build's memory.
        postings = ranks[np.concatenate(self.terms)].astype(np.uint64)
        postings <<= np.uint64(16)
        postings |= np.repeat(np.arange(len(counts), dtype=np.uint16), counts)
        postings <<= np.uint64(8)
        postings |= np.concatenate(self.weights)
        postings.sort()
        weights = postings.astype(np.uint8)
        postings >>= np.uint64(8)
        papers = postings.astype("<u2")
        postings >>= np.uint64(16)
        ends = np.searchsorted(postings, np.arange(len(terms) + 1, dtype=np.uint64))
        return Postings(number, len(counts), terms, ends, papers, weights)


def pack(papers: bytes, weights: bytes, size: int) -> bytes:
    """Return postings as bytes, the shorter of two forms: the papers (two bytes each,
    little-endian) and then their weights, or a weight for each paper of the block, 0 for none."""
    if 3 * len(weights) < size:
        return papers + weights
    dense = np.zeros(size, np.uint8)
    dense[np.frombuffer(papers, "<u2")] = np.frombuffer(weights, np.uint8)
    return dense.tobytes()


def unpack(packed: bytes, count: int, dense: NDArray[np.uint8]) -> None:
    """Write the weights of a block's papers into `dense`, an array of zeros; see `pack`."""
    if 3 * count >= len(dense):
        dense[:] = np.frombuffer(packed, np.uint8)
    else:
        papers = np.frombuffer(packed, "<u2", count)
        dense[papers] = np.frombuffer(packed, np.uint8, -1, 2 * count)
