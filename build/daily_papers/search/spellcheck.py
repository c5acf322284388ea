"""Mends a word that nothing has: the nearest word that papers do have."""

from collections.abc import Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

SHORTEST = 5  # letters of a word that is mended
_LONG = 8  # letters from which on two slips are forgiven
_MOST = 50  # nearest words that are weighed against each other


def nearest(word: str, words: Mapping[str, int]) -> str | None:
    """Return the word with the fewest slips (a letter too many, missing, wrong, or two swapped),
    then with the same first letter, then the most frequent; None if all are too far.

    `words` maps words to the number of papers that have them.
    """
    if len(word) < SHORTEST or not word.isalpha():
        return None
    slips = 2 if len(word) >= _LONG else 1
    found = process.extract(
        word, words.keys(), scorer=OSA.distance, score_cutoff=slips, limit=_MOST
    )
    return min(
        (other for other, _, _ in found),
        key=lambda other: (
            OSA.distance(word, other),
            other[0] != word[0],
            -words[other],
            other,
        ),
        default=None,
    )
