"""Corrects the spelling of a word by the words that papers have; not of English words and names."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from daily_papers.search.analysis import tokenize
from daily_papers.search.encoder.wordpiece import pieces
from daily_papers.search.spelling import american

SHORTEST = 5  # letters of a word that is corrected
_LONG = 8  # letters from which on the edit distance may be 2, not 1
_MOST = 50  # candidates that are compared

_VOCABULARY = Path(__file__).parents[1] / "vocabulary"
_KINDS = ("datasets", "hardware", "methods", "models")
_ENGLISH_WORD = re.compile(r"[a-z]{3,}")  # the other lines are parts of words, signs and digits
# Of shorter words the inflections are listed, or are a typo of another word more often: "learing".
_INFLECTED = re.compile(r"([a-z]{5,}?)(s|(?<=[sx])es|(?<=[cs]h)es|ly|(?<!e)ed|(?<!e)ing)")


@cache
def known_words() -> frozenset[str]:
    """Return the whole words of the encoder's vocabulary, and those of the names that facts know:
    models, datasets, hardware and methods; read once, by the first query that needs them."""
    names = ((_VOCABULARY / f"{kind}.yml").read_text(encoding="utf-8").lower() for kind in _KINDS)
    return frozenset(filter(_ENGLISH_WORD.fullmatch, (*pieces(), *tokenize(" ".join(names)))))


def is_known(word: str) -> bool:
    """Tell whether a normalized word, or what it is a regular inflection of, is an English word, in
    British or American spelling, or part of a known name."""
    bases = [word]
    if inflected := _INFLECTED.fullmatch(word):
        base, ending = inflected.groups()
        bases += [base, base + "e"] if ending in ("es", "ed", "ing") else [base]
    words = known_words()
    return any(base in words or american(base) in words for base in bases)


def nearest(word: str, words: Mapping[str, int]) -> str | None:
    """Return the candidate of the smallest edit distance (an insertion, deletion, substitution or
    transposition is 1), then with the same first letter, then the most frequent; None if all are
    too far, or the word is known. `words` maps candidates to document frequencies."""
    if len(word) < SHORTEST or not word.isalpha() or is_known(word):
        return None
    most = 2 if len(word) >= _LONG else 1
    near = process.extract(word, words.keys(), scorer=OSA.distance, score_cutoff=most, limit=_MOST)
    ranked = (
        (distance, candidate[0] != word[0], -words[candidate], candidate)
        for candidate, distance, _ in near
    )
    return min(ranked, default=(None,))[-1]
