"""Finds the words that a text negates: “without X”, “no X”, “doesn't need X”, “X-free”."""

from collections.abc import Sequence


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NEGATED = "no:"  # begins the terms of words that are negated

EARLIEST, FARTHEST = 2, 8  # how many words before and from a negation on matter
# “Doesn't” is two words, of which “t” negates; so does the “w” of “w/o”.
_CONTRACTIONS = _words("arent cannot cant didnt doesnt dont isnt wasnt werent wont")
_NOTS = _CONTRACTIONS | {"not", "t"}
_SECOND_WORDS = {"w": "o", "instead": "of", "rather": "than", "other": "than"}
# How many words each negates at most: up to the next function word, or the end of the run.
_MOST = dict.fromkeys(("neither", "without", *_SECOND_WORDS, *_NOTS), 3)
_MOST |= {"no": 2, "non": 1, "free": 2}
_MOST_ALTERNATIVE = 2  # words behind “or”
NEGATIONS = frozenset(_MOST)
_NEEDS = _words("contain depend have involve need rely require use")
# What may stand between a negation and the word that it negates.
_PASSED_OVER = _NEEDS | _words("""
    a additional an any depending explicit extra for from further having her his involving its my
    needing needs o of on our relies relying requires requiring such than the their to using your
""")
_NO_NEGATION = _words("all charge enough every just longer matter merely more only sufficient")
_DETERMINERS = _words("a an any her his its my our the their your")
_JOINS = _words("and but nor or")
_FORMS_OF_BE = _words("are aren arent be is isn isnt was wasn wasnt were weren werent")
_RELATIVES = _words("that which who")
# Behind a “free” that means gratis: “free to use”, “free for commercial use”, “free datasets”.
_GRATIS = _words("""
    access api apis dataset datasets download downloads for licence license software tier to tool
    tools use
""")


def negated_span(words: Sequence[str], index: int, stop_words: frozenset[str]) -> tuple[int, int]:
    """Return which words [first, last) the negation words[index] negates, of adjacent normalized
    words; first equals last if it negates none. An “or” between them counts as negated."""
    before, after = _at(words, index - 1), _at(words, index + 1)
    if words[index] == "free" and after not in ("of", "from"):
        is_gratis = not before or before in stop_words or after in _GRATIS
        return (0, 0) if is_gratis else (index - 1, index)
    if not _is_negation(words, index, stop_words):
        return 0, 0
    first = index + 1
    while first < len(words) and words[first] in _PASSED_OVER:
        first += 1
    last = _end(words, first, _MOST[words[index]], stop_words)
    if first == last or words[first] in _NO_NEGATION or _is_action(words, index, first, last):
        return 0, 0
    while last < index + FARTHEST and _at(words, last) in ("or", "nor"):
        end = _end(words, last + 1, _MOST_ALTERNATIVE, stop_words)
        if end == last + 1:
            break
        last = end
    return first, last


def _end(words: Sequence[str], start: int, most: int, stop_words: frozenset[str]) -> int:
    """Return the end of at most so many words from the start on that are no function words."""
    end = start
    while end < min(start + most, len(words)) and words[end] not in stop_words:
        end += 1
    return end


def _is_negation(words: Sequence[str], index: int, stop_words: frozenset[str]) -> bool:
    """Tell whether words[index], which is not “free”, may negate what follows."""
    earlier, before, word, after = (_at(words, index + offset) for offset in (-2, -1, 0, 1))
    if after in _NO_NEGATION or after != _SECOND_WORDS.get(word, after):
        return False
    if word in ("without", "w"):  # “with or without X” and “with/without X” are none
        return (earlier if before in _JOINS else before) not in ("with", "w")
    if word == "t" and not (before in stop_words and before.endswith("n")):
        return False  # not that of “doesn't”, but perhaps a step in time
    if word not in _NOTS or after in _NEEDS:
        return True
    # “That is not X” tells what is wanted, but “it is not X” what is wrong.
    verb, subject = (word, before) if word in _CONTRACTIONS else (before, earlier)
    if verb in _FORMS_OF_BE and (subject in _RELATIVES or after in _DETERMINERS):
        return True
    # “Pruning, not quantization” is a negation, “does not fit” is none.
    return word == "not" and (verb not in stop_words or verb in _JOINS)


def _is_action(words: Sequence[str], index: int, first: int, last: int) -> bool:
    """Tell whether the words [first, last) that words[index] negates say what is done with a thing,
    which the text is about no less: “without sharing data”, “without the model forgetting”,
    “instead of training on all data”."""
    begins, ends = words[first].endswith("ing"), words[last - 1].endswith("ing")
    if words[index] in ("instead", "rather"):
        return begins and first + 1 < len(words)
    has_subject = ends and words[first - 1] in _DETERMINERS
    has_object = begins and words[index] in ("without", "w")
    return last - first > 1 and (has_subject or has_object)


def _at(words: Sequence[str], index: int) -> str:
    return words[index] if 0 <= index < len(words) else ""
