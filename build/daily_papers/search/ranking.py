"""Ranks papers by BM25F over query clauses, expanded with bigrams and synonyms.

A clause is matched by a typed word, its bigram with an adjacent word, or a synonym, for less. A
paper gets the best match of each clause times inverse document frequency. Bigrams of the query
count once more, papers that match more clauses rank higher, and the best papers boost those similar
to them (`similar_papers`). docs/search.md says what each part is worth.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import compress, groupby, islice, pairwise
from typing import Literal, NamedTuple

import numpy as np

from daily_papers.search.analysis import STOP_WORDS, bigram, is_bigram, stem, tokenize
from daily_papers.search.documents import MOST_WEIGHT, Array
from daily_papers.search.query import Clause, QueryTerm
from daily_papers.search.reader import SearchDatabase, Synonym
from daily_papers.search.spellcheck import nearest

FACTORS = {"word": 1.0, "same": 0.8, "near": 0.3}  # of a variant's weight, by its kind
BIGRAM_FACTOR = 0.6  # of a bigram of the query, compared with a word as rare
COVERAGE = 0.5  # the share of the score that depends on how much of the query a paper matches
FULL_WEIGHT = 128  # the weight from which on a clause is matched in full
BOOSTING, BOOST = 20, 0.25  # how many of the best papers boost their neighbours, and how much
LEAST_SCORE = 0.1  # of the best score; papers below it do not match
MOST_CORRECTIONS = 8  # words of a query
MOST_COMPLETIONS = 50  # words that a prefix stands for


class Variant(NamedTuple):
    """A phrase that matches a clause: typed (`word`) or a synonym; and its weight in each paper."""

    kind: Literal["word", "same", "near"]
    phrase: str
    weights: Array


@dataclass
class ExpandedClause:
    """A clause of the query with its variants."""

    clause: Clause
    variants: list[Variant]

    def typed_weights(self, no_weights: Array) -> Array:
        """Return the weight in each paper of what was typed, without synonyms."""
        typed = (variant.weights for variant in self.variants if variant.kind == "word")
        return reduce(np.maximum, typed, no_weights)

    def best_weights(self, typed: Array) -> Array:
        """Return the weight in each paper of the best variant, given the typed weights."""
        scaled = (_scaled(v.weights, FACTORS[v.kind]) for v in self.variants if v.kind != "word")
        return reduce(np.maximum, scaled, typed)


@dataclass
class Ranking:
    """The score of each paper, whether it matches, the clauses that score, corrections by words."""

    scores: Array
    matches: Array
    clauses: list[ExpandedClause]
    corrections: dict[str, str]

    def put_first(self, numbers: Sequence[int]) -> None:
        """Let these papers match, and score higher than all others, each higher than the next."""
        if numbers:
            self.matches[numbers] = True
            highest = self.scores.max()
            self.scores[numbers] = highest + np.arange(len(numbers), 0, -1, dtype=np.float32)


def no_match(database: SearchDatabase) -> Ranking:
    """Return the ranking of no paper."""
    scores = np.zeros(database.paper_count, np.float32)
    return Ranking(scores, np.zeros(database.paper_count, bool), [], {})


def rank(database: SearchDatabase, clauses: Sequence[Clause], correct: bool = True) -> Ranking:
    """Rank all papers by the clauses that are not filters; without any, all match with score 0."""
    clauses = [clause for clause in clauses if not clause.is_filter]
    corrections = _correct_spelling(database, clauses) if correct else {}
    expanded, bigrams = _expand(database, [_corrected(clause, corrections) for clause in clauses])
    scoring = [clause for clause in expanded if not clause.clause.excluded]
    scores, matches = _score(database, scoring, bigrams)
    for clause in expanded:
        if clause.clause.excluded:
            matches &= clause.typed_weights(database.no_weights) == 0
    if scoring:
        scores[~matches] = 0
        scores[scores < LEAST_SCORE * scores.max(initial=0)] = 0
        matches &= scores > 0
        _boost_neighbours(database, scores)
    return Ranking(scores, matches, scoring, corrections)


def _score(
    database: SearchDatabase, clauses: Sequence[ExpandedClause], bigrams: Sequence[Array]
) -> tuple[Array, Array]:
    """Return the score of each paper, and which papers match all required clauses."""
    matches = np.ones(database.paper_count, bool)
    scores = np.zeros(database.paper_count, np.float32)
    covered = np.zeros(database.paper_count, np.float32)
    total = 0.0
    for clause in clauses:
        typed = clause.typed_weights(database.no_weights)
        best = clause.best_weights(typed)
        if clause.clause.required:
            matches &= best > 0
        rarity = idf(typed if typed.any() else best)
        scores += best * np.float32(rarity / MOST_WEIGHT)
        covered += np.minimum(best, FULL_WEIGHT) * np.float32(rarity / FULL_WEIGHT)
        total += rarity
    for weights in bigrams:
        scores += weights * np.float32(BIGRAM_FACTOR * idf(weights) / MOST_WEIGHT)
    if total:
        scores *= 1 - COVERAGE + np.float32(COVERAGE / total) * covered
    return scores, matches


def _boost_neighbours(database: SearchDatabase, scores: Array) -> None:
    """Let the best papers boost their neighbours, as far as those match."""
    best = highest(scores, np.flatnonzero(scores), BOOSTING)
    boosts = [
        (neighbour, BOOST * similarity * scores[number])
        for number in best[np.argsort(-scores[best], kind="stable")][:BOOSTING]
        for neighbour, similarity in database.neighbours(int(number))
        if scores[neighbour] > 0
    ]
    for neighbour, boost in boosts:
        scores[neighbour] += boost


def highest(keys: Array, numbers: Array, most: int) -> Array:
    """Return the numbers of the `most` highest keys and of all that equal the last of them."""
    left_out = len(numbers) - most
    if left_out > 0:
        numbers = numbers[keys[numbers] >= np.partition(keys[numbers], left_out)[left_out]]
    return numbers


def idf(weights: Array) -> float:
    """Return BM25's inverse document frequency of what has these weights in the papers."""
    matching = int(np.count_nonzero(weights))
    return math.log(1 + (len(weights) - matching + 0.5) / (matching + 0.5))


def phrase_weights(database: SearchDatabase, words: Sequence[str]) -> Array:
    """Return the weight of a phrase in each paper: that of the weakest of its bigrams, and of its
    words in no bigram but stop words; or that of the phrase written as one word, if higher."""
    joins = [is_bigram(first, second) for first, second in pairwise(words)]
    parts = [database.weights(bigram(*pair)) for pair in compress(pairwise(words), joins)]
    for word, *joined in zip(words, [False, *joins], [*joins, False], strict=True):
        if not any(joined) and word not in STOP_WORDS:
            parts.append(database.weights(stem(word)))
    whole = database.weights(stem("".join(words)))
    return np.maximum(reduce(np.minimum, parts), whole) if parts else whole


def _expand(
    database: SearchDatabase, clauses: Sequence[Clause]
) -> tuple[list[ExpandedClause], list[Array]]:
    """Return the clauses with all variants, and the weights of the query's bigrams."""
    expanded = [
        ExpandedClause(clause, [v for term in clause.terms for v in _variants(database, term)])
        for clause in clauses
    ]
    bigrams: list[Array] = []
    for start, words in _word_runs(clauses):
        for index, (first, second) in enumerate(pairwise(words), start):
            term = bigram(first, second)
            if database.has_term(term):
                weights = database.weights(term)
                bigrams += [weights] if is_bigram(first, second) else []
                for clause in expanded[index : index + 2]:
                    clause.variants.append(Variant("word", f"{first} {second}", weights))
        for first_word, last_word, synonym in _synonyms(database, words):
            weights = phrase_weights(database, tokenize(synonym.phrase))
            for clause in expanded[start + first_word : start + last_word]:
                clause.variants.append(Variant(synonym.kind, synonym.phrase, weights))
    return [clause for clause in expanded if not _is_idle(clause)], bigrams


def _is_idle(expanded: ExpandedClause) -> bool:
    """Tell whether a clause is a stop word that belongs to no bigram and to no synonym."""
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


def _synonyms(database: SearchDatabase, words: Sequence[str]) -> Iterator[tuple[int, int, Synonym]]:
    """Yield the synonyms of adjacent words, each with the words [start, end) that have it."""
    stems = [stem(word) for word in words]
    for length in range(1, min(database.longest_synonym, len(words)) + 1):
        for start in range(len(words) - length + 1):
            for synonym in database.synonyms.get(tuple(stems[start : start + length]), ()):
                yield start, start + length, synonym


def _word_runs(clauses: Sequence[Clause]) -> Iterator[tuple[int, list[str]]]:
    """Yield the words of each run of adjacent words, with the index of their first clause."""
    for run, members in groupby(enumerate(clauses), lambda member: _run(member[1])):
        if run is not None:
            indexes, group = zip(*members, strict=True)
            yield indexes[0], [clause.terms[0].words[0] for clause in group]


def _run(clause: Clause) -> int | None:
    first, *rest = clause.terms
    return first.run if not rest and first.kind == "word" and not clause.excluded else None


def _correct_spelling(database: SearchDatabase, clauses: Sequence[Clause]) -> dict[str, str]:
    """Return corrections of the words that no paper, no bigram and no synonym has."""
    correct = set(STOP_WORDS)
    for _, words in _word_runs(clauses):
        for first, second in pairwise(words):
            if database.has_term(bigram(first, second)):
                correct |= {first, second}
        for start, end, _ in _synonyms(database, words):
            correct.update(words[start:end])
    terms = (term for clause in clauses for term in clause.terms if term.kind == "word")
    typed = dict.fromkeys(term.words[0] for term in terms)
    unknown = (word for word in typed if word not in correct and not database.has_term(stem(word)))
    nearest_words = ((word, nearest(word, database.words)) for word in unknown)
    corrections = ((word, correction) for word, correction in nearest_words if correction)
    return dict(islice(corrections, MOST_CORRECTIONS))


def _corrected(clause: Clause, corrections: dict[str, str]) -> Clause:
    def corrected(term: QueryTerm) -> QueryTerm:
        word = corrections.get(term.words[0]) if term.kind == "word" else None
        return replace(term, text=word, words=(word,)) if word else term

    return replace(clause, terms=tuple(map(corrected, clause.terms)))


def _scaled(weights: Array, factor: float) -> Array:
    """Return weights times a factor, rounded up."""
    return ((weights * np.uint16(round(256 * factor)) + 255) >> 8).astype(np.uint8)
