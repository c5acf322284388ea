"""Measures what each kind of page takes, beside plain Datasette's row and table pages.

    python bench/page_cost.py DATABASE

Serves the database (one of bench/build_cost.py, or any other) as `make serve` does, and once more
with plain Datasette, and asks both for many pages of each kind, a client at a time, in several
rounds. The first round is with nothing cached.
"""

import argparse
import sqlite3
import time
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import httpx
from served_site import TIMEOUT, plain, served

ROUNDS = 5
MILLISECONDS = 1000
EACH = 20  # pages of a kind
KINDS = ("topics", "entities", "organizations")


def pages(database: Path) -> dict[str, list[str]]:
    """Return the addresses of each kind of page, spread over the rows of the tables."""
    with closing(sqlite3.connect(database)) as db:

        def spread(table: str) -> list[str]:
            (count,) = db.execute(f"select count(*) from {table}").fetchone()  # noqa: S608
            step = max(1, count // EACH)
            rows = db.execute(f"select id from {table} where rowid % ? = 0 limit ?", (step, EACH))  # noqa: S608
            return [key for (key,) in rows]

        papers = spread("papers")
        found = {"home": ["/"] * EACH, "paper": [f"/papers/papers/{key}" for key in papers]}
        found |= {one: [f"/papers/{one}/{key}" for key in spread(one)] for one in KINDS}
        measured = db.execute(
            "select metric, unit from claims group by 1, 2 order by count(*) desc limit ?", (EACH,)
        ).fetchall()
        boards = [f"/results?metric={metric}&unit={unit}" for metric, unit in measured]
        topics = spread("topics")
    narrowed = ["/results?baseline=vLLM", "/results?hardware=A100", "/results?metric=memory&unit=x"]
    found["results"] = [one.replace("%", "%25") for one in boards] + narrowed
    found["results of a topic"] = [f"/results?topic={key}" for key in topics]
    found["compare"] = [f"/compare?id={one}&id={two}" for one, two in pairwise(papers)]
    found["search"] = [f"/search?topic={key}" for key in topics]
    found["feed"] = [f"/search.atom?topic={key}" for key in topics]
    found["api"] = ["/api", "/openapi.json"]
    found["table"] = [f"/papers/claims?metric={metric}" for metric in dict(measured)]
    found["table"] += [f"/papers/papers?type={one}" for one in ("method", "system", "survey")]
    found["table"] += [f"/papers/papers?year={year}" for year in range(2023, 2027)]
    found["query"] = ["/papers/most_compared", "/papers/claims_against?baseline=vLLM"]
    return found


def measure(address: str, paths: list[str]) -> list[float]:
    """Return the milliseconds that each page took, in order of time; a failure raises."""
    taken = []
    with httpx.Client(base_url=address, timeout=TIMEOUT) as client:
        for _ in range(ROUNDS):
            for path in paths:
                start = time.perf_counter()
                client.get(path).raise_for_status()
                taken.append((time.perf_counter() - start) * MILLISECONDS)
    return sorted(taken)


def line(name: str, taken: list[float], paths: list[str]) -> str:
    """Return a line of the table."""
    p95 = taken[int(len(taken) * 0.95)]
    return f"{name:28}{len(paths):7}{taken[len(taken) // 2]:9.1f}{p95:9.1f}{taken[-1]:9.1f}"


def main() -> None:
    """Print the table for a database."""
    parser = argparse.ArgumentParser(description="Measure the speed of pages.")
    parser.add_argument("database", type=Path, help="a file named papers.db")
    database = parser.parse_args().database.resolve()
    kinds = pages(database)
    with closing(sqlite3.connect(database)) as db:
        (count,) = db.execute("select count(*) from papers").fetchone()
    print(f"{count:,} papers")
    print(f"{'milliseconds':28}{'pages':>7}{'median':>9}{'p95':>9}{'slowest':>9}")
    with served(database) as address:
        for name, paths in kinds.items():
            print(line(name, measure(address, paths), paths), flush=True)
    with plain(database) as address:
        for name, paths in (("row", kinds["paper"]), ("table", kinds["table"])):
            print(line(f"plain Datasette, {name}", measure(address, paths), paths), flush=True)


if __name__ == "__main__":
    main()
