"""Makes the rows of every table from dumps, papers, facts and the vocabulary."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from msgspec.structs import astuple, replace

from daily_papers import vocabulary
from daily_papers.database import schema
from daily_papers.database.columns import Row
from daily_papers.database.writer import Rows, Values
from daily_papers.facts import links
from daily_papers.papers.entities import Registered, Registry
from daily_papers.papers.merging import Papers
from daily_papers.pipeline import extraction
from daily_papers.pipeline.intake import Intake, Taken
from daily_papers.pipeline.paper_tables import (
    PAPER_TABLES,
    EntityByKey,
    has_code,
    json_array,
    named_entities,
    paper_rows,
)
from daily_papers.records import Entity, Facts, Organization, Paper
from daily_papers.search.documents import Document, Lot, weigh
from daily_papers.search.name_index import Name, name_rows
from daily_papers.workfile import Spool

_TOPIC_NAMES = {topic.id: topic.name for topic in vocabulary.TOPICS.all}

Met = Mapping[str, Registered]  # what a paper mentions, by key


def dump_rows(intake: Intake) -> Rows:
    """Return the rows of the dumps."""

    def row(taken: Taken) -> Row:
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
            listing_count=len(taken.places),
            item_count=dump.item_count,
            states=json_array(dump.states),
        )

    return schema.Dump, map(astuple, map(row, intake.taken))


def listing_rows(intake: Intake, papers: Papers) -> Rows:
    """Return the rows of the listings."""
    paper_numbers = papers.homes()

    def rows() -> Iterator[Row]:
        for taken in intake.taken:
            for number in taken.places:
                listing = intake.entry(number).listing
                yield schema.Listing(
                    dump_id=taken.dump.id,
                    rank=listing.rank,
                    paper_id=papers.ids[paper_numbers[number]],
                    title_as_listed=listing.title,
                    first_line=listing.first_line,
                    last_line=listing.last_line,
                    published_text=listing.published_text,
                    listed_on=listing.listed_on,
                    comment_count=listing.comment_count,
                    upvote_count=listing.upvote_count,
                )

    return schema.Listing, map(astuple, rows())


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

    rows: dict[str, list[Values]]
    lot: Lot
    tally: Tally


@dataclass(frozen=True)
class Whole:
    """All that is known when rows are made: papers, their digests by number, and entities."""

    papers: Papers
    digests: Spool
    entities: Registry

    def write(self, numbers: range) -> Written:
        """Return what some papers come to."""
        rows: dict[str, list[Values]] = {row_type.table.name: [] for row_type in PAPER_TABLES}
        tally = Tally()

        def documents() -> Iterator[Document]:
            for number in numbers:
                paper, authors = self.papers.with_authors(number)
                said = extraction.read(self.digests[number])
                every_link = links.listed(said.facts.links, paper.code_url, paper.project_url)
                stated = replace(said.facts, links=every_link)
                met = self.entities.of(stated.mentions)
                entities = {key: registered.entity for key, registered in met.items()}
                for row in paper_rows(paper, authors, stated, entities):
                    rows[type(row).table.name].append(astuple(row))
                tally.add(paper, stated, met)
                yield document(paper, said._replace(facts=stated), entities)

        lot = weigh(documents())
        return Written(rows, lot, tally)


def document(paper: Paper, extracted: extraction.Digest, entities: EntityByKey) -> Document:
    """Return what search indexes of a paper."""
    facts = extracted.facts
    others = named_entities(facts, entities)
    mentioned = {entities[mention.key] for mention in facts.mentions}
    return Document(
        text=extracted.text,
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


def suggested_rows(tally: Tally, entities: Registry, organizations: Iterable[Organization]) -> Rows:
    """Return the rows of names to suggest: topics, entities and organizations."""

    def names() -> Iterator[Name]:
        for topic in vocabulary.TOPICS.all:
            yield Name("topic", topic.id, topic.name, tally.topics[topic.id])
        counts = np.bincount(np.array(tally.entities), minlength=len(entities)).tolist()
        for entity, count in zip(entities, counts, strict=True):
            yield Name(entity.kind, entity.id, entity.name, count)
        for organization in organizations:
            count = tally.organizations[organization.id]
            yield Name("organization", organization.id, organization.name, count)

    return schema.SearchName, sorted(name_rows(names()))
