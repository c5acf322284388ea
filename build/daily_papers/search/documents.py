"""Makes index documents of papers: weighted terms, words for spelling, facet values, sort keys.

A term's weight in a paper is that of BM25F: its frequency in each field, times the field's weight
and normalized by the field's length, saturates. Inverse document frequency is left to query time.

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
from numpy.typing import NDArray

from daily_papers.search.analysis import analyze
from daily_papers.search.negation import NEGATED
from daily_papers.text import BoundedCache

MOST_WEIGHT = 255

# The weight of one occurrence in a field, and the usual number of terms of the fields that vary.
FIELD_WEIGHTS = {"title": 3.0, "abstract": 1.0, "topics": 1.0, "entities": 0.5}
USUAL_LENGTHS = {"title": 14, "abstract": 200}
SATURATION = 1.2  # k1: how soon more occurrences of a term stop to count
LENGTH_SHARE = 0.3  # b: how much the length of a field counts
NEGATED_BIGRAM = 0.1  # how much an occurrence counts for a bigram that the text negates there
TOPIC_IN_TITLE, TOPIC_IN_ABSTRACT = 3.0, 1.2  # the frequency of a topic as a term

FACETS = ("topic", "year", "type", "hardware", "model", "organization", "has")
UNDATED = "undated"  # the year of papers without one; no file has it, the reader adds it
SORT_KEYS = ("newest", "discussed", "upvoted")
DAY_ZERO = date(2000, 1, 1)  # of the sort key “newest”, in days

Array = NDArray[Any]


class TermCounts(NamedTuple):
    """The weighted frequencies of terms. Terms of equal frequency form a group: group n is the next
    sizes[n] of `terms`, each with frequencies[n]. `words` are distinct and in order."""

    terms: Sequence[str]
    frequencies: Sequence[float]
    sizes: Sequence[int]
    words: Sequence[str]


def count_terms(title: str, abstract: str) -> TermCounts:
    """Count the terms of title and abstract, weighted by field and normalized by its length."""
    frequencies: defaultdict[str, float] = defaultdict(float)
    words: set[str] = set()
    for field, text in (("title", title), ("abstract", abstract)):
        analysis = analyze(text)
        length = 1 - LENGTH_SHARE + LENGTH_SHARE * len(analysis.terms) / USUAL_LENGTHS[field]
        for term, count in Counter(analysis.terms).items():
            frequencies[term] += count * FIELD_WEIGHTS[field] / length
        for term in (*analysis.negated_stems, *analysis.negated_bigrams):
            frequencies[NEGATED + term] += FIELD_WEIGHTS[field] / length
        for term in analysis.negated_bigrams:
            frequencies[term] -= (1 - NEGATED_BIGRAM) * FIELD_WEIGHTS[field] / length
        words |= analysis.words
    groups = defaultdict(list)
    for term, frequency in frequencies.items():
        groups[frequency].append(term)
    terms = list(chain.from_iterable(groups.values()))
    return TermCounts(terms, list(groups), list(map(len, groups.values())), sorted(words))


_NAME_TERMS = BoundedCache(lambda name: analyze(name).terms)  # of topics and entities


@dataclass(frozen=True)
class Document:
    """A paper as the index sees it. `topics` maps ids to whether the title states the topic."""

    text: TermCounts
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

    def count_names(self) -> TermCounts:
        """Count the terms of the names of topics and entities; a topic is also a term by itself."""
        fields = (self.topic_names, self.entities)
        groups = [[term for name in names for term in _NAME_TERMS[name]] for names in fields]
        frequencies = [FIELD_WEIGHTS["topics"], FIELD_WEIGHTS["entities"]]
        for topic, in_title in self.topics.items():
            groups.append([f"topic:{topic}"])
            frequencies.append(TOPIC_IN_TITLE if in_title else TOPIC_IN_ABSTRACT)
        return TermCounts(list(chain(*groups)), frequencies, list(map(len, groups)), ())

    def facet_values(self) -> tuple[tuple[str, ...], ...]:
        """Return the values of each facet, in the order of FACETS."""
        facets: tuple[Iterable[object], ...] = (
            self.topics,
            (self.year,),
            (self.type,),
            self.hardware,
            self.models,
            (self.organization_id,),
            ("code",) if self.has_code else (),
        )
        return tuple(
            tuple(sorted({str(value) for value in values if value is not None}))
            for values in facets
        )

    def sort_keys(self) -> tuple[int, int, int]:
        """Return the numbers of SORT_KEYS: days since 2000, comments, upvotes; 0 for unknown."""
        stated = self.published_on
        day = max(1, date.fromisoformat(stated).toordinal() - DAY_ZERO.toordinal()) if stated else 0
        return day, self.comment_count or 0, self.upvote_count or 0


class IndexBatch(NamedTuple):
    """What the index stores of some consecutive papers. Paper n has the next counts[n] of `codes`
    (indexes of `terms`) and of `weights` (1 to 255). `words` maps words to document frequencies.
    `facets` and `sort_keys` have an entry per paper, in the order of FACETS and SORT_KEYS."""

    terms: list[str]
    codes: Array
    weights: Array
    counts: Array
    words: dict[str, int]
    facets: Sequence[tuple[tuple[str, ...], ...]]
    sort_keys: Sequence[tuple[int, ...]]


def numbering() -> defaultdict[str, int]:
    """Return a mapping that gives each new key the next number."""
    codes: defaultdict[str, int] = defaultdict()
    codes.default_factory = codes.__len__
    return codes


def weigh(documents: Iterable[Document]) -> IndexBatch:
    """Weigh the terms of documents, which must lie within one block of the index."""
    words = Counter[str]()
    occurrences: list[str] = []
    ends, sizes, frequencies = array("I", [0]), array("I"), array("d")
    facets, sort_keys = [], []
    for document in documents:
        for counts in (document.text, document.count_names()):
            occurrences.extend(counts.terms)
            sizes.extend(counts.sizes)
            frequencies.extend(counts.frequencies)
        ends.append(len(occurrences))
        words.update(document.text.words)
        facets.append(document.facet_values())
        sort_keys.append(document.sort_keys())
    codes = numbering()
    coded = np.fromiter(map(codes.__getitem__, occurrences), np.uint64, len(occurrences))
    papers = np.repeat(np.arange(len(facets), dtype=np.uint64), np.diff(ends))
    # Paper and term in one number, so that equal pairs can be added up.
    pairs, inverse = np.unique((papers << np.uint64(32)) + coded, return_inverse=True)
    totals = np.bincount(inverse, np.repeat(np.array(frequencies), np.array(sizes)), len(pairs))
    return IndexBatch(
        list(codes),
        (pairs & 0xFFFFFFFF).astype(np.uint32),
        np.maximum(1, np.rint(MOST_WEIGHT * totals / (SATURATION + totals))).astype(np.uint8),
        np.bincount((pairs >> 32).astype(np.int64), minlength=len(facets)),
        dict(words),
        facets,
        sort_keys,
    )
