"""Places values on an axis, and chooses the numbers and months that are written beside it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

NARROW = 6  # ticks that fit beside each other on a phone
_EDGE = 3.0  # percent of the width between the outermost values and the edge
_LETTER = 2.9  # percent of the width of a chart on a phone of 320 pixels that a letter takes


@dataclass(frozen=True)
class Axis:
    """An axis from the smallest to the largest value; on a logarithmic one, both are positive."""

    low: float
    high: float
    is_log: bool = False

    def position(self, value: float) -> float:
        """Return where a value is, in percent of the width."""
        low, high, at = (log10(x) if self.is_log else x for x in (self.low, self.high, value))
        share = (at - low) / (high - low) if high > low else 0.5
        return round(_EDGE + (100 - 2 * _EDGE) * share, 2)

    def ticks(self) -> list[float]:
        """Return two to NARROW round numbers within the axis, which is not empty."""
        if not self.is_log:
            return linear_ticks(self.low, self.high)
        for steps in ((1, 2, 5), (1, 3), (1,)):
            ticks = list(_log_ticks(self.low, self.high, steps))
            if len(ticks) <= NARROW:
                break
        thinned = ticks[:: ceil(len(ticks) / NARROW)] if ticks else []
        return thinned if len(thinned) > 1 else linear_ticks(self.low, self.high)


def value_axis(values: Collection[float], is_log: bool, is_ratio: bool = False) -> Axis:
    """Return an axis that all values fit. One of ratios has 1×, from which they are read; that of a
    single value begins at zero or, if it is logarithmic, at half of it."""
    ends = [*values, 1] if is_ratio else [*values]
    low, high = min(ends), max(ends)
    if low == high:
        low, high = (low / 2, low * 2) if is_log else sorted((0, low or 1))
    return Axis(low, high, is_log)


def linear_ticks(low: float, high: float, most: int = NARROW, least_step: float = 0) -> list[float]:
    """Return the multiples of a round step, 1, 2 or 5 times a power of ten, from low to high."""
    step = _round_step(max((high - low) / (most - 1), least_step))
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return [round(index * step, 12) for index in range(first, last + 1)]


def _round_step(at_least: float) -> float:
    power = 10.0 ** floor(log10(at_least))
    return next(
        factor * power for factor in (1, 2, 5, 10) if factor * power >= at_least * (1 - 1e-9)
    )


def _log_ticks(low: float, high: float, steps: Sequence[int]) -> Iterator[float]:
    for power in range(floor(log10(low)), ceil(log10(high)) + 1):
        for step in steps:
            tick = round(step * 10.0**power, 12)
            if low <= tick <= high:
                yield tick


def width_of(text: str) -> float:
    """Return the most that a text takes of the width of a phone, in percent."""
    return _LETTER * (len(text) + 1)


def labelled(texts: Sequence[str]) -> Sequence[int]:
    """Return the indexes of the columns, counted from the last, whose texts fit side by side."""
    widest = max(map(width_of, texts))
    step = ceil(len(texts) * widest / 100)
    return range(len(texts) - 1, -1, -step)[::-1]


def months(first: str, last: str) -> list[str]:
    """Return the months from the first to the last, as in 2024-11, 2024-12, 2025-01."""
    start, end = (int(month[:4]) * 12 + int(month[5:7]) - 1 for month in (first, last))
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(start, end + 1)]
