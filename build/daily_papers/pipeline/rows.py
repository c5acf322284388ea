"""Makes the rows of every table from dumps, papers, facts and the vocabulary."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from msgspec.structs import replace

from daily_papers import vocabulary
from daily_papers.database import schema
from daily_papers.database.columns import Row, Values
from daily_papers.database.writer import Rows
from daily_papers.facts import links
from daily_papers.pipeline.extraction import Extraction, unpack_extraction
from daily_papers.pipeline.intake import TakenDump
from daily_papers.pipeline.packing import decoder
from daily_papers.pipeline.paper_tables import (
    EntityByKey,
    has_code,
    json_array,
    named_entities,
    paper_rows,
)
from daily_papers.records import Entity, Organization, Paper
from daily_papers.search.documents import Document, IndexBatch, weigh
from daily_papers.search.name_index import Name, name_rows
from daily_papers.vocabulary.synonyms import synonyms

AnyRow = TypeVar("AnyRow", bound=Row)

_TOPIC_NAMES = {topic.id: topic.name for topic in vocabulary.TOPICS.all}


def rows_of(row_type: type[AnyRow], rows: Iterable[AnyRow]) -> Rows:
    """Return rows of a table as the writer takes them."""
    return row_type, map(row_type.table.values_of, rows)


def dump_rows(dumps: Iterable[TakenDump]) -> Iterator[schema.Dump]:
    """Yield the rows of the dumps."""
    for taken in dumps:
        yield schema.Dump(
            dump=taken.dump,
            listing_count=len(taken.listings),
            problem_count=len(taken.dump.problems),
            item_count=taken.dump.item_count,
            states=json_array(taken.dump.states),
        )


def problem_rows(dumps: Iterable[TakenDump]) -> Iterator[schema.Problem]:
    """Yield the rows of what was not understood, numbered within its dump, from 1."""
    for taken in dumps:
        for number, problem in enumerate(taken.dump.problems, 1):
            yield schema.Problem(dump_id=taken.dump.id, number=number, problem=problem)


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
    phrases = (schema.Synonym(entry=s.entry, kind=s.kind, phrase=s.phrase) for s in synonyms())
    yield schema.Topic, sorted(map(schema.Topic.table.values_of, topics))
    yield schema.Metric, sorted(map(schema.Metric.table.values_of, metrics))
    yield schema.Synonym, sorted(map(schema.Synonym.table.values_of, phrases))


# The number of papers of ("topic", id) and ("organization", id), and that of facts of a kind, such
# as ("facts", "claims").
Tally = Counter[tuple[str, str]]


@dataclass(frozen=True)
class Batch:
    """Some papers in a row and their extractions, as they wait on disk, and the entities that they
    mention, by key."""

    papers: list[tuple[bytes, bytes]]
    entities: EntityByKey


@dataclass(frozen=True)
class BatchRows:
    """What a batch comes to: the rows of each table, its part of the index, and counts."""

    rows: dict[type[Row], list[Values]]
    indexed: IndexBatch
    tally: Tally


def batch_rows(batch: Batch) -> BatchRows:
    """Return what a batch comes to."""
    rows: defaultdict[type[Row], list[Values]] = defaultdict(list)
    tally: Tally = Counter()

    def documents() -> Iterator[Document]:
        for packed_paper, packed_extraction in batch.papers:
            paper: Paper = decoder(Paper).decode(packed_paper)
            extraction = unpack_extraction(packed_extraction)
            all_links = links.merge_listed(
                extraction.facts.links, paper.code_url, paper.project_url
            )
            facts = replace(extraction.facts, links=all_links)
            for row in paper_rows(paper, facts, batch.entities):
                rows[type(row)].append(type(row).table.values_of(row))
            tally.update(("topic", topic.topic_id) for topic in facts.topics)
            tally.update([("organization", paper.organization_id)] if paper.organization_id else [])
            for kind in ("claims", "rejected", "mentions"):
                tally["facts", kind] += len(getattr(facts, kind))
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
            yield Name("topic", topic.id, topic.name, tally["topic", topic.id])
        for entity, paper_count in entities:
            yield Name(entity.kind, entity.id, entity.name, paper_count)
        for organization in organizations:
            count = tally["organization", organization.id]
            yield Name("organization", organization.id, organization.name, count)

    return schema.SearchName, sorted(name_rows(names()))
