"""Title and abstract in, facts out: what a paper states, each with the characters that state it."""

from daily_papers.facts import claims, entities, links, mentions, names, topics, types
from daily_papers.facts.own import first_own
from daily_papers.records import Facts
from daily_papers.text import Text


def extract(title: str, abstract: str) -> Facts:
    """Return what a paper states.

    `title` and `abstract` are clean text; spans are character offsets [start, end) into them. No
    network, no clock, no state: the same text gives the same facts.
    """
    head, body = Text("title", title), Text("abstract", abstract)
    name = names.find(head, body)
    own = name.text if name else None
    found_links = links.find(body)
    seen = [*entities.find(head, own), *entities.find(body, own, found_links)]
    start = first_own(body)
    found = claims.find(head, body, start, [own] if own else [], seen)
    return Facts(
        name=own,
        type=types.find(head, body, name),
        topics=tuple(topics.find(head, body, start)),
        claims=tuple(found.claims),
        rejected=tuple(found.rejected),
        mentions=tuple(mentions.find(head, body, seen, name)),
        links=tuple(found_links),
    )
