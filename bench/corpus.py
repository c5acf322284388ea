"""Generates a database of N papers out of the sentences of the seeds, with the facts they state.

A paper is a made-up name before a real title, and six to ten real sentences in a row; a fact comes
along with the sentence that states it. The same number and seed give the same database, written by
the project's own code into its own tables. Near neighbours are drawn by lot.

    python bench/corpus.py 100000 generated/papers.db
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from daily_papers import dumps, facts, identity, rows, schema, store, vocabulary
from daily_papers.facts import registry
from daily_papers.records import Facts, Paper
from daily_papers.search.index import Index, Weighed, weigh
from daily_papers.search.names import Name, name_rows
from daily_papers.text import Text

SEEDS = Path(__file__).parent.parent / "seeds"
FEWEST, MOST = 6, 10  # sentences of a paper
FIRST_DAY, DAYS = date(2023, 5, 4), 1_200
ORGANIZATIONS = 200
NEIGHBOURS = 10
WORKERS = 2
_CHUNK, _AHEAD = 500, 20_000  # papers handed to a process at a time, and in all
_STREAMED = {
    "papers",
    "listings",
    "paper_topics",
    "claims",
    "mentions",
    "links",
    "similar_papers",
    "search_terms",
}
_SYLLABLES = ["ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "pe", "ro", "su", "ta"]
_NOTHING = Facts(None, "method", (), (), (), (), ())


def made_up_name(number: int) -> str:
    """Return a name that no other number has."""
    rest, parts = number, []
    for _ in range(6):
        rest, place = divmod(rest, len(_SYLLABLES))
        parts.append(_SYLLABLES[place])
    return "".join(parts).capitalize()


class Generated:
    """The papers with their facts, by number."""

    def __init__(self, count: int, seed: int) -> None:
        """Take the number of papers and the seed."""
        papers = identity.identify([dumps.read(file) for file in dumps.find([SEEDS])]).papers
        stated = {paper.id: facts.extract(paper.title, paper.abstract) for paper in papers}
        self.count = count
        self.entities = registry.register(stated)
        self.titles = [paper.title.rpartition(": ")[2] for paper in papers]
        self.types = [stated[paper.id].type for paper in papers]
        self.sentences = [one for paper in papers for one in _cut(paper.abstract, stated[paper.id])]
        chance = np.random.default_rng(seed)
        self.lengths = chance.integers(FEWEST, MOST + 1, count)
        self.chosen = chance.integers(0, len(self.sentences), (count, MOST), np.int32)
        self.titled = chance.integers(0, len(papers), count)
        self.days = chance.integers(-DAYS // 4, DAYS, count)  # below 0: not known
        self.listed = chance.integers(-ORGANIZATIONS, ORGANIZATIONS, count)  # below 0: by people
        self.comments = chance.geometric(0.3, count) - 1
        self.near = chance.integers(1, max(2, count), (count, NEIGHBOURS), np.int32)

    def __call__(self, number: int) -> tuple[Paper, Facts]:
        """Return a paper and its facts."""
        name, day = made_up_name(number), int(self.days[number])
        dated = FIRST_DAY + timedelta(day) if day >= 0 else None
        chosen = [self.sentences[one] for one in self.chosen[number, : self.lengths[number]]]
        paper = Paper(
            id=self.id(number),
            title=f"{name}: {self.titles[self.titled[number]]}",
            abstract=" ".join(text for text, _ in chosen),
            published_on=dated.isoformat() if dated else None,
            published_basis="stated" if dated else None,
            year=dated.year if dated else None,
            author_count=None,
            comment_count=int(self.comments[number]),
            upvote_count=None,
            organization_id=self.organization(int(self.listed[number])),
            arxiv_id=None,
            url=None,
        )
        kind = self.types[self.titled[number]]
        return paper, replace(_together(chosen), name=name, type=kind)

    @staticmethod
    def id(number: int) -> str:
        """Return the id of a paper; ids are in the order of the numbers."""
        return f"p{number:07d}-{made_up_name(number).lower()}"

    @staticmethod
    def organization(number: int) -> str | None:
        """Return the id of an organization, or None below 0."""
        return f"organization-{number:03d}" if number >= 0 else None

    def weighed(self, number: int) -> Weighed:
        """Return what the index keeps of a paper."""
        return weigh(rows.document(*self(number), self.entities))

    def rows(self, weighed: Iterator[Weighed]) -> dict[str, Iterator[store.Row]]:
        """Return the rows of every table."""
        index = Index()
        found = {
            "dumps": iter([_DUMP | {"listing_count": self.count}]),
            "organizations": self._organizations(),
            "papers": self._each(lambda *one: [rows.paper_row(*one, self.entities)]),
            "listings": self._listings(),
            "topics": rows.rows_of(schema.TOPICS, vocabulary.TOPICS.all),
            "metrics": rows.rows_of(schema.METRICS, vocabulary.METRICS.all),
            "entities": (
                row | {"paper_id": None}
                for row in rows.rows_of(schema.ENTITIES, self.entities.entities)
            ),
            "synonyms": rows.rows_of(schema.SYNONYMS, vocabulary.SYNONYMS),
            "similar_papers": self._similar(),
            "search_terms": index.term_rows(weighed),
            "search_words": index.word_rows(),
            "search_columns": index.column_rows(),
            "search_names": name_rows(self._names()),
        }
        for table, kind in (
            (schema.PAPER_TOPICS, "topics"),
            (schema.CLAIMS, "claims"),
            (schema.MENTIONS, "mentions"),
            (schema.LINKS, "links"),
        ):
            found[table.name] = self._each(self._facts(table, kind))
        return {table.name: found.get(table.name, iter(())) for table in schema.TABLES}

    def _each(self, make: Callable[[Paper, Facts], list[store.Row]]) -> Iterator[store.Row]:
        for number in range(self.count):
            yield from make(*self(number))

    def _facts(self, table: store.Table, kind: str) -> Callable[[Paper, Facts], list[store.Row]]:
        def make(paper: Paper, stated: Facts) -> list[store.Row]:
            found = rows.fact_rows(table, {paper.id: stated}, kind, self.entities)
            return sorted(found, key=lambda row: [row[name] for name in table.primary_key])

        return make

    def _organizations(self) -> Iterator[store.Row]:
        for number in range(ORGANIZATIONS):
            yield {"id": self.organization(number), "name": f"Organization {number}"}

    def _listings(self) -> Iterator[store.Row]:
        for number in range(self.count):
            yield {
                "dump_id": "generated",
                "rank": number + 1,
                "paper_id": self.id(number),
                "title_as_listed": made_up_name(number),
                "first_line": number + 1,
                "last_line": number + 1,
                "published_text": None,
                "listed_on": None,
                "comment_count": None,
                "upvote_count": None,
            }

    def _similar(self) -> Iterator[store.Row]:
        for number in range(self.count if self.count > NEIGHBOURS else 0):
            others = dict.fromkeys((number + step) % self.count for step in self.near[number])
            for rank, other in enumerate((one for one in others if one != number), 1):
                yield {
                    "paper_id": self.id(number),
                    "rank": rank,
                    "similar_id": self.id(other),
                    "score": 1 / (1 + rank),
                }

    def _names(self) -> Iterator[Name]:
        for topic in vocabulary.TOPICS.all:
            yield Name("topic", topic.id, topic.name, self.count // 10)
        for entity in self.entities.entities:
            yield Name(entity.kind, entity.id, entity.name, self.count // 100)


_DUMP = {
    "id": "generated",
    "file": "generated.txt",
    "format": "text",
    "sha256": "0" * 64,
    "bytes": 1,
    "shown_on_text": None,
    "shown_on": None,
    "shown_on_basis": None,
}


def _cut(abstract: str, stated: Facts) -> Iterator[tuple[str, Facts]]:
    """Yield the sentences of an abstract with the facts in them, whose spans count from there."""
    for one in Text("abstract", abstract).sentences:

        def inside(items: tuple[Any, ...], first: int = one.start, last: int = one.end) -> Any:
            return tuple(
                replace(item, start=item.start - first, end=item.end - first)
                for item in items
                if getattr(item, "field", "abstract") == "abstract"
                and first <= item.start
                and item.end <= last
                and getattr(item, "role", "mentioned") != "introduced"
            )

        yield (
            abstract[one.start : one.end],
            replace(
                _NOTHING,
                topics=inside(stated.topics),
                claims=inside(stated.claims),
                mentions=inside(stated.mentions),
                links=inside(stated.links),
            ),
        )


_KEYS: dict[str, Callable[[Any], Any]] = {
    "topics": lambda one: one.topic_id,
    "claims": lambda one: one.start,
    "mentions": lambda one: (one.key, one.text),
    "links": lambda one: one.url,
}


def _together(chosen: list[tuple[str, Facts]]) -> Facts:
    """Return the facts of sentences with a blank between, each fact once."""
    found: dict[str, dict[Any, Any]] = {kind: {} for kind in _KEYS}
    start = 0
    for text, stated in chosen:
        for kind, key in _KEYS.items():
            for one in getattr(stated, kind):
                moved = replace(one, start=one.start + start, end=one.end + start)
                found[kind].setdefault(key(moved), moved)
        start += len(text) + 1
    return replace(_NOTHING, **{kind: tuple(facts_.values()) for kind, facts_ in found.items()})


def generate(count: int, seed: int, target: Path) -> None:
    """Write a database of so many papers."""
    generated = Generated(count, seed)
    tables = [replace(one, streamed=one.name in _STREAMED) for one in schema.TABLES]
    with ProcessPoolExecutor(WORKERS, initializer=_start, initargs=(count, seed)) as pool:

        def weighed() -> Iterator[Weighed]:
            for first in range(0, count, _AHEAD):  # a pool would run far ahead
                numbers = range(first, min(count, first + _AHEAD))
                yield from pool.map(_weighed, numbers, chunksize=_CHUNK)

        store.write(target, tables, generated.rows(weighed()), schema.VERSION, lambda _: None)


_generated: Generated


def _start(count: int, seed: int) -> None:
    global _generated
    _generated = Generated(count, seed)


def _weighed(number: int) -> Weighed:
    return _generated.weighed(number)


def main() -> None:
    """Generate a database as the command line says."""
    parser = argparse.ArgumentParser(description="Generate a database out of real sentences.")
    parser.add_argument("count", type=int, help="number of papers")
    parser.add_argument("target", type=Path, help="database file")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.target.parent.mkdir(parents=True, exist_ok=True)
    generate(options.count, options.seed, options.target)


if __name__ == "__main__":
    sys.exit(main())
