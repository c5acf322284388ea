"""An open database as search reads it: weights, words, synonyms, and columns for facets."""

import json
import sqlite3
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Literal, NamedTuple

import numpy as np

from daily_papers.search.analysis import in_order, stem
from daily_papers.search.documents import FACETS, ORDERS
from daily_papers.search.index import BLOCK, unpack

MOST_CACHED = 256 * 2**20  # bytes of weights that are kept at hand
ENTRY = 4096  # bytes that every term counts there, also one that no paper has
MOST_WORDS = 100_000  # that a misspelt one is compared with, the most frequent ones

Array = np.ndarray[Any, np.dtype[Any]]
Kind = Literal["same", "near"]


class NotSearchable(Exception):  # noqa: N818 - it names what is wrong with the database
    """A database without the tables that search reads."""


class Meaning(NamedTuple):
    """What else a phrase may be said as."""

    kind: Kind
    phrase: str


@dataclass(frozen=True)
class Column:
    """A facet: `codes[i]`, a place in `labels`, is a value of the paper with number `papers[i]`.

    `names` maps labels to how they are shown, where that differs.
    """

    labels: tuple[str, ...]
    papers: Array
    codes: Array
    names: Mapping[str, str]

    def name(self, label: str) -> str:
        """Return how a label is shown."""
        return self.names.get(label, label)


class Corpus:
    """A database file, opened for reading only; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Open a file that `daily-papers build` wrote.

        Raises:
            NotSearchable: it has no tables for search.
        """
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self._lock = Lock()
        self._cached: OrderedDict[str, Array] = OrderedDict()
        self._cached_bytes = 0
        try:
            self._load()
        except sqlite3.DatabaseError as error:
            self._connection.close()
            raise NotSearchable(f"{path}: search needs the tables of a build ({error})") from error

    def _load(self) -> None:
        (self.paper_count,) = self._read("select count(*) from papers")[0]
        columns = {row[0]: row[1:] for row in self._read("select * from search_columns")}
        names: dict[str, dict[str, str]] = {
            "topic": dict(self._read("select id, name from topics")),
            "organization": dict(self._read("select id, name from organizations")),
        }
        self._nothing = np.zeros(self.paper_count, np.uint8)
        self.facets: dict[str, Column] = {}
        for name in FACETS:
            labels, papers, codes = columns[name]
            self.facets[name] = Column(
                tuple(json.loads(labels)),
                np.frombuffer(papers, "<u4"),
                np.frombuffer(codes, "<u4"),
                names.get(name, {}),
            )
        self.orders = {name: np.frombuffer(columns[name][2], "<u4") for name in ORDERS}
        self.words = dict(
            self._read(
                "select word, paper_count from search_words"
                " order by paper_count desc, word limit ?",
                MOST_WORDS,
            )
        )
        self.meanings = _meanings(self._read("select entry, kind, phrase from synonyms"))
        self.longest_meaning = max(map(len, self.meanings), default=0)

    def _read(self, sql: str, *parameters: object) -> list[Any]:
        with self._lock:
            return self._connection.execute(sql, parameters).fetchall()

    def rows(self, sql: str, *parameters: object, **named: object) -> list[dict[str, Any]]:
        """Return the rows of a query as mappings; parameters by place or by name, not both."""
        with self._lock:
            found = self._connection.execute(sql, named or parameters)
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found]

    def weights(self, term: str) -> Array:
        """Return what a term weighs in each paper, 0 to 255, by the papers' numbers."""
        with self._lock:
            found = self._cached.pop(term, None)
            if found is None:
                found = self._weights(term)
                self._cached_bytes += self._size(found)
            self._cached[term] = found
            while self._cached_bytes > MOST_CACHED:
                self._cached_bytes -= self._size(self._cached.popitem(last=False)[1])
        return found

    def _size(self, weights: Array) -> int:
        return ENTRY + (0 if weights is self._nothing else weights.nbytes)

    def _weights(self, term: str) -> Array:
        dense = np.zeros(self.paper_count, np.uint8)
        found = False
        for block in range(0, self.paper_count, BLOCK):
            for count, packed in self._connection.execute(
                "select paper_count, weights from search_terms where block = ? and term = ?",
                (block // BLOCK, term),
            ):
                unpack(packed, count, dense[block : block + BLOCK])
                found = True
        return dense if found else self._nothing

    def has(self, term: str) -> bool:
        """Tell whether any paper has a term."""
        return self.weights(term) is not self._nothing

    def neighbours(self, number: int) -> list[tuple[int, float]]:
        """Return the numbers of the papers near one, and how near they are."""
        return self._read(
            "select near.rowid - 1, similar_papers.score from papers"
            " join similar_papers on similar_papers.paper_id = papers.id"
            " join papers as near on near.id = similar_papers.similar_id"
            " where papers.rowid = ? order by similar_papers.rank",
            number + 1,
        )

    def beginning_with(self, prefix: str, most: int) -> list[str]:
        """Return the words that begin so, the most frequent first."""
        rows = self._read(
            "select word from search_words where word >= ? and word < ?"
            " order by paper_count desc, word limit ?",
            prefix,
            prefix + "\U0010ffff",
            most,
        )
        return [word for (word,) in rows]

    def names_beginning_with(self, key: str, most: int) -> list[tuple[str, str, str, int]]:
        """Return kind, id, name and number of papers of the names that begin so."""
        return self._read(
            "select kind, id, name, paper_count from search_names where key >= ? and key < ?"
            " group by kind, id order by paper_count desc, name, kind limit ?",
            key,
            key + "\U0010ffff",
            most,
        )


def _meanings(
    rows: Iterable[tuple[int, Kind, str]],
) -> dict[tuple[str, ...], tuple[Meaning, ...]]:
    """Return what each phrase may be said as, by the stems of its words."""
    entries: dict[int, list[Meaning]] = defaultdict(list)
    for entry, kind, phrase in rows:
        entries[entry].append(Meaning(kind, phrase))
    found: dict[tuple[str, ...], tuple[Meaning, ...]] = {}
    for meanings in entries.values():
        for one in meanings:
            if one.kind == "same":
                key = tuple(stem(word) for word in in_order(one.phrase))
                others = (other for other in meanings if other != one)
                found[key] = (*found.get(key, ()), *others)
    return found
