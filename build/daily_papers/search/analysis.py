"""Cuts text into the terms under which search keeps it: the same for papers and for what is typed.

A term is a word's stem, or the stem of two neighbours written as one, so that "on device",
"on-device" and "ondevice" are one term, and so are "Flash Decoding" and "FlashDecoding".
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from threading import Lock
from typing import NamedTuple

import Stemmer

from daily_papers.text import BoundedCache

_WORD = re.compile(r"[^\W_]+")
_SPLIT = re.compile(r"([^\W_]+)")
_BETWEEN = r"[\s\-‐‑–/()_'’^]{1,3}"  # what parts the words of one run
_JOINT = re.compile(_BETWEEN)
_RUN = re.compile(rf"[^\W_]+(?:{_BETWEEN}[^\W_]+)*")
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


def plain(word: str) -> str:
    """Return a word without case, accents and raised or lowered digits; Greek letters by name."""
    return _PLAIN[word]


def _made_plain(word: str) -> str:
    if word.isascii():  # as nearly all are, and this is ten times as fast
        return word[:_LONGEST].lower()
    letters = unicodedata.normalize("NFKD", word[:_LONGEST]).casefold()
    return "".join(
        _GREEK.get(letter, letter) for letter in letters if not unicodedata.combining(letter)
    )


def stem(word: str) -> str:
    """Return the stem of a plain word; spellings with -ise and -ize have one."""
    return _STEMS[word]


def _made_stem(word: str) -> str:
    if not word.isalpha() or not word.isascii():
        return word
    if word[-1] == "s" and word[-2:] != "ss" and _PLURAL.fullmatch(word):
        return word[:-1]
    if len(word) > 5 and "is" in word:
        word = _BRITISH.sub(r"iz\1", word)
    with _STEMMING:
        return str(_STEMMER.stemWord(word))


_STEMMER = Stemmer.Stemmer("english", 0)  # its cache is slower than ours
_STEMMING = Lock()  # a stemmer is for one thread at a time
_MOST = 60_000  # words remembered of each kind
_PLAIN = BoundedCache(_made_plain, _MOST)
_STEMS = BoundedCache(_made_stem, _MOST)
_PAIRS = BoundedCache(_made_stem, _MOST)  # apart: there are far more of them than of words
_JOINS = BoundedCache(lambda gap: _JOINT.fullmatch(gap) is not None)


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


def pair(first: str, second: str) -> str:
    """Return the term of two neighbours; what is in the plural as a word is so in a pair."""
    return _PAIRS[first + second]


class Cut(NamedTuple):
    """A text for the index: its terms, each as often as it stands there, and the words that are
    letters alone, function words left out, each once."""

    terms: list[str]
    words: set[str]


def _known(written: str) -> tuple[str, str, str, str]:
    """Return what a word comes to: the plain word, its term, the word if it may begin a pair, and
    the word if papers are found by it; "" for none."""
    word = plain(written)
    said = "" if word in FUNCTION_WORDS else word
    begins = "" if word in _NEVER_BEGINS_PAIR else word
    return word, stem(said) if said else "", begins, said if said.isalpha() else ""


_KNOWN = BoundedCache(_known, _MOST)  # one look-up a word: what they cost is waiting for memory


def cut(text: str) -> Cut:
    """Return the terms and the words of a text."""
    parts = _SPLIT.split(text)  # a gap, a word, a gap, … a gap
    if len(parts) < 3:
        return Cut([], set())
    plains, found, begins, words = zip(*map(_KNOWN.__getitem__, parts[1::2]), strict=True)
    neighbours = zip(begins, plains[1:], found[1:], parts[2::2], strict=False)
    pairs = [
        first + second for first, second, said, gap in neighbours if first and said and _JOINS[gap]
    ]
    typed = set(words)
    typed.discard("")
    return Cut([*filter(None, found), *map(_PAIRS.__getitem__, pairs)], typed)


def in_order(text: str) -> tuple[str, ...]:
    """Return the plain words of a text, in order."""
    return tuple(map(plain, _WORD.findall(text)))


def plain_words(texts: Iterable[str]) -> set[str]:
    """Return the words of texts, each once, as they can be typed; function words left out."""
    return {word for text in texts for word in in_order(text)} - FUNCTION_WORDS
