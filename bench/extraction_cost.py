"""Measures what the extraction of facts costs per abstract, beside a floor from the same run.

The floor is the least that any vocabulary costs: cutting the text into words and looking each up.
"""

import re
import statistics
from collections.abc import Callable
from time import perf_counter

from generated_dumps import seed_papers

from daily_papers import facts

ROUNDS = 5
MILLISECONDS = 1000

_WORD = re.compile(r"\w+")
_VOCABULARY = {str(number): number for number in range(5_000)}


def floor(title: str, abstract: str) -> int:
    """Cut a text into words and look each one up."""
    words = _WORD.findall(f"{title} {abstract}".lower())
    return sum(word in _VOCABULARY for word in words)


def median(extract: Callable[[str, str], object], texts: list[tuple[str, str]]) -> float:
    """Return the median milliseconds per text, each text at its best of several rounds."""

    def seconds(text: tuple[str, str]) -> float:
        start = perf_counter()
        extract(*text)
        return perf_counter() - start

    rounds = [[seconds(text) for text in texts] for _ in range(ROUNDS)]
    return statistics.median(map(min, *rounds)) * MILLISECONDS


def main() -> None:
    """Print the medians over the seeds and their ratio."""
    texts = seed_papers()
    lowest = median(floor, texts)
    taken = median(facts.extract, texts)
    print(f"abstracts            {len(texts)}")
    print(f"floor, ms (median)   {lowest:.3f}")
    print(f"facts, ms (median)   {taken:.3f}")
    print(f"ratio to the floor   {taken / lowest:.1f}")


if __name__ == "__main__":
    main()
