"""Compares a query with the vectors of papers: by their signs, and the best by all numbers.

The signs take 48 bytes a paper in memory, so that a million papers are compared in some 20 ms. The
best ones are compared again, signs with numbers, and the vectors of the best of these are read from
the file. docs/search.md says how the constants were chosen.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from daily_papers.search.documents import Array
from daily_papers.search.encoder import WIDTH, encode

# What closeness in meaning adds at most, where the best score by words is 1: if words match all of
# the query, and how much more if they match nothing of it.
CLOSENESS, CLOSENESS_WITHOUT_WORDS = 0.25, 2.0
FAR_COSINE = 0.1  # from here on down, a paper is not close at all
# How many papers match though words do not, from which closeness and from which cosine on.
NEAREST, NEAR, NEAR_COSINE = 50, 0.5, 0.2
NEAR_ALONE = 0.28  # that cosine if no paper matches by words: the nearest may be far away
# Papers do not match below this share of the best score: for each word of the query, and at most.
# More papers have some of more words.
LEAST_BY_WORD, LEAST_SHARE = 0.04, 0.35

MOST_ESTIMATED, MOST_READ = 20_000, 1_000  # papers that are compared again, and that are read
_WORDS = WIDTH // 64  # of 64 bits, for the signs of a vector
_STEP = 65_536  # papers whose signs are compared at a time, to bound memory
# The cosine that two vectors of these many different signs have on average.
_COSINES = np.cos(np.pi * np.arange(WIDTH + 1) / WIDTH).astype(np.float32)
_OF_SIGNS = float(np.sqrt(np.pi / 2 / WIDTH))  # the same of the product of signs and a unit vector

Vector = NDArray[np.int8]


class PaperVectors:
    """The vectors of papers by number: the signs in memory, the rest where `read` finds it."""

    def __init__(self, chunks: Iterable[bytes], read: Callable[[list[int]], list[bytes]]) -> None:
        """Take the vectors of all papers in order, some of them at a time."""
        signs = [np.packbits(_unpacked(chunk) > 0, axis=1).view(np.uint64) for chunk in chunks]
        self.signs = np.concatenate([np.zeros((0, _WORDS), np.uint64), *signs])
        self._read = read
        self._kept: tuple[Array, Array] | None = None  # vectors and lengths of all, if few

    def cosines(self, query: Vector, scores: Array, weight: float) -> tuple[Array, Array]:
        """Return the cosine of a query with each paper, and the numbers of the papers for which it
        is exact: those that would have the highest scores if `weight` times the cosine were added
        to these. For others it is estimated."""
        numbers = query.astype(np.float32)
        numbers /= np.linalg.norm(numbers)
        if self._kept:
            vectors, lengths = self._kept
            return vectors @ numbers / lengths, np.arange(len(lengths))
        cosines = self._estimates(query)
        best = _highest(scores + weight * cosines, MOST_ESTIMATED)
        signs = np.unpackbits(self.signs[best].view(np.uint8), axis=1).astype(np.float32)
        cosines[best] = (2 * signs - 1) @ numbers * _OF_SIGNS
        read = np.sort(best[_highest((scores + weight * cosines)[best], MOST_READ)])
        vectors = _unpacked(b"".join(self._read(read.tolist()))).astype(np.float32)
        lengths = np.maximum(np.linalg.norm(vectors, axis=1), 1)  # that of a zero vector is 0
        if len(read) == len(self.signs):
            self._kept = vectors, lengths
        cosines[read] = vectors @ numbers / lengths
        return cosines, read

    def _estimates(self, query: Vector) -> Array:
        signs = np.packbits(query > 0).view(np.uint64)
        parts = [np.zeros(0, np.float32)]
        for first in range(0, len(self.signs), _STEP):
            different = np.bitwise_count(self.signs[first : first + _STEP] ^ signs)
            parts.append(_COSINES[different.sum(axis=1, dtype=np.uint16)])
        return np.concatenate(parts)


def _highest(numbers: Array, most: int) -> Array:
    """Return the indexes of the highest numbers, in no order."""
    if len(numbers) <= most:
        return np.arange(len(numbers))
    return np.argpartition(-numbers, most)[:most]


def add_closeness(
    vectors: PaperVectors,
    text: str,
    scores: Array,
    allowed: Array,
    coverage: float,
    word_count: int,
) -> None:
    """Add how close papers are to a text to their scores by words, whose best becomes 1.

    `allowed` papers may match; `coverage` is the share of the text that words match, from 0 to 1,
    and `word_count` how many of its words are searched. Papers that do not match have a score of 0
    then.
    """
    if not text or not allowed.any():
        return
    best = scores.max()
    if best > 0:
        scores /= best
    weight = CLOSENESS + CLOSENESS_WITHOUT_WORDS * (1 - coverage)
    cosines, read = vectors.cosines(_query_vector(text), scores, weight)
    cosines[~allowed] = FAR_COSINE
    closeness = np.maximum(cosines - FAR_COSINE, 0)
    closeness /= max(float(closeness.max()), 1e-6)
    matches = scores > 0
    least = NEAR_COSINE if best > 0 else NEAR_ALONE
    near = read[(closeness[read] >= NEAR) & (cosines[read] >= least)]
    nearest = highest(cosines, near, NEAREST)
    matches[nearest] = True
    scores += weight * closeness
    scores[~matches] = 0
    scores[scores < min(LEAST_SHARE, LEAST_BY_WORD * word_count) * scores.max()] = 0


def highest(keys: Array, numbers: Array, most: int) -> Array:
    """Return the numbers of the `most` highest keys and of all that equal the last of them."""
    left_out = len(numbers) - most
    if left_out > 0:
        numbers = numbers[keys[numbers] >= np.partition(keys[numbers], left_out)[left_out]]
    return numbers


_query_vector = lru_cache(1_000)(encode)  # people page through the results of a query


def _unpacked(vectors: bytes) -> Vector:
    return np.frombuffer(vectors, np.int8).reshape(-1, WIDTH)
