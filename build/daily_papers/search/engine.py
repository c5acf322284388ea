"""Answers what a person asks: reads it, ranks and narrows, orders, counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np

from daily_papers.search.facets import Unknown, narrow
from daily_papers.search.query import Clause, parse
from daily_papers.search.ranking import Ranking, rank
from daily_papers.search.reader import Array, Corpus

Order = Literal["relevance", "newest", "discussed"]
ORDERS: tuple[Order, ...] = ("relevance", "newest", "discussed")


@dataclass(frozen=True)
class Question:
    """What is asked: the text as typed, values chosen for facets, the order; `mend` spelling."""

    text: str = ""
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)
    order: Order = "relevance"
    mend: bool = True


@dataclass(frozen=True)
class Answer:
    """What was found: papers by number, how they rank, and filters that name nothing."""

    clauses: tuple[Clause, ...]
    ranking: Ranking
    fits: Array
    unknown: tuple[Unknown, ...]
    keys: tuple[Array, ...]  # what papers go by, the most important first

    @property
    def count(self) -> int:
        """Return how many papers fit."""
        return int(np.count_nonzero(self.fits))

    def page(self, first: int, most: int) -> list[int]:
        """Return the numbers of at most so many papers, in order, from place `first` (from 0)."""
        numbers = np.flatnonzero(self.fits)
        wanted = first + most
        if wanted < len(numbers):
            key = self.keys[0][numbers]
            least = np.partition(key, len(numbers) - wanted)[len(numbers) - wanted]
            numbers = numbers[key >= least]
        descending = [-key[numbers].astype(np.float64) for key in reversed(self.keys)]
        return [int(one) for one in numbers[np.lexsort((numbers, *descending))][first:wanted]]


def opened(path: Path) -> Corpus:
    """Return the corpus of a database file, opened once for as long as the file is the same.

    Raises:
        NotSearchable: it has no tables for search.
        OSError: there is no such file.
    """
    stat = path.stat()
    return _opened(path, stat.st_ino, stat.st_mtime_ns)


@lru_cache(maxsize=4)
def _opened(path: Path, inode: int, changed: int) -> Corpus:
    return Corpus(path)


def ask(corpus: Corpus, question: Question) -> Answer:
    """Answer a question. Where no paper can be found by what was typed, the chosen values answer
    alone, the newest papers first; nothing typed and nothing chosen finds all papers."""
    clauses = parse(question.text)
    left, unknown = narrow(corpus, clauses, question.chosen)
    ranking = rank(corpus, clauses, question.mend)
    fits = ranking.fits & left
    narrowed = any(question.chosen.values())
    if not (ranking.concepts or narrowed) and is_unreadable(question.text, clauses):
        fits = np.zeros_like(fits)
    newest, discussed = corpus.orders["newest"], corpus.orders["discussed"]
    keys: dict[Order, tuple[Array, ...]] = {
        "relevance": (ranking.scores,) if ranking.concepts else (newest,),
        "newest": (newest, ranking.scores),
        "discussed": (discussed, corpus.orders["upvoted"], ranking.scores),
    }
    return Answer(clauses, ranking, fits, tuple(unknown), keys[question.order])


def is_unreadable(text: str, clauses: Sequence[Clause]) -> bool:
    """Tell whether something was typed that no paper can be found by."""
    return bool(text.strip()) and not any(one.excluded or _is_filter(one) for one in clauses)


def _is_filter(clause: Clause) -> bool:
    return clause.atoms[0].kind == "filter"
