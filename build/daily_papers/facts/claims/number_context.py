"""Reads the context of a number: its bound, and the nouns and words of change on both sides."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from daily_papers.facts.claims.quantities import NUMBER_VERBS, Quantity
from daily_papers.records import Bound
from daily_papers.text import PhraseMatch, Sentence, Text, word_set
from daily_papers.vocabulary import CUES, METRICS
from daily_papers.vocabulary.metrics_units import Direction, Noun

_STOPS = word_set(
    "and while with compared over than when for on in by which without to under using via "
    "across at as against but where that from during per of or is are was who whose after "
    "thanks because versus vs if since than through despite among between yet whereas it we "
    "our can could this these only respectively"
)
_MAX_PHRASE = 9  # words of a noun phrase beside a number
_VERB_REACH = 60  # words from a verb to its number; longer "sentences" are no prose
_CHANGE_REACH = 24  # words from a verb to "from A to B"
_SUBJECT_REACH = 12  # words from a noun to the verb that it is the subject of
_LEVEL_SUBJECT_REACH = 2  # for a verb that only states a level ("accuracy achieves 64%")
_PREPOSITIONS = frozenset(("in", "of", "on"))
_AND = re.compile(r"\s*(?:,|/|&|,?\s+(?:and|or|as well as)\b)")
_PUNCTUATION = re.compile(r"[^\s\-]")
_BREAK = re.compile(r"[,;:()–—]")
_NO_BLANK = re.compile(r"[^\s(]")
_BRACKETS = re.compile(r"\s?\([^()]{1,40}\)")
_SKIPPED = re.compile(
    r"(?:\s|[~≈∼<>≤≥⩽⩾±!+(]|\b(?:an?|the|only|just|a notable|a significant|\(\d\))\s)+$"
)
_AVERAGE = re.compile(r"\s(?:average|mean)\b")
_ON_AVERAGE = re.compile(r"\)?\s*(?:\w+\s){0,2}?on average\b|\s?\((?:on average|average)\)")
_OR_MORE = re.compile(r"\s?(?:\+|or more\b|or higher\b)")
_WINDOW = 48  # characters before a number in which its bound stands
_SIGNS: dict[str, Bound] = {
    **dict.fromkeys("~≈∼±", "about"),
    **dict.fromkeys("<≤⩽!", "up to"),  # "!" is what some captures leave of "≤"
    **dict.fromkeys(">≥⩾", "at least"),
}
# The metric that a word of change implies where no noun names one.
_IMPLIED_METRICS = {
    **dict.fromkeys(("cheaper", "cost saving"), "cost"),
    **dict.fromkeys(("smaller", "lighter", "compression", "larger", "bigger"), "model_size"),
    "shorter": "latency",
    "longer": "context_length",
}


class MarkedSentence:
    """A sentence with the words that name metrics, directions and bounds marked in it."""

    def __init__(self, source: Text, sentence: Sentence, default_metric: str) -> None:
        """Mark a sentence of a text; words keep their index in the whole text.

        `default_metric` is what a factor measures where no noun says it ("2x better").
        """
        self.default_metric = default_metric
        self.source, self.text, self.sentence = source, source.text, sentence
        self.forms, self.first, self.last = source.forms, sentence.first, sentence.last
        self.vocabulary = frozenset(source.forms[self.first : self.last])
        self.nouns = list(METRICS.nouns.matches(source, self.first, self.last))
        self.bounds = list(CUES.bounds.matches(source, self.first, self.last))
        self.cues = [
            cue
            for cue in CUES.directions.matches(source, self.first, self.last)
            if cue.first == self.first or not self.text[source.starts[cue.first]].isupper()
        ]

    def word_at(self, offset: int) -> int:
        """Return the index of the first word of the sentence at or after an offset."""
        return min(max(self.source.word_at(offset), self.first), self.last)

    def changes_before(self, offset: int) -> bool:
        """Tell whether a word of change stands not far before an offset."""
        last = self.word_at(offset)
        return any(
            cue.value not in ("level", "added") and cue.last <= last <= cue.first + _CHANGE_REACH
            for cue in self.cues
        )

    def gap(self, index: int) -> str:
        """Return the text between a word and the word before it in the sentence."""
        return self.source.gaps[index] if self.first < index < self.last else ""


class NumberList(NamedTuple):
    """Numbers that share their words ("3×, 2.4× and 1.6× throughput improvement")."""

    line: MarkedSentence
    quantities: Sequence[Quantity]
    previous_end: int  # the end of the number before the list; 0 if there is none
    following: int  # the start of the next list, or the end of the sentence

    @property
    def end(self) -> int:
        """The end of the last number."""
        return self.quantities[-1].end


class SideContext(NamedTuple):
    """What the words on one side of a number say of it."""

    nouns: Sequence[Noun]
    direction: Direction | None = None
    implied_metric: str | None = None  # by the word of direction
    is_share: bool = False  # "30% of the …"
    edge: int = 0  # the offset that these words reach to
    after_by: bool = False  # "by 30%"
    after_to: bool = False  # "to 30%"
    adjacent: bool = False  # the word of direction stands right before the number


def find_bound(numbers: NumberList, quantity: Quantity) -> tuple[Bound | None, int]:
    """Return the bound written beside a number of a list, and the offset where the words before
    both end; "average" behind the list holds for all of it."""
    line = numbers.line
    start = quantity.start - (line.text[quantity.start - 1 : quantity.start] == "$")
    before = line.text[max(line.sentence.start, start - _WINDOW) : start]
    skipped = _SKIPPED.search(before)
    bare = start - (len(before) - skipped.start() if skipped else 0)
    last = line.word_at(bare)
    bound = next((match for match in reversed(line.bounds) if match.last == last), None)
    if bound and line.source.ends[last - 1] == bare:
        earlier = next((match for match in line.bounds if match.last == bound.first), None)
        if earlier and "(" not in line.gap(bound.first):
            bound = earlier  # "over 5x on average": the first one written
        return bound.value, line.source.starts[bound.first]
    if quantity.sign in _SIGNS:
        return _SIGNS[quantity.sign], bare
    after = line.text[quantity.end : min(line.sentence.end, quantity.end + 60)]
    if _ON_AVERAGE.match(after) or _AVERAGE.match(after) or _AVERAGE.match(line.text, numbers.end):
        return "average", bare
    return ("at least" if _OR_MORE.match(after) else None), bare


def right_context(numbers: NumberList, quantity: Quantity) -> SideContext:
    """Return what the noun phrase behind a number of a list, or behind the list, says."""
    line, end = numbers.line, numbers.end
    if line.text[quantity.start - 1 : quantity.start] == "(" and line.text[end : end + 1] == ")":
        end += 1  # "(4×) speedup"
    elif bracket := _BRACKETS.match(line.text, end):
        end = bracket.end()  # "1.9% (2.0±0.1) error"
    start = line.word_at(end)
    gap = line.text[end : line.source.starts[start]] if start < line.last else "."
    if _PUNCTUATION.search(gap):
        return SideContext((), edge=end)
    first = start + (line.forms[start] in ("of", "in", "as"))
    last = _phrase_end(line, first)
    cues = [cue for cue in line.cues if start <= cue.first < last and cue.value != "level"]
    nouns = [noun for noun in line.nouns if first <= noun.first < last]
    firm = [noun for noun in nouns if not noun.value.loose]
    if cues and not firm and last < line.last and line.forms[last] in _PREPOSITIONS:
        phrase_end = _phrase_end(line, last + 1)
        nouns = [noun for noun in line.nouns if last < noun.first < phrase_end] or nouns
        last = phrase_end
    nouns = [noun for noun in nouns if not noun.value.loose] or nouns[-1:]
    if nouns and last < line.last and line.forms[last] in ("and", "or"):
        phrase_end = _phrase_end(line, last + 1)
        others = line.forms[last:phrase_end]
        has_verb = quantity.is_verb and any(last <= cue.first < phrase_end for cue in line.cues)
        if not (has_verb or any(form[0].isdigit() or form in NUMBER_VERBS for form in others)):
            nouns = nouns[:1] + [noun for noun in line.nouns if last < noun.first < phrase_end]
    speed_cues = (cue for cue in cues if cue.value in ("faster", "slower"))
    cue = next(speed_cues, cues[0] if cues else None)
    joined = _joined(line, nouns) if nouns else []
    used = [match.last for match in (*joined, cue) if match]
    return SideContext(
        [noun.value for noun in joined],
        cue.value if cue else None,
        _IMPLIED_METRICS.get(line.forms[cue.first]) if cue else None,
        is_share=line.forms[start] == "of",
        edge=line.source.ends[max(used) - 1] if used else end,
    )


def _phrase_end(line: MarkedSentence, start: int) -> int:
    """Return the index of the word that ends the noun phrase that begins at a word."""
    end = min(line.last, start + _MAX_PHRASE)
    for index in range(start, end):
        if index > start and _BREAK.search(line.gap(index)):
            return index
        if line.forms[index] in _STOPS and line.gap(index) != "-":
            return index
    return end


def left_context(numbers: NumberList, quantity: Quantity, before: int) -> SideContext:
    """Return what the nearest verb or noun of change before a number says.

    `before` is the offset at which the words before it end, its bound left out.
    """
    line = numbers.line
    last = line.word_at(before)
    lowest = max(line.first, last - _VERB_REACH)
    previous = line.forms[last - 1] if last > line.first else ""
    near = [cue for cue in line.cues if lowest <= cue.first and cue.last <= last]
    cues = [cue for cue in near if cue.value != "added"]
    cue = cues[-1] if cues else None
    if cue and cue.value == "level" and previous == "by":
        cue = next((other for other in reversed(cues) if other.value != "level"), cue)
    floor = line.word_at(numbers.previous_end) if numbers.previous_end else line.first
    nouns = _nouns_before(line, cue, last, floor)
    direction = cue.value if cue else None
    if cue and quantity.unit is None and line.forms[cue.first] == "loss":
        direction = "level"  # "a validation loss of 0.93"
    adjacent = False
    if cue and last - cue.last <= 2:  # at most an article or two between the verb and the number
        adjacent = not any(
            _NO_BLANK.search(line.gap(index)) or line.forms[index] in ("and", "or")
            for index in range(cue.last, last)
        )
    used = [match.first for match in (*nouns, cue) if match]
    return SideContext(
        [noun.value for noun in nouns],
        direction,
        _IMPLIED_METRICS.get(line.forms[cue.first]) if cue else None,
        edge=line.source.starts[min(used)] if used else before,
        after_by=previous == "by",
        after_to=previous == "to",
        adjacent=adjacent,
    )


def _nouns_before(
    line: MarkedSentence, cue: PhraseMatch[Direction] | None, last: int, floor: int
) -> list[PhraseMatch[Noun]]:
    """Return the nouns of metrics before a number, first the one that it measures."""
    firm = [noun for noun in line.nouns if noun.last <= last and not noun.value.loose]
    first = cue.first if cue else line.first
    is_level = cue is not None and cue.value == "level"
    after_number = [noun for noun in firm if noun.first >= floor > first]
    if after_number:
        return after_number[-1:]
    governed = [noun for noun in firm if noun.first >= first]
    if governed:
        return governed[-1:] if is_level else _joined(line, governed)
    reach = _LEVEL_SUBJECT_REACH if is_level else _SUBJECT_REACH
    return firm[-1:] if firm and first - firm[-1].last <= reach else []


def _joined(line: MarkedSentence, nouns: Sequence[PhraseMatch[Noun]]) -> list[PhraseMatch[Noun]]:
    """Return the first noun and those that "and" joins to it, one of each metric."""
    joined = [nouns[0]]
    for noun in nouns[1:]:
        if noun.value.loose:
            continue
        between = line.text[line.source.ends[joined[-1].last - 1] : line.source.starts[noun.first]]
        if not _AND.match(between) or noun.first - joined[-1].last > 4:
            break
        if noun.value.metric not in {match.value.metric for match in joined}:
            joined.append(noun)
    return joined
