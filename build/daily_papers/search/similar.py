"""Finds the nearest neighbours of every paper: those that share most of what sets it apart.

A paper is the terms that weigh most in it, each times how rare it is; nearness is the cosine.
Terms that a larger share of papers have say little and cost most: they are left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple, Protocol

import numpy as np

from daily_papers.search.documents import Numbers
from daily_papers.search.index import Postings, Row

NEIGHBOURS = 10
MOST_TERMS = 96  # of a paper that are compared: those that set it apart most
MOST_PAPERS = 200  # that a term may have to be compared by
LARGEST_SHARE = 0.25  # of the papers that may have it
_WORTH = np.float16  # three digits, as scores have; of a million papers there are many
_SHARE_BITS = 4  # of a hash, by which terms are split while they are counted, for memory's sake


class Pieces(Protocol):
    """Bytes by number, in memory or on disk."""

    def append(self, piece: bytes, /) -> None:
        """Add the next piece."""

    def __getitem__(self, number: int, /) -> bytes:
        """Return a piece."""


@dataclass
class Neighbours:
    """Takes the blocks of the index, and then says which papers are near which.

    Terms go by a hash of eight bytes; blocks wait as pieces, four each.
    """

    pieces: Pieces
    sizes: list[int] = field(default_factory=list)  # papers of each block

    def add(self, block: Postings) -> None:
        """Take the next block."""
        hashes = b"".join(blake2b(term.encode(), digest_size=8).digest() for term in block.terms)
        counts = np.diff(block.ends).astype("<u4")
        for piece in (hashes, counts.tobytes(), block.places.tobytes(), block.weights.tobytes()):
            self.pieces.append(piece)
        self.sizes.append(block.size)

    def compared(self) -> "Compared":
        """Return the papers as `nearest` compares them."""
        telling, rarities = self._telling()
        sizes: list[Numbers] = []
        codes: list[Numbers] = []
        values: list[Numbers] = []
        for block, size in enumerate(self.sizes):
            found = self._strongest(block, size, telling, rarities)
            for every, one in zip((sizes, codes, values), found, strict=True):
                every.append(one)
        starts = np.concatenate([[0], np.cumsum(_joined(sizes, np.int64))])
        shared = np.zeros(len(telling), np.int64)
        for one in codes:
            shared += np.bincount(one, minlength=len(telling))
        lots = [len(one) for one in codes]
        # Joined one by one: of a million papers, there is no room for many copies.
        every_code = _joined(codes, np.uint32)
        codes.clear()
        every_value = _joined(values, _WORTH)
        values.clear()
        by_term = _by_term(sizes, lots, every_code, every_value, np.cumsum(shared) - shared)
        return Compared(starts, every_code, every_value, np.cumsum(shared), *by_term)

    def _telling(self) -> tuple[Numbers, Numbers]:
        """Return the hashes, in order, of the terms that are compared by, and how rare they are."""
        count = sum(self.sizes)
        most = min(MOST_PAPERS, max(2, LARGEST_SHARE * count))
        telling, rarities = [], []
        for share in range(2**_SHARE_BITS):
            found = [self._share(block, share) for block in range(len(self.sizes))]
            hashes = _joined([one for one, _ in found], np.uint64)
            terms, places = np.unique(hashes, return_inverse=True)
            shared = np.bincount(places, _joined([one for _, one in found], np.uint32), len(terms))
            kept = (shared > 1) & (shared <= most)
            telling.append(terms[kept])
            rarities.append(np.log(count / shared[kept]))
        return np.concatenate(telling), np.concatenate(rarities)

    def _share(self, block: int, share: int) -> tuple[Numbers, Numbers]:
        """Return the hashes of a block's terms that begin so, and how many papers have each."""
        hashes = np.frombuffer(self.pieces[4 * block], "<u8")
        counts = np.frombuffer(self.pieces[4 * block + 1], "<u4")
        mine = hashes >> np.uint64(64 - _SHARE_BITS) == share
        return hashes[mine], counts[mine]

    def _strongest(
        self, block: int, size: int, telling: Numbers, rarities: Numbers
    ) -> "_Strongest":
        """Return the terms by which a block's papers are compared."""
        hashes, counts, places, weights = (
            np.frombuffer(self.pieces[4 * block + number], kind)
            for number, kind in enumerate(("<u8", "<u4", "<u2", "u1"))
        )
        if not len(telling):
            return _Strongest(np.zeros(size, np.int64), np.zeros(0, np.uint32), np.zeros(0, _WORTH))
        codes = np.searchsorted(telling, hashes)
        codes[codes == len(telling)] = 0
        kept = np.repeat(telling[codes] == hashes, counts)
        codes = np.repeat(codes.astype(np.uint32), counts)[kept]
        papers = places[kept].astype(np.uint64)
        values = (weights[kept] * rarities[codes]).astype(np.float32)
        # By papers, and the strongest first: a float above 0 is in the order of its bits.
        order = np.argsort((papers << 32) + (2**32 - 1 - values.view(np.uint32)), kind="stable")
        met = np.bincount(papers.astype(np.int64), minlength=size)
        ranks = np.arange(len(order)) - np.repeat(np.cumsum(met) - met, met)
        order = order[ranks < MOST_TERMS]
        papers, values = papers[order].astype(np.int64), values[order]
        lengths = np.sqrt(np.bincount(papers, values.astype(np.float64) ** 2, size))
        lengths[lengths == 0] = 1  # of two papers all terms are in both, and none is rare
        sizes = np.bincount(papers, minlength=size)
        return _Strongest(sizes, codes[order], (values / lengths[papers]).astype(_WORTH))


class _Strongest(NamedTuple):
    """How many terms each paper of a block is compared by; one behind the other, which, and what
    they are worth in it, a paper being of length 1."""

    sizes: Numbers
    codes: Numbers
    values: Numbers


def _by_term(
    sizes: Sequence[Numbers], lots: Sequence[int], codes: Numbers, values: Numbers, free: Numbers
) -> tuple[Numbers, Numbers]:
    """Return the papers that have each term, and its worth there; `free` is each term's first
    place. Block by block, as all of them could not be sorted at once for want of memory."""
    papers, worth = np.empty(len(codes), np.uint32), np.empty(len(codes), _WORTH)
    first = at = 0
    for size, lot in zip(sizes, lots, strict=True):
        mine = codes[at : at + lot]
        order = np.argsort(mine, kind="stable")
        ordered = mine[order]
        met = np.bincount(mine, minlength=len(free))
        # Behind those of the blocks before, counted on from the first of each term.
        places = np.arange(lot) + (free - np.cumsum(met) + met)[ordered]
        numbers = np.arange(first, first + len(size), dtype=np.uint32)
        papers[places] = np.repeat(numbers, size)[order]
        worth[places] = values[at : at + lot][order]
        free = free + met
        first += len(size)
        at += lot
    return papers, worth


def _joined(parts: Sequence[Numbers], kind: type[np.generic]) -> Numbers:
    return np.concatenate([np.zeros(0, kind), *parts])


def similar_rows(ids: Sequence[str], found: Iterable["Near"]) -> Iterator[Row]:
    """Yield the rows of papers' neighbours; a paper that shares nothing has none."""
    for one in found:
        for rank, (other, score) in enumerate(zip(one.others, one.scores, strict=True), 1):
            yield ids[one.paper], rank, ids[other], round(min(1.0, score), 3)


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

    Needs memory for a few numbers a paper that is met, and eight bytes a paper there is.
    """
    count = len(compared.starts) - 1
    sizes = np.diff(compared.ends, prepend=0)
    near, last = np.zeros(count, np.float32), np.zeros(count, np.uint32)
    for paper in papers:
        mine = slice(compared.starts[paper], compared.starts[paper + 1])
        codes = compared.codes[mine]
        lots, ends = sizes[codes], compared.ends[codes]
        # The places of all the lots, one behind the other: added up in the order of the terms.
        places = np.repeat(ends - np.cumsum(lots), lots)
        places += np.arange(len(places))
        values = np.repeat(compared.values[mine].astype(np.float32), lots)
        values *= compared.paper_values[places]
        met = compared.papers[places].astype(np.int64)
        np.add.at(near, met, values)
        near[paper] = 0
        # Each that was met once: where it is met last.
        numbers = np.arange(len(met), dtype=np.uint32)
        last[met] = numbers
        others = met[last[met] == numbers]
        others = _largest(others, near[others], NEIGHBOURS)
        yield Near(paper, others.tolist(), near[others].tolist())
        near[met] = 0


def _largest(places: Numbers, numbers: Numbers, count: int) -> Numbers:
    """Return the places of the largest numbers above 0, the first of equal ones first."""
    least = np.partition(numbers, -count)[-count] if len(numbers) > count else 0
    kept = (numbers >= least) & (numbers > 0)
    places, numbers = places[kept], numbers[kept]
    return places[np.lexsort((places, -numbers))[:count]]
