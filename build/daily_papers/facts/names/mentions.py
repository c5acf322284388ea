"""Turns the entities that a paper names into mentions, each with its role and its entity's key."""

import re
import unicodedata
from collections.abc import Sequence

from daily_papers.facts.names.comparison import is_compared
from daily_papers.facts.names.introduced_name import IntroducedName
from daily_papers.facts.names.named_entities import EntityOccurrence
from daily_papers.records import Mention, Role
from daily_papers.text import Text
from daily_papers.vocabulary import HARDWARE, NAMES

_VERSION = re.compile(r"[-\s]?[vV]?(\d{1,2}(?:\.\d{1,2})?)(?![\w]|\.\d|[BMTbm]\b)")
_UNTIL_VERSION = re.compile(r"\D*?(?=[-\s]?[vV]?\d)")
_SIZE = re.compile(r"^\d+ ?GB\s|[-\s]\d+ ?GB?(?:-\w+)?$|s$")


def entity_key(text: str) -> str:
    """Return the letters and digits of a name, the same for "H₂O" and "H2O"."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(filter(str.isalnum, plain))


def make_mentions(
    title: Text, abstract: Text, entities: Sequence[EntityOccurrence], name: IntroducedName | None
) -> list[Mention]:
    """Return the mentions of a paper: each spelling once, where it is compared if it is at all."""
    by_spelling: dict[str, Mention] = {}
    for entity in entities:
        text = title if entity.field == "title" else abstract
        role: Role = "compared" if is_compared(text, entity) else "mentioned"
        mention = _mention(entity, role, _family(entity))
        earlier = by_spelling.get(entity.text)
        if earlier is None or (earlier.role, mention.role) == ("mentioned", "compared"):
            by_spelling[entity.text] = mention
    spellings = list(by_spelling.values())
    mentions = [mention for mention in spellings if not _is_shortened(mention, spellings)]
    if name is not None:
        entry = NAMES.entry(name.text)
        occurrence = EntityOccurrence(*name, entry.kind if entry else "method", entry)
        mentions.append(_mention(occurrence, "introduced", entry.family if entry else None))
    return sorted(mentions, key=lambda each: (each.field != "title", each.start, each.end))


def _is_shortened(mention: Mention, mentions: Sequence[Mention]) -> bool:
    """Tell whether a piece of hardware is written out in full elsewhere ("NVIDIA A100", "A100")."""
    return mention.kind == "hardware" and any(
        other.key == mention.key and other.text != mention.text and mention.text in other.text
        for other in mentions
    )


def _mention(entity: EntityOccurrence, role: Role, family: str | None) -> Mention:
    key = _hardware_key(entity.text) if entity.kind == "hardware" else entity_key(entity.text)
    return Mention(*entity[:4], role, entity.kind, key, family, entity.entry is not None)


def _hardware_key(text: str) -> str:
    bare = HARDWARE.without_vendor(text)
    return entity_key(_SIZE.sub("", _SIZE.sub("", bare)) or bare) or entity_key(text)


def _family(entity: EntityOccurrence) -> str | None:
    """Return the family with its version: "Llama 2" for `LLaMA2-7B`."""
    family = entity.entry.family if entity.entry else None
    if family is None or entity.kind != "model":
        return family
    written = _UNTIL_VERSION.match(entity.text)
    version = _VERSION.match(entity.text, written.end()) if written else None
    return f"{family} {version[1]}" if version else family
