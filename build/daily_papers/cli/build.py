"""The commands that make a database and test it: build and check."""

import os
import re
import sys
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

import click

from daily_papers.cli.options import (
    EXISTING,
    FILE,
    FOLDER,
    NEW_FILE,
    TARGET,
    UNUSUAL,
    complain,
    day_of,
)
from daily_papers.database import checks, writer
from daily_papers.database.checks import baseline
from daily_papers.pipeline import run
from daily_papers.pipeline.run import Cluster
from daily_papers.pipeline.workers import WorkError

_SQLITE = b"SQLite format 3\0"  # how every database of it begins
_ADDRESS = re.compile(r"(?:tcp|tls)://[^\s/]+:\d{1,5}")


def _cache() -> Path | None:
    """Return the folder of the cache, as the XDG base directory specification has it; None for
    somebody who has no home."""
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "daily-papers"
    except RuntimeError:
        return None


def _cluster(_: click.Context, __: click.Parameter, address: str | None) -> Cluster | None:
    """Return what connects to a scheduler; what Dask is made of is imported for that only."""
    if address is None:
        return None
    if not _ADDRESS.fullmatch(address):
        raise click.BadParameter(f"{address!r} is no address; write one like tcp://host:8786")
    if not find_spec("distributed"):
        problem = "--scheduler needs the extra: pip install 'daily-papers[cluster]'"
        raise click.UsageError(problem)
    from daily_papers.pipeline import cluster

    return partial(cluster.connected, address)


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=EXISTING)
@click.option("-o", "--output", default="papers.db", show_default=True, type=TARGET)
@click.option("--keep-going", is_flag=True, help="Skip dumps that cannot be read; exit 1.")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=lambda: os.cpu_count() or 1,
    show_default="the machine's cores",
    help="Processes that read, and make rows; the result is the same for any number.",
)
@click.option(
    "--scheduler",
    callback=_cluster,
    metavar="ADDRESS",
    help="Dask scheduler, as tcp://host:8786, whose workers read dumps and extract facts. All of"
    " them have this version of daily-papers, and see the dumps under the same paths.",
)
@click.option(
    "--cache",
    type=FOLDER,
    default=_cache,
    show_default="~/.cache/daily-papers",
    help="Folder that keeps what was read of dumps and texts, for the next build.",
)
@click.option("--no-cache", is_flag=True, help="Read everything again, and keep nothing.")
@UNUSUAL
@click.option("--quiet", is_flag=True, help="Print errors only.")
def build(
    paths: Sequence[Path],
    output: Path,
    keep_going: bool,
    workers: int,
    scheduler: Cluster | None,
    cache: Path | None,
    no_cache: bool,
    unusual: bool,
    quiet: bool,
) -> None:
    """Build a database from dumps: files, or folders of them (default: seeds/).

    The output is replaced only by a whole and checked database. Exit status: 0; 1 if input could
    not be read or the result does not hold; 2 for wrong usage.
    """
    _require_place(output)
    if not paths and not Path("seeds").is_dir():
        raise click.UsageError("no PATH given, and there is no folder seeds/ here")
    start = perf_counter()
    try:
        report = run.build(
            paths or [Path("seeds")],
            output,
            keep_going,
            lambda files: _progress(files, quiet),
            run.Resources(workers, None if no_cache else cache, scheduler),
            unusual,
        )
        if not quiet:
            click.echo(_summary(report, output, perf_counter() - start))
    except run.UnreadableDumps as unreadable:
        complain(unreadable.errors)
        sys.exit(1)
    except (writer.StoreError, checks.CheckError, WorkError, OSError) as error:
        complain([error])
        sys.exit(1)
    if report.skipped:
        complain(report.skipped)
        sys.exit(1)


@click.command()
@click.argument("database", type=FILE)
@click.option("--counts", type=FILE, help="Kept counts: a file of the listings of each dump.")
@click.option("--write-counts", type=NEW_FILE, help="Keep them, if everything else holds.")
@click.option(
    "--not-smaller-than",
    "older",
    type=FILE,
    help="An older database: no dump of it is missing, no table that only grows has fewer rows.",
)
@click.option(
    "--fresh-days", type=click.IntRange(min=0), help="Most days since something was listed."
)
@click.option("--today", type=day_of, metavar="DAY", help="Count them to this day, not to today's.")
@UNUSUAL
def check(
    database: Path,
    counts: Path | None,
    write_counts: Path | None,
    older: Path | None,
    fresh_days: int | None,
    today: date | None,
    unusual: bool,
) -> None:
    """Run the data tests on a database, and compare it with what is known elsewhere.

    Exit status: 0; 1 if something does not hold, with a line for each; 2 for wrong usage.
    """
    for path in (database, counts, older):
        if path and not path.is_file():
            raise click.BadParameter(f"{path} is not a regular file")
    if today and fresh_days is None:
        raise click.UsageError("--today needs --fresh-days")
    day = today or datetime.now(UTC).date()
    try:
        held = checks.require(database, unusual)
        baseline.require(database, counts, older, None if fresh_days is None else (day, fresh_days))
        if write_counts:
            write_counts.write_text(baseline.written(baseline.listings(database)), encoding="utf-8")
    except (checks.CheckError, OSError) as error:
        complain([checks.CheckError(f"{database}: {line}") for line in str(error).splitlines()])
        sys.exit(1)
    click.echo(f"{database}: all {held} data tests hold")


def _require_place(output: Path) -> None:
    try:
        target = output.resolve()
        if output.is_symlink():
            output.stat()  # links in a circle, which resolve() lets pass from Python 3.13 on
    except FileNotFoundError:
        pass  # a link to what is not there yet
    except (OSError, RuntimeError) as error:
        raise click.BadParameter(str(error), param_hint="--output") from error
    if not target.parent.is_dir():
        raise click.BadParameter(f"no folder {target.parent}", param_hint="--output")
    if not target.name or (target.exists() and not target.is_file()):
        raise click.BadParameter(f"{target} is not a regular file", param_hint="--output")
    if target.exists() and not _is_database(target):
        problem = f"{target} is there, and is no database: it is not overwritten"
        raise click.BadParameter(problem, param_hint="--output")


def _is_database(path: Path) -> bool:
    """Tell whether a file is SQLite's, or empty, which SQLite takes for a new one."""
    with path.open("rb") as file:
        return file.read(len(_SQLITE)) in (_SQLITE, b"")


def _progress(files: Sequence[Path], quiet: bool) -> AbstractContextManager[Iterable[Path]]:
    hidden = quiet or not sys.stderr.isatty()
    return click.progressbar(files, label="Reading dumps", file=sys.stderr, hidden=hidden)


def _summary(report: run.Report, output: Path, seconds: float) -> str:
    accounted = sum(report.parts.values())
    parts = ", ".join(f"{part} {count}" for part, count in sorted(report.parts.items()))
    rows = [
        ("dumps read", str(report.dump_count)),
        ("dumps skipped", str(len(report.skipped))),
        ("listings", str(report.listing_count)),
        ("papers", str(report.paper_count)),
        ("merged listings", str(report.listing_count - report.paper_count)),
        ("claims", f"{report.claim_count} ({report.rejected_count} other numbers rejected)"),
        ("mentions", str(report.mention_count)),
        ("lines accounted for", f"{accounted} of {report.line_count} ({parts})"),
        ("known before", f"{report.cached} dumps and texts"),
        ("seconds", f"{seconds:.2f}"),
        ("database", str(output)),
    ]
    return "\n".join(f"{name:<20} {value}" for name, value in rows)
