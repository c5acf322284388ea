"""Finds the words that a text negates: “without X”, “no X”, “not need X”, “X-free”, “free of X”."""

from collections.abc import Sequence

NEGATED = "no:"  # begins the terms of words that are negated

FARTHEST = 8  # how many words from a negation on matter
# How many words each negates at most: up to the next function word, or the end of the run.
_MOST = {"without": 3, "no": 2, "not": 3, "non": 1, "free": 2}
NEGATIONS = frozenset(_MOST)
_NEEDS = frozenset(("need", "require", "rely", "depend", "use", "involve"))
_PASSED = """
    a additional an any depending explicit extra for from further having her his involving its my
    needing needs of on our relies relying requires requiring such the their to using your
"""
# What may stand between a negation and the word that it negates.
_PASSED_OVER = _NEEDS.union(_PASSED.split())
_NO_NEGATION = frozenset(("all", "every", "just", "longer", "matter", "merely", "more", "only"))
_DETERMINERS = frozenset(
    ("a", "an", "any", "her", "his", "its", "my", "our", "the", "their", "your")
)
_JOINS = frozenset(("and", "but", "nor", "or"))


def negated_span(words: Sequence[str], index: int, stop_words: frozenset[str]) -> tuple[int, int]:
    """Return which words [first, last) the negation words[index] negates, of adjacent normalized
    words; first equals last if it negates none."""
    before = words[index - 1] if index else ""
    after = words[index + 1] if index + 1 < len(words) else ""
    if words[index] == "free" and after not in ("of", "from"):
        return (index - 1, index) if before and before not in stop_words else (0, 0)
    # “Does not need quantization” and “pruning, not quantization” are, “does not fit” is none.
    is_verb = before in stop_words and before not in _JOINS and after not in _NEEDS
    if after in _NO_NEGATION or (words[index] == "not" and is_verb):
        return 0, 0
    first = index + 1
    while first < len(words) and words[first] in _PASSED_OVER:
        first += 1
    last, end = first, min(first + _MOST[words[index]], len(words))
    while last < end and words[last] not in stop_words:
        last += 1
    # Not of “without sharing data” and “without the model forgetting”, which are about those.
    if last - first > 1:
        has_subject = words[first - 1] in _DETERMINERS and words[last - 1].endswith("ing")
        has_object = words[index] == "without" and words[first].endswith("ing")
        if has_subject or has_object:
            return 0, 0
    return first, last
