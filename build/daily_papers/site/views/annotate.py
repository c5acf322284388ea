"""Cuts a text at the facts found in it, so that a page can mark each in place."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """Characters [start, end) of a text that state something: its kind, what it says in words, and
    the anchor or id that tells more."""

    kind: str
    start: int
    end: int
    said: str
    target: str


@dataclass(frozen=True)
class Segment:
    """A run of characters that the same facts cover, the narrowest first; none for plain text."""

    text: str
    facts: tuple[Fact, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the kinds of its facts, each once."""
        return tuple(dict.fromkeys(fact.kind for fact in self.facts))


def segments(text: str, facts: Iterable[Fact]) -> list[Segment]:
    """Return a text in pieces; put together they are the text again.

    Facts may overlap. What reaches beyond the text is cut at its end.
    """
    inside = [fact for fact in facts if fact.start < min(fact.end, len(text))]
    cuts = {0, len(text)}
    cuts |= {fact.start for fact in inside} | {min(fact.end, len(text)) for fact in inside}
    places = sorted(cuts)
    found = []
    for start, end in zip(places, places[1:], strict=False):
        here = [fact for fact in inside if fact.start < end and fact.end > start]
        here.sort(key=lambda fact: (fact.end - fact.start, fact.start, fact.kind, fact.target))
        found.append(Segment(text[start:end], tuple(here)))
    return found
