"""Makes the rows of every table from dumps, papers, facts and the vocabulary."""

import json
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from daily_papers.pipeline.intake import Intake
from daily_papers.records import Author, Claim, Entity, Facts, Organization, Paper
from daily_papers.search.documents import Document, Lot, weigh
from daily_papers.search.name_index import Name, name_rows
from daily_papers.workfile import Spool

_JSON = json.JSONEncoder(ensure_ascii=False)
_TOPIC_NAMES = {topic.id: topic.name for topic in vocabulary.TOPICS.all}

Met = Mapping[str, Registered]  # what a paper mentions, by key


def dump_rows(intake: Intake) -> Rows:
    """Return the rows of the dumps."""
    return _batch(
        schema.Dump,
        (
            schema.Dump(
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
                states=_array(dump.states),
            )
            for taken in intake.taken
            for dump in [taken.dump]
        ),
    )


def listing_rows(intake: Intake, papers: Papers) -> Rows:
    """Return the rows of the listings."""
    paper_numbers = papers.homes()
    return _batch(
        schema.Listing,
        (
            schema.Listing(
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
            for taken in intake.taken
            for number in taken.places
            for listing in [intake.entry(number).listing]
        ),
    )


def organization_rows(organizations: Iterable[Organization]) -> Rows:
    """Return the rows of organizations."""
    return _batch(
        schema.Organization, (schema.Organization(id=o.id, name=o.name) for o in organizations)
    )


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


def entity_rows(entities: Registry) -> Rows:
    """Return the rows of the entities."""
    return _batch(
        schema.Entity,
        (
            schema.Entity(
                id=entity.id,
                kind=entity.kind,
                name=entity.name,
                family=entity.family,
                paper_id=entity.paper_id,
            )
            for entity in entities
        ),
    )


def _batch(kind: type[Row], rows: Iterable[Row]) -> Rows:
    return kind, map(astuple, rows)


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
        rows: dict[str, list[Values]] = {row.table.name: [] for row in OF_PAPERS}
        tally = Tally()

        def documents() -> Iterator[Document]:
            for number in numbers:
                paper, authors = self.papers.with_authors(number)
                said = extraction.read(self.digests[number])
                every_link = links.listed(said.facts.links, paper.code_url, paper.project_url)
                stated = replace(said.facts, links=every_link)
                met = self.entities.of(stated.mentions)
                for row in paper_rows(paper, authors, stated, met):
                    rows[type(row).table.name].append(astuple(row))
                tally.add(paper, stated, met)
                yield document(paper, said._replace(facts=stated), met)

        lot = weigh(documents())
        return Written(rows, lot, tally)


# The tables that papers have rows of.
OF_PAPERS: tuple[type[Row], ...] = (
    schema.Author,
    schema.Paper,
    schema.Authorship,
    schema.PaperTopic,
    schema.Claim,
    schema.Link,
    schema.RejectedCandidate,
    schema.Mention,
)


def paper_rows(
    paper: Paper, authors: Sequence[Author], stated: Facts, entities: Met
) -> Iterator[Row]:
    """Yield the rows of a paper, its authors and every fact that it states.

    Facts are numbered within the paper where their table has an id.
    """
    named = _named(stated, entities)
    yield schema.Paper(
        id=paper.id,
        name=stated.name,
        title=paper.title,
        abstract=paper.abstract,
        type=stated.type,
        published_on=paper.published_on,
        published_basis=paper.published_basis,
        year=paper.year,
        author_count=paper.author_count,
        comment_count=paper.comment_count,
        upvote_count=paper.upvote_count,
        organization_id=paper.organization_id,
        arxiv_id=paper.arxiv_id,
        url=paper.url,
        has_code=_has_code(stated),
        topics=_array(topic.topic_id for topic in stated.topics),
        hardware=_array(entity.name for entity in named if entity.kind == "hardware"),
        models=_array(entity.name for entity in named if entity.kind == "model"),
    )
    for position, author in enumerate(authors, 1):
        yield schema.Author(id=author.id, name=author.name)
        yield schema.Authorship(paper_id=paper.id, position=position, author_id=author.id)
    for topic in stated.topics:
        yield schema.PaperTopic(
            paper_id=paper.id,
            topic_id=topic.topic_id,
            evidence=topic.evidence,
            field=topic.field,
            start=topic.start,
            end=topic.end,
        )
    yield from _claim_rows(paper.id, stated.claims)
    for link in stated.links:
        yield schema.Link(
            paper_id=paper.id,
            url=link.url,
            kind=link.kind,
            host=link.host,
            owner=link.owner,
            repository=link.repository,
            source=link.source,
            start=link.start,
            end=link.end,
        )
    for candidate in stated.rejected:
        yield schema.RejectedCandidate(
            paper_id=paper.id,
            text=candidate.text,
            field=candidate.field,
            start=candidate.start,
            end=candidate.end,
            reason=candidate.reason,
        )
    for number, mention in enumerate(stated.mentions, 1):
        yield schema.Mention(
            id=f"{paper.id}-{number}",
            paper_id=paper.id,
            entity_id=entities[mention.key].entity.id,
            text=mention.text,
            field=mention.field,
            start=mention.start,
            end=mention.end,
            role=mention.role,
        )


def _claim_rows(paper_id: str, claims: Sequence[Claim]) -> Iterator[Row]:
    for number, claim in enumerate(claims, 1):
        yield schema.Claim(
            id=f"{paper_id}-{number}",
            paper_id=paper_id,
            quote=claim.quote,
            field=claim.field,
            start=claim.start,
            end=claim.end,
            sentence=claim.sentence,
            value=claim.value,
            value_low=claim.value_low,
            unit=claim.unit,
            metric=claim.metric,
            effect=claim.effect,
            bound=claim.bound,
            baseline=claim.baseline,
            hardware=claim.hardware,
            subject=claim.subject,
            is_improvement=claim.is_improvement,
        )


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

    return schema.SearchName, sorted(name_rows(names()))


def _named(stated: Facts, met: Met) -> list[Entity]:
    """Return what a paper names of others."""
    return [met[one.key].entity for one in stated.mentions if one.role != "introduced"]


def _has_code(stated: Facts) -> bool:
    return any(link.kind == "code" for link in stated.links)


def _array(values: Iterable[str]) -> str:
    # A text at a time: it makes an encoder of its own of each list.
    return f"[{', '.join(map(_JSON.encode, sorted(set(values))))}]"
