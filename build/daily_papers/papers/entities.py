"""Gives every mention of every paper its entity: one for each thing, however it is written."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from daily_papers import codec
from daily_papers.records import Entity, EntityKind, Mention
from daily_papers.text import BoundedCache
from daily_papers.workfile import Spool

_KINDS: tuple[EntityKind, ...] = ("hardware", "model", "dataset", "method")


class Registered(NamedTuple):
    """An entity, and its number."""

    number: int
    entity: Entity


class Registry:
    """All entities by number, in the order of their ids, and the entity of each key.

    They wait in a spool: there are about as many as papers. What is here in memory, two numbers an
    entity, is in arrays, so that processes share it.
    """

    def __init__(self, spool: Spool, entities: Iterable[tuple[str, Entity]]) -> None:
        """Take the entities with their keys, in any order."""
        ids, hashes = [], array("Q")
        for key, entity in entities:
            spool.add(codec.dumps(codec.ENTITY.pack(entity)))
            ids.append(entity.id)
            hashes.append(_hashed(key))
        self._spool = spool
        self._places = np.array(sorted(range(len(ids)), key=ids.__getitem__), np.uint32)
        numbers = np.empty(len(ids), np.uint32)
        numbers[self._places] = np.arange(len(ids), dtype=np.uint32)
        order = np.argsort(np.array(hashes, np.uint64))
        self._hashes, self._numbers = np.array(hashes, np.uint64)[order], numbers[order]
        self._met = BoundedCache(self._registered)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._places)

    def __iter__(self) -> Iterator[Entity]:
        """Yield them in the order of their ids."""
        return (self._entity(number) for number in range(len(self)))

    def of(self, mentions: Iterable[Mention]) -> dict[str, Registered]:
        """Return the entities of a paper's mentions by their keys; most are nowhere else, so that
        each is fetched from the spool."""
        return {key: self._met[key] for key in dict.fromkeys(one.key for one in mentions)}

    def _registered(self, key: str) -> Registered:
        number = int(self._numbers[np.searchsorted(self._hashes, np.uint64(_hashed(key)))])
        return Registered(number, self._entity(number))

    def _entity(self, number: int) -> Entity:
        return codec.ENTITY.unpack(codec.loads(self._spool[self._places[number]]))


def _hashed(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest())


def register(papers: Iterable[tuple[str, Iterable[Mention]]], spool: Spool) -> Registry:
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
    seen = groupby(sorted(counts, key=_KEY), _KEY)
    every = (
        (key, _entity(key, {one: counts[one] for one in same}, introduced.get(key)))
        for key, same in seen
    )
    return Registry(spool, every)


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
