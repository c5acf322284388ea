"""Makes the rows of a paper: its own, those of its authors, and those of its facts."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from daily_papers.database import schema
from daily_papers.database.columns import Row
from daily_papers.papers.titles import author_id
from daily_papers.records import Entity, Facts, Paper

_JSON = json.JSONEncoder(ensure_ascii=False)

EntityByKey = Mapping[str, Entity]  # by the key of its mentions

# The tables in which papers have rows.
PAPER_TABLES: tuple[type[Row], ...] = (
    schema.Author,
    schema.Paper,
    schema.Authorship,
    schema.PaperTopic,
    schema.Claim,
    schema.Link,
    schema.RejectedCandidate,
    schema.Mention,
)


def paper_rows(paper: Paper, facts: Facts, entities: EntityByKey) -> Iterator[Row]:
    """Yield the rows of a paper, its authors and all of its facts.

    Claims and mentions are numbered within the paper, from 1.
    """
    yield _paper_row(paper, facts, named_entities(facts, entities))
    for position, name in enumerate(paper.authors, 1):
        author = schema.Author(id=author_id(name), name=name)
        yield author
        yield schema.Authorship(paper_id=paper.id, position=position, author_id=author.id)
    yield from _topic_rows(paper.id, facts)
    yield from _claim_rows(paper.id, facts)
    yield from _link_rows(paper.id, facts)
    yield from _rejected_rows(paper.id, facts)
    yield from _mention_rows(paper.id, facts, entities)


def _paper_row(paper: Paper, facts: Facts, named: Sequence[Entity]) -> Row:
    return schema.Paper(
        id=paper.id,
        name=facts.name,
        title=paper.title,
        abstract=paper.abstract,
        type=facts.type,
        published_on=paper.published_on,
        published_basis=paper.published_basis,
        year=paper.year,
        author_count=paper.author_count,
        comment_count=paper.comment_count,
        upvote_count=paper.upvote_count,
        organization_id=paper.organization_id,
        arxiv_id=paper.arxiv_id,
        url=paper.url,
        has_code=has_code(facts),
        topics=json_array(topic.topic_id for topic in facts.topics),
        hardware=json_array(entity.name for entity in named if entity.kind == "hardware"),
        models=json_array(entity.name for entity in named if entity.kind == "model"),
    )


def _topic_rows(paper_id: str, facts: Facts) -> Iterator[Row]:
    for topic in facts.topics:
        yield schema.PaperTopic(
            paper_id=paper_id,
            topic_id=topic.topic_id,
            evidence=topic.evidence,
            field=topic.field,
            start=topic.start,
            end=topic.end,
        )


def _claim_rows(paper_id: str, facts: Facts) -> Iterator[Row]:
    for number, claim in enumerate(facts.claims, 1):
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


def _link_rows(paper_id: str, facts: Facts) -> Iterator[Row]:
    for link in facts.links:
        yield schema.Link(
            paper_id=paper_id,
            url=link.url,
            kind=link.kind,
            host=link.host,
            owner=link.owner,
            repository=link.repository,
            source=link.source,
            start=link.start,
            end=link.end,
        )


def _rejected_rows(paper_id: str, facts: Facts) -> Iterator[Row]:
    for candidate in facts.rejected:
        yield schema.RejectedCandidate(
            paper_id=paper_id,
            text=candidate.text,
            field=candidate.field,
            start=candidate.start,
            end=candidate.end,
            reason=candidate.reason,
        )


def _mention_rows(paper_id: str, facts: Facts, entities: EntityByKey) -> Iterator[Row]:
    for number, mention in enumerate(facts.mentions, 1):
        yield schema.Mention(
            id=f"{paper_id}-{number}",
            paper_id=paper_id,
            entity_id=entities[mention.key].id,
            text=mention.text,
            field=mention.field,
            start=mention.start,
            end=mention.end,
            role=mention.role,
        )


def named_entities(facts: Facts, entities: EntityByKey) -> list[Entity]:
    """Return the entity of each mention in a paper, without what the paper introduces."""
    return [entities[mention.key] for mention in facts.mentions if mention.role != "introduced"]


def has_code(facts: Facts) -> bool:
    """Return whether a paper links to code."""
    return any(link.kind == "code" for link in facts.links)


def json_array(values: Iterable[str]) -> str:
    """Return texts as a JSON array, each once and in order."""
    # A text at a time: to encode a list, the encoder would make another encoder.
    return f"[{', '.join(map(_JSON.encode, sorted(set(values))))}]"
