"""Decides the metric and the effect of a number: what it measures, and which way it changes.

Both are read from the words beside the number. The words right behind it come first ("30% less
memory", "2.7x decoding speedup"), then the nearest verb or noun of change before it ("reduces peak
memory by 30%", "an accuracy of 71.8%").
"""

from collections.abc import Sequence
from typing import NamedTuple

from daily_papers.facts.claims.number_context import (
    MarkedSentence,
    SideContext,
    left_context,
    right_context,
)
from daily_papers.facts.claims.quantities import Quantity
from daily_papers.records import Effect
from daily_papers.vocabulary import METRICS
from daily_papers.vocabulary.metrics_units import Better, Direction, Noun

_EFFECTS: dict[Direction | None, Effect] = {
    "up": "increase",
    "added": "increase",
    "down": "decrease",
    "faster": "increase",
    "slower": "decrease",
}
_SPEED: tuple[Direction, ...] = ("faster", "slower")
_METRICS_OF_UNITS = {  # what a unit of a metric may measure
    "memory": ("memory", "model_size", "communication"),
    "latency": ("latency", "cost"),
    "communication": ("communication", "throughput"),
    "tokens": ("tokens", "context_length"),
}


class Measurement(NamedTuple):
    """What a number measures: a metric id, its effect, which way is good if anything says, and the
    span [start, end) of the words that say so, the number among them."""

    metric: str
    effect: Effect
    better: Better | None
    start: int
    end: int


def read_measurements(
    line: MarkedSentence,
    group: Sequence[Quantity],
    index: int,
    before: int,
    previous_end: int,
    default: str,
) -> list[Measurement]:
    """Return what a number of a list of numbers measures; nothing if no words say it.

    A list is numbers that share their words ("3×, 2.4× and 1.6× throughput improvement").
    `before` is the offset where the words before it end (its bound left out), `previous_end` the
    end of the number before the list, `default` the metric of "2x better" when no noun says.
    """
    quantity = group[index]
    right = right_context(line, quantity, group[-1].end)
    left = left_context(line, quantity, before, previous_end)
    measurements = _decide(quantity, right, left, default) or _later_score(line, quantity, left)
    if len(measurements) > 1 and len(group) == len(measurements):
        return [measurements[index]]
    return measurements[:1] if len(group) > 1 else measurements


def _later_score(line: MarkedSentence, quantity: Quantity, left: SideContext) -> list[Measurement]:
    """Read a level from the next score named ("A reaches 80% and B 78% accuracy")."""
    if quantity.unit != "%" or left.direction != "level":
        return []
    last = line.word_at(quantity.end)
    for noun in line.nouns:
        if noun.first >= last and noun.value.metric == "quality" and not noun.value.loose:
            return [Measurement("quality", "level", noun.value.better, left.edge, quantity.end)]
    return []


def _decide(
    quantity: Quantity, right: SideContext, left: SideContext, default: str
) -> list[Measurement]:
    behind = right.direction is not None or bool(right.nouns)
    nouns, direction, implied = right.nouns, right.direction, right.implied_metric
    if right.direction is None and left.after_by and left.direction in _SPEED:
        nouns, direction, implied = (), left.direction, None
    elif behind:
        if not nouns and implied is None and direction not in _SPEED:
            nouns = left.nouns
        if direction in (None, "added") and _governs(quantity, left):
            direction = left.direction
    else:
        nouns, direction, implied = left.nouns, left.direction, left.implied_metric
        if (left.after_to and quantity.falls is None) or (right.is_share and not left.adjacent):
            direction = "level"
    if quantity.unit_entry is not None and not (left.after_by or left.adjacent or right.direction):
        direction, nouns = "level", right.nouns  # a unit tells by itself what it measures
    start, end = quantity.start, max(right.edge, quantity.end) if behind else quantity.end
    # Whether the words before the number are among those that tell what it measures.
    if (
        not behind
        or (direction is not None and direction == left.direction)
        or any(noun in left.nouns for noun in nouns)
    ):
        start = min(left.edge, quantity.start)
    measurements = []
    for metric, noun in _metrics(quantity, direction, implied, nouns, default, right.is_share):
        better = noun.better if noun is not None else METRICS.better(metric)
        effect = _effect(quantity, metric, better, direction, right.is_share)
        measurements.append(Measurement(metric, effect, better, start, end))
    return measurements


def _governs(quantity: Quantity, left: SideContext) -> bool:
    """Tell whether the verb before a number holds for the noun behind it ("reduces 95% energy")."""
    if left.direction in (None, "level", *_SPEED):
        return False
    return quantity.unit == "x" or left.adjacent or left.after_by


def _metrics(
    quantity: Quantity,
    direction: Direction | None,
    implied: str | None,
    nouns: Sequence[Noun],
    default: str,
    is_share: bool,
) -> list[tuple[str, Noun | None]]:
    """Return the ids of the metrics that a number measures, each with the noun that names it."""
    if direction in _SPEED and not (nouns and nouns[0].metric == "throughput"):
        return [("speedup", None)]
    if quantity.unit_entry is not None:
        metric = quantity.unit_entry.metric
        fitting = _METRICS_OF_UNITS.get(metric, (metric,))
        named = (noun for noun in nouns if noun.metric in fitting and not noun.loose)
        return [next(((noun.metric, noun) for noun in named), (metric, None))]
    is_ratio = quantity.unit in ("x", "orders")
    if nouns:
        return [
            (default, None) if is_ratio and noun.word == "performance" else (noun.metric, noun)
            for noun in nouns
        ]
    if implied:
        return [(implied, None)]
    if direction == "better" or (quantity.unit == "points" and direction != "level"):
        return [(default if is_ratio else "quality", None)]
    if direction in ("up", "down") or (is_share and direction == "level"):
        return [("other", None)]
    return []


def _effect(
    quantity: Quantity,
    metric: str,
    better: Better | None,
    direction: Direction | None,
    is_share: bool,
) -> Effect:
    improvement: Effect = "decrease" if better == "lower" else "increase"
    if quantity.falls is not None and quantity.low is not None:
        return "decrease" if quantity.falls else "increase"
    if quantity.sign and quantity.sign in "+-−":
        return "increase" if quantity.sign == "+" else "decrease"
    if direction in _EFFECTS:
        return "level" if is_share and direction == "up" else _EFFECTS[direction]
    if is_share and quantity.unit == "%":
        return "level"
    if direction == "better" or metric == "speedup" or quantity.unit in ("x", "orders", "points"):
        return improvement
    return "level"
