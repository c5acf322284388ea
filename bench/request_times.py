"""Times requests to a served database, for the benchmarks of search and of pages."""

import argparse
import sqlite3
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

import httpx
from served_site import TIMEOUT

ROUNDS = 5  # the first with nothing cached
MILLISECONDS = 1000


def database_argument(description: str) -> tuple[Path, int]:
    """Return the database that the command line names, and how many papers it has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("database", type=Path, help="a file named papers.db")
    database = parser.parse_args().database.resolve()
    with closing(sqlite3.connect(database)) as db:
        (papers,) = db.execute("select count(*) from papers").fetchone()
    return database, papers


def measure(
    site: str, urls: list[str], is_complete: Callable[[httpx.Response], bool], rounds: int = ROUNDS
) -> list[list[float]]:
    """Return the milliseconds of each request in each round; inf where the answer is incomplete."""
    times: list[list[float]] = [[] for _ in urls]
    with httpx.Client(base_url=site, timeout=TIMEOUT) as client:
        for _ in range(rounds):
            for url, taken in zip(urls, times, strict=True):
                start = time.perf_counter()
                answer = client.get(url)
                spent = (time.perf_counter() - start) * MILLISECONDS
                taken.append(spent if is_complete(answer) else float("inf"))
    return times


def at(times: Iterable[float], share: float) -> float:
    """Return what this share of times is less than."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def columns(times: Iterable[float]) -> str:
    """Return the median, the 95th percentile and the maximum as columns of a table."""
    ordered = sorted(times)
    return "".join(f"{at(ordered, share):9.1f}" for share in (0.5, 0.95, 1))
