"""The commands that build a database and test it: build and check."""

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

from daily_papers import dumps
from daily_papers.cli import options
from daily_papers.cli.options import COUNT, FILE, FOLDER, NEW_FILE, day_of, fail
from daily_papers.database import checks, writer
from daily_papers.database.checks import baseline
from daily_papers.pipeline import run
from daily_papers.pipeline.run import Cluster
from daily_papers.pipeline.workers import WorkError

_SQLITE = b"SQLite format 3\0"  # the first bytes of every database
_ADDRESS = re.compile(r"(?:tcp|tls)://[^\s/]+:\d{1,5}")


def _cache() -> Path | None:
    """Return the cache folder of the XDG base directory specification; None without a home."""
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "daily-papers"
    except RuntimeError:
        return None


def _cluster(_: click.Context, __: click.Parameter, address: str | None) -> Cluster | None:
    """Return a function that connects to a scheduler; Dask is only imported for that."""
    if address is None:
        return None
    if not _ADDRESS.fullmatch(address):
        raise click.BadParameter(f"{address!r} is no address; write one like tcp://host:8786")
    if not find_spec("distributed"):
        raise click.UsageError("--scheduler needs the extra: pip install 'daily-papers[cluster]'")
    from daily_papers.pipeline import cluster

    return partial(cluster.connected, address)


def _existing(_: click.Context, __: click.Parameter, paths: Sequence[Path]) -> Sequence[Path]:
    """Refuse paths that do not exist."""
    for path in paths:
        if not path.exists():
            problem = f"no file or folder {path}; save pages into it, or days: daily-papers fetch"
            raise click.BadParameter(problem)
    return paths


def _target(_: click.Context, __: click.Parameter, output: Path) -> Path:
    """Refuse a path that cannot become a database, or where something else would be overwritten."""
    try:
        target = output.resolve(strict=True)
    except FileNotFoundError:
        target = output.resolve()
    except (OSError, RuntimeError) as error:  # such as links in a circle
        raise click.BadParameter(str(error)) from error
    if not target.parent.is_dir():
        raise click.BadParameter(f"no folder {target.parent}")
    if not target.name or (target.exists() and not target.is_file()):
        raise click.BadParameter(f"{target} is not a regular file")
    if target.exists():
        with target.open("rb") as file:
            start = file.read(len(_SQLITE))
        if start not in (_SQLITE, b""):  # SQLite takes an empty file for a new database
            raise click.BadParameter(
                f"{target} is there, and is no database: it is not overwritten"
            )
    return output


# Long, as each option is a parameter.
@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=options.ANY_PATH, callback=_existing)
@click.option("-o", "--output", default="papers.db", type=options.TARGET, callback=_target)
@click.option("--keep-going", is_flag=True, help="Skip dumps that cannot be read; exit 1.")
@click.option("--strict", is_flag=True, help="Refuse dumps with problems, too.")
@click.option(
    "--workers",
    type=COUNT,
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
@click.option(
    "--vectors/--no-vectors", default=True, help="Without, search ranks by words alone; saves time."
)
@click.option("--no-cache", is_flag=True, help="Read everything again, and keep nothing.")
@options.UNUSUAL
@click.option("--quiet", is_flag=True, help="Print errors only.")
def build(
    paths: Sequence[Path],
    output: Path,
    keep_going: bool,
    strict: bool,
    workers: int,
    scheduler: Cluster | None,
    cache: Path | None,
    vectors: bool,
    no_cache: bool,
    unusual: bool,
    quiet: bool,
) -> None:
    """Build a database from dumps: files, or folders of them (default: seeds/).

    The output is replaced only by a whole and checked database. Exit status: 0; 1 if input could
    not be read or the result does not hold; 2 for wrong usage.
    """
    if not paths and not Path("seeds").is_dir():
        raise click.UsageError("no PATH given, and there is no folder seeds/ here")
    start = perf_counter()
    try:
        resources = run.Resources(workers, None if no_cache else cache, scheduler)
        progress = partial(_progress, quiet=quiet)
        report = run.build(
            paths or [Path("seeds")],
            output,
            keep_going,
            progress,
            resources,
            unusual,
            strict,
            vectors,
        )
        if not quiet:
            click.echo(_summary(report, output, perf_counter() - start))
    except run.UnreadableDumps as unreadable:
        fail(*unreadable.errors)
    except (writer.WriteError, checks.CheckError, WorkError, OSError) as error:
        fail(error)
    for folder in filter(dumps.has_none, paths):
        click.echo(f"daily-papers: {folder}: no dump in this folder; built without it", err=True)
    if report.skipped:
        fail(*report.skipped)


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
@options.UNUSUAL
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
    if today and fresh_days is None:
        raise click.UsageError("--today needs --fresh-days")
    day = today or datetime.now(UTC).date()
    try:
        count = checks.require(database, unusual)
        baseline.require(database, counts, older, None if fresh_days is None else (day, fresh_days))
        if write_counts:
            baseline.write_counts(database, write_counts)
    except (checks.CheckError, OSError) as error:
        fail(*(checks.CheckError(f"{database}: {line}") for line in str(error).splitlines()))
    click.echo(f"{database}: all {count} data tests hold")


def _progress(files: Sequence[Path], quiet: bool) -> AbstractContextManager[Iterable[Path]]:
    hidden = quiet or not sys.stderr.isatty()
    return click.progressbar(files, label="Reading dumps", file=sys.stderr, hidden=hidden)


def _summary(report: run.Report, output: Path, seconds: float) -> str:
    accounted = sum(report.parts.values())
    parts = ", ".join(f"{part} {count}" for part, count in sorted(report.parts.items()))
    actions = ", ".join(f"{count} {action}" for action, count in sorted(report.problems.items()))
    problems = f"{sum(report.problems.values())} ({actions})" if actions else "0"
    rows = [
        ("dumps read", str(report.dump_count)),
        ("dumps skipped", str(len(report.skipped))),
        ("problems", problems),
        ("listings", str(report.listing_count)),
        ("papers", str(report.paper_count)),
        ("merged listings", str(report.listing_count - report.paper_count)),
        ("claims", f"{report.claim_count} ({report.rejected_count} other numbers rejected)"),
        ("mentions", str(report.mention_count)),
        ("lines accounted for", f"{accounted} of {report.line_count} ({parts})"),
        ("known before", f"{report.cached} dumps, texts and vectors"),
        ("seconds", f"{seconds:.2f}"),
        ("database", str(output)),
    ]
    return "\n".join(f"{name:<20} {value}" for name, value in rows)
