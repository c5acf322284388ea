"""Says in words what stands in and around a number: the features that models of claims weigh."""

# Longer than others: all features of a number on one page, as people read them in the weights.

import re
from collections.abc import Iterator, Sequence

from daily_papers.facts.claims.metric_effect import Measurement
from daily_papers.facts.claims.number_context import MarkedSentence
from daily_papers.facts.claims.quantities import Quantity
from daily_papers.facts.names.named_entities import EntityOccurrence
from daily_papers.records import Bound
from daily_papers.text import PhraseMatch, word_set
from daily_papers.vocabulary.metrics_units import Direction, Noun

_NEAR = 3  # words beside a number, each with its distance
_FAR = 14  # words beside a number, without
_SHORT_GAP = 16  # characters between two numbers that are kept as they are
_NUMBER = "#"  # a word that is a number
_EXISTING_WORK = re.compile(
    r"(?:(?:However|Recently|Typically|Unfortunately|Currently|Traditionally|For (?:example|"
    r"instance)),?\s)?"
    r"(?:[Ee]xisting|[Pp]rior|[Pp]revious|[Tt]raditional|[Cc]onventional|[Cc]urrent|[Mm]ost|[Mm]any|"
    r"[Rr]ecent|[Ss]tate-of-the-art)\s"
)
_SKIPPED = word_set(
    "a an the only just merely roughly about nearly around approximately additional further "
    "average mean relative absolute overall total"
)
_MAGNITUDES = (1, 2, 5, 10, 30, 60, 100, 1000, 100_000)


def unit_of(quantity: Quantity) -> str:
    """Return the unit, the same for all ways of writing it; "none" of a bare number."""
    return quantity.unit_entry.unit if quantity.unit_entry else quantity.unit or "none"


def has_unit_in_words(quantity: Quantity) -> bool:
    """Tell whether other words may say the unit: of a bare number, and of "an absolute 3 %"."""
    return quantity.unit in (None, "%")


def distance(count: int) -> str:
    """Return a number of words as people would say it."""
    if count <= 3:
        return str(count)
    return "4-6" if count <= 6 else "7-12" if count <= 12 else "far"


class FeatureReader:
    """Reads the features of the numbers of a sentence."""

    def __init__(
        self,
        line: MarkedSentence,
        quantities: Sequence[Quantity],
        entities: Sequence[EntityOccurrence],
        self_reference_start: int,
        name: str | None,
    ) -> None:
        """Take a sentence, its numbers, the names in its text, the offset at which the paper begins
        to speak of itself, and the name of what the paper introduces."""
        self._line, self._quantities = line, quantities
        self._read: list[Sequence[Measurement]] = []  # of the numbers before
        sentence = line.sentence
        self._entities = [each for each in entities if sentence.start <= each.start < sentence.end]
        words = line.text[sentence.start : sentence.end]
        has_name = name is not None and name in words
        is_before = sentence.start < self_reference_start
        existing = _EXISTING_WORK.match(words) is not None
        self.is_background = (
            line.source.field == "abstract" and (is_before or existing) and not has_name
        )
        self._about = [*self._about_sentence(is_before, existing, has_name)]

    def _about_sentence(self, is_before: bool, existing: bool, has_name: bool) -> Iterator[str]:
        line = self._line
        sentences = line.source.sentences
        index, count = sentences.index(line.sentence), len(sentences)
        yield "sentence: " + (
            "title"
            if line.source.field == "title"
            else "first"
            if index == 0
            else "last"
            if index == count - 1
            else "second last"
            if index == count - 2
            else "early"
            if index < count / 3
            else "middle"
        )
        yield f"sentence: {'before' if is_before else 'after'} the paper speaks of itself"
        if has_name:
            yield "sentence: has the introduced name"
        if existing:
            yield "sentence: existing work"
        if not line.vocabulary.isdisjoint(("we", "our")):
            yield "sentence: we"
        yield f"sentence begins: {' '.join(line.forms[line.first : line.first + 2])}"
        yield f"sentence begins: {' '.join(line.forms[line.first : line.first + 1])}"

    def features(
        self,
        quantity: Quantity,
        bounds: tuple[Bound | None, Bound | None],
        reason: str | None,
        measurements: Sequence[Measurement],
    ) -> list[str]:
        """Return the features of a number.

        Among them is what the grammar reads: the bounds of the number and of its list, why it may
        be no claim, and what it measures.
        """
        line, unit = self._line, unit_of(quantity)
        behind, before = line.word_at(quantity.end), line.word_at(quantity.start)
        lefts = self._words(before - 1, line.first - 1, -1)
        rights = self._words(behind, line.last, 1)
        return [
            f"unit: {unit}",
            *self._about,
            *_shape(line, quantity, unit),
            *_beside("before", lefts, unit),
            *_beside("after", rights, unit),
            *_marked(line, before, behind, unit),
            *self._neighbours(quantity, unit),
            *self._named(quantity, unit),
            *self._read_before(quantity, measurements),
            *_read(bounds, reason, measurements, unit),
        ]

    def _words(self, index: int, stop: int, step: int) -> list[str]:
        """Return the words from one on, with what parts them where it is more than a blank."""
        source, words = self._line.source, list[str]()
        while index != stop and len(words) < _FAR:
            sign = source.gaps[index + (step < 0)].strip()
            if sign and sign not in ("-", "~"):
                words.append(sign[:3])
            form = source.forms[index]
            words.append(_NUMBER if form[0].isdigit() else form)
            index += step
        return words[:_FAR]

    def _neighbours(self, quantity: Quantity, unit: str) -> Iterator[str]:
        number = self._quantities.index(quantity)
        for side, other in (("number before", number - 1), ("number after", number + 1)):
            if not 0 <= other < len(self._quantities):
                yield f"{side}: none"
                continue
            neighbour = self._quantities[other]
            low, high = (
                sorted((neighbour.start, quantity.start)),
                sorted((neighbour.end, quantity.end)),
            )
            is_same = unit_of(neighbour) == unit
            gap = self._line.text[high[0] : low[1]].strip().lower()
            gap = gap if len(gap) <= _SHORT_GAP else f"{len(gap) // 20 * 20} characters"
            yield f"{side}: {'same unit' if is_same else unit_of(neighbour)}"
            yield f"{side}: {'same' if is_same else 'other'} unit {gap}"
            if is_same:
                order = "larger" if neighbour.value > quantity.value else "smaller"
                yield f"{side}: {order} {gap[:10]}"
        yield f"numbers: {min(len(self._quantities), 6)}"
        yield f"number of sentence: {min(number, 4)}"

    def _read_before(
        self, quantity: Quantity, measurements: Sequence[Measurement]
    ) -> Iterator[str]:
        """Yield what the grammar reads of the number before, which a list leaves out."""
        number = len(self._read)
        self._read.append(measurements)
        for back in (1, 2):
            if number < back or not self._read[number - back]:
                yield f"read {back} before: nothing"
                continue
            previous, read = self._quantities[number - back], self._read[number - back][0]
            is_same = unit_of(previous) == unit_of(quantity)
            gap = self._line.text[previous.end : quantity.start].strip().lower()
            gap = gap if len(gap) <= _SHORT_GAP else f"{len(gap) // 40 * 40} characters"
            label = f"read {back} before: {read.metric} {read.effect}"
            yield label
            yield f"{label}, {'same' if is_same else 'other'} unit"
            yield f"{label}, {'same' if is_same else 'other'} unit, {gap}"
            if not measurements:
                yield f"{label}, then nothing, {'same' if is_same else 'other'} unit"

    def _named(self, quantity: Quantity, unit: str) -> Iterator[str]:
        left = [each for each in self._entities if each.end <= quantity.start]
        right = [each for each in self._entities if each.start >= quantity.end]
        for side, near in (("name before", left[-1:]), ("name after", right[:1])):
            if not near:
                yield f"{side}: none"
                continue
            entity = near[0]
            edges = sorted((entity.start, entity.end, quantity.start, quantity.end))
            gap = self._line.text[edges[1] : edges[2]].strip().lower()
            gap = gap if len(gap) <= _SHORT_GAP else f"{len(gap) // 20 * 20} characters"
            yield f"{side}: {entity.kind}"
            yield f"{side}: {entity.kind} {gap}"
            yield f"{side}: {entity.kind} / {unit}"
        if any(each.kind == "dataset" for each in self._entities):
            yield f"a dataset is named / {unit}"


def _shape(line: MarkedSentence, quantity: Quantity, unit: str) -> Iterator[str]:
    written = line.text[quantity.start : quantity.end]
    limit = next((limit for limit in _MAGNITUDES if quantity.value < limit), "more")
    yield f"value: under {limit}"
    yield f"value: under {limit} {unit}"
    yield f"decimal: {'.' in written} {unit}"
    if quantity.low is not None:
        yield f"range {unit}"
        yield f"range {'changes' if quantity.falls is not None else 'spans'}"
    if quantity.falls is not None:
        yield f"falls: {quantity.falls}"
    if quantity.is_verb:
        yield "is a verb"
    if quantity.sign:
        yield f"sign: {quantity.sign}"
    if quantity.scaled:
        yield "scaled"
    if written[:1].isalpha():
        yield f"in words: {written.lower()[:20]}"
    around = (
        line.text[quantity.start - 1 : quantity.start] + line.text[quantity.end : quantity.end + 1]
    )
    yield f"between: {around.strip()!r}"
    yield f"field: {line.source.field}"


def _beside(side: str, words: Sequence[str], unit: str) -> Iterator[str]:
    for index, word in enumerate(words[:_NEAR], 1):
        yield f"{side} {index}: {word}"
        yield f"{side} {index}: {word} / {unit}"
    yield from {f"{side}: {word}": None for word in words}
    for index, (word, following) in enumerate(zip(words[:4], words[1:5], strict=False), 1):
        yield f"{side} {index}: {word} {following}"
    if len(words) > 2:
        yield f"{side} 1: {' '.join(words[:3])}"
    if not words:
        yield f"{side} 1: nothing"


# Longer than others: each pair of nearest words, side by side.
def _marked(line: MarkedSentence, before: int, behind: int, unit: str) -> Iterator[str]:
    """Yield the nearest words of the vocabulary on both sides, alone and together."""
    nouns = [noun for noun in line.nouns if noun.last <= before]
    right_nouns = [noun for noun in line.nouns if noun.first >= behind]
    cues = [cue for cue in line.cues if cue.last <= before]
    right_cues = [cue for cue in line.cues if cue.first >= behind]
    left = _noun("noun before", nouns[-1:], before)
    right = _noun("noun after", right_nouns[:1], behind)
    cue_left = _change("change before", line, cues[-1:], before)
    cue_right = _change("change after", line, right_cues[:1], behind)
    for group in (left, right, cue_left, cue_right):
        yield from group
        yield from (f"{each} / {unit}" for each in group)
    for one_side in (left[0], cue_left[0]):
        for other_side in (right[0], cue_right[0]):
            yield f"{one_side} + {other_side}"
    yield f"{left[0]} + {cue_left[0]}"
    yield f"{right[0]} + {cue_right[0]}"
    lead = _lead(line, before)
    changes = [cue for cue in cues if cue.value not in ("level", "added")][-1:]
    change = changes[0].value if changes else "none"
    governed = [noun for noun in nouns if changes and noun.first >= changes[0].first]
    if changes:
        yield f"last change: {change}"
        yield f"last change: {change} / {unit}"
        yield f"last change: {change} {distance(before - changes[0].last)}"
    if governed:
        yield f"changed: {governed[0].value.metric}"
        yield f"changed: {governed[0].value.metric} {change}"
        yield f"changed last: {governed[-1].value.metric}"
    near = [noun for noun in right_nouns[:1] if noun.first - behind <= 4]
    head = next(iter([*near, *governed[:1], *nouns[-1:]]), None)
    better = head.value.better if head else "none"
    yield f"lead: {lead}"
    yield f"lead: {lead} / {unit}"
    yield f"lead: {lead}, change: {change}"
    yield f"lead: {lead}, change: {line.forms[changes[0].first] if changes else 'none'}"
    yield f"lead: {lead}, change: {change} / {unit}"
    yield f"lead: {lead}, {right[0]}"
    yield f"lead: {lead}, {cue_right[0]} / {unit}"
    yield f"lead: {lead}, {cue_right[0]}, {right[0]}"
    yield f"lead: {lead}, change: {change}, better: {better} / {unit}"
    if head:
        yield f"measured: {head.value.metric}"
        yield f"measured: {head.value.metric} / {unit}"
        yield f"measured: {head.value.word}"
        yield f"measured: {head.value.word} / {unit}"
        yield f"better: {better}, change: {change}, lead: {lead}"
        yield f"better: {better}, {cue_right[0]} / {unit}"
    yield from {
        f"in sentence: {noun.value.metric}": None for noun in line.nouns if not noun.value.loose
    }


def _lead(line: MarkedSentence, before: int) -> str:
    """Return the word that leads to a number: bounds, articles and adverbs before it left out."""
    index = before - 1
    while index >= line.first:
        bound = next((each for each in line.bounds if each.last == index + 1), None)
        form = line.forms[index]
        if bound:
            index = bound.first - 1
        elif form in _SKIPPED or (form.endswith("ly") and len(form) > 4):
            index -= 1
        else:
            break
    if index < line.first:
        return "nothing"
    form = line.forms[index]
    sign = "".join(line.source.gaps[index + 1 : before + 1]).strip(" ~-")[:2]
    return f"{_NUMBER if form[0].isdigit() else form} {sign}".strip()


def _noun(side: str, nouns: Sequence[PhraseMatch[Noun]], edge: int) -> list[str]:
    if not nouns:
        return [f"{side}: none"]
    noun, value = nouns[0], nouns[0].value
    gap = distance(max(edge - noun.last, noun.first - edge))
    return [
        f"{side}: {value.metric}{' loose' if value.loose else ''} {gap}",
        f"{side}: {value.metric}",
        f"{side}: {value.word}",
        f"{side}: {value.metric} better {value.better}",
        f"{side} better: {value.better} {gap}",
    ]


def _change(
    side: str, line: MarkedSentence, cues: Sequence[PhraseMatch[Direction]], edge: int
) -> list[str]:
    if not cues:
        return [f"{side}: none"]
    cue = cues[0]
    gap = distance(max(edge - cue.last, cue.first - edge))
    return [
        f"{side}: {cue.value} {gap}",
        f"{side}: {cue.value}",
        f"{side}: {line.forms[cue.first]}",
    ]


def _read(
    bounds: tuple[Bound | None, Bound | None],
    reason: str | None,
    measurements: Sequence[Measurement],
    unit: str,
) -> Iterator[str]:
    """Yield what the grammar reads."""
    yield f"may be: {reason or 'claim'}"
    yield f"bound: {bounds[0]}"
    yield f"bound of list: {bounds[1]}"
    if not measurements:
        yield "read: nothing"
        yield f"read: nothing / {unit}"
        return
    read = measurements[0]
    yield f"read: {read.metric}"
    yield f"read: {read.effect}"
    yield f"read: {read.metric} {read.effect}"
    yield f"read: {read.metric} / {unit}"
    yield f"read: {read.metric} {read.effect} / {unit}"
    yield f"read: {read.effect} better {read.better}"
    yield f"read: {read.metric} by {'no noun' if read.word == 'none' else 'a noun'}"
    yield f"read: {read.metric} by {'no noun' if read.word == 'none' else 'a noun'} / {unit}"
    yield f"read: {read.word}"
    yield f"read: {read.word} / {unit}"
    if len(measurements) > 1:
        yield f"read: {read.metric} and {measurements[1].metric}"
