"""Extracts what title and abstract of a paper state: claims, names, topics and links with their
character spans, and a type."""

from collections.abc import Sequence
from itertools import zip_longest

from daily_papers.facts import links, paper_features, topics
from daily_papers.facts.claims import candidates, conditions
from daily_papers.facts.models import Models, shipped
from daily_papers.facts.names import introduced_name, mentions, name_features, named_entities
from daily_papers.facts.names.introduced_name import IntroducedName
from daily_papers.facts.names.named_entities import EntityOccurrence
from daily_papers.facts.names.spans import find_spans
from daily_papers.records import Facts, Link
from daily_papers.text import Text, word_set

_SPEAKERS = frozenset(("we", "our"))
_ITSELF = word_set("paper work study article report survey review thesis note tutorial technical")


def extract(title: str, abstract: str, models: Models | None = None) -> Facts:
    """Return what a paper states.

    `title` and `abstract` are clean text; spans are character offsets [start, end) into them. No
    network, no clock, no state: the same text gives the same facts. `models` stand in for those of
    the package.
    """
    models = shipped() if models is None else models
    head, body = Text("title", title), Text("abstract", abstract)
    stated_links = links.find_links(body)
    introduced, entities = find_names(head, body, stated_links, models)
    name = introduced.text if introduced else None
    start = self_reference_start(body)
    described = paper_features.describe(head, body, name, start)
    papers = models["papers"]
    scores = papers.scores([*described.features, *described.of_topics])
    numbers = candidates.find_candidates(head, body, start, name, entities)
    claims, rejected = candidates.find_claims(list(numbers), models)
    claims = [
        claim
        for text in (head, body)
        for claim in conditions.add_conditions(
            text,
            [claim for claim in claims if claim.field == text.field],
            [entity for entity in entities if entity.field == text.field],
            name,
            models,
        )
    ]
    return Facts(
        name=name,
        type=papers.decide_in(scores, "type").value,
        topics=tuple(topics.find_topics(head, body, described, scores, papers)),
        claims=tuple(claims),
        rejected=tuple(rejected),
        mentions=tuple(mentions.make_mentions(entities, introduced)),
        links=tuple(stated_links),
    )


def read_candidates(title: Text, abstract: Text, models: Models) -> list[candidates.Candidate]:
    """Return the numbers of a paper that claims are made of, as models are trained on them."""
    introduced, entities = find_names(title, abstract, links.find_links(abstract), models)
    name = introduced.text if introduced else None
    start = self_reference_start(abstract)
    return list(candidates.find_candidates(title, abstract, start, name, entities))


def find_names(
    title: Text, abstract: Text, stated_links: Sequence[Link], models: Models
) -> tuple[IntroducedName | None, list[EntityOccurrence]]:
    """Return the name of what a paper introduces, and the other names in it."""
    spellings = name_features.describe(
        find_spans(title), find_spans(abstract, stated_links), (title, abstract)
    )
    introduced = introduced_name.find_introduced_name(title, abstract)
    name = introduced.text if introduced else None
    return introduced, named_entities.find_entities(spellings, name, models)


def self_reference_start(abstract: Text) -> int:
    """Return the offset of the first sentence in which the paper speaks of itself; 0 if none."""
    for index, (form, following) in enumerate(zip_longest(abstract.forms, abstract.forms[1:])):
        if form in _SPEAKERS or (form in ("this", "present") and following in _ITSELF):
            return abstract.sentence_at(abstract.starts[index]).start
    return 0
