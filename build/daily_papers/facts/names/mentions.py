"""Turns the entities that a paper names into mentions, each with its entity's key and family."""

import re
import unicodedata
from collections.abc import Sequence

from daily_papers.facts.names.introduced_name import IntroducedName
from daily_papers.facts.names.named_entities import EntityOccurrence
from daily_papers.records import EntityKind, Mention
from daily_papers.vocabulary import HARDWARE, NAMES

_VERSION = re.compile(r"[-\s]?[vV]?(\d{1,2}(?:\.\d{1,2})?)(?![\w]|\.\d|[BMTbm]\b)")
_UNTIL_VERSION = re.compile(r"\D*?(?=[-\s]?[vV]?\d)")
_SIZE = re.compile(r"^\d+ ?GB\s|[-\s](?:SXM\d?|PCIe|NVL|\d+ ?GB?)(?=[-\s]|$)|s$")
_GEFORCE = re.compile(r"[1-5]0[5-9]0(?:ti|super|d|m)*")
_PLURAL = re.compile(r"(?<=[A-Z\d])s$")
_CENTURY = re.compile(r"(?<=[a-z])20(?=[12]\d$)")


def entity_key(text: str) -> str:
    """Return the letters and digits of a name, the same for "H₂O" and "H2O", "ABCs" and "ABC", and
    for "ABC 2024" and "ABC'24"."""
    plain = unicodedata.normalize("NFKD", _PLURAL.sub("", text)).casefold()
    return _CENTURY.sub("", "".join(filter(str.isalnum, plain)))


def make_mentions(
    entities: Sequence[EntityOccurrence], name: IntroducedName | None
) -> list[Mention]:
    """Return the mentions of a paper: each spelling once, where it is compared if it is at all."""
    by_spelling: dict[str, Mention] = {}
    kind: EntityKind = "method"
    for entity in entities:
        if entity.role == "introduced":
            kind = entity.kind
        elif entity.text not in by_spelling or entity.role == "compared":
            by_spelling[entity.text] = _mention(entity, _family(entity))
    spellings = list(by_spelling.values())
    mentions = [mention for mention in spellings if not _is_shortened(mention, spellings)]
    if name is not None:
        entry = NAMES.entry(name.text)
        introduced = EntityOccurrence(*name[:4], kind, entry, "introduced", name.confidence)
        mentions.append(_mention(introduced, entry.family if entry else None))
    return sorted(mentions, key=lambda each: (each.field != "title", each.start, each.end))


def _is_shortened(mention: Mention, mentions: Sequence[Mention]) -> bool:
    """Tell whether a piece of hardware is written out in full elsewhere ("NVIDIA A100", "A100")."""
    return mention.kind == "hardware" and any(
        other.key == mention.key and other.text != mention.text and mention.text in other.text
        for other in mentions
    )


def _mention(entity: EntityOccurrence, family: str | None) -> Mention:
    text, field, start, end, kind, entry, role, confidence = entity
    key = mention_key(entity)
    return Mention(text, field, start, end, role, kind, key, family, entry is not None, confidence)


def mention_key(entity: EntityOccurrence) -> str:
    """Return the key of the entity that a name is of."""
    return _hardware_key(entity.text) if entity.kind == "hardware" else entity_key(entity.text)


def _hardware_key(text: str) -> str:
    """Return the key without vendor, memory and socket: "rtx4090" for `NVIDIA GeForce 4090s`."""
    bare = HARDWARE.without_vendor(text)
    key = entity_key(_SIZE.sub("", bare)) or entity_key(text)
    key = key.removeprefix("geforce") or key
    if _GEFORCE.fullmatch(key):
        return f"gtx{key}" if key[0] == "1" else f"rtx{key}"
    return key


def _family(entity: EntityOccurrence) -> str | None:
    """Return the family with its version: "Llama 2" for `LLaMA2-7B`."""
    family = entity.entry.family if entity.entry else None
    if family is None or entity.kind != "model":
        return family
    written = _UNTIL_VERSION.match(entity.text)
    version = _VERSION.match(entity.text, written.end()) if written else None
    return f"{family} {version[1]}" if version else family
