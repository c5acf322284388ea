"""Cuts a text at the spans of its facts, so that a page can mark each fact in the text."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """Characters [start, end) of a text that state something: its kind, a label that says it in
    words, and as target an anchor of the page (claims) or the id of an entity. `mark_id` is the id
    of its first mark in the page; empty where nothing leads to it. A claim that is not confident is
    marked as such."""

    kind: str
    start: int
    end: int
    label: str
    target: str
    mark_id: str = ""
    is_confident: bool = True


@dataclass(frozen=True)
class Segment:
    """Characters that the same facts cover, the narrowest fact first; no facts for plain text."""

    text: str
    facts: tuple[Fact, ...]
    mark_ids: tuple[str, ...] = ()  # of the facts that begin here

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the kinds of its facts, each once."""
        return tuple(dict.fromkeys(fact.kind for fact in self.facts))

    @property
    def is_confident(self) -> bool:
        """Whether any of its claims is confident, if it has claims."""
        claims = [fact for fact in self.facts if fact.kind == "claim"]
        return not claims or any(claim.is_confident for claim in claims)


def segments(text: str, facts: Iterable[Fact]) -> list[Segment]:
    """Return the segments of a text; joined, they are the text.

    Facts may overlap. A fact that reaches beyond the text is cut at its end.
    """
    inside = [fact for fact in facts if fact.start < min(fact.end, len(text))]
    inside.sort(key=lambda fact: (fact.end - fact.start, fact.start, fact.kind, fact.target))
    offsets = {0, len(text)}.union(*((fact.start, min(fact.end, len(text))) for fact in inside))
    cuts = sorted(offsets)
    return [
        Segment(
            text[start:end],
            tuple(fact for fact in inside if fact.start < end and fact.end > start),
            tuple(fact.mark_id for fact in inside if fact.mark_id and fact.start == start),
        )
        for start, end in zip(cuts, cuts[1:], strict=False)
    ]
