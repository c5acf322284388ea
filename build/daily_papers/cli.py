"""The command line: parses arguments, prints, sets the exit status."""

import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

import click

from daily_papers import checks, fetch, pipeline, store, work
from daily_papers.checks import outside
from daily_papers.fetch.download import Service
from daily_papers.pipeline import Cluster

_EXISTING = click.Path(exists=True, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)
_COUNT = click.IntRange(min=1)
_TARGET = click.Path(dir_okay=False, writable=True, path_type=Path)
_NEW_FILE = click.Path(dir_okay=False, path_type=Path)
_UNUSUAL = click.option(
    "--unusual",
    is_flag=True,
    help="Leave out the data tests that hold for a usual sample of Daily Papers only.",
)
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
    from daily_papers import cluster

    return partial(cluster.connected, address)


@click.group()
@click.version_option(package_name="daily-papers")
def main() -> None:
    """Turn saved Hugging Face Daily Papers pages into one SQLite database."""


@main.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=_EXISTING)
@click.option("-o", "--output", default="papers.db", show_default=True, type=_TARGET)
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
    type=_FOLDER,
    default=_cache,
    show_default="~/.cache/daily-papers",
    help="Folder that keeps what was read of dumps and texts, for the next build.",
)
@click.option("--no-cache", is_flag=True, help="Read everything again, and keep nothing.")
@_UNUSUAL
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
        report = pipeline.build(
            paths or [Path("seeds")],
            output,
            keep_going,
            lambda files: _progress(files, quiet),
            pipeline.Means(workers, None if no_cache else cache, scheduler),
            unusual,
        )
        if not quiet:
            click.echo(_summary(report, output, perf_counter() - start))
    except pipeline.UnreadableDumps as unreadable:
        _complain(unreadable.errors)
        sys.exit(1)
    except (store.StoreError, checks.CheckError, work.WorkError, OSError) as error:
        _complain([error])
        sys.exit(1)
    if report.skipped:
        _complain(report.skipped)
        sys.exit(1)


@main.command("serve")
@click.argument("database", type=_FILE)
@click.option("--site", default=".", show_default=True, type=_FOLDER, help="Has metadata.yml, …")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8001, show_default=True, type=click.IntRange(0, 65535))
@click.option("--workers", default=1, show_default=True, type=_COUNT, help="Processes.")
@click.option(
    "--allow-host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="Answer for this name only; may be given again. By default for any.",
)
@click.option(
    "--public",
    is_flag=True,
    help="For everybody: no cookies, CORS, the addresses of clients as a proxy forwards them.",
)
def serve_command(
    database: Path,
    site: Path,
    host: str,
    port: int,
    workers: int,
    hosts: Sequence[str],
    public: bool,
) -> None:
    """Serve a database with Datasette and the pages of a site, until a signal says to stop.

    A sound database that is put in its place is taken up. Exit status: 0; 1 if the database is
    damaged or of another version, or the site is not all there; 2 for wrong usage.
    """
    if not find_spec("datasette"):
        raise click.UsageError("serve needs the extra: pip install 'daily-papers[serve]'")
    from daily_papers.serving import process

    names = tuple(one.lower() for one in hosts)
    try:
        process.serve(process.Served(str(database), str(site), names, public), host, port, workers)
    except (process.ServeError, OSError) as error:
        _complain([error])
        sys.exit(1)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no day; write one like 2026-08-20") from error


@main.command()
@click.argument("database", type=_FILE)
@click.option("--into", default="export", show_default=True, type=_FOLDER, help="Where to write.")
@click.option(
    "--metadata",
    default="metadata.yml",
    show_default=True,
    type=_FILE,
    help="What describes tables, columns and queries.",
)
@click.option("--url", metavar="ADDRESS", help="Where it will be published, to be said in it.")
@click.option("--published", type=_day, metavar="DAY", help="The day when, as YYYY-MM-DD.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
def export(
    database: Path, into: Path, metadata: Path, url: str | None, published: date | None, quiet: bool
) -> None:
    """Write a database as Parquet, CSV, a data package, Croissant, a data dictionary and a card.

    The folder is put in place when it is whole; one that has other files is not touched. Exit
    status: 0; 1 for what cannot be exported or written; 2 for wrong usage.
    """
    if not find_spec("pyarrow"):
        raise click.UsageError("export needs the extra: pip install 'daily-papers[export]'")
    from daily_papers import export as exporting

    if not into.absolute().parent.is_dir():
        raise click.BadParameter(f"no folder {into.absolute().parent}", param_hint="--into")
    try:
        issue = exporting.Issue(url, published)
        content = exporting.export(database, into, metadata, issue)
    except (exporting.ExportError, OSError) as error:
        _complain([error])
        sys.exit(1)
    if not quiet:
        for one in content.tables:
            size = one.parquet.size + one.csv.size
            click.echo(f"{one.table.name:<20} {one.rows:>10,} rows {size:>14,} bytes")
        click.echo(f"{into}: version {content.version}")


@main.command()
@click.argument("database", type=_FILE)
@click.option("--counts", type=_FILE, help="Kept counts: a file of the listings of each dump.")
@click.option("--write-counts", type=_NEW_FILE, help="Keep them, if everything else holds.")
@click.option(
    "--not-smaller-than",
    "older",
    type=_FILE,
    help="An older database: no dump of it is missing, no table that only grows has fewer rows.",
)
@click.option(
    "--fresh-days", type=click.IntRange(min=0), help="Most days since something was listed."
)
@click.option("--today", type=_day, metavar="DAY", help="Count them to this day, not to today's.")
@_UNUSUAL
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
        outside.require(database, counts, older, None if fresh_days is None else (day, fresh_days))
        if write_counts:
            write_counts.write_text(outside.written(outside.listings(database)), encoding="utf-8")
    except (checks.CheckError, OSError) as error:
        _complain([checks.CheckError(f"{database}: {line}") for line in str(error).splitlines()])
        sys.exit(1)
    click.echo(f"{database}: all {held} data tests hold")


@main.command("fetch")
@click.option("--date", "dates", multiple=True, type=_day, metavar="DAY", help="A day to fetch.")
@click.option("--since", type=_day, metavar="DAY", help="The first of several days.")
@click.option("--until", type=_day, metavar="DAY", help="The last of them; by default yesterday.")
@click.option("--query", "queries", multiple=True, help="A search to fetch, in place of days.")
@click.option("--into", default="dumps", show_default=True, type=_FOLDER, help="Where to save.")
@click.option("--max", "most", default=100, show_default=True, type=_COUNT, help="Days to ask for.")
@click.option(
    "--base-url",
    default=Service.base_url,
    show_default=True,
    envvar="DAILY_PAPERS_BASE_URL",
    show_envvar=True,
    help="Another service that answers alike.",
)
@click.option("--quiet", is_flag=True, help="Print errors and doubts only.")
def save(
    dates: Sequence[date],
    since: date | None,
    until: date | None,
    queries: Sequence[str],
    into: Path,
    most: int,
    base_url: str,
    quiet: bool,
) -> None:
    """Save days of Daily Papers from Hugging Face as dumps: DAY is YYYY-MM-DD, in UTC.

    Only what is missing is asked for. Exit status: 0 if all is there; 1 if something is not, with
    a line that says why; 2 for wrong usage.
    """
    try:
        service = Service(base_url)
        wanted = fetch.plan(dates, since, until, queries, service.now().date())
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    counts = Counter[str]()
    try:
        for one in fetch.fetch(wanted, into, service, most):
            counts[one.kind] += 1
            if one.kind == "failed" or one.doubt:
                click.echo(f"daily-papers: {one.name}: {one.doubt or one.text}", err=True)
            if one.kind in ("saved", "empty") and not quiet:
                click.echo(f"{one.name}: {one.text}")
    except OSError as error:
        _complain([error])
        sys.exit(1)
    if not quiet:
        kinds = ("saved", "there", "empty", "failed")
        click.echo(", ".join(f"{kind} {counts[kind]}" for kind in kinds))
    sys.exit(1 if counts["failed"] else 0)


def _require_place(output: Path) -> None:
    try:
        target = output.resolve()
    except (OSError, RuntimeError) as error:  # links in a circle
        raise click.BadParameter(str(error), param_hint="--output") from error
    if not target.parent.is_dir():
        raise click.BadParameter(f"no folder {target.parent}", param_hint="--output")
    if not target.name or (target.exists() and not target.is_file()):
        raise click.BadParameter(f"{target} is not a regular file", param_hint="--output")


def _progress(files: Sequence[Path], quiet: bool) -> AbstractContextManager[Iterable[Path]]:
    hidden = quiet or not sys.stderr.isatty()
    return click.progressbar(files, label="Reading dumps", file=sys.stderr, hidden=hidden)


def _complain(errors: Iterable[Exception]) -> None:
    for error in errors:
        for line in str(error).splitlines():
            click.echo(f"daily-papers: {line}", err=True)


def _summary(report: pipeline.Report, output: Path, seconds: float) -> str:
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
