"""Finds the tokens that may be names: words with capitals or digits, hyphens and dots joined."""

import re
from typing import NamedTuple

from daily_papers.facts.names.introduced_name import has_name_shape
from daily_papers.text import BoundedCache, Text
from daily_papers.vocabulary import GENERIC, HARDWARE

_TOKEN = re.compile(
    r"[A-Za-z0-9τ∞*$][A-Za-z0-9²³₂₀∞*+]*(?:[-.][A-Za-z0-9²³₂₀∞*]+){0,12}\+{0,2}(?![\w@])"
)
_JOINED = frozenset(("-", "."))
_SHORT = 2  # letters or digits: "A", "30"
_MAX_JOINED = 12  # parts of one name
# Sizes, counts and compounds: "7B", "2D/3D", "LoRA-based".
NO_NAME = re.compile(r"\d|[\d.]+[BMKT]?$|.*-[a-z]{3,}$")


class Token(NamedTuple):
    """A word that may be a name, and its span."""

    text: str
    start: int
    end: int
    is_name: bool  # it has the shape of a name


def tokenize(text: Text) -> list[Token]:
    """Return the words that hold a capital or begin with a digit, hyphens and dots joined."""
    tokens = []
    end = -1
    gaps = text.gaps
    for index, ordinary in enumerate(map(_ORDINARY.__getitem__, text.words)):
        if ordinary and (
            ordinary == _LOWER or not (gaps[index] in _JOINED or gaps[index + 1] in _JOINED)
        ):
            continue
        start = text.starts[_first_joined(text, index)]
        match = _TOKEN.match(text.text, start) if start >= end else None
        if match:
            end = match.end()
            tokens.append(Token(match[0], start, end, _NAMES[match[0]]))
    return tokens


_UNJOINED, _LOWER = 1, 2


def _ordinary(word: str) -> int:
    """Return _LOWER for a word in small letters, _UNJOINED for one that is ordinary unless it is
    joined to another, being short or with no more than a first capital, and 0 for any other."""
    if word.islower():
        return _LOWER
    if len(word) <= _SHORT:
        return _UNJOINED if len(word) == 1 or word[1].islower() or word.isdigit() else 0
    return _UNJOINED if word[1:].islower() and not HARDWARE.may_begin(word) else 0


_ORDINARY = BoundedCache(_ordinary)


def _first_joined(text: Text, index: int) -> int:
    """Return the first of the words that hyphens and dots join to a word."""
    lowest = max(0, index - _MAX_JOINED)
    while index > lowest and text.gaps[index] in _JOINED:
        index -= 1
    return index


def _is_name(word: str) -> bool:
    """Tell whether a word has the shape of a name and is no acronym of the field."""
    return (
        has_name_shape(word)
        and GENERIC.isdisjoint((word, word.removesuffix("s")))
        and not ("-" in word and word.split("-")[0] in GENERIC)
        and not NO_NAME.match(word)
    )


_NAMES = BoundedCache(_is_name)
