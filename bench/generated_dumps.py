"""Generates dumps of N papers out of the sentences of the seeds, in the shape of the API's answers.

A paper is a made-up name before a real title, and six to ten real sentences in a row, in which some
words are made-up ones, few of them common and most rare: so the vocabulary grows with the papers,
as a real one does. A dump is a day of A_DAY papers. The same number and seed give the same bytes.

    python bench/generated_dumps.py 100000 generated/dumps
"""

import argparse
import json
import shutil
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from daily_papers import dumps
from daily_papers.papers.cleaning import clean_listing
from daily_papers.text import Text

SEEDS = Path(__file__).parent.parent / "seeds"
FEWEST, MOST = 6, 10  # sentences of a paper
A_DAY = 50  # papers
LAST_DAY = date(2026, 6, 30)
ORGANIZATIONS = 200
AUTHORS = 6  # of a paper, at most
MADE_UP_WORDS = 8  # of an abstract
EXPONENT = 1.4  # of Zipf's law, by which made-up words are drawn
CODE_SHARE = 3  # one paper in so many names its repository
LOT = 10_000  # papers whose numbers are drawn at a time
_SYLLABLES = ["ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "pe", "ro", "su", "ta"]


def made_up_name(number: int) -> str:
    """Return a name that no other number has."""
    rest, parts = number, []
    for _ in range(6):
        rest, place = divmod(rest, len(_SYLLABLES))
        parts.append(_SYLLABLES[place])
    return "".join(parts).capitalize()


class Generator:
    """Makes papers out of the sentences of the seeds."""

    def __init__(self, seed: int) -> None:
        """Read the seeds."""
        read = [dumps.read(file) for file in dumps.find([SEEDS])]
        listings = [clean_listing(listing) for dump in read for listing in dump.listings]
        self.titles = [listing.title.rpartition(": ")[2] for listing in listings]
        self.sentences = [
            listing.abstract[sentence.start : sentence.end].split(" ")
            for listing in listings
            for sentence in Text("abstract", listing.abstract).sentences
        ]
        self.chance = np.random.default_rng(seed)

    def papers(self, count: int) -> Iterator[dict[str, Any]]:
        """Yield so many papers, each as the API answers it."""
        for first in range(0, count, LOT):
            size = min(LOT, count - first)
            numbers = zip(
                range(first, first + size),
                self.chance.integers(0, len(self.titles), size).tolist(),
                self.chance.integers(FEWEST, MOST + 1, size).tolist(),
                self.chance.integers(0, len(self.sentences), (size, MOST)).tolist(),
                self.chance.zipf(EXPONENT, (size, MADE_UP_WORDS)).tolist(),
                self.chance.random((size, MADE_UP_WORDS)).tolist(),
                self.chance.geometric(0.3, (size, 3)).tolist(),
                strict=True,
            )
            for number, title, length, chosen, words, places, counts in numbers:
                abstract = [word for one in chosen[:length] for word in self.sentences[one]]
                for word, place in zip(words, places, strict=True):
                    made_up = made_up_name(word % 2**40).lower()
                    abstract[int(place * len(abstract))] = made_up
                yield _answer(number, self.titles[title], " ".join(abstract), counts)


def _answer(number: int, title: str, abstract: str, counts: list[int]) -> dict[str, Any]:
    name = made_up_name(number)
    comments, upvotes, authors = counts
    written = LAST_DAY - timedelta(number // A_DAY + 1)
    paper: dict[str, Any] = {
        "id": f"{written:%y%m}.{number % 100_000:05d}",
        "title": f"{name}: {title}",
        "summary": abstract,
        "publishedAt": f"{written}T00:00:00.000Z",
        "upvotes": upvotes - 1,
        "authors": [
            {"name": f"{made_up_name(number * 7 + one)} {made_up_name(one)}"}
            for one in range(min(authors, AUTHORS))
        ],
    }
    if number % CODE_SHARE == 0:
        paper["githubRepo"] = f"https://github.com/{name.lower()}/{name}"
    if number % 2:
        handle = f"organization-{number % ORGANIZATIONS:03d}"
        paper["organization"] = {"name": handle, "fullname": handle.capitalize()}
    day = LAST_DAY - timedelta(number // A_DAY)
    return {"paper": paper, "publishedAt": f"{day}T00:00:00.000Z", "numComments": comments - 1}


def generate(count: int, seed: int, target: Path) -> None:
    """Write dumps of so many papers into an empty folder."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    day: list[dict[str, Any]] = []
    for number, paper in enumerate(Generator(seed).papers(count), 1):
        day.append(paper)
        if number % A_DAY == 0 or number == count:
            name = f"day_{(number - 1) // A_DAY:06d}.json"
            (target / name).write_text(json.dumps(day, ensure_ascii=False), encoding="utf-8")
            day = []


def main() -> None:
    """Generate dumps as the command line says."""
    parser = argparse.ArgumentParser(description="Generate dumps out of real sentences.")
    parser.add_argument("count", type=int, help="number of papers")
    parser.add_argument("target", type=Path, help="folder; what is in it goes")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    generate(options.count, options.seed, options.target)


if __name__ == "__main__":
    sys.exit(main())
