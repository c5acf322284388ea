"""Measures what facts and a vector of an abstract cost, beside a floor from the same run.

The floor is the least that any vocabulary costs: cutting the text into words and looking each up.
Also how the cost grows with the text, and what a process that loads all models takes to start.
"""

import re
import statistics
import subprocess
import sys
from collections.abc import Callable
from time import perf_counter

from generated_dumps import SEEDS, seed_papers

from daily_papers import dumps, facts
from daily_papers.papers.cleaning import clean_listing
from daily_papers.search import encoder

ROUNDS = 5
MILLISECONDS = 1000
LONGER = 8  # times
SHARE = 8  # each eighth paper is timed
LABELLED = SEEDS.parent / "eval"
START = "from daily_papers import facts; facts.extract('', '')"

_WORD = re.compile(r"\w+")
_VOCABULARY = {str(number): number for number in range(5_000)}
Papers = list[tuple[str, str]]


def floor(title: str, abstract: str) -> int:
    """Cut a text into words and look each one up."""
    words = _WORD.findall(f"{title} {abstract}".lower())
    return sum(word in _VOCABULARY for word in words)


def median(extract: Callable[[str, str], object], texts: Papers) -> float:
    """Return the median milliseconds per text, each text at its best of several rounds."""

    def seconds(text: tuple[str, str]) -> float:
        start = perf_counter()
        extract(*text)
        return perf_counter() - start

    rounds = [[seconds(text) for text in texts] for _ in range(ROUNDS)]
    return statistics.median(map(min, *rounds)) * MILLISECONDS


def labelled_papers() -> Papers:
    """Return the titles and abstracts of the labelled papers that are not in the seeds."""
    files = sorted(LABELLED.glob("facts.*.papers.json"))
    listings = (clean_listing(listing) for file in files for listing in dumps.read(file).listings)
    return [(listing.title, listing.abstract) for listing in listings]


def start_up() -> float:
    """Return the milliseconds of a process that loads all models, the best of several."""

    def seconds() -> float:
        start = perf_counter()
        subprocess.run([sys.executable, "-c", START], check=True)
        return perf_counter() - start

    return min(seconds() for _ in range(ROUNDS)) * MILLISECONDS


def main() -> None:
    """Print the medians over seeds and labelled papers, their ratios, and the start."""
    texts = (seed_papers() + labelled_papers())[::SHARE]
    lowest = median(floor, texts)
    taken = median(facts.extract, texts)
    vector = median(lambda title, abstract: encoder.encode(f"{title}. {abstract}"), texts)
    longer = [(title, " ".join([abstract] * LONGER)) for title, abstract in texts]
    growth = median(facts.extract, longer) / taken
    print(f"abstracts                  {len(texts)}")
    print(f"floor, ms (median)         {lowest:.3f}")
    print(f"facts, ms (median)         {taken:.3f}")
    print(f"ratio to the floor         {taken / lowest:.1f}")
    print(f"vector, ms (median)        {vector:.1f}")
    print(f"{LONGER} times the text           {growth:.1f} times the time")
    print(f"start with all models, ms  {start_up():.0f}")


if __name__ == "__main__":
    main()
