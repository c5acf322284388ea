"""Reads the words on either side of a number: the nouns and the words of change among them."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from daily_papers.facts.claims.quantities import Quantity
from daily_papers.text import Found, Sentence, Text
from daily_papers.vocabulary import CUES, METRICS
from daily_papers.vocabulary.metrics_units import Direction, Noun

_STOPS = frozenset(
    str.split(
        "and while with compared over than when for on in by which without to under using via "
        "across at as against but where that from during per of or is are was who whose after "
        "thanks because versus vs if since than through despite among between yet whereas it we "
        "our can could this these only respectively"
    )
)
_MOST_WORDS = 9  # of a noun phrase beside a number
_REACH = 60  # words that a verb governs before a number; longer "sentences" are no prose
_NEAR = 12  # words from a noun to the verb that it is the subject of
_NEXT = 2  # words, for a verb that only states a level ("accuracy achieves 64%")
_ON = frozenset(("in", "of", "on"))
_AND = re.compile(r"\s*(?:,|/|&|,?\s+(?:and|or|as well as)\b)")
_PUNCTUATION = re.compile(r"[^\s\-]")
_BREAK = re.compile(r"[,;:()–—]")
_NO_BLANK = re.compile(r"[^\s(]")
_BRACKETS = re.compile(r"\s?\([^()]{1,40}\)")
# What a word of change measures where no noun does.
_IMPLIED = {
    "cheaper": "cost",
    "cost saving": "cost",
    "shorter": "latency",
    "smaller": "model_size",
    "lighter": "model_size",
    "compression": "model_size",
    "longer": "context_length",
    "larger": "model_size",
    "bigger": "model_size",
}


class Line:
    """A sentence with the words that name metrics, directions and bounds marked in it."""

    def __init__(self, text: Text, sentence: Sentence) -> None:
        """Mark the sentence; words keep their index in the whole text."""
        self.of, self.text, self.sentence = text, text.text, sentence
        self.forms, self.first, self.last = text.forms, sentence.first, sentence.last
        self.said = frozenset(text.forms[sentence.first : sentence.last])
        self.nouns = list(METRICS.nouns.find(text, self.first, self.last))
        self.bounds = list(CUES.bounds.find(text, self.first, self.last))
        self.cues = [
            cue
            for cue in CUES.directions.find(text, self.first, self.last)
            if cue.first == self.first or not text.text[text.starts[cue.first]].isupper()
        ]

    def index(self, place: int) -> int:
        """Return the index of the first word of the sentence at or after a place."""
        return min(max(self.of.word_at(place), self.first), self.last)

    def gap(self, index: int) -> str:
        """Return what stands before a word, back to the end of the word before it."""
        return self.of.gap(index) if self.first < index < self.last else ""


class Side(NamedTuple):
    """What the words on one side of a number say; they reach to the place `edge`."""

    nouns: Sequence[Noun]
    cue: Direction | None = None
    implied: str | None = None  # the metric that the cue's own word implies
    share: bool = False  # "30% of the …"
    edge: int = 0
    by: bool = False  # "by 30%"
    to: bool = False  # "to 30%"
    beside: bool = False  # the cue stands right before the number


def right_side(line: Line, quantity: Quantity, end: int) -> Side:
    """Return what the noun phrase behind a number says; `end` is where its list of numbers ends."""
    end = _past_brackets(line.text, quantity.start, end)
    start = line.index(end)
    gap = line.text[end : line.of.starts[start]] if start < line.last else "."
    if _PUNCTUATION.search(gap):
        return Side((), edge=end)
    form = line.forms[start]
    share = form == "of"
    first = start + (form in ("of", "in", "as"))
    last = _phrase_end(line, first)
    cues = [cue for cue in line.cues if start <= cue.first < last and cue.value != "level"]
    nouns = [noun for noun in line.nouns if first <= noun.first < last]
    if cues and not _firm(nouns) and last < line.last and line.forms[last] in _ON:
        further = _phrase_end(line, last + 1)
        nouns = [noun for noun in line.nouns if last < noun.first < further] or nouns
        last = further
    nouns = [noun for noun in nouns if not noun.value.loose] or nouns[-1:]
    if nouns and last < line.last and line.forms[last] in ("and", "or"):
        further = _phrase_end(line, last + 1)
        if not any(form[0].isdigit() for form in line.forms[last:further]):
            nouns = nouns[:1] + [one for one in line.nouns if last < one.first < further]
    cue = next(
        (one for one in cues if one.value in ("faster", "slower")), cues[0] if cues else None
    )
    implied = _IMPLIED.get(line.forms[cue.first]) if cue else None
    joined = _joined(line, nouns) if nouns else []
    used = [one.last for one in (*joined, cue) if one]
    return Side(
        [one.value for one in joined],
        cue.value if cue else None,
        implied,
        share,
        edge=line.of.ends[max(used) - 1] if used else end,
    )


def _past_brackets(text: str, start: int, end: int) -> int:
    """Return where the words behind a number begin: "1.9% (2.0±0.1) error", "(4×) speedup"."""
    if text[start - 1 : start] == "(" and text[end : end + 1] == ")":
        return end + 1
    bracket = _BRACKETS.match(text, end)
    return bracket.end() if bracket else end


def _firm(nouns: Sequence[Found[Noun]]) -> bool:
    return any(not noun.value.loose for noun in nouns)


def _phrase_end(line: Line, start: int) -> int:
    """Return where the noun phrase that begins at a word ends."""
    most = min(line.last, start + _MOST_WORDS)
    for index in range(start, most):
        if index > start and _BREAK.search(line.gap(index)):
            return index
        if line.forms[index] in _STOPS and line.gap(index) != "-":
            return index
    return most


def left_side(line: Line, quantity: Quantity, before: int, floor: int) -> Side:
    """Return what the nearest verb or noun of change before a number says.

    `before` is where the words before it end, its bound left out, and `floor` where the number
    before it ended.
    """
    last = line.index(before)
    lowest = max(line.first, last - _REACH)
    previous = line.forms[last - 1] if last > line.first else ""
    cues = [
        cue
        for cue in line.cues
        if lowest <= cue.first and cue.last <= last and cue.value != "added"
    ]
    cue = cues[-1] if cues else None
    if cue and cue.value == "level" and previous == "by":
        cue = next((one for one in reversed(cues) if one.value != "level"), cue)
    found = _nouns_before(line, cue, last, line.index(floor) if floor else line.first)
    implied = _IMPLIED.get(line.forms[cue.first]) if cue else None
    direction = cue.value if cue else None
    if cue and quantity.unit is None and line.forms[cue.first] == "loss":
        direction = "level"  # "a validation loss of 0.93"
    used = [one.first for one in (*found, cue) if one]
    return Side(
        [one.value for one in found],
        direction,
        implied,
        edge=line.of.starts[min(used)] if used else before,
        by=previous == "by",
        to=previous == "to",
        beside=cue is not None and _beside(line, cue.last, last),
    )


def _beside(line: Line, first: int, last: int) -> bool:
    """Tell whether at most an article or two stand between a verb and its number."""
    return last - first <= 2 and not any(
        _NO_BLANK.search(line.gap(index)) or line.forms[index] in ("and", "or")
        for index in range(first, last)
    )


def _nouns_before(
    line: Line, cue: Found[Direction] | None, last: int, floor: int
) -> list[Found[Noun]]:
    """Return the metrics before a number, the one that it measures first."""
    firm = [noun for noun in line.nouns if noun.last <= last and not noun.value.loose]
    first = cue.first if cue else line.first
    governed = [noun for noun in firm if noun.first >= first]
    after_number = [noun for noun in firm if noun.first >= floor > first]
    if after_number:
        return after_number[-1:]
    if governed:
        if cue and cue.value == "level":
            return governed[-1:]
        return _joined(line, governed)
    near = _NEXT if cue and cue.value == "level" else _NEAR
    return firm[-1:] if firm and first - firm[-1].last <= near else []


def _joined(line: Line, nouns: Sequence[Found[Noun]]) -> list[Found[Noun]]:
    """Return the first noun and those that "and" joins to it."""
    joined = [nouns[0]]
    for noun in nouns[1:]:
        if noun.value.loose:
            continue
        between = line.text[line.of.ends[joined[-1].last - 1] : line.of.starts[noun.first]]
        if not _AND.match(between) or noun.first - joined[-1].last > 4:
            break
        if noun.value.metric not in {one.value.metric for one in joined}:
            joined.append(noun)
    return joined
