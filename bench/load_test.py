"""Measures how much the site can serve: plain Datasette, our processes, and nginx before them.

    python bench/load_test.py DATABASE [--seconds 4]

All three serve the same content: the same database, metadata.yml, templates, settings and plugins,
but for those that make our serving. A mix of pages, search, SQL and downloads, at hundreds of
addresses in rotation, is asked by more and more clients at once, until 5 % of the answers take
longer than SLOWEST. Then row, search and table pages alone, each kind by CLIENTS: first visits, at
addresses that nobody asked for before, and repeated ones. At last one process with a small cache
answers at MANY_ADDRESSES, and its memory is measured. Exits with 1 where an answer was 5xx, wrong
or never came, where our processes or the cache are not as many times as fast as plain Datasette as
they have to be, or where memory grows by more than the cache may take.
"""

import argparse
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from itertools import cycle
from pathlib import Path
from random import Random
from urllib.parse import quote, urlencode

from build_cost import memory
from load_client import PEAK, LoadResult, Question, ask, ceiling
from served_site import behind_nginx, nginx, plain_with_ours, served

Request = tuple[str, list[str]]
PROCESSES = os.cpu_count() or 1
PATIENCE = 60  # seconds, for all addresses of a kind
SLOWEST = 500  # milliseconds that p95 may take before no more clients are added
MOST = 128  # clients at once
CLIENTS = 8  # for one kind of page
EACH = 120  # addresses of a kind
LEAST_FIRST, LEAST_REPEATED = 1.5, 10.0  # times plain Datasette
COPIES = 60  # of each address, with a parameter that changes nothing, so that each is a first visit
MANY_ADDRESSES, CACHE_MEGABYTES = 10_000, 8  # for the memory of one process
SPARE = 48 << 20  # bytes that a process may grow by besides: what search keeps of words and texts
# Of a hundred requests so many are of each kind.
SHARES = {"home": 4, "search": 24, "search.json": 10, "row": 26, "topic": 6, "results": 8,
          "table": 12, "query": 4, "SQL": 4, "part of the file": 1, "file": 1}  # fmt: skip
COMPARED = ("row", "search", "table")


def kinds(database: Path) -> dict[str, list[Request]]:
    """Return requests of each kind, at addresses spread over the database."""
    requests: dict[str, list[Request]] = {
        kind: [(path, []) for path in paths] for kind, paths in paths_of_kinds(database).items()
    }
    size = database.stat().st_size
    requests["part of the file"] = [
        ("/papers.db", [f"Range: bytes={start}-{start + 65_535}"])
        for start in range(0, size, max(1, size // EACH))
    ]
    return requests


def paths_of_kinds(database: Path) -> dict[str, list[str]]:
    """Return the addresses of each kind, but for parts of the file."""
    with closing(sqlite3.connect(database)) as db:

        def rows(sql: str) -> list[tuple[str, ...]]:
            return db.execute(sql).fetchall()

        def spread(sql: str) -> list[str]:
            values = [str(value) for (value,) in rows(sql)]
            return values[:: max(1, len(values) // EACH)][:EACH]

        papers, topics, entities = (
            spread(f"select id from {table} order by id")  # noqa: S608 - names are ours
            for table in ("papers", "topics", "entities")
        )
        titles = spread("select title from papers order by id")
        baselines = spread("select distinct baseline from claims where baseline <> '' order by 1")
        boards = rows("select metric, unit from claims group by 1, 2 order by 1, 2")
        years = spread("select distinct year from papers where year is not null order by 1")
    words = [" ".join(title.split()[:3]) for title in titles]
    half = EACH // 2
    return {
        "home": ["/"],
        "search": _addresses("/search", [{"q": word} for word in words]),
        "search.json": _addresses(
            "/search.json", [{"q": word, "size": 10} for word in words[::-1]]
        ),
        "row": [f"/papers/papers/{paper_id}" for paper_id in papers],
        "topic": [f"/papers/topics/{topic_id}" for topic_id in topics],
        "results": _addresses("/results", [{"metric": m, "unit": u} for m, u in boards[:EACH]]),
        "table": [
            *(f"/papers/mentions?entity_id={quote(name)}" for name in entities[:half]),
            *(f"/papers/claims?paper_id={paper_id}" for paper_id in papers[:half]),
            *(f"/papers/papers?year={year}" for year in years),
        ],
        "query": _addresses("/papers/claims_against", [{"baseline": name} for name in baselines]),
        "SQL": _addresses("/papers.json", [{"sql": _SQL, "like": f"%{word}%"} for word in words]),
        "file": ["/papers.db"],
    }


def _addresses(path: str, queries: list[dict[str, object]]) -> list[str]:
    return [f"{path}?{urlencode(query)}" for query in queries]


_SQL = "select year, count(*) as papers from papers where abstract like :like group by year"


def mix(requests: dict[str, list[Request]], count: int = 2_000) -> list[Request]:
    """Return requests of all kinds in their shares, each kind in rotation; always the same."""
    chance = Random(1)
    names = chance.choices(list(SHARES), list(SHARES.values()), k=count)
    rotations = {name: cycle(requests[name]) for name in SHARES}
    return [next(rotations[name]) for name in names]


def line(name: str, at_once: int, result: LoadResult) -> str:
    """Return a line of the first table."""
    limited = result.count(400, 400)
    return (
        f"{name:28}{at_once:8}{result.rate:12.0f}{result.at(0.5):9.0f}{result.at(0.95):9.0f}"
        f"{result.count(429, 429):7}{limited:7}{result.count(500):7}{result.broken + result.lost:7}"
    )


def is_wrong(result: LoadResult) -> bool:
    """Tell whether something was answered that nobody should see."""
    others = result.count(401, 428) + result.count(430)
    return bool(others or result.broken or result.lost or not result.answers)


def rise(name: str, address: str, requests: list[Request], seconds: float) -> bool:
    """Print lines for more and more clients, until too many; tell whether all went well."""
    at_once, is_well = 1, True
    while at_once <= MOST:
        result = ask(Question(address, requests, at_once, seconds))
        print(line(name, at_once, result), flush=True)
        is_well = is_well and not is_wrong(result)
        if not result.answers or result.at(0.95) > SLOWEST:
            break
        at_once *= 2
    return is_well


def first_visits(requests: list[Request]) -> list[Request]:
    """Return requests for the same pages at addresses that are all different."""
    return [
        (f"{path}{'&' if '?' in path else '?'}_visit={number}", headers)
        for number in range(COPIES)
        for path, headers in requests
    ]


Rates = dict[str, dict[str, LoadResult]]  # by kind of visit, and kind of page


def rates(address: str, requests: dict[str, list[Request]], seconds: float) -> Rates:
    """Return the results of first and of repeated visits of each kind of page."""
    first, repeated = {}, {}
    for kind in COMPARED:
        others = first_visits(requests[kind])
        first[kind] = ask(Question(address, others, CLIENTS, seconds))
        most = PROCESSES * 2 * len(requests[kind])  # until each process is likely to have made each
        ask(Question(address, requests[kind], CLIENTS, PATIENCE, most=most))
        repeated[kind] = ask(Question(address, requests[kind], CLIENTS, seconds))
    return {"first visits": first, "repeated visits": repeated}


def is_memory_bounded(database: Path, requests: list[Request]) -> bool:
    """Print how much memory a process takes after it was asked at MANY_ADDRESSES, and tell whether
    it is not more than its cache may take."""
    options = ("--public", "--workers", "1", "--cache-megabytes", str(CACHE_MEGABYTES))
    paths = [(f"/papers/topics?_size=20&_visit={number}", []) for number in range(MANY_ADDRESSES)]
    with served(database, *options) as address:
        ask(Question(address, requests, CLIENTS, PATIENCE, most=len(requests)))
        before = memory(os.getpid())
        result = ask(Question(address, paths, CLIENTS, PATIENCE * 5, most=MANY_ADDRESSES))
        grown = memory(os.getpid()) - before
    most = (CACHE_MEGABYTES << 20) + SPARE
    print(
        f"\nmemory of one process with {CACHE_MEGABYTES} MB for answers: {grown / 1e6:.0f} MB more"
        f" after {result.answers:,} different addresses, at most {most / 1e6:.0f}"
    )
    return grown <= most and not is_wrong(result)


Way = tuple[str, Callable[[], AbstractContextManager[str]]]


def ways(database: Path) -> list[Way]:
    """Return the three servers, each with its name."""
    public = ("--public", "--workers", str(PROCESSES))

    @contextmanager
    def cached() -> Iterator[str]:
        with served(database, *public) as app, behind_nginx(app) as address:
            yield address

    servers: list[Way] = [
        ("plain datasette, 1 process", lambda: plain_with_ours(database)),
        (f"daily-papers, {PROCESSES} processes", lambda: served(database, *public)),
    ]
    return [*servers, ("nginx before these", cached)] if nginx() else servers


def main() -> None:
    """Print both tables for a database."""
    parser = argparse.ArgumentParser(description="Measure how much the site can serve.")
    parser.add_argument("database", type=Path, help="a file named papers.db")
    parser.add_argument("--seconds", type=float, default=4, help="of each measurement")
    options = parser.parse_args()
    database, seconds = options.database.resolve(), options.seconds
    requests = kinds(database)
    mixed = mix(requests)
    with closing(sqlite3.connect(database)) as db:
        (papers,) = db.execute("select count(*) from papers").fetchone()
    print(
        f"{papers:,} papers, {database.stat().st_size / 1e6:.0f} MB; {os.cpu_count()} cores, which"
        f" the client shares; {seconds:g} seconds a line; {len({path for path, _ in mixed}):,}"
        " addresses in rotation"
    )
    print(
        f"client: asyncio in a process of its own, gzip accepted, no conditional requests; at"
        f" {PEAK} at once it reads {ceiling(seconds).rate:,.0f} answers of 20 kB a second at most"
    )
    print(
        f"\n{'served by':28}{'at once':>8}{'requests/s':>12}{'p50 ms':>9}{'p95 ms':>9}"
        f"{'429':>7}{'400':>7}{'≥500':>7}{'lost':>7}"
    )
    sys.exit(0 if measure(database, requests, mixed, seconds) else 1)


def measure(
    database: Path, requests: dict[str, list[Request]], mixed: list[Request], seconds: float
) -> bool:
    """Print the tables, and tell whether all is as it has to be."""
    is_well, results = True, {}
    for name, serve in ways(database):
        with serve() as address:
            is_well = rise(name, address, mixed, seconds) and is_well
            results[name] = rates(address, requests, seconds)
    if not nginx():
        print("nginx before these: not measured, there is no nginx on the PATH")
    is_well = compare(results) and is_well
    is_well = is_memory_bounded(database, requests["table"]) and is_well
    print("\nall as it has to be" if is_well else "\nnot as it has to be")
    return is_well


def compare(results: dict[str, Rates]) -> bool:
    """Print requests a second, ours as times those of plain Datasette, and tell whether they are
    as many as they have to be."""
    is_well = True
    plain, *others = results
    for visits, least in (("first visits", LEAST_FIRST), ("repeated visits", LEAST_REPEATED)):
        print(f"\n{f'{visits}: requests/s':40}" + "".join(f"{kind:>12}" for kind in COMPARED))
        for name, of_visits in results.items():
            rate = {kind: result.rate for kind, result in of_visits[visits].items()}
            print(f"{name:40}" + "".join(f"{rate[kind]:12.0f}" for kind in COMPARED))
            is_well = is_well and not any(map(is_wrong, of_visits[visits].values()))
        for name in others:
            times = [
                results[name][visits][kind].rate / max(results[plain][visits][kind].rate, 0.001)
                for kind in COMPARED
            ]
            label = f"  … times plain, at least {least:g}: {name.split(',')[0].split()[0]}"
            print(f"{label:40}" + "".join(f"{number:12.1f}" for number in times))
            is_well = is_well and min(times) >= least
    return is_well


if __name__ == "__main__":
    main()
