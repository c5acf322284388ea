"""Finds the words that may be names: those with capitals or digits, hyphens and dots joined."""

import re
from typing import NamedTuple

from daily_papers.facts.names import shaped
from daily_papers.text import Remembered, Text
from daily_papers.vocabulary import GENERIC, HARDWARE

_TOKEN = re.compile(
    r"[A-Za-z0-9τ∞*$][A-Za-z0-9²³₂₀∞*+]*(?:[-.][A-Za-z0-9²³₂₀∞*]+){0,12}\+{0,2}(?![\w@])"
)
_JOINED = frozenset(("-", "."))
_SHORT = 2  # letters or digits: "A", "30"
_MOST_JOINED = 12  # parts of one name
_NO_NAME = re.compile(
    r"(?:\d+[A-Za-z]{0,2}/?)+$|\d.*[%×x]$|[\d.]+[BMKT]?$|\d|.*-(?:[a-z]{3,}|parameter|scale)$"
)


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
    for index in [place for place, word in enumerate(text.words) if not word.islower()]:
        if text.starts[index] < done or _is_ordinary(text, index):
            continue
        start = text.starts[_first_joined(text, index)]
        found = _TOKEN.match(text.text, start) if start >= done else None
        if found:
            done = found.end()
            tokens.append(Token(found[0], start, done, is_name(found[0])))
    return tokens


def _is_ordinary(text: Text, index: int) -> bool:
    """Tell whether a word is joined to none, and short or with no more than a first capital."""
    word = text.words[index]
    plain = word[1:].islower() or (len(word) <= _SHORT and (len(word) == 1 or word.isdigit()))
    return (
        plain
        and text.gaps[index] not in _JOINED
        and text.gaps[index + 1] not in _JOINED
        and (len(word) <= _SHORT or not HARDWARE.may_begin(word))
    )


def _first_joined(text: Text, index: int) -> int:
    """Return the first of the words that hyphens and dots join to a word."""
    for _ in range(_MOST_JOINED):
        if text.gaps[index] not in _JOINED or not index:
            break
        index -= 1
    return index


def is_name(word: str) -> bool:
    """Tell whether a word has the shape of a name and is no acronym of the field."""
    return _NAMES[word]


def _has_shape(word: str) -> bool:
    return (
        shaped(word)
        and word not in GENERIC
        and word.removesuffix("s") not in GENERIC
        and not ("-" in word and word.split("-")[0] in GENERIC)
        and not is_no_name(word)
    )


_NAMES = Remembered(_has_shape)


def is_no_name(word: str) -> bool:
    """Tell whether a word is a size, a count or a compound ("7B", "2D/3D", "LoRA-based")."""
    return _NO_NAME.match(word) is not None
