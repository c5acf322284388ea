"""Answers a question: parses it, ranks, filters and sorts the papers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from daily_papers.papers.arxiv import arxiv_id
from daily_papers.search.documents import Array
from daily_papers.search.facets import UnknownFilter, apply_filters
from daily_papers.search.known_item import titled
from daily_papers.search.query import Clause, parse, words_alone
from daily_papers.search.ranking import Ranking, highest, no_match, rank
from daily_papers.search.reader import SearchDatabase

Order = Literal["relevance", "newest", "discussed"]
ORDERS: tuple[Order, ...] = ("relevance", "newest", "discussed")


@dataclass(frozen=True)
class Question:
    """A search: the text as typed, values chosen of facets, order, and whether to correct words."""

    text: str = ""
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)
    order: Order = "relevance"
    correct_spelling: bool = True


@dataclass(frozen=True)
class Answer:
    """The result of a search: which papers match, by number, and how they rank."""

    clauses: tuple[Clause, ...]
    ranking: Ranking
    matches: Array
    unknown_filters: tuple[UnknownFilter, ...]
    keys: tuple[Array, ...]  # sort keys, the most important first
    named: Sequence[int]  # the papers whose title or arXiv id is the text of the question
    arxiv_id: str | None  # that is the text of the question

    @property
    def count(self) -> int:
        """Return how many papers match."""
        return int(np.count_nonzero(self.matches))

    def page(self, first: int, most: int) -> list[int]:
        """Return the numbers of at most so many papers, in order, from index `first` on."""
        numbers = highest(self.keys[0], np.flatnonzero(self.matches), first + most)
        descending = [-key[numbers].astype(np.float64) for key in reversed(self.keys)]
        ordered: list[int] = numbers[np.lexsort((numbers, *descending))].tolist()
        return ordered[first : first + most]


def opened(path: Path) -> SearchDatabase:
    """Return a database, opened once for as long as its file is the same; raise NotSearchable if it
    lacks tables, OSError if there is no file."""
    stat = path.stat()
    return _opened(path, stat.st_ino, stat.st_mtime_ns)


@lru_cache(maxsize=4)
def _opened(path: Path, inode: int, changed: int) -> SearchDatabase:
    return SearchDatabase(path)


def ask(database: SearchDatabase, question: Question) -> Answer:
    """Answer a question. Text without a searchable word matches nothing, unless there are filters:
    they then answer alone, the newest papers first. An empty question matches all papers.

    An arXiv id matches the paper that has it, and nothing else. A title typed in full matches its
    papers, and ranks them first; if its words would rule them out as operators, they are words."""
    requested_id = arxiv_id(question.text)
    if requested_id:
        named = database.numbers_with_arxiv_id(requested_id)
        reading = _Reading((), no_match(database), [])
    else:
        named = titled(database, question.text)
        reading = _read(database, question, named)
    clauses, ranking, unknown = reading
    is_empty = not ranking.clauses and is_unreadable(question.text, clauses)
    if is_empty and (named or not any(question.chosen.values())):
        ranking.matches[:] = False
    ranking.put_first(named)
    passing, unknown_chosen = apply_filters(database, (), question.chosen)
    newest, discussed, upvoted = database.sort_keys.values()
    keys: dict[Order, tuple[Array, ...]] = {
        "relevance": (ranking.scores,) if ranking.clauses or named else (newest,),
        "newest": (newest, ranking.scores),
        "discussed": (discussed, upvoted, ranking.scores),
    }
    unknown_filters = (*unknown, *unknown_chosen)
    matches = ranking.matches & passing
    sort_keys = keys[question.order]
    return Answer(clauses, ranking, matches, unknown_filters, sort_keys, named, requested_id)


class _Reading(NamedTuple):
    """A text as clauses, the papers that match them, and its filters with unknown values."""

    clauses: tuple[Clause, ...]
    ranking: Ranking
    unknown: list[UnknownFilter]


def _read(database: SearchDatabase, question: Question, named: Sequence[int]) -> _Reading:
    """Rank the papers by a text; by its words alone where its operators exclude those it names."""
    correct = question.correct_spelling and not named
    reading = _rank(database, parse(question.text), correct)
    if reading.ranking.matches[named].all():
        return reading
    return _rank(database, words_alone(question.text), correct)


def _rank(database: SearchDatabase, clauses: tuple[Clause, ...], correct: bool) -> _Reading:
    passing, unknown = apply_filters(database, clauses, {})
    ranking = rank(database, clauses, correct)
    ranking.matches &= passing
    return _Reading(clauses, ranking, unknown)


def is_unreadable(text: str, clauses: Sequence[Clause]) -> bool:
    """Tell whether text without a searchable word is not empty and neither excludes nor filters."""
    return bool(text.strip()) and not any(clause.excluded or clause.is_filter for clause in clauses)
