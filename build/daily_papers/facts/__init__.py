"""Extracts what title and abstract of a paper state: claims, names, topics and links with their
character spans, and a type."""

from daily_papers.facts import links, topics, types
from daily_papers.facts.claims import candidates
from daily_papers.facts.names import introduced_name, mentions, named_entities
from daily_papers.facts.self_reference import self_reference_start
from daily_papers.records import Facts
from daily_papers.text import Text


def extract(title: str, abstract: str) -> Facts:
    """Return what a paper states.

    `title` and `abstract` are clean text; spans are character offsets [start, end) into them. No
    network, no clock, no state: the same text gives the same facts.
    """
    head, body = Text("title", title), Text("abstract", abstract)
    introduced = introduced_name.find_introduced_name(head, body)
    name = introduced.text if introduced else None
    stated_links = links.find_links(body)
    entities = named_entities.find_entities(head, name)
    entities += named_entities.find_entities(body, name, stated_links)
    start = self_reference_start(body)
    claims, rejected = candidates.find_claims(head, body, start, name, entities)
    return Facts(
        name=name,
        type=types.classify_type(head, body, name),
        topics=tuple(topics.find_topics(head, body, start)),
        claims=tuple(claims),
        rejected=tuple(rejected),
        mentions=tuple(mentions.make_mentions(head, body, entities, introduced)),
        links=tuple(stated_links),
    )
