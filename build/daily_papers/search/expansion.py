"""Expands the clauses of a query with bigrams and synonyms.

A clause is matched by a typed word, its bigram with an adjacent word, or a synonym, for less; what
the query negates by papers that negate it, and for less by those that do not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import compress, groupby, pairwise
from typing import Literal, NamedTuple

import numpy as np

from daily_papers.search.analysis import (
    STOP_WORDS,
    are_quantities,
    as_one_word,
    bigram,
    is_bigram,
    stem,
    tokenize,
)
from daily_papers.search.documents import Array
from daily_papers.search.negation import NEGATED, NEGATIONS, negated_span
from daily_papers.search.query import Clause, QueryTerm
from daily_papers.search.reader import SearchDatabase, Synonym

# Of a variant's weight, by its kind.
FACTORS = {"word": 1.0, "same": 0.8, "near": 0.3, "affirmed": 0.3}
MOST_COMPLETIONS = 50  # words that a prefix stands for


class Variant(NamedTuple):
    """A phrase that matches a clause: typed (`word`), a synonym, or what the query negates and the
    paper affirms; and its weight in each paper."""

    kind: Literal["word", "same", "near", "affirmed"]
    phrase: str
    weights: Array


@dataclass
class ExpandedClause:
    """A clause of the query with its variants. A quantity makes no paper match by itself."""

    clause: Clause
    variants: list[Variant]
    is_quantity: bool = False

    @property
    def is_negated(self) -> bool:
        """Tell whether the query negates the clause."""
        return any(variant.kind == "affirmed" for variant in self.variants)

    def typed_weights(self, no_weights: Array) -> Array:
        """Return the weight in each paper of what was typed, without synonyms."""
        typed = (variant.weights for variant in self.variants if variant.kind == "word")
        return reduce(np.maximum, typed, no_weights)

    def best_weights(self, typed: Array) -> Array:
        """Return the weight in each paper of the best variant, given the typed weights."""
        scaled = (_scaled(v.weights, FACTORS[v.kind]) for v in self.variants if v.kind != "word")
        return reduce(np.maximum, scaled, typed)


def phrase_weights(database: SearchDatabase, words: Sequence[str], sign: str = "") -> Array:
    """Return the weight of a phrase in each paper: that of the weakest of its bigrams, and of its
    words in no bigram but stop words; or that of the phrase written as one word, if higher. All
    terms begin with the sign."""
    joins = [is_bigram(first, second) for first, second in pairwise(words)]
    parts = [database.weights(sign + bigram(*pair)) for pair in compress(pairwise(words), joins)]
    for word, *joined in zip(words, [False, *joins], [*joins, False], strict=True):
        if not any(joined) and word not in STOP_WORDS:
            parts.append(database.weights(sign + stem(word)))
    whole = database.weights(sign + stem(as_one_word(*words)))
    return np.maximum(reduce(np.minimum, parts), whole) if parts else whole


def expand(
    database: SearchDatabase, clauses: Sequence[Clause]
) -> tuple[list[ExpandedClause], list[Array]]:
    """Return the clauses with all variants, and the weights of the query's bigrams."""
    expanded = [
        ExpandedClause(clause, [v for term in clause.terms for v in _variants(database, term)])
        for clause in clauses
    ]
    bigrams: list[Array] = []
    for start, words in word_runs(clauses):
        run = expanded[start : start + len(words)]
        negated, negations = _negate(database, run, words)
        for clause, is_quantity in zip(run, are_quantities(words), strict=True):
            clause.is_quantity = is_quantity
        for index, (first, second) in enumerate(pairwise(words)):
            is_negated = all(negated[index : index + 2])
            weights = database.weights((NEGATED if is_negated else "") + bigram(first, second))
            if weights.any():
                bigrams += [weights] if is_bigram(first, second) else []
                for clause in run[index : index + 2]:
                    clause.variants.append(Variant("word", f"{first} {second}", weights))
        for first_word, last_word, synonym in synonyms(database, words):
            variants = _of_synonym(database, synonym, all(negated[first_word:last_word]))
            for clause in run[first_word:last_word]:
                clause.variants += variants
        for index in negations:
            run[index].variants.clear()
    return [clause for clause in expanded if not _is_idle(clause)], bigrams


def _negate(
    database: SearchDatabase, run: Sequence[ExpandedClause], words: Sequence[str]
) -> tuple[list[bool], list[int]]:
    """Let what the words negate match papers that negate it, too, and others for less. Return for
    each word whether it is negated, and which words negate."""
    negated, negations = [False] * len(words), list[int]()
    for index in (index for index, word in enumerate(words) if word in NEGATIONS):
        first, last = negated_span(words, index, STOP_WORDS)
        if first == last or run[index].clause.required:
            continue
        span = words[first:last]
        variants = [
            variant
            for phrase in (["without", *span], [*span, "free"])
            for start, end, synonym in synonyms(database, phrase)
            if end - start == len(phrase)
            for variant in _of_synonym(database, synonym, False)
        ]
        for clause, word in zip(run[first:last], span, strict=True):
            affirmed = [variant._replace(kind="affirmed") for variant in clause.variants]
            weights = database.weights(NEGATED + stem(word))
            clause.variants = [Variant("word", f"without {word}", weights), *variants, *affirmed]
        negated[first:last] = [True] * len(span)
        negations.append(index)
    return negated, negations


def _of_synonym(database: SearchDatabase, synonym: Synonym, is_negated: bool) -> list[Variant]:
    """Return the variants of a synonym of words; “tuning free” is “without tuning”, too."""
    words, sign = tokenize(synonym.phrase), NEGATED if is_negated else ""
    variants = [Variant(synonym.kind, synonym.phrase, phrase_weights(database, words, sign))]
    for index in (index for index, word in enumerate(words) if word in NEGATIONS):
        first, last = negated_span(words, index, STOP_WORDS)
        if last - first == len(words) - 1:
            weights = phrase_weights(database, words[first:last], NEGATED)
            phrase = " ".join(("without", *words[first:last]))
            variants.append(Variant(synonym.kind, phrase, weights))
    return variants


def _is_idle(expanded: ExpandedClause) -> bool:
    """Tell whether a clause is a negation, or a stop word of no bigram and of no synonym."""
    if not expanded.variants:
        return True
    first, *rest = expanded.clause.terms
    is_stop_word = not rest and first.kind == "word" and first.words[0] in STOP_WORDS
    return is_stop_word and all(v.kind == "word" and " " not in v.phrase for v in expanded.variants)


def _variants(database: SearchDatabase, term: QueryTerm) -> Iterator[Variant]:
    if term.kind == "phrase":
        yield Variant("word", term.text, phrase_weights(database, term.words))
    elif term.kind == "prefix":
        for word in database.words_with_prefix(term.words[-1], MOST_COMPLETIONS):
            yield Variant("word", word, database.weights(stem(word)))
    else:
        yield Variant("word", term.text, database.weights(stem(term.words[0])))


def synonyms(database: SearchDatabase, words: Sequence[str]) -> Iterator[tuple[int, int, Synonym]]:
    """Yield the synonyms of adjacent words, each with the words [start, end) that have it."""
    stems = [stem(word) for word in words]
    for length in range(1, min(database.longest_synonym, len(words)) + 1):
        for start in range(len(words) - length + 1):
            for synonym in database.synonyms.get(tuple(stems[start : start + length]), ()):
                yield start, start + length, synonym


def word_runs(clauses: Sequence[Clause]) -> Iterator[tuple[int, list[str]]]:
    """Yield the words of each run of adjacent words, with the index of their first clause."""
    for run, members in groupby(enumerate(clauses), lambda member: _run(member[1])):
        if run is not None:
            indexes, group = zip(*members, strict=True)
            yield indexes[0], [clause.terms[0].words[0] for clause in group]


def _run(clause: Clause) -> int | None:
    first, *rest = clause.terms
    return first.run if not rest and first.kind == "word" and not clause.excluded else None


def _scaled(weights: Array, factor: float) -> Array:
    """Return weights times a factor, rounded up."""
    return ((weights * np.uint16(round(256 * factor)) + 255) >> 8).astype(np.uint8)
