"""Measures what each kind of page takes, beside plain Datasette's row and table pages.

    python bench/page_cost.py DATABASE

Serves the database (one of bench/build_cost.py, or any other) as `make serve` does, but that no
answer is kept, and once more with plain Datasette, and requests many pages of each kind from both,
one after the other, in several rounds. A kind that the database has nothing for is left out. Exits
with 1 where the p95 of a kind of ours takes longer than MOST_MILLISECONDS.
"""

import json
import sqlite3
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from itertools import chain, pairwise
from math import inf
from pathlib import Path
from urllib.parse import quote, urlencode

import yaml
from datasette.utils import tilde_encode
from request_times import at, columns, database_argument, measure
from served_site import plain, served

EACH = 20  # pages of a kind
FEWEST = 5  # of a kind, else one page several times: so that p95 is not the slowest of five times
SORTED = {  # columns with an index; most have ties and nulls
    "papers": ("published_on", "has_code", "name", "type", "comment_count"),
    "claims": ("value", "unit", "baseline", "is_improvement"),
}
KINDS = ("topics", "entities", "organizations", "authors", "metrics", "dumps")
METADATA = Path(__file__).parent.parent / "metadata.yml"
EXAMPLES = {
    "baseline": "vLLM", "hardware": "A100", "dataset": "ImageNet", "method": "FlashAttention",
    "q": "kv cache quantization",
}  # fmt: skip
ROWS = {"paper": "papers", "dump": "dumps"}  # parameters that name a row, and its table
MOST_MILLISECONDS = {1_000: 50, 100_000: 250}  # for the p95 of a kind, by the number of papers


def pages(database: Path) -> dict[str, list[str]]:
    """Return the addresses of each kind of page, spread over the rows of the tables."""
    with closing(sqlite3.connect(database)) as db:

        def spread(table: str) -> list[str]:
            (count,) = db.execute(f"select count(*) from {table}").fetchone()  # noqa: S608
            step = max(1, count // EACH)
            rows = db.execute(f"select id from {table} where rowid % ? = 0 limit ?", (step, EACH))  # noqa: S608
            return [key for (key,) in rows]

        keys = {table: spread(table) for table in ("papers", *KINDS)}
        measured = db.execute(
            "select metric, unit from claims group by 1, 2 order by count(*) desc limit ?", (EACH,)
        ).fetchall()
        queries = [name for (name,) in db.execute("select name from topics order by 1")][:EACH]
        later = list(_later_pages(db))
        listed = _days(_listed_days(db))
    papers, topics = keys["papers"], keys["topics"]
    boards = [f"metric={metric}&unit={quote(unit)}" for metric, unit in measured]
    boards += ["baseline=vLLM", "hardware=A100", "metric=memory&unit=x"]
    return {
        "home": ["/"] * EACH,
        "paper": [f"/papers/papers/{key}" for key in papers],
        **{kind: [f"/papers/{kind}/{key}" for key in keys[kind]] for kind in KINDS},
        **listed,
        "results": [f"/results?{params}" for params in boards],
        "results of a topic": [f"/results?topic={key}" for key in topics],
        "compare": [_comparison(pair) for pair in pairwise(papers)],
        "compare six": [_comparison(papers[first : first + 6]) for first in range(0, 15, 3)],
        "search": [f"/search?{urlencode({'q': query})}" for query in queries],
        "search of a topic": [f"/search?topic={key}" for key in topics],
        "feed": [f"/search.atom?topic={key}" for key in topics],
        "about": ["/about"],
        "api": ["/api", "/openapi.json"],
        "database": ["/papers"],
        "table": _tables(dict(measured)),
        "later page of a table": later,
        **{f"query {name}": [f"/papers/{name}?{params}"] for name, params in _queries(keys)},
    }


def _tables(metrics: Collection[str]) -> list[str]:
    measuring = [{"table": "claims", "column": "metric", "value": metric} for metric in metrics]
    return [
        *(f"/papers/papers?{urlencode({'_through': json.dumps(each)})}" for each in measuring),
        *(f"/papers/claims?metric={metric}" for metric in metrics),
        *(f"/papers/papers?type={kind}" for kind in ("method", "system", "survey")),
        *(f"/papers/papers?year={year}" for year in range(2023, 2027)),
    ]


def _listed_days(db: sqlite3.Connection) -> list[str]:
    """Return days on which papers were listed, spread over all of them."""
    sql = "select distinct listed_on from listings where listed_on is not null order by 1"
    days = [day for (day,) in db.execute(sql)]
    return days[:: max(1, len(days) // EACH)][:EACH]


def _comparison(papers: Iterable[str]) -> str:
    return f"/compare?{urlencode([('id', key) for key in papers])}"


def _days(days: Sequence[str]) -> dict[str, list[str]]:
    """Return the pages of days, and of the weeks and months that they are in."""
    return {
        "days": [f"/days?year={day[:4]}" for day in days] or ["/days"],
        "day": [f"/days/{day}" for day in days] or ["/days/2026-08-20"],
        "week": [f"/days/{week}" for week in map(_week, days)] or ["/days/2026-W34"],
        "month": [f"/days/{day[:7]}" for day in days] or ["/days/2026-08"],
        "feed of days": ["/days.atom", *(f"/days/{day}.atom" for day in days)],
    }


def _week(day: str) -> str:
    return "{}-W{:02}".format(*date.fromisoformat(day).isocalendar()[:2])


def _queries(keys: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Yield each canned query, with a value for each of its parameters that has an example."""
    metadata = yaml.safe_load(METADATA.read_text(encoding="utf-8"))
    examples = EXAMPLES | {param: keys[table][0] for param, table in ROWS.items()}
    for name, query in metadata["databases"]["papers"]["queries"].items():
        yield name, urlencode({param: examples.get(param, "") for param in query.get("params", ())})


def _later_pages(db: sqlite3.Connection) -> Iterator[str]:
    """Yield pages from the middle of sorted tables."""
    for table, names in SORTED.items():
        for name in names:
            sql = f"select id from {table} order by {name} desc, rowid desc limit 1 offset ?"  # noqa: S608
            (count,) = db.execute(f"select count(*) from {table}").fetchone()  # noqa: S608
            (key,) = db.execute(sql, (count // 2,)).fetchone()
            for sort in ("_sort", "_sort_desc"):
                yield f"/papers/{table}?{sort}={name}&_next={quote(tilde_encode(key))}"


def line(name: str, address: str, urls: list[str], most: float) -> tuple[str, bool]:
    """Measure the pages of a kind; return a line of the table, which says where the p95 takes more
    than so many milliseconds, and whether it does not. A page that fails raises."""
    rounds = measure(address, urls, lambda answer: answer.raise_for_status().is_success)
    times = list(chain.from_iterable(rounds))
    is_fast = at(times, 0.95) <= most
    mark = "" if is_fast else f"  more than {most:g}"
    return f"{name:32}{len(urls):7}{columns(times)}{mark}", is_fast


def main() -> None:
    """Print the table for a database."""
    database, papers = database_argument("Measure the speed of pages.")
    kinds = {name: urls * -(-FEWEST // len(urls)) for name, urls in pages(database).items() if urls}
    most = next((ms for size, ms in MOST_MILLISECONDS.items() if papers <= size), inf)
    is_well = True
    print(f"{papers:,} papers")
    print(f"{'milliseconds':32}{'pages':>7}{'median':>9}{'p95':>9}{'slowest':>9}")
    with served(database, "--cache-megabytes", "0") as address:  # each page is made each time
        for name, urls in kinds.items():
            text, is_fast = line(name, address, urls, most)
            is_well = is_well and is_fast
            print(text, flush=True)
    with plain(database) as address:
        for name, urls in (("row", kinds["paper"]), ("table", kinds["table"])):
            print(line(f"plain Datasette, {name}", address, urls, inf)[0], flush=True)
    sys.exit(0 if is_well else 1)


if __name__ == "__main__":
    main()
