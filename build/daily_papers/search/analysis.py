"""Analyzes text for search: papers and queries get the same terms.

A term is the stem of a word, or of a bigram: two adjacent words written as one. So "on device",
"on-device" and "ondevice" share a term, and so do "Flash Decoding" and "FlashDecoding".
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from threading import Lock
from typing import NamedTuple

import Stemmer

from daily_papers.text import BoundedCache

_WORD = re.compile(r"([^\W_]+)")
_GAP = r"[\s\-‐‑–/()_'’^]{1,3}"  # between two words of a run
_RUN = re.compile(rf"[^\W_]+(?:{_GAP}[^\W_]+)*")
_PLURAL = re.compile(r"[^aeiouy]{2,}[aeiou]?s")  # of abbreviations (LLMs), which no stemmer knows
_BRITISH = re.compile(r"(?<=..)is(e|es|ed|er|ers|ing|ation|ations|able)$")
_LONGEST = 40  # characters of a word that count; anything longer is not a word
_MOST = 60_000  # entries of each cache
_GREEK = {
    letter: unicodedata.name(letter).split()[-1].lower() for letter in "αβγδεζηθικλμνξοπρστυφχψω"
}

# English function words, and the words with which people ask for papers.
_STOP_WORDS = """
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
STOP_WORDS = frozenset(_STOP_WORDS.split())
# Stop words that may begin a bigram: "on chip" may be one word, "the cache" may not.
_BIGRAM_STARTS = "down few in no off on one out over per under up"
_NEVER_BIGRAM_START = STOP_WORDS - frozenset(_BIGRAM_STARTS.split())


class Token(NamedTuple):
    """A word at [start, end) of a text, and its normalized form."""

    start: int
    end: int
    normal: str


class Analysis(NamedTuple):
    """The terms of a text, one per occurrence, and its distinct words of letters, no stop words."""

    terms: list[str]
    words: set[str]


@lru_cache(_MOST)
def normalize(word: str) -> str:
    """Return a word without case, accents and raised or lowered digits; Greek letters by name."""
    if word.isascii():  # as nearly all are, and this is ten times as fast
        return word[:_LONGEST].lower()
    letters = unicodedata.normalize("NFKD", word[:_LONGEST]).casefold()
    return "".join(
        _GREEK.get(letter, letter) for letter in letters if not unicodedata.combining(letter)
    )


_STEMMER = Stemmer.Stemmer("english", 0)  # its own cache is slower
_STEMMING = Lock()  # a stemmer is for one thread at a time


@lru_cache(_MOST)
def stem(word: str) -> str:
    """Return the stem of a normalized word; spellings with -ise and -ize share one."""
    if not word.isalpha() or not word.isascii():
        return word
    if word[-1] == "s" and word[-2:] != "ss" and _PLURAL.fullmatch(word):
        return word[:-1]
    if len(word) > 5 and "is" in word:
        word = _BRITISH.sub(r"iz\1", word)
    with _STEMMING:
        return str(_STEMMER.stemWord(word))


def is_bigram(first: str, second: str) -> bool:
    """Tell whether two adjacent words may be one word."""
    return second not in STOP_WORDS and first not in _NEVER_BIGRAM_START


def bigram(first: str, second: str) -> str:
    """Return the term of two adjacent words, stemmed like one word."""
    return _BIGRAMS[first + second]


def _forms(word: str) -> tuple[str, str, str, str]:
    """Return the forms of a written word: normalized, its term, as the start of a bigram, and as a
    word to search for. A form that it does not have is ""."""
    normal = normalize(word)
    content = "" if normal in STOP_WORDS else normal
    start = "" if normal in _NEVER_BIGRAM_START else normal
    return normal, stem(content) if content else "", start, content if content.isalpha() else ""


_FORMS = BoundedCache(_forms, _MOST)  # one look-up for each word: memory latency is the cost here
_BIGRAMS = BoundedCache(stem.__wrapped__, _MOST)  # apart: there are far more bigrams than words
_ARE_JOINED = BoundedCache(lambda gap: re.fullmatch(_GAP, gap) is not None)


def analyze(text: str) -> Analysis:
    """Return the terms and the distinct words of a text."""
    parts = _WORD.split(text)  # a gap, a word, a gap, … a gap
    if len(parts) < 3:
        return Analysis([], set())
    normal, terms, starts, words = zip(*map(_FORMS.__getitem__, parts[1::2]), strict=True)
    adjacent = zip(starts, normal[1:], terms[1:], parts[2::2], strict=False)
    bigrams = [
        first + second
        for first, second, term, gap in adjacent
        if first and term and _ARE_JOINED[gap]
    ]
    distinct = set(words)
    distinct.discard("")
    return Analysis([*filter(None, terms), *map(_BIGRAMS.__getitem__, bigrams)], distinct)


def token_runs(text: str) -> Iterator[list[Token]]:
    """Yield the tokens of a text in runs: only blanks, hyphens and the like separate them."""
    for run in _RUN.finditer(text):
        yield [
            Token(word.start(), word.end(), normalize(word[0]))
            for word in _WORD.finditer(text, run.start(), run.end())
        ]


def tokenize(text: str) -> tuple[str, ...]:
    """Return the normalized words of a text, in order."""
    return tuple(map(normalize, _WORD.findall(text)))


def content_words(texts: Iterable[str]) -> set[str]:
    """Return the distinct normalized words of texts, without stop words."""
    return {word for text in texts for word in tokenize(text)} - STOP_WORDS
