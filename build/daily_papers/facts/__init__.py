"""Title and abstract in, facts out: what a paper states, each with the characters that state it."""

from daily_papers.facts import links, topics, types
from daily_papers.facts.claims import candidates
from daily_papers.facts.names import introduced_name, mentions, named_entities
from daily_papers.facts.self_reference import first_own
from daily_papers.records import Facts
from daily_papers.text import Text


def extract(title: str, abstract: str) -> Facts:
    """Return what a paper states.

    `title` and `abstract` are clean text; spans are character offsets [start, end) into them. No
    network, no clock, no state: the same text gives the same facts.
    """
    head, body = Text("title", title), Text("abstract", abstract)
    name = introduced_name.find(head, body)
    own = name.text if name else None
    found_links = links.find(body)
    seen = [*named_entities.find(head, own), *named_entities.find(body, own, found_links)]
    start = first_own(body)
    found = candidates.find(head, body, start, [own] if own else [], seen)
    return Facts(
        name=own,
        type=types.find(head, body, name),
        topics=tuple(topics.find(head, body, start)),
        claims=tuple(found.claims),
        rejected=tuple(found.rejected),
        mentions=tuple(mentions.find(head, body, seen, name)),
        links=tuple(found_links),
    )
