"""Gives every mention of every paper its entity: one for each thing, however it is written."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from daily_papers.records import Entity, EntityKind, Facts, Mention

_KINDS: tuple[EntityKind, ...] = ("hardware", "model", "dataset", "method")


@dataclass(frozen=True)
class Registry:
    """All entities in the order of their ids, and the entity of each key."""

    entities: tuple[Entity, ...]
    by_key: Mapping[str, Entity]


def register(facts: Mapping[str, Facts]) -> Registry:
    """Return the entities that papers name; `facts` maps paper ids to what the papers state.

    A thing has one kind: the one that the vocabulary gives it, or else the one that it is most
    often met as. Its name is the way in which most papers write it.
    """
    mentions: dict[str, list[Mention]] = defaultdict(list)
    introduced: dict[str, str] = {}
    for paper_id in sorted(facts):
        for mention in facts[paper_id].mentions:
            mentions[mention.key].append(mention)
            if mention.role == "introduced":
                introduced.setdefault(mention.key, paper_id)
    by_key = {key: _entity(key, named, introduced.get(key)) for key, named in mentions.items()}
    ordered = sorted(by_key.values(), key=lambda entity: entity.id)
    return Registry(tuple(ordered), by_key)


def _entity(key: str, mentions: Sequence[Mention], paper_id: str | None) -> Entity:
    listed = [one for one in mentions if one.listed]
    others = [one for one in mentions if one.role != "introduced"]
    kinds = Counter(one.kind for one in (listed or others or mentions))
    kind = max(_KINDS, key=lambda one: (kinds[one], -_KINDS.index(one)))
    names = Counter(one.text for one in mentions)
    families = Counter(one.family for one in mentions if one.family)
    return Entity(
        id=f"{kind}-{key}",
        kind=kind,
        name=min(names, key=lambda name: (-names[name], name)),
        family=min(families, key=lambda name: (-families[name], name)) if families else None,
        paper_id=paper_id,
    )
