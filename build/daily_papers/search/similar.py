"""Finds similar papers: the nearest neighbours of each paper by the cosine of term vectors.

The vector of a paper has the terms of the highest weight times inverse document frequency. Terms
that a large share of papers have tell little and cost most: they are left out.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple, Protocol

import numpy as np

from daily_papers.search.documents import Array
from daily_papers.search.index import Postings, Row
from daily_papers.search.negation import NEGATED

NEIGHBOURS = 10
MOST_TERMS = 96  # of a vector
MOST_PAPERS = 200  # the highest document frequency of a term of vectors
LARGEST_SHARE = 0.25  # the same, as a share of the papers
_VALUE = np.float16  # three digits, as scores have; of a million papers there are many
_PART_BITS = 4  # terms are counted in 2^4 parts by the first bits of their hash, to save memory


class TermVectors(NamedTuple):
    """The term vectors of papers, of length 1, in arrays that processes can share. The terms of
    paper n are [starts[n], starts[n + 1]) of `codes`, with the values of `values`; the papers of
    term c are [ends[c - 1], ends[c]) of `papers`, with the values of `paper_values`."""

    starts: Array
    codes: Array
    values: Array
    ends: Array
    papers: Array
    paper_values: Array


class Pieces(Protocol):
    """Bytes by number, in memory or on disk."""

    def append(self, piece: bytes, /) -> None:
        """Add the next piece."""

    def __getitem__(self, number: int, /) -> bytes:
        """Return a piece."""


@dataclass
class Neighbours:
    """Takes the blocks of the index, and makes term vectors of them. Terms go by a hash of eight
    bytes; each block waits as four pieces."""

    pieces: Pieces
    sizes: list[int] = field(default_factory=list)  # papers of each block

    def add(self, block: Postings) -> None:
        """Take the next block, but no negated terms: what papers do without makes none similar."""
        terms = block.terms
        first, last = bisect_left(terms, NEGATED), bisect_left(terms, NEGATED + "\U0010ffff")
        kept = (*terms[:first], *terms[last:])
        hashes = b"".join(blake2b(term.encode(), digest_size=8).digest() for term in kept)
        counts = np.delete(np.diff(block.ends), slice(first, last)).astype("<u4")
        postings = slice(block.ends[first], block.ends[last])
        papers, weights = (np.delete(array, postings) for array in (block.papers, block.weights))
        for piece in (hashes, counts.tobytes(), papers.tobytes(), weights.tobytes()):
            self.pieces.append(piece)
        self.sizes.append(block.size)

    def term_vectors(self) -> TermVectors:
        """Return the vectors of all papers."""
        hashes, rarities = self._compared_terms()
        sizes, codes, values = list[Array](), list[Array](), list[Array]()
        for block, size in enumerate(self.sizes):
            vectors = self._vectors(block, size, hashes, rarities)
            for parts, part in zip((sizes, codes, values), vectors, strict=True):
                parts.append(part)
        starts = np.concatenate([[0], np.cumsum(_joined(sizes, np.int64))])
        frequencies = np.zeros(len(hashes), np.int64)
        for block_codes in codes:
            frequencies += np.bincount(block_codes, minlength=len(hashes))
        ends = np.cumsum(frequencies)
        # Joined one after the other: of a million papers, there is no room for many copies.
        all_codes = _joined(codes, np.uint32)
        codes.clear()
        all_values = _joined(values, _VALUE)
        values.clear()
        by_term = _by_term(sizes, all_codes, all_values, ends - frequencies)
        return TermVectors(starts, all_codes, all_values, ends, *by_term)

    def _compared_terms(self) -> tuple[Array, Array]:
        """Return the hashes of the terms of vectors, in order, and inverse document frequencies."""
        count = sum(self.sizes)
        most = min(MOST_PAPERS, max(2, LARGEST_SHARE * count))
        hashes, rarities = [], []
        for part in range(2**_PART_BITS):
            blocks = [self._part(block, part) for block in range(len(self.sizes))]
            part_hashes = _joined([block for block, _ in blocks], np.uint64)
            counts = _joined([block for _, block in blocks], np.uint32)
            distinct, inverse = np.unique(part_hashes, return_inverse=True)
            frequencies = np.bincount(inverse, counts, len(distinct))
            kept = (frequencies > 1) & (frequencies <= most)
            hashes.append(distinct[kept])
            rarities.append(np.log(count / frequencies[kept]))
        return np.concatenate(hashes), np.concatenate(rarities)

    def _part(self, block: int, part: int) -> tuple[Array, Array]:
        """Return the hashes of a block's terms that begin so, and the document frequencies."""
        hashes = np.frombuffer(self.pieces[4 * block], "<u8")
        counts = np.frombuffer(self.pieces[4 * block + 1], "<u4")
        kept = hashes >> np.uint64(64 - _PART_BITS) == part
        return hashes[kept], counts[kept]

    def _vectors(
        self, block: int, size: int, terms: Array, rarities: Array
    ) -> tuple[Array, Array, Array]:
        """Return the vectors of a block, given the hashes and the idf of the terms: the size of
        each, and their codes and values, one after another."""
        hashes, counts, papers, weights = (
            np.frombuffer(self.pieces[4 * block + number], kind)
            for number, kind in enumerate(("<u8", "<u4", "<u2", "u1"))
        )
        codes = np.searchsorted(terms, hashes)
        # A hash larger than the last term's is compared with 0, which it does not equal.
        kept = np.repeat(np.append(terms, np.uint64(0))[codes] == hashes, counts)
        codes = np.repeat(codes.astype(np.uint32), counts)[kept]
        papers = papers[kept].astype(np.uint64)
        values = (weights[kept] * rarities[codes]).astype(np.float32)
        # By papers, and the highest value first: a float above 0 is in the order of its bits.
        order = np.argsort((papers << 32) + (2**32 - 1 - values.view(np.uint32)), kind="stable")
        sizes = np.bincount(papers.astype(np.int64), minlength=size)
        ranks = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        order = order[ranks < MOST_TERMS]
        papers, values = papers[order].astype(np.int64), values[order]
        lengths = np.sqrt(np.bincount(papers, values.astype(np.float64) ** 2, size))
        lengths[lengths == 0] = 1  # of two papers all terms are in both, and none is rare
        sizes = np.bincount(papers, minlength=size)
        return sizes, codes[order], (values / lengths[papers]).astype(_VALUE)


def _by_term(sizes: list[Array], codes: Array, values: Array, free: Array) -> tuple[Array, Array]:
    """Return papers and values by terms; `free` is the first index of each term. Block by block, as
    there is no memory to sort all of them at once."""
    papers, paper_values = np.empty(len(codes), np.uint32), np.empty(len(codes), _VALUE)
    first = start = 0
    for block_sizes in sizes:
        end = start + int(block_sizes.sum())
        block_codes = codes[start:end]
        order = np.argsort(block_codes, kind="stable")
        counts = np.bincount(block_codes, minlength=len(free))
        # After those of the blocks before, counted on from the first of each term.
        indexes = np.arange(len(order)) + (free - np.cumsum(counts) + counts)[block_codes[order]]
        numbers = np.arange(first, first + len(block_sizes), dtype=np.uint32)
        papers[indexes] = np.repeat(numbers, block_sizes)[order]
        paper_values[indexes] = values[start:end][order]
        free = free + counts
        first += len(block_sizes)
        start = end
    return papers, paper_values


def _joined(parts: Sequence[Array], kind: type[np.generic]) -> Array:
    return np.concatenate([np.zeros(0, kind), *parts])


class SimilarPapers(NamedTuple):
    """The numbers of the papers most similar to one, the most similar first, and their scores."""

    paper: int
    neighbours: list[int]
    scores: list[float]


def nearest(vectors: TermVectors, papers: range) -> Iterator[SimilarPapers]:
    """Yield the neighbours of a range of papers; the ranges are independent of each other. Needs
    eight bytes for each paper there is, and a few numbers for each that shares a term."""
    count = len(vectors.starts) - 1
    frequencies = np.diff(vectors.ends, prepend=0)
    cosines, last = np.zeros(count, np.float32), np.zeros(count, np.uint32)
    for paper in papers:
        terms = slice(vectors.starts[paper], vectors.starts[paper + 1])
        codes = vectors.codes[terms]
        sizes, ends = frequencies[codes], vectors.ends[codes]
        # The postings of all terms, one term after another: products are added up in that order.
        indexes = np.repeat(ends - np.cumsum(sizes), sizes)
        indexes += np.arange(len(indexes))
        products = np.repeat(vectors.values[terms].astype(np.float32), sizes)
        products *= vectors.paper_values[indexes]
        sharing = vectors.papers[indexes].astype(np.int64)
        np.add.at(cosines, sharing, products)
        cosines[paper] = 0
        # Each paper once: where it is last.
        numbers = np.arange(len(sharing), dtype=np.uint32)
        last[sharing] = numbers
        neighbours = sharing[last[sharing] == numbers]
        neighbours = _largest(neighbours, cosines[neighbours], NEIGHBOURS)
        yield SimilarPapers(paper, neighbours.tolist(), cosines[neighbours].tolist())
        cosines[sharing] = 0


def _largest(indexes: Array, numbers: Array, count: int) -> Array:
    """Return the indexes of the largest numbers above 0, the first of equal ones first."""
    least = np.partition(numbers, -count)[-count] if len(numbers) > count else 0
    kept = (numbers >= least) & (numbers > 0)
    indexes, numbers = indexes[kept], numbers[kept]
    return indexes[np.lexsort((indexes, -numbers))[:count]]


def similar_rows(ids: Sequence[str], similar: Iterable[SimilarPapers]) -> Iterator[Row]:
    """Yield the rows of `similar_papers`; a paper that shares no term of a vector has none."""
    for paper, neighbours, scores in similar:
        for rank, (number, score) in enumerate(zip(neighbours, scores, strict=True), 1):
            yield ids[paper], rank, ids[number], round(min(1.0, score), 3)
