"""Corrects the spelling of a word by the words that papers have."""

from collections.abc import Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

SHORTEST = 5  # letters of a word that is corrected
_LONG = 8  # letters from which on the edit distance may be 2, not 1
_MOST = 50  # candidates that are compared


def nearest(word: str, words: Mapping[str, int]) -> str | None:
    """Return the candidate of the smallest edit distance (an insertion, deletion, substitution or
    transposition is 1), then with the same first letter, then the most frequent; None if all are
    too far. `words` maps candidates to document frequencies."""
    if len(word) < SHORTEST or not word.isalpha():
        return None
    most = 2 if len(word) >= _LONG else 1
    near = process.extract(word, words.keys(), scorer=OSA.distance, score_cutoff=most, limit=_MOST)
    ranked = (
        (distance, candidate[0] != word[0], -words[candidate], candidate)
        for candidate, distance, _ in near
    )
    return min(ranked, default=(None,))[-1]
