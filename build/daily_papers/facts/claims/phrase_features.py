"""Describes noun phrases, alone and beside a number, for the model that chooses among them."""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from daily_papers.facts.claims.noun_phrases import Phrase
from daily_papers.records import Claim
from daily_papers.text import Sentence, Text
from daily_papers.vocabulary import GRAMMAR

_MARK = re.compile(r"[,;:()–—]")
_SKIPPED = GRAMMAR.determiners | {"existing", "strong", "all"}
_SMALL = GRAMMAR.ends | {"least", "most", "more", "than", "average", "additional", "further"}
_LISTED = 4  # words between two numbers of one list
_CONJUNCTIONS = frozenset(("while", "whereas", "but", "which", "although", "when", "where"))
_COMPARED = "compared with"
_NEAR = 3  # words between a phrase and a number that are read in full


class NumberPlace(NamedTuple):
    """The words [first, last) of a number claimed, its place in a list of numbers, and the words
    [list_first, list_last) of that list."""

    first: int
    last: int
    position: int
    list_length: int
    list_first: int
    list_last: int


def number_places(text: Text, spans: Sequence[tuple[int, int]]) -> list[NumberPlace]:
    """Return numbers with their places in lists: numbers with but a few small words between."""
    lists: list[list[tuple[int, int]]] = []
    for span in spans:
        between = text.forms[lists[-1][-1][1] : span[0]] if lists else []
        if lists and len(between) <= _LISTED and _SMALL.issuperset(between):
            lists[-1].append(span)
        else:
            lists.append([span])
    return [
        NumberPlace(*span, position, len(items), items[0][0], items[-1][1])
        for items in lists
        for position, span in enumerate(items)
    ]


class PhraseFeatures:
    """Describes the phrases of a sentence."""

    def __init__(
        self,
        text: Text,
        sentence: Sentence,
        phrases: Sequence[Phrase],
        numbers: Sequence[tuple[int, int]],
        name: str | None,
    ) -> None:
        """Take a sentence with its phrases, the words of the numbers claimed in it, and what the
        paper introduces; `alone` has the features of each phrase without a number."""
        self._text, self._sentence, self.phrases = text, sentence, phrases
        words = range(sentence.first, sentence.last)
        matches = list(GRAMMAR.comparisons.matches(text, sentence.first, sentence.last))
        self._comparisons = {match.last: match for match in matches}
        starts = {first for first, _ in numbers}
        # How many numbers and clauses begin before each word.
        self._numbers = list(accumulate((index in starts for index in words), initial=0))
        self._clauses = list(accumulate(map(self._begins_clause, words), initial=0))
        self._behind: list[str] = []  # for each word, the comparison before it, no number between
        behind = "none"
        for index in words:
            match = self._comparisons.get(index)
            behind = match.value if match else "none" if index in starts else behind
            self._behind.append(behind)
        self._named = {match.value for match in matches} - {"including"}
        self._respectively = "respectively" in text.forms[sentence.first : sentence.last]
        self._governors = [self._governor(phrase) for phrase in phrases]
        self._kinds = [self._kind(phrase, name) for phrase in phrases]
        # The first words of the phrases of each kind, and of those behind a word of comparison.
        self._firsts: dict[str, set[int]] = {_COMPARED: set()}
        for phrase, kind, (governor, _) in zip(phrases, self._kinds, self._governors, strict=True):
            self._firsts.setdefault(kind, set()).add(phrase.first)
            if governor in self._named:
                self._firsts[_COMPARED].add(phrase.list_first)
        self.alone = [self._describe(index) for index in range(len(phrases))]

    def _begins_clause(self, index: int) -> bool:
        """Tell whether a clause begins at a word: "; it", "while", ", reducing", "and cuts"."""
        gap, form = self._text.gaps[index], self._text.forms[index]
        if ";" in gap or ":" in gap or form in _CONJUNCTIONS:
            return True
        if form == "and":
            following = self._text.forms[index + 1 : min(index + 3, self._sentence.last)]
            return not GRAMMAR.verbs.isdisjoint(following)
        return "," in gap and form.endswith("ing") and form in GRAMMAR.verbs

    def _governor(self, phrase: Phrase) -> tuple[str, str]:
        """Return the word that a phrase hangs on ("than" of "than the best"), and the word
        before it."""
        first = phrase.list_first
        while (before := self._seen(first, first - 1)) in _SKIPPED:
            first -= 1
        if match := self._comparisons.get(first):
            before, first = match.value, match.first + 1
        return before, self._seen(first - 1, first - 2)

    def _seen(self, gap: int, word: int) -> str:
        """Return the punctuation of a gap, or the form of the word on one side of it."""
        if not self._sentence.first <= word < self._sentence.last:
            return "end"
        mark = _MARK.search(self._text.gaps[gap])
        form = self._text.forms[word]
        return mark[0] if mark else "number" if form[0].isdigit() else form

    def _kind(self, phrase: Phrase, name: str | None) -> str:
        words = self._text.text[phrase.start : phrase.end]
        if phrase.kind or phrase.names:
            return phrase.kind or f"has {phrase.names}"
        if name and name in words:
            return "introduced"
        if self._text.forms[phrase.last - 1] in GRAMMAR.devices:
            return "device"
        if words[0].isdigit():
            return "begins with a number"
        return "lower case" if words.islower() else "name"

    def none(self, claim: Claim) -> list[str]:
        """Return the features of a claim for which no phrase is chosen."""
        return [
            "none",
            f"none: {claim.metric}",
            f"none: {claim.metric}, {claim.effect}",
            f"none: {claim.effect}, {'comparison' if self._named else 'no comparison'}",
            f"none: {claim.unit}",
            f"none: {claim.field}",
            *(f"none: sentence has {name}" for name in sorted(self._named)),
        ]

    def _describe(self, index: int) -> list[str]:
        """Return the features of a phrase that are the same for all numbers."""
        phrase, forms, kind = self.phrases[index], self._text.forms, self._kinds[index]
        governor, earlier = self._governors[index]
        after, head = self._seen(phrase.last, phrase.last), forms[phrase.last - 1]
        return [
            f"cut: {phrase.extent}, {kind}",
            f"words: {min(6, phrase.last - phrase.first)}, {phrase.extent}",
            f"last word: {head}",
            f"first word: {forms[phrase.first]}",
            f"after: {after}",
            f"hangs on: {governor}",
            f"hangs on: {earlier} {governor}",
            f"hangs on: {governor}, last word: {head}",
            f"hangs on: {governor}, after: {after}",
            *(f"has: {form}" for form in forms[phrase.first : phrase.last][:6]),
        ]

    # It is long because it lists the features.
    def beside(
        self, indexes: Sequence[int], number: NumberPlace, claim: Claim
    ) -> Iterator[list[str]]:
        """Yield the features of phrases that say how they stand to a number."""
        nearest = {
            kind: min((abs(each - number.first) for each in firsts), default=0)
            for kind, firsts in self._firsts.items()
        }

        def rank(kind: str, first: int) -> str:
            if len(self._firsts[kind]) == 1:
                return "only"
            return "nearest" if abs(first - number.first) == nearest[kind] else "farther"

        for index in indexes:
            phrase, kind, governor = (
                self.phrases[index],
                self._kinds[index],
                self._governors[index][0],
            )
            is_left = phrase.last <= number.first
            first, last = (phrase.last, number.first) if is_left else (number.last, phrase.first)
            side = "left" if is_left else "right"
            region = f"{side} {self._between(self._numbers, first, last)}"
            far = min(6, max(0, last - first).bit_length())
            hangs = f"{region}, hangs on: {governor}"
            features = [
                f"{region}, distance: {far}",
                hangs,
                f"{hangs}, {kind}",
                f"{region}, {kind}",
                f"{region}, last word: {self._text.forms[phrase.last - 1]}",
                f"{claim.metric}, {kind}",
                f"{claim.effect}, hangs on: {governor}",
                f"{side}, clauses: {self._between(self._clauses, first, last + 1)}, {governor}",
                f"{region}, behind: {self._behind[phrase.first - self._sentence.first]}",
                f"{kind}: {rank(kind, phrase.first)}, {region}",
                f"item: {self._item(phrase, number)}, {region}",
            ]
            if last - first <= _NEAR:
                features.append(f"{region}, between: {' '.join(self._text.forms[first:last])}")
            if governor in self._named:
                features.append(f"{rank(_COMPARED, phrase.list_first)}, {side}, {governor}")
            yield features

    def _between(self, counts: Sequence[int], first: int, last: int) -> int:
        """Return how many of what is counted begin among words of the sentence; 2 for more."""
        start, end = self._sentence.first, self._sentence.last
        number = counts[min(last, end) - start] - counts[min(first, end) - start]
        return 0 if number < 0 else 2 if number > 2 else number

    def _item(self, phrase: Phrase, number: NumberPlace) -> str:
        """Return how the place of a phrase in its list fits that of the number."""
        if number.list_length == 1:
            return f"{min(phrase.position, 2)} of one number" if phrase.list_length > 1 else "none"
        if phrase.list_length != number.list_length:
            return "of no such list"
        same = "same" if phrase.position == number.position else "another"
        return f"{same}, {self._respectively}"
