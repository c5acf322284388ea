"""Finds the words that say what a number measures: "peak memory", "zero-shot AUROC", "API cost"."""

import re
from collections.abc import Sequence

from daily_papers.facts.claims.noun_phrases import Phrase
from daily_papers.facts.claims.phrase_features import NumberPlace
from daily_papers.text import Sentence, Text, word_set
from daily_papers.vocabulary import CUES, GRAMMAR, METRICS

_BREAK = re.compile(r"[,;:()–—]|[.!?]\s")
_SKIPPED = word_set(
    "of the a an it their our relative absolute average overall total additional extra only mean as"
)
_LEADS = word_set(
    "by to from of at up only just about nearly around over almost more than least approximately "
    "roughly additional"
)
_BEING = frozenset(("is", "are", "was", "were", "be", "been", "by"))
_LINKS = frozenset(("of", "in", "for", "on", "during", "across", "with"))
_NO_MEASURE = word_set("time x model method performance result one that step improvement")
# Quantifiers and adverbs, and adjectives that no ending tells.
_NO_NOUNS = word_set(
    "some most many much several few fewer half two three four five six seven eight nine ten same "
    "other others sometimes away closer further upto exact short long concise high low large "
    "small fast slow strong weak good great deep accurate consistent stable first second last"
)
# As adjectives, adverbs and participles end; what ends so and is a noun, too, stands before.
_NO_NOUN = re.compile(
    r"(?!(?:table|variable|objective|derivative|perspective|individual)$)"
    r".+(?:able|ible|ous|ful|ical|icant|ive|tial|ual|less|ed|ly|"
    r"-(?:level|shot|end|device|world|scale|art|based|wise|aware|free|agent))",
    re.IGNORECASE,
)
# Nor are these nouns, whatever is before.
_NEVER = frozenset(("averaging", "ranging", "real-time", "spanning", "varying"))
_REACH = 5  # words between a number and what it measures


class MeasuredFinder:
    """Finds what the numbers of a sentence measure."""

    def __init__(self, text: Text, sentence: Sentence, phrases: Sequence[Phrase]) -> None:
        """Take a sentence and its noun phrases."""
        self._text, self._sentence = text, sentence
        self._phrases = [phrase for phrase in phrases if phrase.extent in ("phrase", "entity")]
        self._longest: dict[int, int] = {}  # by the first word of a phrase, the index behind it
        for phrase in self._phrases:
            self._longest[phrase.first] = max(phrase.last, self._longest.get(phrase.first, 0))
        matches = CUES.directions.matches(text, sentence.first, sentence.last)
        self._changes = {
            index
            for match in matches
            if match.value != "level"
            for index in range(match.first, match.last)
        }

    def find(self, number: NumberPlace) -> str | None:
        """Return what a number measures; None where no phrase says it."""
        words = self._nearest(number)
        return words if words and _may_be_measure(words) else None

    def _nearest(self, number: NumberPlace) -> str | None:
        for index in (number.last, number.list_last):
            if words := self._behind(index):
                return words
        behind = self._text.gaps[number.list_last]
        if number.list_last in self._changes and not _BREAK.search(behind):
            return None  # "a 2x speedup" says it all
        return self._before(number.list_first)

    def _behind(self, index: int) -> str | None:
        """Return the noun phrase right behind a number ("30% less memory", "2% of the cost")."""
        start, text = index, self._text
        after_change = False
        while index < min(start + _REACH, self._sentence.last):
            form = text.forms[index]
            if _BREAK.search(text.gaps[index]):
                return None
            end = next((end for first, end in self._longest.items() if first <= index < end), None)
            if index in self._changes:
                after_change = True
            elif end is not None:
                if phrase := self._clean(index, end):
                    return phrase
                index, after_change = end - 1, True
            elif form not in _SKIPPED and not (form == "in" and after_change):
                return None
            index += 1
        return None

    def _before(self, index: int) -> str | None:
        """Return the noun phrase that leads to a number ("cuts the API cost by 30%")."""
        text = self._text
        while index > self._sentence.first and text.forms[index - 1] in _LEADS:
            if _BREAK.search(text.gaps[index]):
                return None
            index -= 1
        while index > self._sentence.first and (
            index - 1 in self._changes or text.forms[index - 1] in _BEING
        ):
            index -= 1  # "the cost is reduced by"
        if index < self._sentence.last and _BREAK.search(text.gaps[index]):
            return None
        first = min((f for f, end in self._longest.items() if f < index <= end), default=None)
        for _ in range(3):  # "the latency of Foo in training by"
            if first is None or first - 1 <= self._sentence.first:
                break
            link = first - 1
            while text.forms[link] in GRAMMAR.determiners and link > self._sentence.first:
                link -= 1
            earlier = min((f for f, end in self._longest.items() if end == link), default=None)
            if text.forms[link] not in _LINKS or earlier is None:
                break
            first, index = earlier, link
        return self._clean(first, index) if first is not None else None

    def _clean(self, first: int, last: int) -> str | None:
        """Return a phrase without words of change at either end."""
        text = self._text
        while first < last and (first in self._changes or text.forms[first] in _SKIPPED):
            first += 1
        while first < last and last - 1 in self._changes:
            last -= 1
        words = text.text[text.starts[first] : text.ends[last - 1]] if first < last else ""
        is_name = any(
            phrase.kind and (phrase.first, phrase.last) == (first, last) for phrase in self._phrases
        )
        is_empty = last - first == 1 and text.forms[first] in _NO_MEASURE
        return words if words and not is_name and not is_empty and not words[0].isdigit() else None


def _may_be_measure(words: str) -> bool:
    """Tell whether words name a metric, or may end in a noun: “remarkable”, “ranging” and
    “end-to-end” measure nothing."""
    text = Text("abstract", words)
    last, form = words.split()[-1].casefold(), text.forms[-1]
    if last not in _NEVER and any(METRICS.nouns.matches(text)):
        return True
    is_participle = len(text.forms) == 1 and last.endswith("ing") and last not in GRAMMAR.nouns
    is_no_noun = last in _NEVER or form in _NO_NOUNS or _NO_NOUN.fullmatch(last)
    return not (is_participle or is_no_noun)
