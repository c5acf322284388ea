"""Measures how the time of a work grows with its size."""

from collections.abc import Callable
from math import inf
from time import process_time
from typing import Any


def assert_linear(work: Callable[[Any], object], make: Callable[[int], Any], size: int) -> None:
    """Four times the size takes four times as long, or sixteen where the work is quadratic.

    Other work of the machine only adds to it, so the least of two counts, or of more if need be.
    """

    def seconds(made: Any) -> float:
        start = process_time()
        work(made)
        return process_time() - start

    small, large = make(size), make(4 * size)
    short = long = inf
    for attempt in range(20):
        short, long = min(short, seconds(small)), min(long, seconds(large))
        if attempt >= 1 and long < 10 * short:
            break
    assert long < 10 * short
