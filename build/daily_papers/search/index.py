"""Makes the rows that search reads: what each term weighs in each paper, words, names, columns.

A paper's weight for a term is BM25F's: how often the term stands in its fields, each field with a
weight of its own and measured against a usual length, growing ever more slowly. How rare the term
is comes in when somebody searches. Papers go by number, their place in the order of their ids, and
are kept in blocks of 65,536, so that a number within a block takes two bytes and a weight one.

Source: Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009).
"""

import json
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from daily_papers.search.words import cut

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

Row = dict[str, Any]
Numbers = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Document:
    """What search knows of a paper. `topics` maps ids to whether the title says so."""

    title: str
    abstract: str
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


class Weighed(NamedTuple):
    """What the index keeps of a paper: what its terms weigh (1 to 255), its words, and its place
    in facets and orders, which go by FACETS and ORDERS."""

    weights: dict[str, int]
    words: frozenset[str]
    facets: tuple[tuple[str, ...], ...]
    orders: tuple[int, ...]


def weigh(document: Document) -> Weighed:
    """Return what the index keeps of a paper."""
    title, abstract = cut(document.title), cut(document.abstract)
    # The longest field first; the order of the others, by which sums are rounded, is of old.
    counts = _counts("abstract", abstract.terms)
    for name, terms in (
        ("title", title.terms),
        ("topics", cut(" . ".join(document.topic_names)).terms),
        ("entities", cut(" . ".join(document.entities)).terms),
    ):
        for term, count in _counts(name, terms).items():
            counts[term] = counts.get(term, 0.0) + count
    for topic, in_title in document.topics.items():
        counts[f"topic:{topic}"] = TOPIC_IN_TITLE if in_title else TOPIC_IN_ABSTRACT
    weights = {  # few counts differ
        count: max(1, round(MOST_WEIGHT * count / (SATURATION + count)))
        for count in set(counts.values())
    }
    return Weighed(
        dict(zip(counts, map(weights.__getitem__, counts.values()), strict=True)),
        frozenset(title.words | abstract.words),
        document.facets(),
        document.orders(),
    )


def _counts(name: str, terms: Sequence[str]) -> dict[str, float]:
    """Count the terms of a field, in the field's weight and by its length."""
    weight, usual = FIELD_WEIGHTS[name], USUAL_LENGTHS.get(name)
    length = 1 - LENGTH_SHARE + LENGTH_SHARE * len(terms) / usual if usual else 1.0
    return {term: weight * count / length for term, count in Counter(terms).items()}


@dataclass
class Index:
    """The rows of the tables that search reads. Those of `search_terms` are to be taken first:
    the others are counted while papers pass."""

    paper_count: int = 0
    words: Counter[str] = field(default_factory=Counter)
    codes: list[dict[str, int]] = field(default_factory=lambda: [{} for _ in FACETS])
    papers: list["array[int]"] = field(default_factory=lambda: [array("I") for _ in FACETS])
    values: list["array[int]"] = field(default_factory=lambda: [array("I") for _ in FACETS])
    orders: list["array[int]"] = field(default_factory=lambda: [array("I") for _ in ORDERS])

    def term_rows(self, papers: Iterable[Weighed]) -> Iterator[Row]:
        """Yield the rows of `search_terms`, papers being in the order of their ids."""
        waiting = iter(papers)
        while True:
            number, block = self.paper_count // BLOCK, _Block()
            for paper in islice(waiting, BLOCK):
                self._count(paper)
                block.add(paper.weights)
            if not block.size:
                return
            yield from block.rows(number)

    def _count(self, paper: Weighed) -> None:
        self.words.update(paper.words)
        for codes, papers, values, labels in zip(
            self.codes, self.papers, self.values, paper.facets, strict=True
        ):
            for label in labels:
                papers.append(self.paper_count)
                values.append(codes.setdefault(label, len(codes)))
        for order, number in zip(self.orders, paper.orders, strict=True):
            order.append(number)
        self.paper_count += 1

    def word_rows(self) -> Iterator[Row]:
        """Yield the rows of `search_words`: each word of titles and abstracts, in how many."""
        for word in sorted(self.words):
            yield {"word": word, "paper_count": self.words[word]}

    def column_rows(self) -> Iterator[Row]:
        """Yield the rows of `search_columns`: for each facet which paper has which value, and for
        each order but relevance the number that it goes by."""
        for name, codes, papers, values in zip(
            FACETS, self.codes, self.papers, self.values, strict=True
        ):
            labels = sorted(codes)
            places = np.empty(len(labels), "<u4")
            places[[codes[label] for label in labels]] = np.arange(len(labels))
            yield {
                "name": name,
                "labels": json.dumps(labels, ensure_ascii=False),
                "papers": np.array(papers, "<u4").tobytes(),
                "codes": places[np.array(values, "<u4")].astype("<u4").tobytes(),
            }
        for name, order in zip(ORDERS, self.orders, strict=True):
            codes_ = np.array(order, "<u4").tobytes()
            yield {"name": name, "labels": "[]", "papers": b"", "codes": codes_}


class Codes(dict[str, int]):
    """Numbers for terms, in the order in which they are met."""

    def __missing__(self, term: str) -> int:
        """Give a new term the next number."""
        code = self[term] = len(self)
        return code


class _Block:
    """The papers of one block: which terms each has, and what they weigh. Numbers in arrays, as
    dictionaries of so many papers would not fit into memory."""

    def __init__(self) -> None:
        self.size = 0
        self.codes = Codes()
        self.terms, self.weights, self.counts = array("I"), array("B"), array("I")

    def add(self, weights: Mapping[str, int]) -> None:
        """Take the next paper."""
        self.terms.extend(map(self.codes.__getitem__, weights))
        self.weights.extend(weights.values())
        self.counts.append(len(weights))
        self.size += 1

    def rows(self, number: int) -> Iterator[Row]:
        """Yield a row for every term, in their order."""
        terms = np.asarray(self.terms)
        order = np.argsort(terms, kind="stable")
        papers = np.repeat(np.arange(self.size, dtype="<u2"), self.counts)
        places, weights = papers[order].tobytes(), np.asarray(self.weights)[order].tobytes()
        ends = [0, *np.cumsum(np.bincount(terms, minlength=len(self.codes))).tolist()]
        for term in sorted(self.codes):
            code = self.codes[term]
            first, last = ends[code], ends[code + 1]
            yield {
                "block": number,
                "term": term,
                "paper_count": last - first,
                "weights": pack(places[2 * first : 2 * last], weights[first:last], self.size),
            }


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
