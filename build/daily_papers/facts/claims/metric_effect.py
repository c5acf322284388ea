"""Decides what a number measures and which way: its metric and its effect.

A number is read with the words that it stands beside. What follows it directly ("30% less memory",
"2.7x decoding speedup") says it best; else the nearest verb or noun of change before it
("reduces peak memory by 30%", "an accuracy of 71.8%").
"""

from collections.abc import Sequence
from typing import NamedTuple

from daily_papers.facts.claims.number_context import Line, Side, left_side, right_side
from daily_papers.facts.claims.quantities import Quantity
from daily_papers.records import Better, Effect
from daily_papers.vocabulary import METRICS
from daily_papers.vocabulary.metrics_units import Direction, Noun

_CHANGES: dict[Direction, Effect] = {
    "up": "increase",
    "added": "increase",
    "down": "decrease",
    "faster": "increase",
    "slower": "decrease",
}
_DEFAULTS: dict[Direction, str] = {"faster": "speedup", "slower": "speedup"}
_FITTING = {  # what a unit may measure besides its own metric
    "memory": ("memory", "model_size", "communication"),
    "latency": ("latency", "cost"),
    "communication": ("communication", "throughput"),
    "tokens": ("tokens", "context_length"),
}


class Measure(NamedTuple):
    """What a number measures: a metric id, its effect, which way is good if anything says, and the
    place [start, end) of the words that say so, the number among them."""

    metric: str
    effect: Effect
    better: Better | None
    start: int
    end: int


def measures(
    line: Line, group: Sequence[Quantity], place: int, before: int, floor: int, default: str
) -> list[Measure]:
    """Return what the number at `place` of a list of numbers measures; nothing if none can be told.

    A list is numbers that share their words ("3×, 2.4× and 1.6× throughput improvement").
    `before` is where the words before it end (its bound left out), `floor` where the number before
    the list ended, `default` the metric of "2x better" when no noun says.
    """
    quantity = group[place]
    right = right_side(line, quantity, group[-1].end)
    left = left_side(line, quantity, before, floor)
    found = _decide(quantity, right, left, default) or _later(line, quantity, left)
    if len(found) > 1 and len(group) == len(found):
        return [found[place]]
    return found[:1] if len(group) > 1 else found


def _later(line: Line, quantity: Quantity, left: Side) -> list[Measure]:
    """Read a level from the next score named ("A reaches 80% and B 78% accuracy")."""
    if quantity.unit != "%" or left.cue != "level":
        return []
    last = line.index(quantity.end)
    for noun in line.nouns:
        if noun.first >= last and noun.value.metric == "quality" and not noun.value.loose:
            return [Measure("quality", "level", noun.value.better, left.edge, quantity.end)]
    return []


def _decide(quantity: Quantity, right: Side, left: Side, default: str) -> list[Measure]:
    nouns = list(right.nouns)
    found: list[Noun]
    cue: Direction | None
    if right.cue is None and left.by and left.cue in ("faster", "slower"):
        found, cue, implied = [], left.cue, None
    elif right.cue is not None or nouns:
        own = right.implied is not None or right.cue in _DEFAULTS
        found = nouns or ([] if own else list(left.nouns))
        cue = right.cue or (left.cue if _governs(quantity, left) else None)
        if right.cue == "added" and _governs(quantity, left):
            cue = left.cue
        implied = right.implied
    else:
        found, cue, implied = list(left.nouns), left.cue, left.implied
        if (left.to and quantity.falls is None) or (right.share and not left.beside):
            cue = "level"
    if quantity.known is not None and not (left.by or left.beside or right.cue):
        cue = "level"
        found = nouns  # what a unit measures it says itself
    behind = right.cue is not None or bool(nouns)
    start = min(left.edge, quantity.start) if _says(left, found, cue, behind) else quantity.start
    end = max(right.edge, quantity.end) if behind else quantity.end
    return [
        Measure(
            metric,
            _effect(quantity, metric, noun, cue, right.share),
            _better(metric, noun),
            start,
            end,
        )
        for metric, noun in _metrics(quantity, cue, implied, found, default, right.share)
    ]


def _says(left: Side, nouns: Sequence[Noun], cue: Direction | None, behind: bool) -> bool:
    """Tell whether the words before a number are among those that tell what it measures."""
    return (
        not behind
        or (cue is not None and cue == left.cue)
        or any(noun in left.nouns for noun in nouns)
    )


def _governs(quantity: Quantity, left: Side) -> bool:
    """Tell whether the verb before a number holds for the noun behind it ("reduces 95% energy")."""
    if left.cue in (None, "level", "faster", "slower"):
        return False
    return quantity.unit == "x" or left.beside or left.by


def _metrics(
    quantity: Quantity,
    cue: Direction | None,
    implied: str | None,
    nouns: list[Noun],
    default: str,
    share: bool,
) -> list[tuple[str, Noun | None]]:
    if (
        cue is not None
        and cue in _DEFAULTS
        and not any(noun.metric == "throughput" for noun in nouns[:1])
    ):
        return [(_DEFAULTS[cue], None)]
    if quantity.known is not None:
        metric = quantity.known.metric
        fits = _FITTING.get(metric, (metric,))
        fitting = [noun for noun in nouns if noun.metric in fits and not noun.loose]
        return [(noun.metric, noun) for noun in fitting[:1]] or [(metric, None)]
    if nouns:
        times = quantity.unit in ("x", "orders")
        return [
            (default, None) if times and noun.word == "performance" else (noun.metric, noun)
            for noun in nouns
        ]
    if implied:
        return [(implied, None)]
    if cue == "better" or (quantity.unit == "points" and cue != "level"):
        return [(default if quantity.unit in ("x", "orders") else "quality", None)]
    if share and cue == "level":
        return [("other", None)]
    if cue in ("up", "down"):
        return [("other", None)]
    return []


def _effect(
    quantity: Quantity, metric: str, noun: Noun | None, cue: Direction | None, share: bool
) -> Effect:
    better = _better(metric, noun)
    gets_better: Effect = "decrease" if better == "lower" else "increase"
    if quantity.falls is not None and quantity.low is not None:
        return "decrease" if quantity.falls else "increase"
    if quantity.sign in "+-−" and quantity.sign:
        return "increase" if quantity.sign == "+" else "decrease"
    if cue is not None and cue in _CHANGES:
        if share and cue == "up":
            return "level"
        return _CHANGES[cue]
    if share and quantity.unit == "%":
        return "level"
    if cue == "better":
        return gets_better
    if quantity.unit in ("x", "orders", "points") or metric == "speedup":
        return gets_better
    return "level"


def _better(metric: str, noun: Noun | None) -> Better | None:
    return noun.better if noun is not None else METRICS.better(metric)
