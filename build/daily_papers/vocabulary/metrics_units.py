"""The vocabulary of numbers: units, metrics with their nouns, and the words of change and bound."""

from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal, get_args

from msgspec import defstruct

from daily_papers.records import Better, Bound, Effect
from daily_papers.text import PhraseMatcher, Text
from daily_papers.vocabulary.yaml_file import Id, NonEmpty, Phrases, Schema, VocabularyFile

Direction = Literal["up", "down", "better", "faster", "slower", "level", "added"]

_OPPOSITE: dict[Better | None, Better | None] = {"higher": "lower", "lower": "higher", None: None}
_KIN = ({"speedup", "throughput", "latency"}, {"quality", "perplexity"})  # name each other
_VOWELS = frozenset("aeiou")


@dataclass(frozen=True)
class Noun:
    """A word for what is measured: its metric, which way is good, and whether it is so only
    right beside a number (`loose`)."""

    word: str
    metric: str
    better: Better | None
    loose: bool = False


class Metric(Schema, frozen=True):
    """An entry of metrics.yml, and one row of the table `metrics`.

    The nouns of `words` name the metric, those of `turned` name it where the other way is good,
    and those of `loose` only right beside a number.
    """

    id: Id
    name: NonEmpty
    description: NonEmpty
    words: Phrases
    better: Better | None = None
    turned: list[str] = []
    loose: list[str] = []
    no_percentage: list[str] = []


class Metrics:
    """The metrics, and the nouns that name them."""

    def __init__(self, file: VocabularyFile) -> None:
        """Take the file."""
        self.all = tuple(file.parse(list[Metric]))
        self.better = {metric.id: metric.better for metric in self.all}
        nouns = []
        for metric in self.all:
            for key in ("words", "turned", "loose"):
                better = _OPPOSITE[metric.better] if key == "turned" else metric.better
                for word in file.distinct(f"{metric.id}.{key}", getattr(metric, key)):
                    nouns.append((word, Noun(word, metric.id, better, key == "loose")))
        self.nouns = PhraseMatcher(nouns)
        self._no_percentage = PhraseMatcher(
            (word, True)
            for metric in self.all
            for word in file.distinct(f"{metric.id}.no_percentage", metric.no_percentage)
        )

    def better_of(self, metric: str, words: str, effect: Effect) -> Better | None:
        """Return which way is good for what words of a metric name, by their last noun; more of an
        efficiency is always good."""
        if effect == "increase" and "efficien" in words:
            return "higher"
        named = self._named(metric, words)
        return named[-1].better if named else self.better[metric]

    def is_named(self, metric: str, words: str) -> bool:
        """Return whether words have a noun of a metric."""
        return bool(self._named(metric, words))

    def is_of_another(self, metric: str, words: str) -> bool:
        """Return whether words name other metrics alone, as “accuracy” does beside a number of
        energy. What a speedup is of may be anything, and time and throughput are speed, too."""
        named = {noun.metric for noun in self._nouns(words)}
        kin = next((kin for kin in _KIN if metric in kin), {metric})
        return metric != "speedup" and bool(named) and not named & kin

    def _named(self, metric: str, words: str) -> list[Noun]:
        return [noun for noun in self._nouns(words) if noun.metric == metric]

    def _nouns(self, words: str) -> list[Noun]:
        nouns = (match.value for match in self.nouns.matches(Text("abstract", words)))
        return [noun for noun in nouns if not noun.loose]

    def is_no_percentage(self, words: str) -> bool:
        """Return whether words name a score that is not in percent."""
        return any(self._no_percentage.matches(Text("abstract", words)))


class Unit(Schema, frozen=True):
    """An entry of units.yml: a unit, how it is written, and the metric that a number in it
    measures."""

    unit: NonEmpty
    written: Phrases
    metric: str
    size: float | None = None  # beside other units of the metric
    sizes: dict[str, float] = {}  # where the ways in which it is written differ in size

    def size_of(self, written: str) -> float | None:
        """Return its size as it is written, beside other units of its metric, if it is known."""
        return self.sizes.get(_plain(written), self.size)


class Units:
    """The units, found as they are written, whatever their case and hyphens."""

    def __init__(self, file: VocabularyFile, metrics: Metrics) -> None:
        """Take the file."""
        self._by_written: dict[str, Unit] = {}
        metric_ids = sorted(metric.id for metric in metrics.all)
        for unit in file.parse(list[Unit]):
            file.check_choice(f"{unit.unit}.metric", unit.metric, metric_ids)
            key = f"{unit.unit}.written"
            for written in (unit.unit, *file.distinct(key, unit.written, exact=True)):
                other = self._by_written.setdefault(_plain(written), unit)
                if other is not unit:
                    raise file.fail(key, f"{written!r} is {other.unit!r} already")

    def get(self, written: str) -> Unit | None:
        """Return the unit that is written so."""
        return self._by_written.get(_plain(written))


def _plain(unit: str) -> str:
    return unit.lower().replace("-", " ")


class _DirectionWords(Schema, frozen=True):
    """Words for a direction: verbs in their base form, and others as they stand."""

    verbs: list[str]
    words: list[str]


_DIRECTION_KEYS = [(direction, _DirectionWords) for direction in get_args(Direction)]
_CueFile = defstruct(
    "_CueFile", [*_DIRECTION_KEYS, ("bounds", dict[Bound, list[str]])], forbid_unknown_fields=True
)


class Cues:
    """The words from which a number's meaning is read: words of change, and words of bound."""

    def __init__(self, file: VocabularyFile) -> None:
        """Take the file."""
        content: Any = file.parse(_CueFile)
        directions: dict[str, Direction] = {}
        # A word of two directions has the later one: "lower" the verb and "lower" the adjective.
        for direction in ("added", "level", "up", "down", "better", "slower", "faster"):
            cues: _DirectionWords = getattr(content, direction)
            verbs = file.distinct(f"{direction}.verbs", cues.verbs)
            words = file.distinct(f"{direction}.words", cues.words)
            forms = chain(*map(verb_forms, verbs), words)
            directions.update(dict.fromkeys(forms, direction))
        # Of two spellings of one form, the later one counts.
        self.directions = PhraseMatcher(reversed(directions.items()))
        bounds: dict[str, Bound] = {}
        for bound, phrases in content.bounds.items():
            bounds.update(dict.fromkeys(file.distinct(f"bounds.{bound}", phrases), bound))
        self.bounds = PhraseMatcher(bounds.items())


def verb_forms(verb: str) -> list[str]:
    """Return a regular verb's forms; both spellings where the last letter may be doubled."""
    if verb.endswith("e"):
        return [verb, verb + "s", verb + "d", verb[:-1] + "ing"]
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return [verb, verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"]
    forms = [verb, verb + "s", verb + "ed", verb + "ing"]
    if verb[-1] not in "aeiouwxyhsn" and verb[-2] in _VOWELS and verb[-3:-2] not in _VOWELS:
        forms += [verb + verb[-1] + "ed", verb + verb[-1] + "ing"]
    return forms
