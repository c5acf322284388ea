"""Finds the words that may be names: those with capitals or digits, hyphens and dots joined."""

import re
from typing import NamedTuple

from daily_papers.facts.names.introduced_name import shaped
from daily_papers.text import Remembered, Text
from daily_papers.vocabulary import GENERIC, HARDWARE

_TOKEN = re.compile(
    r"[A-Za-z0-9τ∞*$][A-Za-z0-9²³₂₀∞*+]*(?:[-.][A-Za-z0-9²³₂₀∞*]+){0,12}\+{0,2}(?![\w@])"
)
_JOINED = frozenset(("-", "."))
_SHORT = 2  # letters or digits: "A", "30"
_MOST_JOINED = 12  # parts of one name
_NO_NAME = re.compile(r"\d|[\d.]+[BMKT]?$|.*-[a-z]{3,}$")


class Token(NamedTuple):
    """A word that may be a name, and its place."""

    text: str
    start: int
    end: int
    name: bool  # it has the shape of a name


def tokens_of(text: Text) -> list[Token]:
    """Return the words that hold a capital or begin with a digit, hyphens and dots joined."""
    tokens = []
    done = -1
    gaps = text.gaps
    for index, ordinary in enumerate(map(_ORDINARY.__getitem__, text.words)):
        if ordinary and (
            ordinary == _LOWER or not (gaps[index] in _JOINED or gaps[index + 1] in _JOINED)
        ):
            continue
        start = text.starts[_first_joined(text, index)]
        found = _TOKEN.match(text.text, start) if start >= done else None
        if found:
            done = found.end()
            tokens.append(Token(found[0], start, done, _NAMES[found[0]]))
    return tokens


_UNJOINED, _LOWER = 1, 2


def _ordinary(word: str) -> int:
    """Tell whether a word is ordinary: all in small letters, or unless it is joined to another,
    being short or with no more than a first capital."""
    if word.islower():
        return _LOWER
    if len(word) <= _SHORT:
        return _UNJOINED if len(word) == 1 or word[1].islower() or word.isdigit() else 0
    return _UNJOINED if word[1:].islower() and not HARDWARE.may_begin(word) else 0


_ORDINARY = Remembered(_ordinary)


def _first_joined(text: Text, index: int) -> int:
    """Return the first of the words that hyphens and dots join to a word."""
    for _ in range(_MOST_JOINED):
        if text.gaps[index] not in _JOINED or not index:
            break
        index -= 1
    return index


def _is_name(word: str) -> bool:
    """Tell whether a word has the shape of a name and is no acronym of the field."""
    return (
        shaped(word)
        and word not in GENERIC
        and word.removesuffix("s") not in GENERIC
        and not ("-" in word and word.split("-")[0] in GENERIC)
        and not is_no_name(word)
    )


_NAMES = Remembered(_is_name)


def is_no_name(word: str) -> bool:
    """Tell whether a word is a size, a count or a compound ("7B", "2D/3D", "LoRA-based")."""
    return _NO_NAME.match(word) is not None
