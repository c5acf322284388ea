"""Generates dumps of N papers from the sentences of the seeds, in the shape of the API's answers.

A title is a made-up name before a real title. An abstract is six to ten real sentences, with some
words replaced by made-up ones, few of them common and most rare: so the vocabulary grows with the
papers, as a real one does. A dump is a day of A_DAY papers. The same number and seed give the same
bytes.

    python bench/generated_dumps.py 100000 generated/dumps
"""

import argparse
import json
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
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
BATCH = 10_000  # papers whose numbers are drawn at a time
_SYLLABLES = ["ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "pe", "ro", "su", "ta"]


def made_up_name(number: int) -> str:
    """Return a name that no other number has."""
    rest, parts = number, []
    for _ in range(6):
        rest, index = divmod(rest, len(_SYLLABLES))
        parts.append(_SYLLABLES[index])
    return "".join(parts).capitalize()


def seed_papers() -> list[tuple[str, str]]:
    """Return the cleaned title and the abstract of each listing of the seeds."""
    listings = (listing for file in dumps.find([SEEDS]) for listing in dumps.read(file).listings)
    return [(cleaned.title, cleaned.abstract) for cleaned in map(clean_listing, listings)]


def papers(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield so many papers, each as the API answers it."""
    seeds = seed_papers()
    titles = [title.rpartition(": ")[2] for title, _ in seeds]
    sentences = [
        abstract[sentence.start : sentence.end].split(" ")
        for _, abstract in seeds
        for sentence in Text("abstract", abstract).sentences
    ]
    random = np.random.default_rng(seed)
    for first in range(0, count, BATCH):
        size = min(BATCH, count - first)
        numbers = zip(
            range(first, first + size),
            random.integers(0, len(titles), size).tolist(),
            random.integers(FEWEST, MOST + 1, size).tolist(),
            random.integers(0, len(sentences), (size, MOST)).tolist(),
            random.zipf(EXPONENT, (size, MADE_UP_WORDS)).tolist(),
            random.random((size, MADE_UP_WORDS)).tolist(),
            random.geometric(0.3, (size, 3)).tolist(),
            strict=True,
        )
        for number, title, length, chosen, words, positions, counts in numbers:
            abstract = [word for index in chosen[:length] for word in sentences[index]]
            for word, position in zip(words, positions, strict=True):
                made_up = made_up_name(word % 2**40).lower()
                abstract[int(position * len(abstract))] = made_up
            yield _answer(number, titles[title], " ".join(abstract), counts)


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
            {"name": f"{made_up_name(number * 7 + author)} {made_up_name(author)}"}
            for author in range(min(authors, AUTHORS))
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
    generated = papers(count, seed)
    for number in range(-(-count // A_DAY)):
        day = json.dumps(list(islice(generated, A_DAY)), ensure_ascii=False)
        (target / f"day_{number:06d}.json").write_text(day, encoding="utf-8")


def main() -> None:
    """Generate dumps as the command line says."""
    parser = argparse.ArgumentParser(description="Generate dumps out of real sentences.")
    parser.add_argument("count", type=int, help="number of papers")
    parser.add_argument("target", type=Path, help="folder; what is in it goes")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    generate(options.count, options.seed, options.target)


if __name__ == "__main__":
    main()
