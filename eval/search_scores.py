"""Measures search against judged queries, and with each of its parts switched off in turn.

    python eval/search_scores.py [--ablation]

nDCG@10 over all papers of the seeds. The queries of `dev` came with the project, those of `own` are
the project's own, and `similar` are pairs of papers for `similar_papers`. Gains are 2^grade - 1.
"""

import argparse
import json
import math
import re
import sqlite3
import tempfile
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from statistics import mean
from typing import Any
from unittest.mock import patch

from daily_papers.pipeline import run
from daily_papers.search import documents, ranking, reader, similar
from daily_papers.search.engine import Question, ask
from daily_papers.search.reader import SearchDatabase

HERE = Path(__file__).parent
SEEDS = HERE.parent / "seeds"
CUT = 10

Scores = dict[str, float]


def key(title: str) -> str:
    """Return the letters and digits of a title."""
    plain = unicodedata.normalize("NFKD", title).casefold()
    return re.sub(r"[^a-z0-9]+", "", plain)


def ndcg(ranked: Sequence[str], relevant: dict[str, int]) -> float:
    """Return nDCG at CUT of titles in order, given the grades of the relevant ones."""
    grades = {key(title): grade for title, grade in relevant.items()}
    gain = _gain([grades.get(key(title), 0) for title in ranked[:CUT]])
    return gain / _gain(sorted(grades.values(), reverse=True)[:CUT])


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))


def judged(name: str) -> list[dict[str, Any]]:
    """Return the lines of a file of judgements."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def measure(database: Path) -> Scores:
    """Return the mean nDCG@10 of each set of queries, of each kind of query, and of neighbours."""
    corpus = SearchDatabase(database)
    scores: dict[str, list[float]] = defaultdict(list)
    for name in ("dev", "own"):
        for query in judged(f"queries.{name}.jsonl"):
            answer = ask(corpus, Question(query["query"]))
            numbers = answer.page(0, CUT) if answer.ranking.clauses else []
            score = ndcg([title(corpus, number) for number in numbers], query["relevant"])
            scores[name].append(score)
            scores[f"{name}: {query['kind']}"].append(score)
            scores[f"{name}: empty"].append(not numbers)
    with closing(sqlite3.connect(database)) as db:
        for judgement in judged("similar.jsonl"):
            near = db.execute(
                "select near.title from similar_papers join papers as near on near.id = similar_id"
                " join papers on papers.id = paper_id where papers.title = ? order by rank",
                [judgement["paper"]],
            )
            scores["similar"].append(ndcg([title for (title,) in near], judgement["similar"]))
    counts = ("dev: empty", "own: empty")
    return {name: (sum if name in counts else mean)(values) for name, values in scores.items()}


def title(corpus: SearchDatabase, number: int) -> str:
    """Return the title of a paper."""
    (row,) = corpus.rows("select title from papers where rowid = ?", number + 1)
    return str(row["title"])


@contextmanager
def built() -> Iterator[Path]:
    """Yield a database of the seeds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "papers.db"
        run.build([SEEDS], path, False, nullcontext, run.Resources(1, None))
        yield path


def _without_field(name: str) -> Any:
    return patch.dict(documents.FIELD_WEIGHTS, {name: 0.0})


# A part → what switches it off, and whether the database must be built anew for that.
PARTS: dict[str, tuple[Callable[[], Any], bool]] = {
    "synonyms (all)": (lambda: patch.object(reader, "_synonyms", lambda _: {}), False),
    "near meanings": (lambda: patch.dict(ranking.FACTORS, {"near": 0.0}), False),
    "discount of same meanings": (lambda: patch.dict(ranking.FACTORS, {"same": 1.0}), False),
    "pairs of words": (lambda: patch.object(ranking, "BIGRAM_FACTOR", 0.0), False),
    "meeting more of the query": (lambda: patch.object(ranking, "COVERAGE", 0.0), False),
    "lift by near papers": (lambda: patch.object(ranking, "BOOST", 0.0), False),
    "corrected spelling": (
        lambda: patch.object(ranking, "_correct_spelling", lambda *_: {}),
        False,
    ),
    "least score to fit": (lambda: patch.object(ranking, "LEAST_SCORE", 0.0), False),
    "weight of the title": (lambda: patch.dict(documents.FIELD_WEIGHTS, {"title": 1.0}), True),
    "field: topics": (lambda: _without_field("topics"), True),
    "field: entities": (lambda: _without_field("entities"), True),
    "length of the text": (lambda: patch.object(documents, "LENGTH_SHARE", 0.0), True),
    "neighbours by more than 64 terms": (lambda: patch.object(similar, "MOST_TERMS", 64), True),
}
COLUMNS = ("dev", "own", "similar")


def ablation() -> Iterator[tuple[str, Scores]]:
    """Yield the scores of search as it is, and without each of its parts."""
    with built() as whole:
        yield "everything", measure(whole)
        for name, (off, anew) in PARTS.items():
            with off():
                if anew:
                    with built() as path:
                        yield f"without {name}", measure(path)
                else:
                    yield f"without {name}", measure(whole)


def table(scores: Scores) -> Iterator[str]:
    """Yield the lines of a table of scores."""
    yield f"{'nDCG@10':20}{'score':>8}"
    for name, score in scores.items():
        yield f"{name:20}{score:8.0f}" if name.endswith("empty") else f"{name:20}{score:8.3f}"


def main() -> None:
    """Print the scores, or the table of the ablation."""
    parser = argparse.ArgumentParser(description="Measure search against judged queries.")
    parser.add_argument("--ablation", action="store_true", help="switch each part off in turn")
    if not parser.parse_args().ablation:
        with built() as path:
            print("\n".join(table(measure(path))))
        return
    print(f"{'':44}" + "".join(f"{name:>9}" for name in COLUMNS))
    for name, scores in ablation():
        print(f"{name:44}" + "".join(f"{scores[column]:9.3f}" for column in COLUMNS))


if __name__ == "__main__":
    main()
