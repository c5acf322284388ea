"""Weighs papers against what was asked for: BM25F, with pairs of words and words of one meaning.

Every word asked for is a concept that can be met in several ways: by the word itself, by it and its
neighbour written as one, or, for less, by a phrase of the same or a near meaning. A paper gets the
best of a concept's ways, times how rare the word is; two words that stand together as they were
typed count once more, and papers that meet more of the concepts more. At last the best papers lift
those that are near them (`similar_papers`). What each part is worth is in docs/search.md.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np

from daily_papers.search.analysis import FUNCTION_WORDS, in_order, is_pair, pair, stem
from daily_papers.search.documents import MOST_WEIGHT
from daily_papers.search.query import Atom, Clause
from daily_papers.search.reader import Array, Corpus
from daily_papers.search.spellcheck import nearest

FACTORS = {"word": 1.0, "same": 0.8, "near": 0.3}  # what meeting a concept so counts
PAIR = 0.6  # what two neighbours count together, of what a word like them would
TOGETHER = 0.5  # of the score that depends on how much of what was asked for a paper meets
ENOUGH = 128  # weight from which on a concept is met in full
LIFTING, LIFT = 20, 0.25  # how many of the best papers lift their neighbours, and how much
LEAST = 0.1  # of the best score that a paper must have to fit
MOST_MENDED = 8  # words of a query
MOST_ENDINGS = 50  # words that a prefix stands for


class Way(NamedTuple):
    """A way to meet a concept: a phrase, what it weighs in each paper, and how it was come by."""

    kind: Literal["word", "same", "near"]
    phrase: str
    weights: Array


@dataclass
class Concept:
    """What one clause asks for."""

    clause: Clause
    ways: list[Way] = field(default_factory=list)

    def own(self, nothing: Array) -> Array:
        """Return the weights of what was typed itself."""
        return _greatest((way.weights for way in self.ways if way.kind == "word"), nothing)

    def best(self, own: Array) -> Array:
        """Return what each paper gets, 0 to 255, given the weights of what was typed itself."""
        others = (way for way in self.ways if way.kind != "word")
        return _greatest((_scaled(way.weights, FACTORS[way.kind]) for way in others), own)


@dataclass
class Ranking:
    """What a query came to: a score for every paper, whether it fits, and how it was understood."""

    scores: Array
    fits: Array
    concepts: list[Concept]
    mended: dict[str, str]


def rank(corpus: Corpus, clauses: Sequence[Clause], mend: bool = True) -> Ranking:
    """Weigh all papers against the clauses that are no filters; with none, all fit alike."""
    nothing = np.zeros(corpus.paper_count, np.uint8)
    asked = [one for one in clauses if one.atoms[0].kind != "filter"]
    mended = _mend(corpus, asked) if mend else {}
    asked = [_with(one, mended) for one in asked]
    found = _concepts(corpus, asked)
    concepts = [one for one in found if not one.clause.excluded]
    scores, fits = _scores(corpus, concepts, asked)
    for concept in found:
        if concept.clause.excluded:
            fits &= concept.own(nothing) == 0
    if concepts:
        scores[~fits] = 0
        scores[scores < LEAST * scores.max(initial=0)] = 0
        fits &= scores > 0
        _lift(corpus, scores)
    return Ranking(scores, fits, concepts, mended)


def _scores(
    corpus: Corpus, concepts: Sequence[Concept], asked: Sequence[Clause]
) -> tuple[Array, Array]:
    """Return what each paper gets, and which papers have all that is required."""
    fits = np.ones(corpus.paper_count, bool)
    nothing = np.zeros(corpus.paper_count, np.uint8)
    scores = np.zeros(corpus.paper_count, np.float32)
    met = np.zeros(corpus.paper_count, np.float32)
    worths = 0.0
    for concept in concepts:
        own = concept.own(nothing)
        best = concept.best(own)
        if concept.clause.required:
            fits &= best > 0
        worth = rarity(own if own.any() else best)
        scores += best * np.float32(worth / MOST_WEIGHT)
        met += np.minimum(best, ENOUGH) * np.float32(worth / ENOUGH)
        worths += worth
    for weights in _pairs(corpus, asked):
        worth = PAIR * rarity(weights)
        scores += weights * np.float32(worth / MOST_WEIGHT)
    if worths:
        scores *= 1 - TOGETHER + np.float32(TOGETHER / worths) * met
    return scores, fits


def _lift(corpus: Corpus, scores: Array) -> None:
    """Let the best papers lift those that are near them, among those that fit."""
    best = best_first(scores, np.flatnonzero(scores), LIFTING)
    lifts = [
        (other, LIFT * nearness * scores[number])
        for number in best
        for other, nearness in corpus.neighbours(int(number))
        if scores[other] > 0
    ]
    for other, lift in lifts:
        scores[other] += lift


def best_first(scores: Array, numbers: Array, most: int) -> Array:
    """Return the `most` numbers of the highest scores; of two alike the smaller number first."""
    if len(numbers) > most:
        least = np.partition(scores[numbers], len(numbers) - most)[len(numbers) - most]
        numbers = numbers[scores[numbers] >= least]
    return numbers[np.argsort(-scores[numbers], kind="stable")][:most]


def rarity(weights: Array) -> float:
    """Return how much it tells to have a weight here: BM25's inverse document frequency."""
    having = int(np.count_nonzero(weights))
    return math.log(1 + (len(weights) - having + 0.5) / (having + 0.5))


def phrase_weights(corpus: Corpus, words: Sequence[str]) -> Array:
    """Return what a phrase weighs in each paper: as much as the weakest of its pairs of words.

    Words that are in no pair, as function words are not, may stand anywhere; those do not count.
    """
    pairs = [corpus.weights(pair(*two)) for two in pairwise(words) if is_pair(*two)]
    parts = [*pairs, *_outside(corpus, words)]
    joined = corpus.weights(stem("".join(words)))
    return np.maximum(_least(parts), joined) if parts else joined


def _outside(corpus: Corpus, words: Sequence[str]) -> Iterator[Array]:
    """Yield the weights of the words that no pair of a phrase has."""
    for place, word in enumerate(words):
        neighbours = (words[max(0, place - 1) : place + 1], words[place : place + 2])
        if word not in FUNCTION_WORDS and not any(
            len(two) == 2 and is_pair(*two) for two in neighbours
        ):
            yield corpus.weights(stem(word))


def _concepts(corpus: Corpus, clauses: Sequence[Clause]) -> list[Concept]:
    concepts = [
        Concept(clause, [way for atom in clause.atoms for way in _ways(corpus, atom)])
        for clause in clauses
    ]
    for first, last in _stretches(clauses):
        words = [_word(clause) for clause in clauses[first:last]]
        for place in range(len(words) - 1):
            term = pair(words[place], words[place + 1])
            if corpus.has(term):
                joined = Way("word", f"{words[place]} {words[place + 1]}", corpus.weights(term))
                for concept in concepts[first + place : first + place + 2]:
                    concept.ways.append(joined)
        for start, end, way in _meant(corpus, words):
            for concept in concepts[first + start : first + end]:
                concept.ways.append(way)
    return [one for one in concepts if not _is_idle(one)]


def _is_idle(concept: Concept) -> bool:
    """Tell whether a concept is a function word that is part of no meaning."""
    atoms = concept.clause.atoms
    return (
        len(atoms) == 1
        and atoms[0].kind == "word"
        and atoms[0].words[0] in FUNCTION_WORDS
        and not any(way.kind != "word" or " " in way.phrase for way in concept.ways)
    )


def _ways(corpus: Corpus, atom: Atom) -> Iterator[Way]:
    if atom.kind == "phrase":
        yield Way("word", atom.text, phrase_weights(corpus, atom.words))
    elif atom.kind == "prefix":
        for word in corpus.beginning_with(atom.words[-1], MOST_ENDINGS):
            yield Way("word", word, corpus.weights(stem(word)))
    else:
        yield Way("word", atom.text, corpus.weights(stem(atom.words[0])))


def _meant(corpus: Corpus, words: Sequence[str]) -> Iterator[tuple[int, int, Way]]:
    """Yield the ways that synonyms add, each with the words [start, end) that it stands for."""
    stems = [stem(word) for word in words]
    for length in range(1, min(corpus.longest_meaning, len(words)) + 1):
        for start in range(len(words) - length + 1):
            for kind, phrase in corpus.meanings.get(tuple(stems[start : start + length]), ()):
                weights = phrase_weights(corpus, in_order(phrase))
                yield start, start + length, Way(kind, phrase, weights)


def _pairs(corpus: Corpus, clauses: Sequence[Clause]) -> Iterator[Array]:
    for first, last in _stretches(clauses):
        words = [_word(clause) for clause in clauses[first:last]]
        for one, other in pairwise(words):
            if is_pair(one, other) and corpus.has(pair(one, other)):
                yield corpus.weights(pair(one, other))


def _stretches(clauses: Sequence[Clause]) -> Iterator[tuple[int, int]]:
    """Yield where words stand that were typed one behind another."""
    start = 0
    for place in range(1, len(clauses) + 1):
        if place == len(clauses) or _run(clauses[place]) != _run(clauses[start]):
            if _run(clauses[start]) is not None:
                yield start, place
            start = place


def _run(clause: Clause) -> int | None:
    atom = clause.atoms[0]
    plain = len(clause.atoms) == 1 and atom.kind == "word" and not clause.excluded
    return atom.run if plain else None


def _word(clause: Clause) -> str:
    return clause.atoms[0].words[0]


def _mend(corpus: Corpus, clauses: Sequence[Clause]) -> dict[str, str]:
    """Return the typed words that nothing has, and what is taken for each."""
    known: set[str] = set()
    for first, last in _stretches(clauses):
        words = [_word(clause) for clause in clauses[first:last]]
        for one, other in pairwise(words):
            if corpus.has(pair(one, other)):
                known |= {one, other}
        for start, end, _ in _meant(corpus, words):
            known.update(words[start:end])
    mended: dict[str, str] = {}
    for clause in clauses:
        for atom in clause.atoms:
            if atom.kind != "word" or len(mended) == MOST_MENDED:
                continue
            word = atom.words[0]
            if word in known or word in FUNCTION_WORDS or corpus.has(stem(word)):
                continue
            if better := nearest(word, corpus.words):
                mended[word] = better
    return mended


def _with(clause: Clause, mended: dict[str, str]) -> Clause:
    atoms = tuple(
        Atom(atom.kind, mended[atom.words[0]], (mended[atom.words[0]],), atom.facet, atom.run)
        if atom.kind == "word" and atom.words[0] in mended
        else atom
        for atom in clause.atoms
    )
    return Clause(atoms, clause.required, clause.excluded)


def _scaled(weights: Array, factor: float) -> Array:
    if factor == 1:
        return weights
    return ((weights * np.uint16(round(256 * factor)) + 255) >> 8).astype(np.uint8)


def _greatest(weights: Iterable[Array], nothing: Array) -> Array:
    greatest = nothing
    for one in weights:
        greatest = np.maximum(greatest, one)
    return greatest


def _least(weights: Sequence[Array]) -> Array:
    least = weights[0]
    for one in weights[1:]:
        least = np.minimum(least, one)
    return least
