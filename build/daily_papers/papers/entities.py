"""Gives every thing that papers name one entity, however it is written."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from daily_papers.records import Entity, EntityKind

_KINDS: tuple[EntityKind, ...] = ("hardware", "model", "dataset", "method")


class Naming(NamedTuple):
    """As what kind, and by what name, a paper mentions the thing with this key.

    `is_listed`: the vocabulary has the name; `is_introduced`: the paper introduces the thing.
    """

    key: str
    paper: int
    kind: EntityKind
    name: str
    family: str | None
    is_listed: bool
    is_introduced: bool


class Resolved(NamedTuple):
    """The entity of a key, and how many papers mention it."""

    key: str
    entity: Entity
    paper_count: int


def resolve(mentions: Iterable[Naming], paper_ids: Sequence[str]) -> Iterator[Resolved]:
    """Yield the entity of each key; the mentions are sorted by key, then by paper.

    A thing has one kind: the one that the vocabulary gives it, or else the one that it is most
    often mentioned as. Its name is the way in which most mentions write it.
    """
    for key, same in groupby(mentions, lambda mention: mention.key):
        namings = list(same)
        paper_count = len({naming.paper for naming in namings})
        yield Resolved(key, _entity(key, namings, paper_ids), paper_count)


def _entity(key: str, namings: Sequence[Naming], paper_ids: Sequence[str]) -> Entity:
    listed = [naming for naming in namings if naming.is_listed]
    foreign = [naming for naming in namings if not naming.is_introduced]
    kinds = Counter(naming.kind for naming in listed or foreign or namings)
    kind = max(_KINDS, key=lambda kind: (kinds[kind], -_KINDS.index(kind)))
    families = [naming.family for naming in namings if naming.family]
    introducing = (paper_ids[naming.paper] for naming in namings if naming.is_introduced)
    return Entity(
        id=f"{kind}-{key}",
        kind=kind,
        name=_most_frequent([naming.name for naming in namings]),
        family=_most_frequent(families) if families else None,
        paper_id=next(introducing, None),
    )


def _most_frequent(texts: Sequence[str]) -> str:
    """Return the most frequent text, of equally frequent ones the first in the alphabet."""
    counts = Counter(texts)
    return min(counts, key=lambda text: (-counts[text], text))
