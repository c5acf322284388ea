"""Measures what the extraction of facts costs an abstract, beside a floor from the same run.

The floor is what any vocabulary costs at least: to cut the text into words and look each one up.
"""

import re
import statistics
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from daily_papers import dumps, facts
from daily_papers.papers.cleaning import clean_listing

SEEDS = Path(__file__).parent.parent / "seeds"
ROUNDS = 5
MILLISECONDS = 1000

_WORD = re.compile(r"\w+")
_VOCABULARY = {str(number): number for number in range(5_000)}


def floor(title: str, abstract: str) -> int:
    """Cut a text into words and look each one up."""
    words = _WORD.findall(f"{title} {abstract}".lower())
    return sum(word in _VOCABULARY for word in words)


def median(extract: Callable[[str, str], object], texts: list[tuple[str, str]]) -> float:
    """Return the median milliseconds a text, each text at its best of several rounds."""
    best = [float("inf")] * len(texts)
    for _ in range(ROUNDS):
        for place, text in enumerate(texts):
            start = perf_counter()
            extract(*text)
            best[place] = min(best[place], perf_counter() - start)
    return statistics.median(best) * MILLISECONDS


def main() -> None:
    """Print the medians over the seeds and their ratio."""
    read = [dumps.read(file) for file in dumps.find([SEEDS])]
    listings = [clean_listing(listing) for dump in read for listing in dump.listings]
    texts = [(listing.title, listing.abstract) for listing in listings]
    lowest = median(floor, texts)
    taken = median(facts.extract, texts)
    print(f"abstracts            {len(texts)}")
    print(f"floor, ms (median)   {lowest:.3f}")
    print(f"facts, ms (median)   {taken:.3f}")
    print(f"ratio to the floor   {taken / lowest:.1f}")


if __name__ == "__main__":
    main()
