"""Measures search against judged queries, and with each of its parts switched off in turn.

    python eval/search_scores.py [--ablation | --write]

nDCG@10 over all papers of the seeds; gains are 2^grade - 1. The queries of `dev` came with the
project, `own` and `pooled` are the project's own, and so is `test`, which nobody looked at while
search was made. `similar` are pairs of papers for `similar_papers`. Beside search as it is: search
by words alone, and a plain baseline (BM25 of SQLite's FTS5 for any of the words, over title,
abstract and the names of topics and entities). `--write` keeps some of the scores in the package.
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

import quality

from daily_papers.pipeline import run
from daily_papers.search import documents, expansion, ranking, reader, similar, vector_search
from daily_papers.search.engine import Question, ask
from daily_papers.search.reader import SearchDatabase

HERE = Path(__file__).parent
SEEDS = HERE.parent / "seeds"
CUT = 10
TEST = "queries.test.jsonl"
SETS = ("dev", "own", "pooled", "test")
ROWS = ("", ": questions", ": other", ": known-item", ": typo", ": empty")  # of each set
GROUPS = dict.fromkeys(("natural", "synonym"), "questions")  # by the kind of a query; else other

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
    """Return the mean nDCG@10 of each set of queries, of its ROWS, and of neighbours; and how many
    queries of each set are answered with nothing."""
    corpus = SearchDatabase(database)
    titles = all_titles(corpus)

    def ranked(query: str) -> list[str]:
        answer = ask(corpus, Question(query))
        numbers = answer.page(0, CUT) if answer.ranking.clauses else []
        return [titles[number] for number in numbers]

    scores = measure_queries(ranked)
    with closing(sqlite3.connect(database)) as db:
        neighbours = list[float]()
        for judgement in judged("similar.jsonl"):
            near = db.execute(
                "select near.title from similar_papers join papers as near on near.id = similar_id"
                " join papers on papers.id = paper_id where papers.title = ? order by rank",
                [judgement["paper"]],
            )
            neighbours.append(ndcg([title for (title,) in near], judgement["similar"]))
    return scores | {"similar": mean(neighbours)}


def measure_queries(ranked: Callable[[str], Sequence[str]]) -> Scores:
    """Return the scores of a function that returns titles for a query, in order."""
    scores: dict[str, list[float]] = defaultdict(list)
    for name in SETS:
        for query in judged(f"queries.{name}.jsonl"):
            titles = ranked(query["query"])
            score = ndcg(titles, query["relevant"])
            scores[name].append(score)
            scores[f"{name}: {GROUPS.get(query['kind'], 'other')}"].append(score)
            scores[f"{name}: {query['kind']}"].append(score)
            scores[f"{name}: empty"].append(not titles)
    names = [name + part for name in SETS for part in ROWS]
    return {name: (sum if name.endswith("empty") else mean)(scores[name]) for name in names}


def baseline(database: Path) -> Scores:
    """Return the scores of FTS5's BM25 for any of the words of a query."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("attach ? as built", [f"{database}"])
        db.execute(
            "create virtual table plain using fts5(title, abstract, topics, entities,"
            " tokenize='porter unicode61')"
        )
        db.execute(
            "insert into plain select title, abstract, (select group_concat(name, ' ')"
            " from built.topics where id in (select topic_id from built.paper_topics"
            " where paper_id = papers.id)), (select group_concat(name, ' ')"
            " from built.entities where id in (select entity_id from built.mentions"
            " where paper_id = papers.id)) from built.papers"
        )

        def ranked(query: str) -> list[str]:
            words = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", query))
            sql = "select title from plain(?) order by bm25(plain, 3, 1, 3, 1) limit ?"
            return [title for (title,) in db.execute(sql, [words, CUT])]

        return measure_queries(ranked)


def all_titles(corpus: SearchDatabase) -> list[str]:
    """Return the titles of papers by number."""
    return [str(row["title"]) for row in corpus.rows("select title from papers order by rowid")]


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
    "meaning (by words alone)": (
        lambda: patch.object(SearchDatabase, "_read_vectors", lambda _: None),
        False,
    ),
    "closeness where words fit": (lambda: patch.object(vector_search, "CLOSENESS", 0.0), False),
    "more of it where they do not": (
        lambda: patch.object(vector_search, "CLOSENESS_WITHOUT_WORDS", 0.0),
        False,
    ),
    "papers without a word": (lambda: patch.object(vector_search, "NEAR_COSINE", 2.0), False),
    "least share to fit": (lambda: patch.object(vector_search, "LEAST_SHARE", 0.0), False),
    "synonyms (all)": (lambda: patch.object(reader, "_synonyms", lambda _: {}), False),
    "near meanings": (lambda: patch.dict(expansion.FACTORS, {"near": 0.0}), False),
    "discount of same meanings": (lambda: patch.dict(expansion.FACTORS, {"same": 1.0}), False),
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
COLUMNS = (*SETS, "similar")


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


def table(*columns: Scores) -> Iterator[str]:
    """Yield the lines of a table of scores: search, by words alone, and the baseline."""
    yield f"{'nDCG@10':20}" + "".join(f"{name:>13}" for name in ("search", "by words", "baseline"))
    for name in columns[0]:
        form = ".0f" if name.endswith("empty") else ".3f"
        cells = (
            f"{scores[name]:13{form}}" if name in scores else f"{'–':>13}" for scores in columns
        )
        yield f"{name:20}" + "".join(cells)


def compared(database: Path) -> tuple[Scores, Scores, Scores]:
    """Return the scores of search, of search by words alone, and of the baseline."""
    by_words, _ = PARTS["meaning (by words alone)"]
    with by_words():
        words = measure(database)
    return measure(database), words, baseline(database)


def main() -> None:
    """Print the scores, or the table of the ablation."""
    parser = argparse.ArgumentParser(description="Measure search against judged queries.")
    parser.add_argument("--ablation", action="store_true", help="switch each part off in turn")
    parser.add_argument("--write", action="store_true", help="keep the scores in the package")
    options = parser.parse_args()
    if not options.ablation:
        with built() as path:
            scores, papers = compared(path), all_titles(SearchDatabase(path))
        print("\n".join(table(*scores)))
        if options.write:
            quality.write(
                search=quality.search(*scores),
                query_count=len(judged(TEST)),
                searched_paper_count=len(papers),
            )
        return
    print(f"{'':44}" + "".join(f"{name:>9}" for name in COLUMNS))
    for name, scores in ablation():
        print(f"{name:44}" + "".join(f"{scores[column]:9.3f}" for column in COLUMNS))


if __name__ == "__main__":
    main()
