"""Answers a question: parses it, ranks, filters and sorts the papers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np

from daily_papers.search.documents import Array
from daily_papers.search.facets import UnknownFilter, apply_filters
from daily_papers.search.query import Clause, parse
from daily_papers.search.ranking import Ranking, highest, rank
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
    they then answer alone, the newest papers first. An empty question matches all papers."""
    clauses = parse(question.text)
    passing, unknown = apply_filters(database, clauses, question.chosen)
    ranking = rank(database, clauses, question.correct_spelling)
    matches = ranking.matches & passing
    if not ranking.clauses and not any(question.chosen.values()):
        matches &= not is_unreadable(question.text, clauses)
    newest, discussed, upvoted = database.sort_keys.values()
    keys: dict[Order, tuple[Array, ...]] = {
        "relevance": (ranking.scores,) if ranking.clauses else (newest,),
        "newest": (newest, ranking.scores),
        "discussed": (discussed, upvoted, ranking.scores),
    }
    return Answer(clauses, ranking, matches, tuple(unknown), keys[question.order])


def is_unreadable(text: str, clauses: Sequence[Clause]) -> bool:
    """Tell whether text without a searchable word is not empty and neither excludes nor filters."""
    return bool(text.strip()) and not any(clause.excluded or clause.is_filter for clause in clauses)
