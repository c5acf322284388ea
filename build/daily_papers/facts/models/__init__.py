"""Reads and applies the trained models: linear models with integer weights, one text file each.

Each line of a file is a feature and its weights, so that a person can read why a decision falls as
it does; integers give the same sums on every machine. `make train` writes the files.
"""

import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, KeysView, Mapping, Sequence
from functools import cache
from itertools import takewhile
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from daily_papers.text import BoundedCache

FOLDER = Path(__file__).parent
BIAS = "always"  # the feature that every example has
_CERTAIN = 100  # percent
_DIGIT = 4  # bytes: what the sum of a class fits into, shifted by the middle to be positive
_MIDDLE = 1 << (8 * _DIGIT - 1)


class Decision(NamedTuple):
    """The class with the highest score, and how far it is above the next one."""

    value: str
    margin: int


class LinearModel:
    """Sums the weights of features for each class.

    A decision with one class is a yes or no: yes where its score is above 0. A model may take
    several decisions at once from the same features: its classes are then "decision: class". Scores
    are hundredths of a logit.
    """

    def __init__(
        self,
        classes: Sequence[str],
        weights: Mapping[str, Mapping[str, int]],
        confidence: Mapping[str, Sequence[tuple[int, int]]] = MappingProxyType({}),
    ) -> None:
        """Take the classes, the weights of each feature by class, and for decisions the confidence
        in percent from each margin on, in rising order."""
        self.classes, self.weights = tuple(classes), weights
        self.confidence_steps = {name: tuple(steps) for name, steps in confidence.items()}
        # The classes of a decision stand together: its first index, and their names.
        self._decisions: dict[str, tuple[int, list[str]]] = {}
        for index, label in enumerate(self.classes):
            decision, _, name = label.rpartition(": ")
            self._decisions.setdefault(decision, (index, []))[1].append(name)
        # All classes' weights of a feature are added at once, as digits of one long number.
        self._shifts = {name: 8 * _DIGIT * index for index, name in enumerate(self.classes)}
        self._packed, self._features = BoundedCache(self._pack), weights.keys()
        self._size = _DIGIT * len(self.classes)
        self._middle = sum(_MIDDLE << shift for shift in self._shifts.values())
        self._start = self._middle + (self._packed[BIAS] if BIAS in weights else 0)

    def _pack(self, feature: str) -> int:
        shifts = self._shifts
        return sum(weight << shifts[name] for name, weight in self.weights[feature].items())

    def scores(self, features: Iterable[str]) -> list[int]:
        """Return the score of each class; a feature counts once."""
        total = sum(map(self._packed.__getitem__, self._features & features), self._start)
        # Without the middle, whose bit is that of the sign, the digits are signed numbers.
        digits = array("i", (total ^ self._middle).to_bytes(self._size, sys.byteorder))
        if sys.byteorder == "big":
            digits.reverse()
        return digits.tolist()

    def score(self, features: Iterable[str]) -> int:
        """Return the score of the one class of a yes or no."""
        return self.scores(features)[0]

    def score_in(self, scores: Sequence[int], decision: str) -> int:
        """Return the score of a yes or no among the scores of all classes."""
        return scores[self._decisions[decision][0]]

    def scores_in(self, scores: Sequence[int], decision: str) -> dict[str, int]:
        """Return the score of each class of a decision among the scores of all classes."""
        first, names = self._decisions[decision]
        return dict(zip(names, scores[first : first + len(names)], strict=True))

    def decide(self, features: Iterable[str]) -> Decision:
        """Return the best class; of equal ones, the first."""
        return self.decide_in(self.scores(features), "")

    def decide_in(self, scores: Sequence[int], decision: str) -> Decision:
        """Return the best class of a decision by the scores of all classes."""
        first, names = self._decisions[decision]
        second, best = sorted(scores[first : first + len(names)])[-2:]
        return Decision(names[scores.index(best, first) - first], best - second)

    def confidence(self, margin: int, decision: str = "") -> int:
        """Return how often, in percent, decisions with such a margin were right on papers that the
        model was not trained on."""
        steps = self.confidence_steps.get(decision)
        if not steps:
            return _CERTAIN
        return steps[max(0, bisect_right(steps, margin, key=itemgetter(0)) - 1)][1]

    def reasons(self, features: Iterable[str]) -> list[tuple[str, Mapping[str, int]]]:
        """Return the features that count, with their weights: why a decision falls as it does."""
        return [(feature, self.weights[feature]) for feature in features if feature in self.weights]


Models = Mapping[str, LinearModel]


class _Lines(Mapping[str, Mapping[str, int]]):
    """The weights of features by class, each line read when it is asked for: most never are."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._cells = dict(line.split("\t", 1) for line in lines)

    def __getitem__(self, feature: str) -> Mapping[str, int]:
        cells = (cell.rpartition("=") for cell in self._cells[feature].split("\t"))
        return {name: int(weight) for name, _, weight in cells}

    def __iter__(self) -> Iterator[str]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)

    def keys(self) -> KeysView[str]:
        """Return the features."""
        return self._cells.keys()


def parse(text: str) -> LinearModel:
    """Return the model that `dump` wrote."""
    lines = text.splitlines()
    header = [line[2:].split("\t") for line in takewhile(_is_header, lines)]
    classes: list[str] = []
    confidence = {}
    for key, *cells in header:
        if key == "classes":
            classes = cells
        elif key == "confidence":
            steps = (cell.split("=") for cell in cells[1:])
            confidence[cells[0]] = [(int(margin), int(percent)) for margin, percent in steps]
    return LinearModel(classes, _Lines(lines[len(header) :]), confidence)


def _is_header(line: str) -> bool:
    return line.startswith("# ")


def dump(model: LinearModel, labels: str) -> str:
    """Return a model as text: the header, with the hash of the labels that it was trained on, then
    a line for each feature, sorted."""
    rows = [["# labels", labels], ["# classes", *model.classes]]
    for decision, steps in sorted(model.confidence_steps.items()):
        rows.append(["# confidence", decision, *(f"{margin}={share}" for margin, share in steps)])
    for feature in sorted(model.weights):
        by_class = model.weights[feature]
        cells = (f"{name}={by_class[name]}" for name in model.classes if name in by_class)
        rows.append([feature, *cells])
    return "\n".join(map("\t".join, rows)) + "\n"


@cache
def shipped() -> Models:
    """Return the models of the package by name."""
    files = sorted(FOLDER.glob("*.tsv"))
    return MappingProxyType({file.stem: parse(file.read_text(encoding="utf-8")) for file in files})
