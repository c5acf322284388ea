"""Measures what synonyms are worth on the labelled papers: seeds, and those of the archive.

    python eval/synonym_recall.py [--all]

For each phrase of an entry of synonyms.yml, as a query: of the papers that state another phrase of
the same meaning and not this one, how many are among the first 20 results, with the entry and
without it. Prints the means over entries, and the entries that gain little (with `--all`, each).
"""

import argparse
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from statistics import mean
from typing import NamedTuple

import numpy as np

from daily_papers.pipeline import run
from daily_papers.search import reader
from daily_papers.search.analysis import tokenize
from daily_papers.search.engine import Question, ask
from daily_papers.search.expansion import phrase_weights
from daily_papers.search.reader import SearchDatabase

HERE = Path(__file__).parent
FIRST = 20  # results
STATED = 60  # the weight of a phrase in a paper from which on the paper states it
LITTLE = 0.05  # of recall


class Worth(NamedTuple):
    """The recall of the phrases of an entry, with it and without it."""

    phrases: list[str]
    with_it: float
    without: float


def measure(database: Path) -> Iterator[Worth]:
    """Yield the worth of each entry of which papers state at least two phrases."""
    corpus = SearchDatabase(database)
    rows = [tuple(row.values()) for row in corpus.rows("select entry, kind, phrase from synonyms")]
    everything = corpus.synonyms
    entries = defaultdict(list)
    for entry, kind, phrase in rows:
        if kind == "same":
            entries[entry].append(phrase)
    for entry, phrases in entries.items():
        stated = {phrase: phrase_weights(corpus, tokenize(phrase)) for phrase in phrases}
        others = reader._synonyms(row for row in rows if row[0] != entry)
        recalls = []
        for phrase in phrases:
            wanted = stated[phrase] == 0
            wanted &= np.any([stated[p] >= STATED for p in phrases if p != phrase], axis=0)
            if wanted.any():
                pair = []
                for corpus.synonyms in (everything, others):
                    first = ask(corpus, Question(phrase)).page(0, FIRST)
                    pair.append(wanted[first].sum() / min(FIRST, wanted.sum()))
                recalls.append(pair)
        if recalls:
            yield Worth(phrases, *np.mean(recalls, axis=0).tolist())


def main() -> None:
    """Build a database of the labelled papers, and print what synonyms are worth."""
    parser = argparse.ArgumentParser(description="Measure what synonyms are worth.")
    parser.add_argument("--all", action="store_true", help="print every entry")
    least = 2 if parser.parse_args().all else LITTLE
    with tempfile.TemporaryDirectory() as folder:
        dumps = Path(folder) / "dumps"
        shutil.copytree(HERE.parent / "seeds", dumps)
        for name in ("train", "archive"):
            shutil.copy(HERE / f"facts.{name}.papers.json", dumps / f"{name}.json")
        target = Path(folder) / "papers.db"
        report = run.build(
            [dumps], target, False, nullcontext, run.Resources(2, None), unusual=True
        )
        worth = list(measure(target))
    print(f"{report.paper_count:,} papers, {len(worth)} entries")
    print(f"recall of {FIRST} with the entry {mean(each.with_it for each in worth):.2f}")
    print(f"recall of {FIRST} without it     {mean(each.without for each in worth):.2f}")
    for each in sorted(worth, key=lambda each: each.with_it - each.without):
        if each.with_it - each.without <= least:
            print(f"{each.with_it:6.2f}{each.without:6.2f}  {', '.join(each.phrases)}")


if __name__ == "__main__":
    main()
