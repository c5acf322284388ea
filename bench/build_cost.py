"""Measures what a build costs, beside the floor of the same run: its time, memory and size.

    python bench/build_cost.py 10000 100000

The floor is the least that the same rows cost: plain sqlite3 writes them with `executemany` into
the same tables, without an index, and rebuilds the same FTS5. Without facts, a build finds nothing
in texts: neither facts nor the terms of search and neighbours. Memory is the peak of all processes
together, with shared memory counted once (PSS). Vectors are left out, as they would take most of
the time; bench/extraction_cost.py measures one.
"""

import argparse
import multiprocessing
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass
from pathlib import Path

from generated_dumps import A_DAY, generate

from daily_papers.database import schema
from daily_papers.pipeline import extraction
from daily_papers.pipeline import run as pipeline
from daily_papers.records import Facts
from daily_papers.search.documents import TermCounts

SEED = 1
BATCH = 10_000  # rows that the floor reads ahead, off the clock
INTERVAL = 1  # seconds between two samples of memory: each costs the processes some time
NOTHING = extraction.Extraction(
    Facts(None, "method", (), (), (), (), ()), TermCounts([], [], [], [])
)


@dataclass(frozen=True)
class Cost:
    """What it cost to make a database: seconds, and bytes of memory and of the file."""

    seconds: float
    memory: int
    size: int


def floor(built: Path, target: Path) -> Cost:
    """Write the rows of a database again, as plainly as possible."""
    target.unlink(missing_ok=True)
    seconds = 0.0
    with closing(sqlite3.connect(built)) as old, closing(sqlite3.connect(target)) as new:
        new.execute("pragma journal_mode = off")
        new.execute("pragma synchronous = off")
        for table in schema.TABLES:
            new.execute(table.sql())
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            read = old.execute(f'select {columns} from "{table.name}"')  # noqa: S608 - names are ours
            while rows := read.fetchmany(BATCH):
                start = time.perf_counter()
                new.executemany(table.insert(), rows)
                seconds += time.perf_counter() - start
        start = time.perf_counter()
        new.commit()
        new.execute(
            "create virtual table papers_fts using fts5(title, abstract, content=papers, "
            "tokenize='porter unicode61 remove_diacritics 2')"
        )
        new.execute("insert into papers_fts (papers_fts) values ('rebuild')")
        new.commit()
        seconds += time.perf_counter() - start
    return Cost(seconds, 0, target.stat().st_size)


def build(dumps: Path, target: Path, cache: Path | None, *, facts: bool = True) -> Cost:
    """Build a database from a folder of dumps, in a process of its own."""
    arguments = (dumps, target, cache, facts)
    process = multiprocessing.get_context("spawn").Process(target=run, args=arguments)
    start = time.perf_counter()
    process.start()
    peak = 0
    while process.exitcode is None:
        peak = max(peak, memory(process.pid))
        process.join(INTERVAL)
    if process.exitcode:
        raise SystemExit(f"the build ended with {process.exitcode}")
    return Cost(time.perf_counter() - start, peak, target.stat().st_size)


def memory(process: int | None) -> int:
    """Return the bytes of memory of a process and its children; 0 once it has ended."""
    size = 0
    try:
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                size += int(line.split()[1]) * 1024
        for children in Path(f"/proc/{process}/task").glob("*/children"):
            size += sum(map(memory, map(int, children.read_text().split())))
    except (FileNotFoundError, ProcessLookupError):
        return size
    return size


def run(dumps: Path, target: Path, cache: Path | None, facts: bool) -> None:
    """Build in this process."""
    if not facts:
        extraction.extract = lambda *_: NOTHING
    resources = pipeline.Resources(os.cpu_count() or 1, cache)
    options = {"unusual": not facts, "with_vectors": False}
    pipeline.build([dumps], target, False, nullcontext, resources, **options)


def measure(count: int, folder: Path) -> Iterator[tuple[str, int, Cost, Cost]]:
    """Yield the name of each build, its number of papers, its cost, and its floor."""
    dumps, target, plain, cache = (
        folder / name for name in ("dumps", "papers.db", "floor", "cache")
    )
    generate(count, SEED, dumps)
    shutil.rmtree(cache, ignore_errors=True)
    bare = build(dumps, target, None, facts=False)
    lowest = floor(target, plain)
    yield "floor, without facts", count, lowest, lowest
    yield "build, without facts", count, bare, lowest
    last = max(dumps.iterdir())
    aside = last.replace(folder / last.name)
    less = build(dumps, target, cache)
    aside.replace(last)
    lowest = floor(target, plain)
    yield "floor, with facts", count - A_DAY, lowest, lowest
    yield f"build, {A_DAY} papers less", count - A_DAY, less, lowest
    yield f"these {A_DAY} more, rest cached", count, build(dumps, target, cache), lowest
    yield "all cached", count, build(dumps, target, cache), lowest
    yield "nothing cached", count, build(dumps, target, None), lowest
    plain.unlink()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Measure what a build costs.")
    parser.add_argument("counts", type=int, nargs="+", help="papers")
    parser.add_argument("--folder", type=Path, default=Path("generated"), help="to work in")
    options = parser.parse_args()
    options.folder.mkdir(exist_ok=True)
    print(
        f"{'':30}{'papers':>10}{'seconds':>9}{'papers/s':>10}{'× floor':>9}{'MB memory':>11}"
        f"{'bytes/paper':>13}"
    )
    for count in options.counts:
        for name, papers, cost, lowest in measure(count, options.folder):
            memory_mb = f"{cost.memory >> 20:,.0f}" if cost.memory else "–"
            print(
                f"{name:30}{papers:10,}{cost.seconds:9.1f}{papers / cost.seconds:10,.0f}"
                f"{cost.seconds / lowest.seconds:9.1f}{memory_mb:>11}{cost.size / papers:13,.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
