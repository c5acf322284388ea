"""Expands the clauses of a query with bigrams and synonyms.

A clause is matched by a typed word, its bigram with an adjacent word, or a synonym, for less; what
the query negates, by papers that negate it.
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
FACTORS = {"word": 1.0, "same": 0.8, "near": 0.3}
MOST_COMPLETIONS = 50  # words that a prefix stands for


class Variant(NamedTuple):
    """A phrase that matches a clause, typed (`word`) or a synonym; its weight in each paper; and
    how its terms begin: with NEGATED if it matches papers that negate it."""

    kind: Literal["word", "same", "near"]
    phrase: str
    weights: Array
    sign: str = ""


@dataclass
class ExpandedClause:
    """A clause of the query with its variants, and its part in a negation: what is negated matches
    papers that negate it. A quantity makes no paper match by itself."""

    clause: Clause
    variants: list[Variant]
    is_quantity: bool = False
    negation: Literal["negates", "negated"] | None = None

    @property
    def is_idle(self) -> bool:
        """Tell whether the clause is a negation, or a stop word of no bigram and of no synonym."""
        if self.negation == "negates" or not self.variants:
            return True
        first, *rest = self.clause.terms
        is_stop_word = not rest and first.kind == "word" and first.words[0] in STOP_WORDS
        return is_stop_word and all(v.kind == "word" and " " not in v.phrase for v in self.variants)

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


def counted_words(words: Sequence[str]) -> list[str]:
    """Return the words of a phrase that count: those of its bigrams, and others but stop words."""
    joins = [False, *(is_bigram(*pair) for pair in pairwise(words)), False]
    joined = map(any, pairwise(joins))
    counts = [
        is_joined or word not in STOP_WORDS for word, is_joined in zip(words, joined, strict=True)
    ]
    return list(compress(words, counts))


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
        bigrams += _expand_run(database, expanded[start : start + len(words)], words)
    return expanded, bigrams


def _expand_run(
    database: SearchDatabase, run: Sequence[ExpandedClause], words: Sequence[str]
) -> Iterator[Array]:
    """Add the variants of adjacent words to their clauses; yield the weights of their bigrams."""
    _negate(database, run, words)
    for clause, is_quantity in zip(run, are_quantities(words), strict=True):
        clause.is_quantity = is_quantity
    for index, (first, second) in enumerate(pairwise(words)):
        pair = run[index : index + 2]
        sign = _sign(pair)
        if sign is None or not (weights := database.weights(sign + bigram(first, second))).any():
            continue
        if is_bigram(first, second):
            yield weights
        for clause in pair:
            clause.variants.append(Variant("word", f"{first} {second}", weights, sign))
    for first_word, last_word, synonym in synonyms(database, words):
        sign = _sign(run[first_word:last_word])
        variants = [] if sign is None else _of_synonym(database, synonym, sign)
        for clause in run[first_word:last_word]:
            clause.variants += variants


def _negate(database: SearchDatabase, run: Sequence[ExpandedClause], words: Sequence[str]) -> None:
    """Let what the words negate match papers that negate it, and nothing else."""
    phrases = [(start, end) for start, end, _ in synonyms(database, words)]
    for index in (index for index, word in enumerate(words) if word in NEGATIONS):
        first, last = negated_span(words, index, STOP_WORDS)
        # “Classifier-free guidance” is the name of something.
        is_name = last == index and any(start <= first and last + 1 < end for start, end in phrases)
        if first == last or is_name or run[index].clause.required:
            continue
        for _, numbers in groupby(range(first, last), lambda n: words[n] in STOP_WORDS):  # at “or”
            _negate_phrase(database, [(run[number], words[number]) for number in numbers])
        for clause in run[index : max(first, index + 1)]:  # as “not need” of “not need tuning”
            clause.negation = "negates"


def _negate_phrase(database: SearchDatabase, phrase: Sequence[tuple[ExpandedClause, str]]) -> None:
    """Let the clauses of a negated phrase, each with its word, match what negates it."""
    words = [word for _, word in phrase]
    variants = [
        variant
        for negation in (["without", *words], [*words, "free"])
        for start, end, synonym in synonyms(database, negation)
        if end - start == len(negation)
        for variant in _of_synonym(database, synonym)
    ]
    for clause, word in phrase:
        weights = database.weights(NEGATED + stem(word))
        clause.variants = [Variant("word", word, weights, NEGATED), *variants]
        clause.negation = "negated"


def _sign(clauses: Sequence[ExpandedClause]) -> str | None:
    """Return how the terms of adjacent clauses begin if these are a phrase; None if it would have
    words that are negated and words that are not: “autoregressive speech” of “non-autoregressive
    speech”."""
    parts = {clause.negation for clause in clauses}
    if parts == {None, "negated"}:
        return None
    return NEGATED if parts == {"negated"} else ""


def _of_synonym(database: SearchDatabase, synonym: Synonym, sign: str = "") -> list[Variant]:
    """Return the variants of a synonym, of terms that begin with the sign. One that negates matches
    papers that negate the same: “tuning free” those “without tuning”, too."""
    words = tokenize(synonym.phrase)
    for index in (index for index, word in enumerate(words) if word in NEGATIONS):
        first, last = negated_span(words, index, STOP_WORDS)
        if first < last:
            others = (*words[: min(index, first)], *words[max(index + 1, last) :])
            weights = phrase_weights(database, words[first:last], NEGATED)
            if others:
                weights = np.minimum(weights, phrase_weights(database, others))
            phrase = " ".join((*others, "without", *words[first:last]))
            return [] if sign else [Variant(synonym.kind, phrase, weights, NEGATED)]
    return [Variant(synonym.kind, synonym.phrase, phrase_weights(database, words, sign), sign)]


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
