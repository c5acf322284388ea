"""A paper as search knows it: its terms and what each weighs in it, its words, facets and orders.

A paper's weight for a term is BM25F's: how often the term stands in its fields, each field with a
weight of its own and measured against a usual length, growing ever more slowly. How rare the term
is comes in when somebody searches.

Source: Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009).
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from daily_papers.search.analysis import cut
from daily_papers.text import BoundedCache

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

Numbers = np.ndarray[Any, np.dtype[Any]]


class Counted(NamedTuple):
    """What texts give the index: terms in groups, each term of group n, which are sizes[n] in a
    row, counting shares[n]; and the words of titles and abstracts that are letters alone, function
    words left out, each once, in order."""

    terms: Sequence[str]
    shares: Sequence[float]
    sizes: Sequence[int]
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
    terms = list(chain.from_iterable(alike.values()))
    return Counted(terms, list(alike), list(map(len, alike.values())), sorted(words))


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

    def named(self) -> Counted:
        """Count the terms of what it names: topics, as terms of their own, too, and entities."""
        terms: list[str] = []
        shares, sizes = [], []
        for name, said in (("topics", self.topic_names), ("entities", self.entities)):
            before = len(terms)
            terms.extend(chain.from_iterable(map(_NAMED.__getitem__, said)))
            shares.append(FIELD_WEIGHTS[name])
            sizes.append(len(terms) - before)
        for topic, in_title in self.topics.items():
            terms.append(f"topic:{topic}")
            shares.append(TOPIC_IN_TITLE if in_title else TOPIC_IN_ABSTRACT)
            sizes.append(1)
        return Counted(terms, shares, sizes, ())

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
    words = Counter[str]()
    found: list[str] = []
    ends, sizes, shares = array("I", [0]), array("I"), array("d")
    facets, orders = [], []
    for document in documents:
        for counted in (document.text, document.named()):
            found.extend(counted.terms)
            sizes.extend(counted.sizes)
            shares.extend(counted.shares)
        ends.append(len(found))
        words.update(document.text.words)
        facets.append(document.facets())
        orders.append(document.orders())
    terms = list(dict.fromkeys(found))
    codes = dict(zip(terms, range(len(terms)), strict=True))
    coded = np.fromiter(map(codes.__getitem__, found), np.uint64, len(found))
    owners = np.repeat(np.arange(len(orders), dtype=np.uint64), np.diff(ends))
    each, places = np.unique((owners << np.uint64(32)) + coded, return_inverse=True)
    counts = np.bincount(places, np.repeat(np.array(shares), np.array(sizes)), len(each))
    weights = np.maximum(1, np.rint(MOST_WEIGHT * counts / (SATURATION + counts)))
    return Lot(
        terms,
        (each & 0xFFFFFFFF).astype(np.uint32),
        weights.astype(np.uint8),
        np.bincount((each >> 32).astype(np.int64), minlength=len(orders)),
        dict(words),
        facets,
        orders,
    )


_NAMED = BoundedCache(lambda name: cut(name).terms)  # the terms of topics and entities
