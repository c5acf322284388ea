"""Extracts what title and abstract of a paper state: claims, names, topics and links with their
character spans, and a type."""

from itertools import zip_longest

from daily_papers.facts import links, topics, types
from daily_papers.facts.claims import candidates
from daily_papers.facts.names import introduced_name, mentions, named_entities
from daily_papers.records import Facts
from daily_papers.text import Text, word_set

_SPEAKERS = frozenset(("we", "our"))
_ITSELF = word_set("paper work study article report survey review thesis note tutorial technical")


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
    start = _self_reference_start(body)
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


def _self_reference_start(abstract: Text) -> int:
    """Return the offset of the first sentence in which the paper speaks of itself; 0 if none."""
    for index, (form, following) in enumerate(zip_longest(abstract.forms, abstract.forms[1:])):
        if form in _SPEAKERS or (form in ("this", "present") and following in _ITSELF):
            return abstract.sentence_at(abstract.starts[index]).start
    return 0
