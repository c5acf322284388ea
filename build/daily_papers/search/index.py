"""Makes the rows that search reads: what each term weighs in each paper, words, names, columns.

A paper's weight for a term is BM25F's: how often the term stands in its fields, each field with a
weight of its own and measured against a usual length, growing ever more slowly. How rare the term
is comes in when somebody searches. Papers go by number, their place in the order of their ids, and
are kept in blocks of 65,536, so that a number within a block takes two bytes and a weight one.

Source: Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009).
"""

import heapq
import json
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np

from daily_papers.search.words import cut
from daily_papers.spool import Packed
from daily_papers.text import Remembered

BLOCK = 65_536  # papers; the most that two bytes tell apart
MOST_WEIGHT = 255

# What one occurrence in a field weighs, and the usual number of terms of the fields that vary.
FIELD_WEIGHTS = {"title": 3.0, "abstract": 1.0, "topics": 1.0, "entities": 0.5}
USUAL_LENGTHS = {"title": 14, "abstract": 200}
SATURATION = 1.2  # k1: how soon more of the same word stops to count
LENGTH_SHARE = 0.3  # b: how much the length of a field counts
TOPIC_IN_TITLE, TOPIC_IN_ABSTRACT = 3.0, 1.2  # occurrences that a topic stands for, as a term

FACETS = ("topic", "year", "type", "hardware", "model", "organization", "has")
ORDERS = ("newest", "discussed", "upvoted")
_DAY_ZERO = date(2000, 1, 1).toordinal()

Row = tuple[Any, ...]  # in the order of the table's columns
Numbers = np.ndarray[Any, np.dtype[Any]]


class Counted(NamedTuple):
    """What title and abstract give the index: what a term counts, with all that count so much; and
    the words that are letters alone, function words left out, each once, in order."""

    terms: Sequence[tuple[float, Sequence[str]]]
    words: Sequence[str]


def count(title: str, abstract: str) -> Counted:
    """Count the terms of a paper: each time that one stands in a field is an occurrence, and counts
    as much as the field says, the less the longer the field is."""
    counts: defaultdict[str, float] = defaultdict(float)
    words: set[str] = set()
    for name, text in (("title", title), ("abstract", abstract)):
        found = cut(text)
        length = 1 - LENGTH_SHARE + LENGTH_SHARE * len(found.terms) / USUAL_LENGTHS[name]
        for term, times in Counter(found.terms).items():
            counts[term] += times * FIELD_WEIGHTS[name] / length
        words |= found.words
    alike = defaultdict(list)
    for term, share in counts.items():
        alike[share].append(term)
    return Counted(list(alike.items()), sorted(words))


@dataclass(frozen=True)
class Document:
    """What search knows of a paper. `topics` maps ids to whether the title says so."""

    text: Counted
    type: str
    published_on: str | None
    year: int | None
    organization_id: str | None
    has_code: bool
    comment_count: int | None
    upvote_count: int | None
    topics: Mapping[str, bool]
    topic_names: Sequence[str]
    entities: Sequence[str]  # names and families
    hardware: Sequence[str]
    models: Sequence[str]

    def facets(self) -> tuple[tuple[str, ...], ...]:
        """Return its values of every facet, in the order of FACETS."""
        values: tuple[Iterable[object], ...] = (
            self.topics,
            (self.year,),
            (self.type,),
            self.hardware,
            self.models,
            (self.organization_id,),
            ("code",) if self.has_code else (),
        )
        return tuple(tuple(sorted({str(one) for one in vs if one is not None})) for vs in values)

    def orders(self) -> tuple[int, int, int]:
        """Return the numbers that ORDERS go by; days since 2000, 0 where one is not known."""
        known = self.published_on
        day = max(1, date.fromisoformat(known).toordinal() - _DAY_ZERO) if known else 0
        return day, self.comment_count or 0, self.upvote_count or 0


class Lot(NamedTuple):
    """What the index keeps of some papers in a row.

    Paper n has counts[n] of the numbers in `codes`, which stand for `terms`, and `weights` (1 to
    255) say what these weigh in it. `words` are counted by papers; the places of papers in facets
    and orders go by FACETS and ORDERS.
    """

    terms: list[str]
    codes: Numbers
    weights: Numbers
    counts: Numbers
    words: dict[str, int]
    facets: Sequence[tuple[tuple[str, ...], ...]]
    orders: Sequence[tuple[int, ...]]


def weigh(documents: Iterable[Document]) -> Lot:
    """Return what the index keeps of papers; no more than a block; lots fill it."""
    codes, words = Codes(), Counter[str]()
    found, papers, sizes, shares = array("I"), array("I"), array("I"), array("d")
    facets, orders = [], []
    for number, document in enumerate(documents):
        for terms, share in _occurrences(document):
            found.extend(map(codes.__getitem__, terms))
            papers.append(number)
            sizes.append(len(terms))
            shares.append(share)
        words.update(document.text.words)
        facets.append(document.facets())
        orders.append(document.orders())
    owners = np.repeat(np.array(papers, np.uint64), np.array(sizes))
    each, places = np.unique((owners << 32) + np.array(found), return_inverse=True)
    counts = np.bincount(places, np.repeat(np.array(shares), np.array(sizes)), len(each))
    weights = np.maximum(1, np.rint(MOST_WEIGHT * counts / (SATURATION + counts)))
    return Lot(
        list(codes),
        (each & 0xFFFFFFFF).astype(np.uint32),
        weights.astype(np.uint8),
        np.bincount((each >> 32).astype(np.int64), minlength=len(orders)),
        dict(words),
        facets,
        orders,
    )


def _occurrences(document: Document) -> Iterator[tuple[Sequence[str], float]]:
    """Yield terms, and what they count each time that they come."""
    yield from ((terms, share) for share, terms in document.text.terms)
    for name, said in (("topics", document.topic_names), ("entities", document.entities)):
        for one in said:
            yield _NAMED[one], FIELD_WEIGHTS[name]
    for in_title, share in ((True, TOPIC_IN_TITLE), (False, TOPIC_IN_ABSTRACT)):
        yield [f"topic:{one}" for one, there in document.topics.items() if there == in_title], share


_NAMED = Remembered(lambda name: cut(name).terms)  # the terms of topics and entities


class Codes(dict[str, int]):
    """Numbers for terms, in the order in which they are met."""

    def __missing__(self, term: str) -> int:
        """Give a new term the next number."""
        code = self[term] = len(self)
        return code


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
    words: list[tuple[Packed, "array[int]"]] = field(default_factory=list)  # and in how many papers
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
        self.words.append((Packed(words), array("I", map(block.words.__getitem__, words))))
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


@dataclass
class _Block:
    """The papers of one block: which terms each has, and what they weigh. Numbers in arrays, as
    dictionaries of so many papers would not fit into memory."""

    words: Counter[str] = field(default_factory=Counter)
    codes: Codes = field(default_factory=Codes)
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
