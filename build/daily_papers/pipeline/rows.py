"""Makes the rows of every table from dumps, papers, facts and the vocabulary."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from msgspec.structs import astuple, replace

from daily_papers import vocabulary
from daily_papers.database import schema
from daily_papers.database.columns import Row
from daily_papers.database.writer import Rows, Values
from daily_papers.facts import links
from daily_papers.pipeline.extraction import Extraction, unpack_extraction
from daily_papers.pipeline.intake import TakenDump
from daily_papers.pipeline.packing import decoder
from daily_papers.pipeline.paper_tables import (
    PAPER_TABLES,
    EntityByKey,
    has_code,
    json_array,
    named_entities,
    paper_rows,
)
from daily_papers.records import Entity, Facts, Listing, Organization, Paper
from daily_papers.search.documents import Document, IndexBatch, weigh
from daily_papers.search.name_index import Name, name_rows

_TOPIC_NAMES = {topic.id: topic.name for topic in vocabulary.TOPICS.all}


def dump_rows(dumps: Iterable[TakenDump]) -> Rows:
    """Return the rows of the dumps."""

    def row(taken: TakenDump) -> Row:
        dump = taken.dump
        return schema.Dump(
            id=dump.id,
            file=dump.file,
            format=dump.format,
            sha256=dump.sha256,
            bytes=dump.bytes,
            shown_on_text=dump.shown_on_text,
            shown_on=dump.shown_on,
            shown_on_basis=dump.shown_on_basis,
            listing_count=len(taken.listings),
            item_count=dump.item_count,
            states=json_array(dump.states),
        )

    return schema.Dump, map(astuple, map(row, dumps))


def listing_rows(listings: Iterable[tuple[str, str, Listing]]) -> Rows:
    """Return the rows of listings, each with the id of its dump and of its paper."""
    rows = (
        schema.Listing(
            dump_id=dump_id,
            rank=listing.rank,
            paper_id=paper_id,
            title_as_listed=listing.title,
            first_line=listing.first_line,
            last_line=listing.last_line,
            published_text=listing.published_text,
            listed_on=listing.listed_on,
            comment_count=listing.comment_count,
            upvote_count=listing.upvote_count,
        )
        for dump_id, paper_id, listing in listings
    )
    return schema.Listing, map(astuple, rows)


def organization_rows(organizations: Iterable[Organization]) -> Rows:
    """Return the rows of organizations."""
    rows = (schema.Organization(id=item.id, name=item.name) for item in organizations)
    return schema.Organization, map(astuple, rows)


def vocabulary_rows() -> Iterator[Rows]:
    """Yield the rows of topics, metrics and synonyms, each table in the order of its key."""
    topics = (
        schema.Topic(id=t.id, name=t.name, description=t.description, parent=t.parent)
        for t in vocabulary.TOPICS.all
    )
    metrics = (
        schema.Metric(id=m.id, name=m.name, description=m.description, better=m.better)
        for m in vocabulary.METRICS.all
    )
    synonyms = (
        schema.Synonym(entry=s.entry, kind=s.kind, phrase=s.phrase) for s in vocabulary.SYNONYMS
    )
    yield schema.Topic, sorted(map(astuple, topics))
    yield schema.Metric, sorted(map(astuple, metrics))
    yield schema.Synonym, sorted(map(astuple, synonyms))


def entity_rows(entities: Iterable[Entity]) -> Rows:
    """Return the rows of the entities."""
    rows = (
        schema.Entity(id=e.id, kind=e.kind, name=e.name, family=e.family, paper_id=e.paper_id)
        for e in entities
    )
    return schema.Entity, map(astuple, rows)


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

    rows: dict[str, list[Values]]
    indexed: IndexBatch
    tally: Tally


def batch_rows(batch: Batch) -> BatchRows:
    """Return what a batch comes to."""
    rows: dict[str, list[Values]] = {row_type.table.name: [] for row_type in PAPER_TABLES}
    tally = Tally()

    def documents() -> Iterator[Document]:
        for packed_paper, packed_extraction in zip(batch.papers, batch.extractions, strict=True):
            paper: Paper = decoder(Paper).decode(packed_paper)
            extraction = unpack_extraction(packed_extraction)
            all_links = links.merge_listed(
                extraction.facts.links, paper.code_url, paper.project_url
            )
            facts = replace(extraction.facts, links=all_links)
            for row in paper_rows(paper, facts, batch.entities):
                rows[type(row).table.name].append(astuple(row))
            tally.add(paper, facts)
            yield document(paper, replace(extraction, facts=facts), batch.entities)

    indexed = weigh(documents())
    return BatchRows(rows, indexed, tally)


def document(paper: Paper, extracted: Extraction, entities: EntityByKey) -> Document:
    """Return what search indexes of a paper."""
    facts = extracted.facts
    others = named_entities(facts, entities)
    mentioned = {entities[mention.key] for mention in facts.mentions}
    return Document(
        text=extracted.terms,
        type=facts.type,
        published_on=paper.published_on,
        year=paper.year,
        organization_id=paper.organization_id,
        has_code=has_code(facts),
        comment_count=paper.comment_count,
        upvote_count=paper.upvote_count,
        topics={topic.topic_id: topic.field == "title" for topic in facts.topics},
        topic_names=[_TOPIC_NAMES[topic.topic_id] for topic in facts.topics],
        entities=sorted({name for e in mentioned for name in (e.name, e.family) if name}),
        hardware=[entity.name for entity in others if entity.kind == "hardware"],
        models=[entity.name for entity in others if entity.kind == "model"],
    )


def suggested_rows(
    tally: Tally,
    entities: Iterable[tuple[Entity, int]],
    organizations: Iterable[Organization],
) -> Rows:
    """Return the rows of names to suggest: topics, entities with their paper counts, and
    organizations."""

    def names() -> Iterator[Name]:
        for topic in vocabulary.TOPICS.all:
            yield Name("topic", topic.id, topic.name, tally.topics[topic.id])
        for entity, paper_count in entities:
            yield Name(entity.kind, entity.id, entity.name, paper_count)
        for organization in organizations:
            count = tally.organizations[organization.id]
            yield Name("organization", organization.id, organization.name, count)

    return schema.SearchName, sorted(name_rows(names()))
