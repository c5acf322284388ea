"""Makes the rows of every table of what was read, identified and found."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter
from typing import Any

from msgspec.structs import replace

from daily_papers import vocabulary
from daily_papers.database import schema
from daily_papers.database.writer import Row, Rows, Table
from daily_papers.facts import links
from daily_papers.papers.titles import author_id
from daily_papers.pipeline.extraction import Extraction, unpack_extraction
from daily_papers.pipeline.intake import TakenDump
from daily_papers.pipeline.packing import decoder
from daily_papers.records import Author, Entity, Facts, Listing, Organization, Paper
from daily_papers.search.documents import Document, Lot, weigh
from daily_papers.search.name_index import Name, name_rows


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

EntityByKey = Mapping[str, Entity]


def dump_rows(dumps: Iterable[TakenDump]) -> Rows:
    """Return the rows of the dumps."""
    return schema.DUMPS, (
        _DUMP(taken.dump, len(taken.listings), _array(taken.dump.states)) for taken in dumps
    )


def listing_rows(listings: Iterable[tuple[str, str, Listing]]) -> Rows:
    """Return the rows of listings, each with the id of its dump and of its paper."""
    return schema.LISTINGS, (
        _LISTING(listing, dump_id, paper_id, listing.title)
        for dump_id, paper_id, listing in listings
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


def entity_rows(entities: Iterable[Entity]) -> Rows:
    """Return the rows of the entities."""
    return schema.ENTITIES, map(_ENTITY, entities)


@dataclass
class Tally:
    """How many papers have which topic and organization, and how many facts of a kind there are."""

    topics: Counter[str] = field(default_factory=Counter)
    organizations: Counter[str] = field(default_factory=Counter)
    facts: Counter[str] = field(default_factory=Counter)

    def add(self, paper: Paper, facts: Facts) -> None:
        """Count a paper."""
        self.topics.update(topic.topic_id for topic in facts.topics)
        if paper.organization_id:
            self.organizations[paper.organization_id] += 1
        for kind in ("claims", "rejected", "mentions"):
            self.facts[kind] += len(getattr(facts, kind))

    def update(self, other: "Tally") -> None:
        """Add what another one counted."""
        self.topics.update(other.topics)
        self.organizations.update(other.organizations)
        self.facts.update(other.facts)


@dataclass(frozen=True)
class Batch:
    """Some papers in a row, as they wait on disk, and the entities that they mention, by key."""

    papers: list[bytes]
    extractions: list[bytes]
    entities: EntityByKey


@dataclass(frozen=True)
class BatchRows:
    """What a batch comes to: the rows of each table by name, its part of the index, and counts."""

    rows: dict[str, list[Row]]
    indexed: Lot
    tally: Tally


def batch_rows(batch: Batch) -> BatchRows:
    """Return what a batch comes to."""
    rows: dict[str, list[Row]] = {table.name: [] for table in PAPER_TABLES}
    tally = Tally()

    def documents() -> Iterator[Document]:
        for packed_paper, packed_extraction in zip(batch.papers, batch.extractions, strict=True):
            paper: Paper = decoder(Paper).decode(packed_paper)
            extraction = unpack_extraction(packed_extraction)
            all_links = links.listed(extraction.facts.links, paper.code_url, paper.project_url)
            facts = replace(extraction.facts, links=all_links)
            for table, row in paper_rows(paper, facts, batch.entities):
                rows[table.name].append(row)
            for position, name in enumerate(paper.authors, 1):
                author = Author(author_id(name), name)
                rows["authors"].append(_AUTHOR(author))
                rows["authorships"].append((paper.id, position, author.id))
            tally.add(paper, facts)
            yield document(paper, replace(extraction, facts=facts), batch.entities)

    indexed = weigh(documents())
    return BatchRows(rows, indexed, tally)


# Those that papers have rows of.
PAPER_TABLES = (
    schema.AUTHORS,
    schema.PAPERS,
    schema.AUTHORSHIPS,
    *(table for _, table, _ in _FACTS),
    schema.MENTIONS,
)


def paper_rows(paper: Paper, stated: Facts, entities: EntityByKey) -> Iterator[tuple[Table, Row]]:
    """Yield the row of a paper, and of every fact that it states: numbered within the paper where
    the table has an id."""
    named = _named(stated, entities)
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
        entity = entities[mention.key]
        yield schema.MENTIONS, _MENTION(mention, f"{paper.id}-{number}", paper.id, entity.id)


def document(paper: Paper, said: Extraction, entities: EntityByKey) -> Document:
    """Return a paper as search knows it."""
    stated = said.facts
    named = _named(stated, entities)
    mentioned = {entities[mention.key] for mention in stated.mentions}
    return Document(
        text=said.terms,
        type=stated.type,
        published_on=paper.published_on,
        year=paper.year,
        organization_id=paper.organization_id,
        has_code=_has_code(stated),
        comment_count=paper.comment_count,
        upvote_count=paper.upvote_count,
        topics={one.topic_id: one.field == "title" for one in stated.topics},
        topic_names=[_TOPIC_NAMES[one.topic_id] for one in stated.topics],
        entities=sorted({name for one in mentioned for name in (one.name, one.family) if name}),
        hardware=[one.name for one in named if one.kind == "hardware"],
        models=[one.name for one in named if one.kind == "model"],
    )


def suggested_rows(
    tally: Tally,
    entities: Iterable[tuple[Entity, int]],
    organizations: Iterable[Organization],
) -> Rows:
    """Return the rows of what can be suggested by name; entities come with their paper counts."""

    def names() -> Iterator[Name]:
        for topic in vocabulary.TOPICS.all:
            yield Name("topic", topic.id, topic.name, tally.topics[topic.id])
        for entity, paper_count in entities:
            yield Name(entity.kind, entity.id, entity.name, paper_count)
        for organization in organizations:
            count = tally.organizations[organization.id]
            yield Name("organization", organization.id, organization.name, count)

    return schema.SEARCH_NAMES, sorted(name_rows(names()))


def _named(stated: Facts, entities: EntityByKey) -> list[Entity]:
    """Return what a paper names of others."""
    return [entities[one.key] for one in stated.mentions if one.role != "introduced"]


def _has_code(stated: Facts) -> bool:
    return any(link.kind == "code" for link in stated.links)


def _array(values: Iterable[str]) -> str:
    # A text at a time: it makes an encoder of its own of each list.
    return f"[{', '.join(map(_JSON.encode, sorted(set(values))))}]"
