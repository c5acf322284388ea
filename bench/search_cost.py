"""Measures what a search with all facets costs, beside Datasette's table search with the same ones.

    python bench/search_cost.py DATABASE

Serves the database (one of bench/build_cost.py, or any other) as `make serve` does, asks every
query of the mix ROUNDS times (Datasette's own search once: it is slow), a client at a time, and
prints for both what an answer took, the share of queries whose slowest answer took at most 300 ms,
and of answers that failed or left facets out for want of time. The first time is with nothing
cached.
"""

import argparse
import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import httpx
from served_site import TIMEOUT, served

ROOT = Path(__file__).parent.parent
ROUNDS = 5
MILLISECONDS = 1000
RARE = 20  # names that one paper has
FILTERED = ("topic:serving kernels", "year:2024..2025 kv cache", "has:code quantization")
FACETS = ("year", "type", "organization_id", "has_code")
ARRAYS = ("topics", "hardware", "models")


def mix(database: Path) -> list[str]:
    """Return the queries: the judged ones, words of all frequencies, filters, rare names."""
    lines = [
        json.loads(line)["query"]
        for name in ("dev", "own")
        for line in (ROOT / "eval" / f"queries.{name}.jsonl").read_text("utf-8").splitlines()
    ]
    with closing(sqlite3.connect(database)) as db:
        (count,) = db.execute("select count(*) from papers").fetchone()
        step = max(1, count // RARE)
        names = db.execute(
            "select name from papers where rowid % ? = 0 and name is not null limit ?", (step, RARE)
        )
        words = db.execute("select word from search_words order by paper_count desc limit 400")
        return [
            *lines,
            *FILTERED,
            *(name for (name,) in names),
            *(word for (word,) in list(words)[::20]),
        ]


def plain(query: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the request for Datasette's own search of the table, with the same facets."""
    facets = [("_facet", one) for one in FACETS] + [("_facet_array", one) for one in ARRAYS]
    words = " ".join(f'"{word}"' for word in query.replace('"', " ").split())
    return "/papers/papers.json", [("_search", words), ("_size", "20"), *facets]


def ours(query: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the request for a page of results with facets."""
    return "/search.json", [("q", query)]


def measure(
    address: str, requests: list[tuple[str, list[tuple[str, str]]]], rounds: int
) -> list[list[float]]:
    """Return the milliseconds that each request took in each round; inf where it failed."""
    taken: list[list[float]] = [[] for _ in requests]
    with httpx.Client(base_url=address, timeout=TIMEOUT) as client:
        for _ in range(rounds):
            for place, (path, parameters) in enumerate(requests):
                start = time.perf_counter()
                answer = client.get(path, params=parameters)
                spent = (time.perf_counter() - start) * MILLISECONDS
                body = answer.json()
                failed = answer.status_code != 200 or body.get("facets_timed_out")
                taken[place].append(float("inf") if failed else spent)
    return taken


def line(name: str, taken: list[list[float]]) -> str:
    """Return a line of the table."""
    every = sorted(one for rounds in taken for one in rounds)
    slowest = sorted(max(rounds) for rounds in taken)
    failed = sum(one == float("inf") for one in every)
    good = [one for one in every if one != float("inf")] or [float("nan")]
    within = sum(one <= 300 for one in slowest) / len(slowest)
    return (
        f"{name:28}{good[len(good) // 2]:9.1f}{good[int(len(good) * 0.95)]:9.1f}{good[-1]:9.1f}"
        f"{within:11.1%}{failed / len(every):9.1%}"
    )


def main() -> None:
    """Print the table for a database."""
    parser = argparse.ArgumentParser(description="Measure the speed of search.")
    parser.add_argument("database", type=Path, help="a file named papers.db")
    database = parser.parse_args().database.resolve()
    queries = mix(database)
    with closing(sqlite3.connect(database)) as db:
        (count,) = db.execute("select count(*) from papers").fetchone()
    print(f"{count:,} papers, {len(queries)} queries")
    print(f"{'milliseconds':28}{'median':>9}{'p95':>9}{'slowest':>9}{'<= 300':>11}{'failed':>9}")
    with served(database) as address:
        print(line("/search.json", measure(address, list(map(ours, queries)), ROUNDS)), flush=True)
        print(line("plain table search", measure(address, list(map(plain, queries)), 1)))


if __name__ == "__main__":
    main()
