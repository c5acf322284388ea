"""Cuts text into the terms under which search keeps it: the same for papers and for what is typed.

A term is a word's stem, or the stem of two neighbours written as one, so that "on device",
"on-device" and "ondevice" are one term, and so are "Flash Decoding" and "FlashDecoding".
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from threading import Lock
from typing import NamedTuple

import Stemmer

_WORD = re.compile(r"[^\W_]+")
_RUN = re.compile(r"[^\W_]+(?:[\s\-‐‑–/()_'’^]{1,3}[^\W_]+)*")
_PLURAL = re.compile(r"[^aeiouy]{2,}[aeiou]?s")  # of abbreviations, LLMs and GPUs: no stemmer's
_BRITISH = re.compile(r"(?<=..)is(e|es|ed|er|ers|ing|ation|ations|able)$")
_LONGEST = 40  # letters of a word that count; what is longer is no word
_GREEK = {
    letter: unicodedata.name(letter).rsplit(" ", 1)[-1].lower()
    for letter in map(chr, range(ord("α"), ord("ω") + 1))
    if letter != "ς"
}

# Words that say nothing about what a paper is about: English function words, and how people ask.
_FUNCTION_WORDS = """
    a about above after again all also am an and any are aren as at be because been before being
    below between both but by can cannot could couldn d did didn do does doesn doing don done down
    during each either else etc even ever every few for from further get gets getting give given go
    got had has hasn have haven having he her here hers him his how however i if in instead into is
    isn it its itself just let like ll m many may me might mine more most much must my need needs
    neither never no nor not now of off on once one only onto or other others our ours out over own
    per please rather re really s same shall she should shouldn since so some such t than that the
    their theirs them then there these they this those through thus to together too toward towards
    under until up upon us use used uses using ve versus very via vs want wants was wasn way ways we
    well were weren what when where whether which while who whom whose why will with within without
    won would wouldn yet you your yours
    anybody anything article articles explain find know look looking paper papers possible show
    something studies study tell thing things work works
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
# A pair is kept only where it may be one word: not "cache and", and not "the cache", but "on chip".
_BEGIN_PAIRS = "down few in no off on one out over per under up"
_NEVER_BEGINS_PAIR = FUNCTION_WORDS - frozenset(_BEGIN_PAIRS.split())


class Word(NamedTuple):
    """A word of a text: its place [start, end), and how it is written without case and accents."""

    start: int
    end: int
    plain: str


@lru_cache(maxsize=200_000)
def plain(word: str) -> str:
    """Return a word without case, accents and raised or lowered digits; Greek letters by name."""
    if word.isascii():  # as nearly all are, and this is ten times as fast
        return word[:_LONGEST].lower()
    letters = unicodedata.normalize("NFKD", word[:_LONGEST]).casefold()
    return "".join(
        _GREEK.get(letter, letter) for letter in letters if not unicodedata.combining(letter)
    )


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Return the stem of a plain word; spellings with -ise and -ize have one."""
    if not word.isalpha() or not word.isascii():
        return word
    if _PLURAL.fullmatch(word) and not word.endswith("ss"):
        return word[:-1]
    if len(word) > 5 and "is" in word:
        word = _BRITISH.sub(r"iz\1", word)
    with _STEMMING:
        return str(_STEMMER.stemWord(word))


_STEMMER = Stemmer.Stemmer("english", 0)  # its cache is slower than ours
_STEMMING = Lock()  # a stemmer is for one thread at a time


def runs(text: str) -> Iterator[list[Word]]:
    """Yield the words of a text, in lists of those that only blanks, hyphens and the like part."""
    for run in _RUN.finditer(text):
        yield [
            Word(found.start(), found.end(), plain(found[0]))
            for found in _WORD.finditer(text, run.start(), run.end())
        ]


def is_pair(first: str, second: str) -> bool:
    """Tell whether two neighbours may be one word."""
    return second not in FUNCTION_WORDS and first not in _NEVER_BEGINS_PAIR


@lru_cache(maxsize=500_000)
def pair(first: str, second: str) -> str:
    """Return the term of two neighbours; what is in the plural as a word is so in a pair."""
    return stem(first + second)


def terms(text: str) -> Iterator[str]:
    """Yield the terms of a text, in order; a pair comes after its first word."""
    for run in runs(text):
        previous = None
        for word in run:
            if previous is not None and is_pair(previous, word.plain):
                yield pair(previous, word.plain)
            if word.plain not in FUNCTION_WORDS:
                yield stem(word.plain)
            previous = word.plain


def in_order(text: str) -> tuple[str, ...]:
    """Return the plain words of a text, in order."""
    return tuple(word.plain for run in runs(text) for word in run)


def plain_words(texts: Iterable[str]) -> set[str]:
    """Return the words of texts, each once, as they can be typed; function words left out."""
    return {word for text in texts for word in in_order(text)} - FUNCTION_WORDS
