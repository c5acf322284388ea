"""Analyzes text for search: papers and queries get the same terms.

A term is the stem of a word, or of a bigram: two adjacent words written as one. So "on device",
"on-device" and "ondevice" share a term, and so do "Flash Decoding" and "FlashDecoding".
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from threading import Lock
from typing import NamedTuple

import Stemmer

from daily_papers.search.negation import EARLIEST, FARTHEST, NEGATIONS, negated_span
from daily_papers.search.spelling import american
from daily_papers.text import BoundedCache

_WORD = re.compile(r"([^\W_]+)")
_GAP = r"[\s\-‐‑–/()_'’^]{1,3}"  # between two words of a run
_RUN = re.compile(rf"[^\W_]+(?:{_GAP}[^\W_]+)*")
_PLURAL = re.compile(r"[^aeiouy]{2,}[aeiou]?s")  # of abbreviations (LLMs), which no stemmer knows
# A bare number or year, a size (7b, 4bit, 2x, 128k, 24gb), a number format (int4, fp8, w4a8).
_QUANTITY = re.compile(
    r"\d+(?:[bkmtx]|bits?|[kmgt]i?b|fps|ms|nm|m?w|[kmg]hz)?"
    r"|(?:u?int|mxfp|fp|nf|b?float|bf)\d{1,2}|w\d{1,2}a\d{1,2}(?:kv\d{1,2})?"
)
_IRREGULAR = {
    "hypotheses": "hypothesis",
    "indices": "index",
    "matrices": "matrix",
    "vertices": "vertex",
}  # plurals that no stemmer knows either
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
# With a hyphen, some more may begin or end one: “re-rank”, “all-reduce”, “trade-off”, “plug-in”.
_NEVER_HYPHEN_START = _NEVER_BIGRAM_START - {"all", "look", "re", "work"}
_NEVER_HYPHEN_END = STOP_WORDS - {"down", "in", "off", "on", "out", "over", "through", "up"}


class Token(NamedTuple):
    """A word at [start, end) of a text, and its normalized form."""

    start: int
    end: int
    normal: str


class Analysis(NamedTuple):
    """The terms of a text, one per occurrence; its distinct words of letters, no stop words; and
    the stems and bigrams that it negates, which are among the terms."""

    terms: list[str]
    words: set[str]
    negated_stems: Sequence[str] = ()
    negated_bigrams: Sequence[str] = ()


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


def _spell(word: str) -> str:
    """Return the American spelling of a word; the singular if no stemmer knows the plural."""
    word = american(word)
    if word[-1:] != "s" or word[-2:] == "ss" or word in STOP_WORDS or not word.isascii():
        return word
    return word[:-1] if _PLURAL.fullmatch(word) else _IRREGULAR.get(word, word)


_SPELLED = BoundedCache(_spell, _MOST)


@lru_cache(_MOST)
def stem(word: str) -> str:
    """Return the stem of a normalized word; all its spellings and inflections share one."""
    return _stem(_SPELLED[word])


def _stem(word: str) -> str:
    if not word.isalpha() or not word.isascii():
        return word
    with _STEMMING:
        return str(_STEMMER.stemWord(word))


def is_bigram(first: str, second: str, is_hyphenated: bool = False) -> bool:
    """Tell whether two adjacent words may be one word."""
    if is_hyphenated:
        return first not in _NEVER_HYPHEN_START and second not in _NEVER_HYPHEN_END
    return first not in _NEVER_BIGRAM_START and second not in STOP_WORDS


def bigram(first: str, second: str) -> str:
    """Return the term of two adjacent words, stemmed like one word."""
    return _BIGRAMS[as_one_word(first, second)]


def as_one_word(*words: str) -> str:
    """Return words written as one, each as in a bigram."""
    return "".join(map(_SPELLED.__getitem__, words))


def spelled(words: Iterable[str]) -> list[str]:
    """Return normalized words as they are spelled in a bigram."""
    return list(map(_SPELLED.__getitem__, words))


def joined_term(*spelled_words: str) -> str:
    """Return the term of adjacent words that are `spelled`."""
    return _BIGRAMS["".join(spelled_words)]


def _forms(word: str) -> tuple[str, str, str, str]:
    """Return the forms of a written word: in American spelling, this as the start of a bigram, its
    term, and as a word to search for or a negation. A form that it does not have is ""."""
    normal = normalize(word)
    content = "" if normal in STOP_WORDS else normal
    spelled = _SPELLED[normal]
    start = "" if normal in _NEVER_BIGRAM_START else spelled
    word = normal if normal in NEGATIONS or content.isalpha() else ""
    return spelled, start, _stem(spelled) if content else "", word


_FORMS = BoundedCache(_forms, _MOST)  # one look-up for each word: memory latency is the cost here
_BIGRAMS = BoundedCache(_stem, _MOST)  # apart: there are far more bigrams than words
_NO_WORDS = NEGATIONS & STOP_WORDS | {""}
_ARE_JOINED = BoundedCache(lambda gap: re.fullmatch(_GAP, gap) is not None)


def analyze(text: str) -> Analysis:
    """Return the terms and the distinct words of a text."""
    parts = _WORD.split(text)  # a gap, a word, a gap, … a gap
    if len(parts) < 3:
        return Analysis([], set())
    spelled, starts, terms, words = zip(*map(_FORMS.__getitem__, parts[1::2]), strict=True)
    gaps = parts[2:-1:2]
    adjacent = zip(starts, spelled[1:], terms[1:], gaps, strict=False)
    bigrams = [
        first + second
        for first, second, term, gap in adjacent
        if first and term and (gap == " " or _ARE_JOINED[gap])  # nearly all gaps are a blank
    ]
    number = -1
    for _ in range(gaps.count("-")):
        number = gaps.index("-", number + 1)
        if not (starts[number] and terms[number + 1]):
            first, second = spelled[number : number + 2]
            if first and second and is_bigram(first, second, is_hyphenated=True):
                bigrams.append(first + second)
    all_terms = [*filter(None, terms), *map(_BIGRAMS.__getitem__, bigrams)]
    distinct = set(words)
    negations = distinct & NEGATIONS
    distinct -= _NO_WORDS
    if not negations:
        return Analysis(all_terms, distinct)
    spans = _negated_spans(spelled, gaps, negations)
    numbers = {number for first, last in spans for number in range(first, last)}
    negated = sorted(number for number in numbers if terms[number])  # “or” is no term
    negated_bigrams = [
        _BIGRAMS[spelled[first] + spelled[second]]
        for first, second in pairwise(negated)
        if first + 1 == second and starts[first] and _ARE_JOINED[gaps[first]]
    ]
    return Analysis(all_terms, distinct, [terms[number] for number in negated], negated_bigrams)


def _negated_spans(
    words: Sequence[str], gaps: Sequence[str], negations: Iterable[str]
) -> Iterator[tuple[int, int]]:
    """Yield the words [first, last) that a text negates, given the gap behind each word."""
    for negation in negations:
        index = -1
        for _ in range(words.count(negation)):
            index = words.index(negation, index + 1)
            start, end = index, index + 1
            while start > max(0, index - EARLIEST) and _ARE_JOINED[gaps[start - 1]]:
                start -= 1
            while end < min(len(words), index + FARTHEST) and _ARE_JOINED[gaps[end - 1]]:
                end += 1
            first, last = negated_span(words[start:end], index - start, STOP_WORDS)
            yield start + first, start + last


def are_quantities(words: Sequence[str]) -> list[bool]:
    """Tell of each of adjacent normalized words whether it is a number, size or number format, or
    the bits of one."""
    numbers = [_QUANTITY.fullmatch(word) is not None for word in words]
    return [
        number or (after_number and word in ("bit", "bits"))
        for word, number, after_number in zip(words, numbers, [False, *numbers], strict=False)
    ]


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
