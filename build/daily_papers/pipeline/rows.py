"""Makes the rows of every table of what was read, identified and found."""

import json
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter
from typing import Any

import numpy as np
from msgspec.structs import replace

from daily_papers import vocabulary
from daily_papers.database import schema
from daily_papers.database.writer import Row, Rows, Table
from daily_papers.facts import links
from daily_papers.papers.entities import Registered, Registry
from daily_papers.papers.merging import Papers
from daily_papers.pipeline import extraction
from daily_papers.pipeline.intake import Intake
from daily_papers.records import Entity, Facts, Organization, Paper
from daily_papers.search.documents import Document, IndexBatch, weigh
from daily_papers.search.name_index import Name, name_rows
from daily_papers.workfile import Spool


class _Maker:
    """Makes rows of a table: some columns are given, in the order named here, the others are a
    record's attributes."""

    def __init__(self, table: Table, *given: str) -> None:
        names = [one.name for one in table.columns]
        taken = [name for name in names if name not in given]
        self._values: Callable[[object], Any] = attrgetter(*taken)
        self._is_one = len(taken) == 1
        self._ordered = itemgetter(*map([*given, *taken].index, names))

    def __call__(self, record: object, *given: object) -> Row:
        values = self._values(record)
        row: Row = self._ordered((*given, values) if self._is_one else (*given, *values))
        return row


_DUMP = _Maker(schema.DUMPS, "listing_count", "states")
_LISTING = _Maker(schema.LISTINGS, "dump_id", "paper_id", "title_as_listed")
_PAPER = _Maker(schema.PAPERS, "name", "type", "has_code", "topics", "hardware", "models")
_AUTHOR = _Maker(schema.AUTHORS)
_ORGANIZATION = _Maker(schema.ORGANIZATIONS)
_ENTITY = _Maker(schema.ENTITIES)
_JSON = json.JSONEncoder(ensure_ascii=False)
_TOPIC_NAMES = {topic.id: topic.name for topic in vocabulary.TOPICS.all}
_FACTS = (
    ("topics", schema.PAPER_TOPICS, _Maker(schema.PAPER_TOPICS, "paper_id")),
    ("claims", schema.CLAIMS, _Maker(schema.CLAIMS, "id", "paper_id")),
    ("links", schema.LINKS, _Maker(schema.LINKS, "paper_id")),
    ("rejected", schema.REJECTED_CANDIDATES, _Maker(schema.REJECTED_CANDIDATES, "paper_id")),
)
_MENTION = _Maker(schema.MENTIONS, "id", "paper_id", "entity_id")

Met = Mapping[str, Registered]  # what a paper mentions, by key


def dump_rows(intake: Intake) -> Rows:
    """Return the rows of the dumps."""
    return schema.DUMPS, (
        _DUMP(one.dump, len(one.places), _array(one.dump.states)) for one in intake.taken
    )


def listing_rows(intake: Intake, papers: Papers) -> Rows:
    """Return the rows of the listings."""
    homes = papers.homes()
    return schema.LISTINGS, (
        _LISTING(listing, taken.dump.id, papers.ids[homes[place]], listing.title)
        for taken in intake.taken
        for place in taken.places
        for listing in [intake.entry(place).listing]
    )


def organization_rows(organizations: Iterable[Organization]) -> Rows:
    """Return the rows of organizations."""
    return schema.ORGANIZATIONS, map(_ORGANIZATION, organizations)


def vocabulary_rows() -> Iterator[Rows]:
    """Yield the rows of what the vocabulary says."""
    for table, records in (
        (schema.TOPICS, vocabulary.TOPICS.all),
        (schema.METRICS, vocabulary.METRICS.all),
        (schema.SYNONYMS, vocabulary.SYNONYMS),
    ):
        maker = _Maker(table)
        yield table, sorted(map(maker, records))


def entity_rows(entities: Registry) -> Rows:
    """Return the rows of the entities."""
    return schema.ENTITIES, map(_ENTITY, entities)


@dataclass
class Tally:
    """How many papers have which topic and organization, and how many facts there are; and the
    numbers of entities, once for each paper that has one."""

    topics: Counter[str] = field(default_factory=Counter)
    entities: "array[int]" = field(default_factory=lambda: array("I"))
    organizations: Counter[str] = field(default_factory=Counter)
    facts: Counter[str] = field(default_factory=Counter)

    def add(self, paper: Paper, stated: Facts, met: Met) -> None:
        """Take a paper."""
        self.topics.update(one.topic_id for one in stated.topics)
        self.entities.extend({one.number for one in met.values()})
        if paper.organization_id:
            self.organizations[paper.organization_id] += 1
        for kind in ("claims", "rejected", "mentions"):
            self.facts[kind] += len(getattr(stated, kind))

    def update(self, other: "Tally") -> None:
        """Take another's."""
        self.topics.update(other.topics)
        self.entities.extend(other.entities)
        self.organizations.update(other.organizations)
        self.facts.update(other.facts)


@dataclass(frozen=True)
class Written:
    """What some papers come to: the rows of each table by name, their lot of the index, and how
    many have what."""

    rows: dict[str, list[Row]]
    lot: IndexBatch
    tally: Tally


@dataclass(frozen=True)
class Whole:
    """All that is known when rows are made: papers, their digests by number, and entities."""

    papers: Papers
    digests: Spool
    entities: Registry

    def write(self, numbers: range) -> Written:
        """Return what some papers come to."""
        rows: dict[str, list[Row]] = {table.name: [] for table in PAPER_TABLES}
        tally = Tally()

        def documents() -> Iterator[Document]:
            for number in numbers:
                paper, authors = self.papers.with_authors(number)
                said = extraction.read(self.digests[number])
                every_link = links.listed(said.facts.links, paper.code_url, paper.project_url)
                stated = replace(said.facts, links=every_link)
                met = self.entities.of(stated.mentions)
                for table, row in paper_rows(paper, stated, met):
                    rows[table.name].append(row)
                for position, author in enumerate(authors, 1):
                    rows["authors"].append(_AUTHOR(author))
                    rows["authorships"].append((paper.id, position, author.id))
                tally.add(paper, stated, met)
                yield document(paper, said._replace(facts=stated), met)

        lot = weigh(documents())
        return Written(rows, lot, tally)


# Those that papers have rows of.
PAPER_TABLES = (
    schema.AUTHORS,
    schema.PAPERS,
    schema.AUTHORSHIPS,
    *(table for _, table, _ in _FACTS),
    schema.MENTIONS,
)


def paper_rows(paper: Paper, stated: Facts, met: Met) -> Iterator[tuple[Table, Row]]:
    """Yield the row of a paper, and of every fact that it states: numbered within the paper where
    the table has an id."""
    named = _named(stated, met)
    yield (
        schema.PAPERS,
        _PAPER(
            paper,
            stated.name,
            stated.type,
            _has_code(stated),
            _array(topic.topic_id for topic in stated.topics),
            _array(one.name for one in named if one.kind == "hardware"),
            _array(one.name for one in named if one.kind == "model"),
        ),
    )
    for kind, table, maker in _FACTS:
        has_id = table.columns[0].name == "id"
        for number, fact in enumerate(getattr(stated, kind), 1):
            given = (f"{paper.id}-{number}", paper.id) if has_id else (paper.id,)
            yield table, maker(fact, *given)
    for number, mention in enumerate(stated.mentions, 1):
        entity = met[mention.key].entity
        yield schema.MENTIONS, _MENTION(mention, f"{paper.id}-{number}", paper.id, entity.id)


def document(paper: Paper, said: extraction.Digest, met: Met) -> Document:
    """Return a paper as search knows it."""
    stated = said.facts
    named = _named(stated, met)
    every = {one.entity for one in met.values()}
    return Document(
        text=said.text,
        type=stated.type,
        published_on=paper.published_on,
        year=paper.year,
        organization_id=paper.organization_id,
        has_code=_has_code(stated),
        comment_count=paper.comment_count,
        upvote_count=paper.upvote_count,
        topics={one.topic_id: one.field == "title" for one in stated.topics},
        topic_names=[_TOPIC_NAMES[one.topic_id] for one in stated.topics],
        entities=sorted({name for one in every for name in (one.name, one.family) if name}),
        hardware=[one.name for one in named if one.kind == "hardware"],
        models=[one.name for one in named if one.kind == "model"],
    )


def suggested_rows(tally: Tally, entities: Registry, organizations: Iterable[Organization]) -> Rows:
    """Return the rows of what can be suggested by name."""

    def names() -> Iterator[Name]:
        for topic in vocabulary.TOPICS.all:
            yield Name("topic", topic.id, topic.name, tally.topics[topic.id])
        met_by = np.bincount(np.array(tally.entities), minlength=len(entities)).tolist()
        for entity, count in zip(entities, met_by, strict=True):
            yield Name(entity.kind, entity.id, entity.name, count)
        for one in organizations:
            yield Name("organization", one.id, one.name, tally.organizations[one.id])

    return schema.SEARCH_NAMES, sorted(name_rows(names()))


def _named(stated: Facts, met: Met) -> list[Entity]:
    """Return what a paper names of others."""
    return [met[one.key].entity for one in stated.mentions if one.role != "introduced"]


def _has_code(stated: Facts) -> bool:
    return any(link.kind == "code" for link in stated.links)


def _array(values: Iterable[str]) -> str:
    # A text at a time: it makes an encoder of its own of each list.
    return f"[{', '.join(map(_JSON.encode, sorted(set(values))))}]"
