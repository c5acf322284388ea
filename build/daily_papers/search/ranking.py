"""Ranks papers by BM25F over query clauses, expanded with bigrams and synonyms.

A paper gets the best match of each clause times inverse document frequency. Bigrams of the query
count once more, papers that match more clauses rank higher, and the best papers boost those similar
to them (`similar_papers`). To that is added how close the vector of the query is to that of a
paper, the more, the less words match. docs/search.md says what each part is worth.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

import numpy as np

from daily_papers.search.analysis import STOP_WORDS, bigram, stem
from daily_papers.search.documents import MOST_WEIGHT, Array
from daily_papers.search.expansion import ExpandedClause, expand, synonyms, word_runs
from daily_papers.search.query import Clause, QueryTerm
from daily_papers.search.reader import SearchDatabase
from daily_papers.search.spellcheck import is_known, nearest
from daily_papers.search.spelling import american
from daily_papers.search.vector_search import add_closeness, highest

BIGRAM_FACTOR = 0.6  # of a bigram of the query, compared with a word as rare
COVERAGE = 0.5  # the share of the score that depends on how much of the query a paper matches
FULL_WEIGHT = 128  # the weight from which on a clause is matched in full
BOOSTING, BOOST = 20, 0.25  # how many of the best papers boost their neighbours, and how much
LEAST_SCORE = 0.1  # of the best score by words; papers below it do not match by words
MOST_LOOKED_UP = 8  # words of a query whose spelling may be corrected: each takes milliseconds


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
            best = self.scores.max()
            self.scores[numbers] = best + np.arange(len(numbers), 0, -1, dtype=np.float32)


def no_match(database: SearchDatabase) -> Ranking:
    """Return the ranking of no paper."""
    scores = np.zeros(database.paper_count, np.float32)
    return Ranking(scores, np.zeros(database.paper_count, bool), [], {})


def rank(
    database: SearchDatabase,
    clauses: Sequence[Clause],
    correct: bool = True,
    by_meaning: bool = True,
) -> Ranking:
    """Rank all papers by the clauses that are not filters; without any, all match with score 0."""
    clauses = [clause for clause in clauses if not clause.is_filter]
    corrections = _correct_spelling(database, clauses) if correct else {}
    clauses = [_corrected(clause, corrections) for clause in clauses]
    expanded, bigrams = expand(database, clauses)
    searched = [clause for clause in expanded if not clause.is_idle]
    scoring = [clause for clause in searched if not clause.clause.excluded]
    scores, allowed, coverage = _score(database, scoring, bigrams)
    for clause in searched:
        if clause.clause.excluded:
            allowed &= clause.typed_weights(database.no_weights) == 0
    if not scoring:
        return Ranking(scores, allowed, scoring, corrections)
    scores[~allowed] = 0
    scores[scores < LEAST_SCORE * scores.max(initial=0)] = 0
    _boost_neighbours(database, scores)
    if database.vectors and by_meaning:
        best_coverage = float(coverage[allowed].max(initial=0))
        text = _meaningful_text(database, expanded)
        add_closeness(database.vectors, text, scores, allowed, best_coverage, len(scoring))
    return Ranking(scores, scores > 0, scoring, corrections)


def _score(
    database: SearchDatabase, clauses: Sequence[ExpandedClause], bigrams: Sequence[Array]
) -> tuple[Array, Array, Array]:
    """Return for each paper its score, whether it matches all required clauses, and the share of
    the query that it matches."""
    matches = np.ones(database.paper_count, bool)
    scores = np.zeros(database.paper_count, np.float32)
    covered = np.zeros(database.paper_count, np.float32)
    total = 0.0
    is_about = np.zeros(database.paper_count, bool)  # of papers: has more than numbers and sizes
    for clause in clauses:
        typed = clause.typed_weights(database.no_weights)
        best = clause.best_weights(typed)
        if clause.clause.required:
            matches &= best > 0
        rarity = idf(typed if typed.any() else best)
        scores += best * np.float32(rarity / MOST_WEIGHT)
        covered += np.minimum(best, FULL_WEIGHT) * np.float32(rarity / FULL_WEIGHT)
        total += rarity
        if not clause.is_quantity:
            is_about |= best > 0
    for weights in bigrams:
        scores += weights * np.float32(BIGRAM_FACTOR * idf(weights) / MOST_WEIGHT)
    if total:
        covered /= np.float32(total)
        scores *= 1 - COVERAGE + COVERAGE * covered
    if is_about.any():
        scores[~is_about] = 0
    return scores, matches, covered


def _meaningful_text(database: SearchDatabase, clauses: Sequence[ExpandedClause]) -> str:
    """Return the words of a query in American spelling, without what it excludes or negates, which
    the encoder would take as wanted, and without prefixes, which are no words. There are none if
    neither papers nor English have any of them, as what these mean to the encoder is chance."""
    wanted = [c.clause for c in clauses if not (c.clause.excluded or c.negation)]
    terms = [term for clause in wanted for term in clause.terms if term.kind != "prefix"]
    words = [word for term in terms for word in term.words]
    content = set(words) - STOP_WORDS
    has_meaning = any(is_known(word) or database.has_term(stem(word)) for word in content)
    return " ".join(map(american, words)) if has_meaning else ""


def _boost_neighbours(database: SearchDatabase, scores: Array) -> None:
    """Let the best papers boost their neighbours, as far as those match."""
    best = highest(scores, np.flatnonzero(scores), BOOSTING)
    numbers = best[np.argsort(-scores[best], kind="stable")][:BOOSTING].tolist()
    boosts = [
        (neighbour, BOOST * similarity * scores[number])
        for number, neighbours in database.neighbours(numbers).items()
        for neighbour, similarity in neighbours
        if scores[neighbour] > 0
    ]
    for neighbour, boost in boosts:
        scores[neighbour] += boost


def idf(weights: Array) -> float:
    """Return BM25's inverse document frequency of what has these weights in the papers."""
    matching = int(np.count_nonzero(weights))
    return math.log(1 + (len(weights) - matching + 0.5) / (matching + 0.5))


def _correct_spelling(database: SearchDatabase, clauses: Sequence[Clause]) -> dict[str, str]:
    """Return corrections of the words that no paper, no bigram and no synonym has."""
    correct = set(STOP_WORDS)
    for _, words in word_runs(clauses):
        for first, second in pairwise(words):
            if database.has_term(bigram(first, second)):
                correct |= {first, second}
        for start, end, _ in synonyms(database, words):
            correct.update(words[start:end])
    terms = (term for clause in clauses for term in clause.terms if term.kind == "word")
    typed = dict.fromkeys(term.words[0] for term in terms)
    unknown = (word for word in typed if word not in correct and not database.has_term(stem(word)))
    looked_up = {word: nearest(word, database.words) for word in islice(unknown, MOST_LOOKED_UP)}
    return {word: correction for word, correction in looked_up.items() if correction}


def _corrected(clause: Clause, corrections: dict[str, str]) -> Clause:
    def corrected(term: QueryTerm) -> QueryTerm:
        word = corrections.get(term.words[0]) if term.kind == "word" else None
        return replace(term, text=word, words=(word,)) if word else term

    return replace(clause, terms=tuple(map(corrected, clause.terms)))
