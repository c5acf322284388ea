"""The vocabulary of numbers: units, metrics with their nouns, and the words of change and bound."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from daily_papers.records import Better, Bound
from daily_papers.text import Phrases
from daily_papers.vocabulary.yaml_file import VocabularyFile

Direction = Literal["up", "down", "better", "faster", "slower", "level", "added"]

_TURN: dict[Better | None, Better | None] = {"higher": "lower", "lower": "higher", None: None}
_VOWELS = frozenset("aeiou")


@dataclass(frozen=True)
class Noun:
    """A word for what is measured: its metric, which way is good, and whether it is so only
    right beside a number (`loose`)."""

    word: str
    metric: str
    better: Better | None
    loose: bool = False


@dataclass(frozen=True)
class Metric:
    """A metric of claims, one row of the table."""

    id: str
    name: str
    description: str
    better: Better | None


class Metrics:
    """The metrics, and the nouns that name them."""

    def __init__(self, file: VocabularyFile) -> None:
        """Take the file.

        Raises:
            VocabularyError: a key is missing, unknown or not of its kind.
        """
        required = ("id", "name", "description", "words")
        entries = file.entries("id", required, ("better", "turned", "loose"))
        metrics, nouns = [], []
        for one in entries:
            name = file.identifier(f"{one['id']}.id", one["id"])
            better = file.choice(f"{name}.better", one.get("better"), (*get_args(Better), None))
            metrics.append(Metric(name, one["name"], one["description"], better))
            for key, good in (("words", better), ("turned", _TURN[better]), ("loose", better)):
                for word in file.words(f"{name}.{key}", one.get(key)):
                    nouns.append((word, Noun(word, name, good, key == "loose")))
        self.all = tuple(metrics)
        self.ids = frozenset(metric.id for metric in metrics)
        self.nouns = Phrases(nouns)
        self._better = {metric.id: metric.better for metric in metrics}

    def better(self, metric: str) -> Better | None:
        """Return which way is good."""
        return self._better[metric]


@dataclass(frozen=True)
class Unit:
    """A unit, and the metric that a number in it measures."""

    unit: str
    metric: str


class Units:
    """The units, found as they are written, whatever their case and hyphens."""

    def __init__(self, file: VocabularyFile, metrics: Metrics) -> None:
        """Take the file.

        Raises:
            VocabularyError: a key is missing or unknown, a metric does not exist, or a unit is
                written like another.
        """
        self._by_written: dict[str, Unit] = {}
        for one in file.entries("unit", ("unit", "written", "metric")):
            name = one["unit"]
            file.choice(f"{name}.metric", one["metric"], sorted(metrics.ids))
            unit = Unit(name, one["metric"])
            for written in dict.fromkeys((name, *file.written(f"{name}.written", one["written"]))):
                other = self._by_written.setdefault(_plain(written), unit)
                if other is not unit:
                    raise file.fail(f"{name}.written", f"{written!r} is {other.unit!r} already")

    def get(self, written: str) -> Unit | None:
        """Return the unit that is written so."""
        return self._by_written.get(_plain(written))


def _plain(unit: str) -> str:
    return unit.lower().replace("-", " ")


@dataclass(frozen=True)
class Cues:
    """The words from which a number's meaning is read."""

    directions: Phrases[Direction]
    bounds: Phrases[Bound]


def cues(file: VocabularyFile) -> Cues:
    """Read the words of change and the words of bound.

    Raises:
        VocabularyError: a key is missing, unknown or not of its kind.
    """
    read = file.section(*get_args(Direction), "bounds")
    directions: dict[str, Direction] = {}
    # A word of two directions has the later one: "lower" the verb and "lower" the adjective.
    for direction in ("added", "level", "up", "down", "better", "slower", "faster"):
        for verb in file.words(f"{direction}.verbs", read[direction]["verbs"]):
            directions.update(dict.fromkeys(verb_forms(verb), direction))
        words = file.words(f"{direction}.words", read[direction]["words"])
        directions.update(dict.fromkeys(words, direction))
    bounds = {}
    for bound, phrases in read["bounds"].items():
        file.choice(f"bounds.{bound}", bound, get_args(Bound))
        bounds.update(dict.fromkeys(file.words(f"bounds.{bound}", phrases), bound))
    return Cues(Phrases(_latest(directions)), Phrases(bounds.items()))


def _latest(directions: Mapping[str, Direction]) -> Iterable[tuple[str, Direction]]:
    return reversed(list(directions.items()))  # of two spellings of one form, the later one


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
