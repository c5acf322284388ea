"""Resolves mentions to entities: one for each key, however papers write the name."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from daily_papers.records import Entity, EntityKind

_KINDS: tuple[EntityKind, ...] = ("hardware", "model", "dataset", "method")


class Naming(NamedTuple):
    """The kind and the name by which a paper mentions the entity of a key.

    `paper` is the paper's number. `is_listed`: the vocabulary has the name; `is_introduced`: the
    paper introduces the entity.
    """

    key: str
    paper: int
    kind: EntityKind
    name: str
    family: str | None
    is_listed: bool
    is_introduced: bool


def resolve(
    mentions: Iterable[Naming], paper_ids: Sequence[str]
) -> Iterator[tuple[str, Entity, int]]:
    """Yield each key with its entity, and how many papers mention that, from mentions sorted by
    key, then by paper.

    The kind is that of the vocabulary, or else the most frequent kind of the mentions; the name is
    the most frequent spelling.
    """
    for key, same in groupby(mentions, lambda mention: mention.key):
        namings = list(same)
        yield key, _entity(key, namings, paper_ids), len({naming.paper for naming in namings})


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
    """Return the most frequent text; of several, the first in the alphabet."""
    counts = Counter(texts)
    return min(counts, key=lambda text: (-counts[text], text))
