"""Gives every mention of every paper its entity: one for each thing, however it is written."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from daily_papers.records import Entity, EntityKind, Mention

_KINDS: tuple[EntityKind, ...] = ("hardware", "model", "dataset", "method")


@dataclass(frozen=True)
class Registry:
    """All entities in the order of their ids, and the entity of each key."""

    entities: tuple[Entity, ...]
    by_key: Mapping[str, Entity]


def register(papers: Iterable[tuple[str, Iterable[Mention]]]) -> Registry:
    """Return the entities that papers name; these come with their ids, in the order of those.

    A thing has one kind: the one that the vocabulary gives it, or else the one that it is most
    often met as. Its name is the way in which most papers write it.
    """
    counts: Counter[_Seen] = Counter()
    introduced: dict[str, str] = {}
    for paper_id, mentions in papers:
        for one in mentions:
            own = one.role == "introduced"
            counts[_Seen(one.key, one.kind, one.text, one.family, one.listed, own)] += 1
            if own:
                introduced.setdefault(one.key, paper_id)
    by_key = {
        key: _entity(key, {one: counts[one] for one in seen}, introduced.get(key))
        for key, seen in groupby(sorted(counts, key=_KEY), _KEY)
    }
    ordered = sorted(by_key.values(), key=lambda entity: entity.id)
    return Registry(tuple(ordered), by_key)


class _Seen(NamedTuple):
    """What decides of a mention, as many have it."""

    key: str
    kind: EntityKind
    text: str
    family: str | None
    listed: bool
    introduced: bool


_KEY = attrgetter("key")


def _entity(key: str, seen: Mapping[_Seen, int], paper_id: str | None) -> Entity:
    listed = [one for one in seen if one.listed]
    others = [one for one in seen if not one.introduced]
    kinds, names, families = Counter[EntityKind](), Counter[str](), Counter[str]()
    for one in listed or others or seen:
        kinds[one.kind] += seen[one]
    for one, count in seen.items():
        names[one.text] += count
        if one.family:
            families[one.family] += count
    kind = max(_KINDS, key=lambda one: (kinds[one], -_KINDS.index(one)))
    return Entity(
        id=f"{kind}-{key}",
        kind=kind,
        name=min(names, key=lambda name: (-names[name], name)),
        family=min(families, key=lambda name: (-families[name], name)) if families else None,
        paper_id=paper_id,
    )
