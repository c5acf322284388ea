"""Makes the rows of a paper: its own, those of its authors, and those of its facts."""

import json
from collections.abc import Iterable, Iterator, Mapping

from daily_papers.database import schema
from daily_papers.database.columns import Row
from daily_papers.papers.titles import author_id
from daily_papers.records import Claim, Entity, EntityKind, Facts, Paper

_JSON = json.JSONEncoder(ensure_ascii=False)

EntityByKey = Mapping[str, Entity]  # by the key of its mentions


def paper_rows(paper: Paper, facts: Facts, entities: EntityByKey) -> Iterator[Row]:
    """Yield the rows of a paper, its authors and all of its facts.

    Claims and mentions are numbered within the paper, from 1.
    """
    named = named_entities(facts, entities)
    yield schema.Paper(
        id=paper.id,
        name=facts.name,
        title=paper.title,
        abstract=paper.abstract,
        type=facts.type,
        paper=paper,
        has_code=has_code(facts),
        topics=json_array(topic.topic_id for topic in facts.topics),
        hardware=json_array(entity.name for entity in named if entity.kind == "hardware"),
        models=json_array(entity.name for entity in named if entity.kind == "model"),
    )
    for position, name in enumerate(paper.authors, 1):
        author = schema.Author(id=author_id(name), name=name)
        yield author
        yield schema.Authorship(paper_id=paper.id, position=position, author_id=author.id)
    for topic in facts.topics:
        yield schema.PaperTopic(paper_id=paper.id, paper_year=paper.year, topic=topic)
    keys = {mention.text: mention.key for mention in facts.mentions}
    for number, claim in enumerate(facts.claims, 1):
        yield _claim_row(f"{paper.id}-{number}", paper.id, claim, keys, entities)
    for link in facts.links:
        yield schema.Link(paper_id=paper.id, link=link)
    for candidate in facts.rejected:
        yield schema.RejectedCandidate(paper_id=paper.id, candidate=candidate)
    for number, mention in enumerate(facts.mentions, 1):
        yield schema.Mention(
            id=f"{paper.id}-{number}",
            paper_id=paper.id,
            entity_id=entities[mention.key].id,
            mention=mention,
        )


def _claim_row(
    claim_id: str, paper_id: str, claim: Claim, keys: Mapping[str, str], entities: EntityByKey
) -> schema.Claim:
    """Return the row of a claim; `keys` are those of mentions by their text: where a claim names no
    key, it is the one of a mention that its words are."""

    def entity_id(key: str | None, words: str | None, kind: EntityKind | None = None) -> str | None:
        key = key or keys.get(words or "")
        entity = entities[key] if key else None
        return entity.id if entity and kind in (None, entity.kind) else None

    return schema.Claim(
        id=claim_id,
        paper_id=paper_id,
        claim=claim,
        dataset_id=entity_id(claim.dataset_key, claim.subject, "dataset"),
        model_id=entity_id(claim.model_key, claim.subject, "model"),
        hardware_id=entity_id(claim.hardware_key, claim.hardware, "hardware"),
        baseline_id=entity_id(claim.baseline_key, claim.baseline),
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
