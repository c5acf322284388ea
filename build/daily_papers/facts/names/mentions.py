"""Turns the names seen in a paper into mentions, each with its role and the key of its entity."""

import re
import unicodedata
from collections.abc import Sequence

from daily_papers.facts.names import comparison
from daily_papers.facts.names.introduced_name import Name
from daily_papers.facts.names.named_entities import Seen
from daily_papers.records import Mention
from daily_papers.text import Text
from daily_papers.vocabulary import HARDWARE, NAMES

_VERSION = re.compile(r"[-\s]?[vV]?(\d{1,2}(?:\.\d{1,2})?)(?![\w]|\.\d|[BMTbm]\b)")
_UNTIL_VERSION = re.compile(r"\D*?(?=[-\s]?[vV]?\d)")
_SIZE = re.compile(r"^\d+ ?GB\s|[-\s]\d+ ?GB?(?:-\w+)?$|s$")
_RANK = {"compared": 0, "mentioned": 1}


def key_of(text: str) -> str:
    """Return the letters and digits of a name, the same for "H₂O" and "H2O"."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in plain if char.isalnum())


def find(title: Text, abstract: Text, seen: Sequence[Seen], name: Name | None) -> list[Mention]:
    """Return the mentions of a paper: every way of writing once, where its role shows best."""
    best: dict[str, Mention] = {}
    for one in seen:
        text = title if one.field == "title" else abstract
        mention = _mention(text, one)
        other = best.get(one.text)
        if other is None or _RANK[mention.role] < _RANK[other.role]:
            best[one.text] = mention
    longer = [one for one in best.values() if not _shortened(one, list(best.values()))]
    if name is not None:
        longer.append(_introduced(name))
    return sorted(longer, key=lambda one: (one.field != "title", one.start, one.end))


def _shortened(one: Mention, mentions: Sequence[Mention]) -> bool:
    """Tell whether a piece of hardware is written out in full elsewhere ("NVIDIA A100", "A100")."""
    return one.kind == "hardware" and any(
        other.key == one.key and other.text != one.text and one.text in other.text
        for other in mentions
    )


def _mention(text: Text, one: Seen) -> Mention:
    compared = comparison.is_compared(text, one)
    return Mention(
        text=one.text,
        field=one.field,
        start=one.start,
        end=one.end,
        role="compared" if compared else "mentioned",
        kind=one.kind,
        key=_hardware_key(one.text) if one.kind == "hardware" else key_of(one.text),
        family=_family(one),
        listed=one.known is not None,
    )


def _introduced(name: Name) -> Mention:
    known = NAMES.entry(name.text)
    return Mention(
        text=name.text,
        field=name.field,
        start=name.start,
        end=name.end,
        role="introduced",
        kind=known.kind if known else "method",
        key=key_of(name.text),
        family=known.family if known else None,
        listed=known is not None,
    )


def _hardware_key(text: str) -> str:
    bare = HARDWARE.without_vendor(text)
    return key_of(_SIZE.sub("", _SIZE.sub("", bare)) or bare) or key_of(text)


def _family(one: Seen) -> str | None:
    """Return the family with its version: "Llama 2" for `LLaMA2-7B`."""
    if one.known is None or one.known.family is None:
        return None
    if one.kind != "model":
        return one.known.family
    written = _UNTIL_VERSION.match(one.text)
    version = _VERSION.match(one.text, written.end()) if written else None
    return f"{one.known.family} {version[1]}" if version else one.known.family
