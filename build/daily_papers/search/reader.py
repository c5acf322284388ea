"""Opens a database for search: term weights, words, synonyms, facets and sort keys."""

import json
import sqlite3
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from threading import Lock
from typing import Any, Literal, NamedTuple

import numpy as np

from daily_papers.papers.titles import key_hash
from daily_papers.search import encoder
from daily_papers.search.analysis import stem, tokenize
from daily_papers.search.documents import FACETS, SORT_KEYS, UNDATED, Array
from daily_papers.search.index import BLOCK, TITLES, unpack
from daily_papers.search.spelling import half_typed_spellings
from daily_papers.search.vector_search import PaperVectors

MOST_CACHED = 256 * 2**20  # bytes of term weights in the cache
ENTRY = 4096  # bytes that each cached term counts, even if no paper has it
MOST_WORDS = 100_000  # candidates for spelling correction, the most frequent ones
_CHUNK = 10_000  # vectors that are read at a time
_LAST = "\U0010ffff"  # sorts after all that follows a prefix


class NotSearchable(Exception):  # noqa: N818 - it names what is wrong with the database
    """A database without the tables that search reads."""


class Synonym(NamedTuple):
    """A phrase of the same or of a near meaning."""

    kind: Literal["same", "near"]
    phrase: str


@dataclass(frozen=True)
class Facet:
    """The values of a facet: labels[codes[i]] is a value of the paper with number papers[i].
    `names` maps labels to display names, where those differ."""

    labels: tuple[str, ...]
    papers: Array
    codes: Array
    names: Mapping[str, str]

    def name(self, label: str) -> str:
        """Return the display name of a label."""
        return self.names.get(label, label)


class SearchDatabase:
    """A database file, open for reading only; safe to use from several threads. Papers go by
    number, which is rowid - 1; `words` maps words to document frequencies."""

    def __init__(self, path: Path) -> None:
        """Open a file that `daily-papers build` wrote; raise NotSearchable if it lacks tables."""
        self._path = path
        self._connection = _connect(path)
        self._lock = Lock()
        self._cache: OrderedDict[str, Array] = OrderedDict()
        self._cached_bytes = 0
        try:
            self._load()
        except sqlite3.DatabaseError as error:
            self._connection.close()
            raise NotSearchable(f"{path}: search needs the tables of a build ({error})") from error

    def reopen(self) -> None:
        """Open the file again: of a process that was forked, since two cannot share a connection.

        Raises sqlite3.Error.
        """
        self._connection = _connect(self._path)

    def _load(self) -> None:
        (self.paper_count,) = self._read("select count(*) from papers")[0]
        self.no_weights = np.zeros(self.paper_count, np.uint8)
        columns = {row[0]: row[1:] for row in self._read("select * from search_columns")}
        names: dict[str, dict[str, str]] = {
            "topic": dict(self._read("select id, name from topics")),
            "organization": dict(self._read("select id, name from organizations")),
        }
        self.facets: dict[str, Facet] = {}
        for name in FACETS:
            labels, *arrays = columns[name]
            papers, codes = (np.frombuffer(packed, "<u4") for packed in arrays)
            self.facets[name] = Facet(tuple(json.loads(labels)), papers, codes, names.get(name, {}))
        self.facets["year"] = _with_undated(self.facets["year"], self.paper_count)
        self.sort_keys = {name: np.frombuffer(columns[name][2], "<u4") for name in SORT_KEYS}
        titles = columns.get(TITLES, ("[]", b"", b""))[1:]  # a file of version 0.8 has none
        self._titled, self._title_hashes = (np.frombuffer(packed, "<u4") for packed in titles)
        sql = "select word, paper_count from search_words order by paper_count desc, word limit ?"
        self.words: dict[str, int] = dict(self._read(sql, MOST_WORDS))
        self.synonyms = _synonyms(self._read("select * from synonyms order by entry, kind, phrase"))
        self.vectors = self._read_vectors()
        self.longest_synonym = max(map(len, self.synonyms), default=0)

    def _read_vectors(self) -> PaperVectors | None:
        """Return the vectors of papers; None for a file without them, or with those of another
        encoder."""
        if self._read("select value from build_info where name = 'vectors'") != [(encoder.NAME,)]:
            return None
        (sizes,) = self._read(
            "select count(*), max(rowid), min(length(vector)), max(length(vector))"
            " from search_vectors"
        )
        if sizes != (self.paper_count,) * 2 + (encoder.WIDTH,) * 2:
            return None
        encoder.load()
        cursor = self._connection.execute("select vector from search_vectors order by rowid")
        chunks = iter(lambda: b"".join(vector for (vector,) in cursor.fetchmany(_CHUNK)), b"")
        return PaperVectors(chunks, self._vectors_of)

    def _vectors_of(self, numbers: list[int]) -> list[bytes]:
        """Return the vectors of papers whose numbers are in order."""
        sql = (
            "select vector from search_vectors"
            " where rowid in (select value + 1 from json_each(?)) order by rowid"
        )
        return [vector for (vector,) in self._read(sql, json.dumps(numbers))]

    def _read(self, sql: str, *parameters: object) -> list[Any]:
        with self._lock:
            return self._connection.execute(sql, parameters).fetchall()

    def rows(self, sql: str, *parameters: object, **named: object) -> list[dict[str, Any]]:
        """Return the rows of a query as mappings; parameters by position or by name, not both."""
        with self._lock:
            cursor = self._connection.execute(sql, named or parameters)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]

    def weights(self, term: str) -> Array:
        """Return the weight of a term in each paper, 0 to 255, by the papers' numbers."""
        with self._lock:
            weights = self._cache.pop(term, None)
            if weights is None:
                weights = self._read_weights(term)
                self._cached_bytes += self._size(weights)
            self._cache[term] = weights
            while self._cached_bytes > MOST_CACHED:
                self._cached_bytes -= self._size(self._cache.popitem(last=False)[1])
        return weights

    def _size(self, weights: Array) -> int:
        return ENTRY + (0 if weights is self.no_weights else weights.nbytes)

    def _read_weights(self, term: str) -> Array:
        dense = np.zeros(self.paper_count, np.uint8)
        has_postings = False
        for block in range(0, self.paper_count, BLOCK):
            for count, packed in self._connection.execute(
                "select paper_count, weights from search_terms where block = ? and term = ?",
                (block // BLOCK, term),
            ):
                unpack(packed, count, dense[block : block + BLOCK])
                has_postings = True
        return dense if has_postings else self.no_weights

    def has_term(self, term: str) -> bool:
        """Tell whether any paper has a term."""
        return self.weights(term) is not self.no_weights

    def neighbours(self, numbers: Sequence[int]) -> dict[int, list[tuple[int, float]]]:
        """Return the numbers and the scores of the papers similar to each of some."""
        near: dict[int, list[tuple[int, float]]] = {number: [] for number in numbers}
        for number, neighbour, score in self._read(
            "select papers.rowid - 1, near.rowid - 1, similar_papers.score"
            " from json_each(?) as wanted"
            " join papers on papers.rowid = wanted.value + 1"
            " join similar_papers on similar_papers.paper_id = papers.id"
            " join papers as near on near.id = similar_papers.similar_id"
            " order by papers.rowid, similar_papers.rank",
            json.dumps(list(near)),
        ):
            near[number].append((neighbour, score))
        return near

    def numbers_with_key(self, key: str) -> list[int]:
        """Return the papers that are listed under a title whose key has the hash of this key."""
        wanted = self._title_hashes.dtype.type(key_hash(key))  # of another type it would be slow
        first, last = (np.searchsorted(self._title_hashes, wanted, s) for s in ("left", "right"))
        return [int(number) for number in self._titled[first:last]]

    def titles(self, number: int) -> set[str]:
        """Return the titles that a paper is listed under, as dumps print them, and its own."""
        rows = self._read(
            "select title from papers where rowid = ?1 union select title_as_listed from listings"
            " where paper_id = (select id from papers where rowid = ?1)",
            number + 1,
        )
        return {title for (title,) in rows}

    def numbers_with_arxiv_id(self, arxiv_id: str) -> list[int]:
        """Return the papers with an arXiv id, whatever subject class a dump states in it."""
        archive, slash, end = arxiv_id.partition("/")
        # "." and "/" are neighbours: what is between them begins with the archive and a class.
        rows = self._read(
            "select rowid - 1 from papers where arxiv_id = ?1"
            " union all select rowid - 1 from papers"
            " where arxiv_id between ?2 || '.' and ?2 || '/' and substr(arxiv_id, -8) = ?3",
            arxiv_id,
            archive,
            slash + end,
        )
        return [number for (number,) in rows]

    def words_with_prefix(self, prefix: str, most: int) -> list[str]:
        """Return the words that begin with a prefix, in any spelling, the most frequent first."""
        sql = (
            "select distinct word, paper_count"
            " from (select value as prefix from json_each(?)) cross join search_words"
            " on word >= prefix and word < prefix || ?"
            " order by paper_count desc, word limit ?"
        )
        return [
            word
            for word, _ in self._read(sql, json.dumps(half_typed_spellings(prefix)), _LAST, most)
        ]

    def names_with_prefix(self, words: str, most: int) -> list[tuple[str, str, str, int]]:
        """Return kind, id, name and paper count of the names that begin with normalized words, in
        any spelling, the most frequent first."""
        keys = json.dumps([spelling.replace(" ", "") for spelling in half_typed_spellings(words)])
        sql = (
            "select kind, id, name, paper_count"
            " from (select value as prefix from json_each(?)) cross join search_names"
            " on key >= prefix and key < prefix || ?"
            " group by kind, id order by paper_count desc, name, kind, id limit ?"
        )
        return self._read(sql, keys, _LAST, most)


def _connect(path: Path) -> sqlite3.Connection:
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    return sqlite3.connect(uri, uri=True, check_same_thread=False)


def _with_undated(years: Facet, paper_count: int) -> Facet:
    """Return the facet of years with one more label, the first, for the papers that have none."""
    is_undated = np.ones(paper_count, bool)
    is_undated[years.papers] = False
    undated = np.flatnonzero(is_undated).astype("<u4")
    papers = np.concatenate((undated, years.papers))
    codes = np.concatenate((np.zeros_like(undated), years.codes + 1))
    return Facet((UNDATED, *years.labels), papers, codes, years.names)


def _synonyms(rows: Iterable[tuple[int, Any, str]]) -> dict[tuple[str, ...], list[Synonym]]:
    """Return the synonyms of each phrase, by the stems of its words."""
    synonyms: dict[tuple[str, ...], list[Synonym]] = defaultdict(list)
    for _, entry in groupby(rows, itemgetter(0)):
        phrases = [Synonym(kind, phrase) for _, kind, phrase in entry]
        for typed in phrases:
            if typed.kind == "same":
                key = _stems(typed)
                # A part of the phrase is not what all of its words mean.
                others = (
                    each
                    for each in phrases
                    if each != typed and not (each.kind == "near" and {*_stems(each)} <= {*key})
                )
                synonyms[key] += others
    return synonyms


def _stems(synonym: Synonym) -> tuple[str, ...]:
    return tuple(map(stem, tokenize(synonym.phrase)))
