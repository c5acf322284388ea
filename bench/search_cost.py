"""Measures what a search with all facets costs, beside Datasette's table search with the same ones.

    python bench/search_cost.py DATABASE

Serves the database (one of bench/build_cost.py, or any other) as `make serve` does, and requests
each query of a mix several times, one after the other (Datasette's own search once: it is slow).
Prints for both the time of an answer, the share of queries whose slowest answer took at most
300 ms, and the share of answers that failed or left facets out for lack of time. A database without
vectors is searched in a copy with random ones, which cost a search the same.
"""

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import chain
from math import inf, nan
from pathlib import Path
from urllib.parse import urlencode

import httpx
import numpy as np
from request_times import columns, database_argument, measure
from served_site import served

from daily_papers.search.encoder import NAME, WIDTH

ROOT = Path(__file__).parent.parent
SEED = 1  # of random vectors
RARE = 20  # names that one paper has
FILTERED = ("topic:serving kernels", "year:2024..2025 kv cache", "has:code quantization")
FACETS = {
    "_facet": ("year", "type", "organization_id", "has_code"),
    "_facet_array": ("topics", "hardware", "models"),
}


def mix(database: Path) -> list[str]:
    """Return the queries: the judged ones, words of all frequencies, filters, rare names."""
    judged = [
        json.loads(line)["query"]
        for name in ("dev", "own", "pooled", "test")
        for line in (ROOT / "eval" / f"queries.{name}.jsonl").read_text("utf-8").splitlines()
    ]
    with closing(sqlite3.connect(database)) as db:
        (count,) = db.execute("select count(*) from papers").fetchone()
        step = max(1, count // RARE)
        names = db.execute(
            "select name from papers where rowid % ? = 0 and name is not null limit ?", (step, RARE)
        ).fetchall()
        words = db.execute("select word from search_words order by paper_count desc limit 400")
        return [*judged, *FILTERED, *chain.from_iterable([*names, *words.fetchall()[::20]])]


def table_search(query: str) -> str:
    """Return the address of Datasette's own search of the table, with the same facets."""
    words = " ".join(f'"{word}"' for word in query.replace('"', " ").split())
    params = urlencode({"_search": words, "_size": 20, **FACETS}, doseq=True)
    return f"/papers/papers.json?{params}"


def is_complete(answer: httpx.Response) -> bool:
    """Tell whether an answer is a success with all its facets."""
    return answer.status_code == 200 and not answer.json().get("facets_timed_out")


def line(name: str, times: list[list[float]]) -> str:
    """Return a line of the table."""
    answers = list(chain.from_iterable(times))
    complete = [taken for taken in answers if taken < inf] or [nan]
    within = sum(max(rounds) <= 300 for rounds in times) / len(times)
    failed = answers.count(inf) / len(answers)
    return f"{name:28}{columns(complete)}{within:11.1%}{failed:9.1%}"


@contextmanager
def with_vectors(database: Path) -> Iterator[Path]:
    """Yield the database, or a copy with random vectors if it has none."""
    with closing(sqlite3.connect(database)) as db:
        has_vectors = db.execute("select 1 from search_vectors limit 1").fetchone()
    if has_vectors:
        yield database
        return
    with tempfile.TemporaryDirectory(dir=database.parent) as folder:
        copy = Path(shutil.copy(database, folder))
        with closing(sqlite3.connect(copy)) as db, db:
            random = np.random.default_rng(SEED)
            ids = db.execute("select id from papers order by rowid").fetchall()
            vectors = (random.integers(-127, 128, WIDTH, np.int8).tobytes() for _ in ids)
            rows = ((id_, vector) for (id_,), vector in zip(ids, vectors, strict=True))
            db.executemany("insert into search_vectors values (?, ?)", rows)
            db.execute("update build_info set value = ? where name = 'vectors'", [NAME])
        yield copy


def main() -> None:
    """Search a database, and print the times."""
    database, papers = database_argument("Measure the speed of search.")
    with with_vectors(database) as searched:
        print_table(searched, papers)


def print_table(database: Path, papers: int) -> None:
    """Print the table for a database."""
    queries = mix(database)
    print(f"{papers:,} papers, {len(queries)} queries")
    print(f"{'milliseconds':28}{'median':>9}{'p95':>9}{'slowest':>9}{'<= 300':>11}{'failed':>9}")
    with served(database) as address:
        urls = [f"/search.json?{urlencode({'q': query})}" for query in queries]
        print(line("/search.json", measure(address, urls, is_complete)), flush=True)
        urls = [table_search(query) for query in queries]
        print(line("plain table search", measure(address, urls, is_complete, rounds=1)))


if __name__ == "__main__":
    main()
