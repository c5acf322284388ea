"""Decides the metric and the effect of a number: what it measures, and which way it changes.

Both are read from the words beside the number. The words right behind it come first ("30% less
memory", "2.7x decoding speedup"), then the nearest verb or noun of change before it ("reduces peak
memory by 30%", "an accuracy of 71.8%"). A number in a list takes from the claim before it what its
own words leave open. A context length that is reached is read by `result_or_setup`.
"""

from typing import NamedTuple

from daily_papers.facts.claims import number_context
from daily_papers.facts.claims.number_context import NumberList, SideContext
from daily_papers.facts.claims.quantities import Quantity
from daily_papers.records import Better, Effect
from daily_papers.vocabulary import METRICS
from daily_papers.vocabulary.metrics_units import Direction, Noun

_EFFECTS: dict[Direction | None, Effect] = {
    **dict.fromkeys(("up", "added", "faster"), "increase"),
    **dict.fromkeys(("down", "slower"), "decrease"),
}
_SPEED: tuple[Direction, ...] = ("faster", "slower")
_METRICS_OF_UNITS = {  # what a unit of a metric may measure
    "memory": ("memory", "model_size", "communication"),
    "latency": ("latency", "cost"),
    "communication": ("communication", "throughput"),
    "tokens": ("tokens", "context_length"),
}


class Measurement(NamedTuple):
    """What a number measures: a metric id, its effect, which way is good if that is known, and the
    span [start, end) of the number with the words that state this."""

    metric: str
    effect: Effect
    better: Better | None
    start: int
    end: int
    word: str = "none"  # the noun that names the metric


Measurements = list[Measurement]


def read_measurements(numbers: NumberList, index: int, before: int) -> Measurements:
    """Return what a number of a list measures; nothing if no words tell it.

    `before` is the offset where the words before the list end, its bound left out.
    """
    quantity = numbers.quantities[index]
    right = number_context.right_context(numbers, quantity)
    left = number_context.left_context(numbers, quantity, before)
    decide = _decide_verb if quantity.is_verb and (right.nouns or left.nouns) else _decide
    measurements = decide(quantity, right, left, numbers.line.default_metric)
    if not measurements and quantity.unit == "%" and left.direction == "level":
        # The score may be named later ("A reaches 80% and B 78% accuracy").
        last = numbers.line.word_at(quantity.end)
        for match in numbers.line.nouns:
            noun = match.value
            if match.first >= last and noun.metric == "quality" and not noun.loose:
                return [
                    Measurement("quality", "level", noun.better, left.edge, quantity.end, noun.word)
                ]
    if len(measurements) > 1 and len(numbers.quantities) == len(measurements):
        return [measurements[index]]
    return measurements[:1] if len(numbers.quantities) > 1 else measurements


def _decide(number: Quantity, right: SideContext, left: SideContext, default: str) -> Measurements:
    """Return the measurements that the words on both sides state; those behind come first."""
    behind = right.direction is not None or bool(right.nouns)
    words = right
    if right.direction is None and left.after_by and left.direction in _SPEED:
        words = right._replace(nouns=(), direction=left.direction, implied_metric=None)
    elif behind:
        if not right.nouns and right.implied_metric is None and right.direction not in _SPEED:
            words = words._replace(nouns=left.nouns)
        # Whether the verb before the number holds for the noun behind ("reduces 95% energy").
        governs = left.adjacent or left.after_by or number.unit == "x"
        governs = governs and left.direction not in (None, "level", *_SPEED)
        if right.direction in (None, "added") and governs:
            words = words._replace(direction=left.direction)
    else:
        is_share = right.is_share and not left.adjacent
        is_level = is_share or (left.after_to and number.falls is None)
        direction = "level" if is_level else left.direction
        words = left._replace(direction=direction, is_share=right.is_share)
    is_change = number.falls is not None and left.direction not in (None, "level")
    if number.unit_entry is not None and not (
        left.after_by or left.adjacent or right.direction or is_change
    ):
        # A unit tells by itself what it measures.
        words = words._replace(direction="level", nouns=right.nouns)
    start, end = number.start, max(right.edge, number.end) if behind else number.end
    # Whether the words before the number are among those that tell what it measures.
    if (
        not behind
        or (words.direction is not None and words.direction == left.direction)
        or any(noun in left.nouns for noun in words.nouns)
    ):
        start = min(left.edge, number.start)
    measurements = []
    for metric, noun in _metrics(number, words, default):
        better = noun.better if noun is not None else METRICS.better[metric]
        effect = _effect(number, words, metric, better)
        word = noun.word if noun is not None else "none"
        measurements.append(Measurement(metric, effect, better, start, end, word))
    return measurements


def _decide_verb(
    number: Quantity, right: SideContext, left: SideContext, default: str
) -> Measurements:
    """Return what a verb that is a number changes: its object, or its subject in the passive."""
    words = right if right.nouns else left
    effect: Effect = "decrease" if number.falls else "increase"
    direction: Direction = "down" if number.falls else "up"
    start = number.start if right.nouns else min(left.edge, number.start)
    end = max(right.edge, number.end) if right.nouns else number.end
    return [
        Measurement(
            metric,
            effect,
            noun.better if noun else METRICS.better[metric],
            start,
            end,
            noun.word if noun else "none",
        )
        for metric, noun in _metrics(number, words._replace(direction=direction), default)
    ]


def _metrics(quantity: Quantity, words: SideContext, default: str) -> list[tuple[str, Noun | None]]:
    """Return the ids of the metrics that a number measures, each with the noun that names it."""
    nouns, direction = words.nouns, words.direction
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
    if words.implied_metric:
        return [(words.implied_metric, None)]
    if direction == "better" or (quantity.unit == "points" and direction != "level"):
        return [(default if is_ratio else "quality", None)]
    if direction in ("up", "down") or (words.is_share and direction == "level"):
        return [("other", None)]
    return []


def _effect(quantity: Quantity, words: SideContext, metric: str, better: Better | None) -> Effect:
    """Return which way a number changes its metric; a level where no word and no unit tells."""
    improvement: Effect = "decrease" if better == "lower" else "increase"
    if quantity.falls is not None and quantity.low is not None:
        return "decrease" if quantity.falls else "increase"
    if quantity.sign and quantity.sign in "+-−":
        return "increase" if quantity.sign == "+" else "decrease"
    if words.direction in _EFFECTS:
        return "level" if words.is_share and words.direction == "up" else _EFFECTS[words.direction]
    if words.is_share and quantity.unit == "%":
        return "level"
    is_change = words.direction == "better" or quantity.unit in ("x", "orders", "points")
    return improvement if is_change or metric == "speedup" else "level"
