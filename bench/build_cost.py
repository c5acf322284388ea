"""Measures what a build costs, beside the floor of the same run: its time, memory and size.

    python bench/build_cost.py 10000 100000

The floor is what the same rows cost at least: plain sqlite3 writes them with `executemany` into the
same tables, without an index, and rebuilds the same FTS5. Without facts, a build finds nothing in
texts: neither facts nor the terms that search and neighbours go by. Memory is that of all processes
together, each one's share of what they share (PSS), at the moment when it is most.
"""

import argparse
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from generated_dumps import A_DAY, generate

from daily_papers.database import schema
from daily_papers.pipeline import extraction
from daily_papers.pipeline import run as pipeline
from daily_papers.records import Facts
from daily_papers.search.documents import TermCounts

SEED = 1
LOT = 10_000  # rows that the floor reads ahead, off the clock
LOOK = 1  # seconds between two looks at memory: each costs the processes some time
MEGABYTE = 2**20
NOTHING = extraction.write(
    extraction.Digest(Facts(None, "method", (), (), (), (), ()), TermCounts([], [], [], []))
)


@dataclass(frozen=True)
class Cost:
    """What a way to a database cost: seconds, and bytes of memory and of the file."""

    seconds: float
    memory: int
    size: int


def floor(built: Path, target: Path) -> Cost:
    """Write the rows of a database once more, as plainly as can be."""
    target.unlink(missing_ok=True)
    seconds = 0.0
    with closing(sqlite3.connect(built)) as old, closing(sqlite3.connect(target)) as new:
        new.execute("pragma journal_mode = off")
        new.execute("pragma synchronous = off")
        for table in schema.TABLES:
            new.execute(table.sql())
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            read = old.execute(f'select {columns} from "{table.name}"')  # noqa: S608 - names are ours
            while rows := read.fetchmany(LOT):
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
    """Build a database of a folder of dumps, in a process of its own."""
    command = [sys.executable, __file__, "--run", str(dumps), str(target)]
    command += ["--cache", str(cache)] if cache else []
    command += [] if facts else ["--without-facts"]
    start = time.perf_counter()
    most = 0
    with subprocess.Popen(command) as process:
        while process.poll() is None:
            most = max(most, memory(process.pid))
            time.sleep(LOOK)
    seconds = time.perf_counter() - start
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Cost(seconds, most, target.stat().st_size)


def memory(process: int) -> int:
    """Return the bytes of memory that a process and its children have."""
    found = 0
    try:
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                found += int(line.split()[1]) * 1024
        for thread in Path(f"/proc/{process}/task").iterdir():
            children = (thread / "children").read_text().split()
            found += sum(map(memory, map(int, children)))
    except (FileNotFoundError, ProcessLookupError):  # it has ended in the meantime
        return found
    return found


def run(dumps: Path, target: Path, cache: Path | None, *, facts: bool) -> None:
    """Build here."""
    if not facts:
        extraction.digest = lambda _: NOTHING
    means = pipeline.Means(os.cpu_count() or 1, cache)
    pipeline.build([dumps], target, False, nullcontext, means, unusual=not facts)


@contextmanager
def a_dump_less(dumps: Path, folder: Path) -> Iterator[None]:
    """Take a dump out of its folder for a while."""
    last = max(dumps.iterdir())
    moved = last.replace(folder / last.name)
    yield
    moved.replace(last)


def measure(count: int, folder: Path) -> Iterator[tuple[str, int, Cost, Cost]]:
    """Yield how many papers each way is of, what it costs, and its floor."""
    dumps, target, plain, cache = (
        folder / name for name in ("dumps", "papers.db", "floor", "cache")
    )
    generate(count, SEED, dumps)
    shutil.rmtree(cache, ignore_errors=True)
    bare = build(dumps, target, None, facts=False)
    lowest = floor(target, plain)
    yield "floor, without facts", count, lowest, lowest
    yield "build, without facts", count, bare, lowest
    with a_dump_less(dumps, folder):
        less = build(dumps, target, cache)
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
    parser.add_argument("counts", type=int, nargs="*", help="papers")
    parser.add_argument("--folder", type=Path, default=Path("generated"), help="to work in")
    parser.add_argument("--run", type=Path, nargs=2, metavar=("DUMPS", "DATABASE"))
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--without-facts", action="store_true")
    options = parser.parse_args()
    if options.run:
        run(*options.run, options.cache, facts=not options.without_facts)
        return
    options.folder.mkdir(exist_ok=True)
    print(
        f"{'':30}{'papers':>10}{'seconds':>9}{'papers/s':>10}{'× floor':>9}{'MB memory':>11}"
        f"{'bytes/paper':>13}"
    )
    for count in options.counts:
        for name, papers, cost, lowest in measure(count, options.folder):
            shown = f"{cost.memory / MEGABYTE:,.0f}" if cost.memory else "–"
            print(
                f"{name:30}{papers:10,}{cost.seconds:9.1f}{papers / cost.seconds:10,.0f}"
                f"{cost.seconds / lowest.seconds:9.1f}{shown:>11}{cost.size / papers:13,.0f}",
                flush=True,
            )


if __name__ == "__main__":
    sys.exit(main())
