"""Answers a question: parses it, ranks, filters and sorts the papers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np

from daily_papers.papers.arxiv import arxiv_id
from daily_papers.search.documents import Array
from daily_papers.search.facets import UnknownFilter, apply_filters
from daily_papers.search.known_item import titled
from daily_papers.search.query import Clause, parse, words_alone
from daily_papers.search.ranking import Ranking, no_match, rank
from daily_papers.search.reader import SearchDatabase
from daily_papers.search.vector_search import highest

Order = Literal["relevance", "newest", "discussed"]
ORDERS: tuple[Order, ...] = ("relevance", "newest", "discussed")


@dataclass(frozen=True)
class Question:
    """A search: the text as typed, values chosen of facets, order, and how to read the words."""

    text: str = ""
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)
    order: Order = "relevance"
    correct_spelling: bool = True
    by_meaning: bool = True  # and not by words alone


@dataclass(frozen=True)
class Answer:
    """The result of a search: which papers match, by number, and how they rank."""

    clauses: tuple[Clause, ...]
    ranking: Ranking
    matches: Array
    any_year: Array  # what would match if no year were chosen, and “undated” typed beside others
    unknown_filters: tuple[UnknownFilter, ...]
    keys: tuple[Array, ...]  # sort keys, the most important first
    named: Sequence[int]  # the papers whose title or arXiv id is the text of the question
    arxiv_id: str | None  # that is the text of the question

    @property
    def count(self) -> int:
        """Return how many papers match."""
        return int(np.count_nonzero(self.matches))

    @property
    def left_out(self) -> Array:
        """Return which papers match but for their year or the lack of one."""
        return self.any_year & ~self.matches

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
        clauses, ranking = parse(None), no_match(database)
    else:
        named = titled(database, question.text)
        clauses, ranking = _read(database, question, named)
    is_empty = not ranking.clauses and is_unreadable(question.text, clauses)
    if is_empty and (named or not any(question.chosen.values())):
        ranking.matches[:] = False
    ranking.put_first(named)
    filtered = apply_filters(database, clauses, question.chosen)
    newest, discussed, upvoted = database.sort_keys.values()
    keys: dict[Order, tuple[Array, ...]] = {
        "relevance": (ranking.scores,) if ranking.clauses or named else (newest,),
        "newest": (newest, ranking.scores),
        "discussed": (discussed, upvoted, ranking.scores),
    }
    return Answer(
        clauses,
        ranking,
        ranking.matches & filtered.passing,
        ranking.matches & filtered.any_year,
        tuple(filtered.unknown),
        keys[question.order],
        named,
        requested_id,
    )


def _read(
    database: SearchDatabase, question: Question, named: Sequence[int]
) -> tuple[tuple[Clause, ...], Ranking]:
    """Return a text as clauses, and the papers ranked by them: by its words alone where its
    operators exclude papers that it names."""
    clauses = parse(question.text)
    correct = question.correct_spelling and not named
    ranking = rank(database, clauses, correct, question.by_meaning)
    if named:
        matches = ranking.matches & apply_filters(database, clauses, {}).passing
        if not matches[named].all():
            clauses = words_alone(question.text)
            ranking = rank(database, clauses, False, question.by_meaning)
    return clauses, ranking


def is_unreadable(text: str, clauses: Sequence[Clause]) -> bool:
    """Tell whether text without a searchable word is not empty and neither excludes nor filters."""
    return bool(text.strip()) and not any(clause.excluded or clause.is_filter for clause in clauses)
