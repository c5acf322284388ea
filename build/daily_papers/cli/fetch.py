"""The command that saves dumps: fetch."""

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import click

from daily_papers import fetch
from daily_papers.cli.options import COUNT, FILE, FOLDER, day_of, fail
from daily_papers.fetch import missing
from daily_papers.fetch.client import Service
from daily_papers.fetch.loop import FetchResult, Kind
from daily_papers.records import DumpError

MOST_DAYS, MOST_PAPERS = 100, 1000  # asked for in a run
KINDS: tuple[Kind, ...] = ("saved", "there", "empty", "failed")
KINDS_OF_PAPERS: tuple[Kind, ...] = ("saved", "there", "empty", "ambiguous", "skipped", "failed")


@click.command("fetch")
@click.option("--date", "dates", multiple=True, type=day_of, metavar="DAY", help="A day to fetch.")
@click.option("--since", type=day_of, metavar="DAY", help="The first of several days.")
@click.option("--until", type=day_of, metavar="DAY", help="The last of them; by default yesterday.")
@click.option("--query", "queries", multiple=True, help="A search to fetch, in place of days.")
@click.option(
    "--missing",
    "database",
    type=FILE,
    metavar="DATABASE",
    help="The papers of a database that have no arXiv id, in place of days.",
)
@click.option("--again", is_flag=True, help="Those that had no answer, too; with --missing.")
@click.option("--into", default="dumps", type=FOLDER, help="Where to save.")
@click.option(
    "--max",
    "most",
    type=COUNT,
    show_default=f"{MOST_DAYS} days, or {MOST_PAPERS:,} papers",
    help="What to ask for at most.",
)
@click.option(
    "--base-url",
    default=Service.base_url,
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
    database: Path | None,
    again: bool,
    into: Path,
    most: int | None,
    base_url: str,
    quiet: bool,
) -> None:
    """Save days of Daily Papers from Hugging Face as dumps: DAY is YYYY-MM-DD, in UTC.

    With --missing, save the papers that a database knows by title and abstract only; a build with
    them adds arXiv id, authors, date and links. Only what is not there yet is asked for. Exit
    status: 0 if all was asked for; 1 if something was not, or could not be had, with a line that
    says why; 2 for wrong usage.
    """
    if database and (dates or since or until or queries):
        raise click.UsageError("--missing needs neither days nor a --query")
    if again and not database:
        raise click.UsageError("--again needs --missing")
    try:
        service = Service(base_url)
        if database:
            results = missing.fetch(database, into, service, most or MOST_PAPERS, again)
        else:
            requests = fetch.plan(dates, since, until, queries, service.now().date())
            results = fetch.fetch(requests, into, service, most or MOST_DAYS)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    try:
        counts = _print(results, quiet)
    except (DumpError, missing.DatabaseError, OSError) as error:
        fail(error)
    if not quiet:
        kinds = KINDS_OF_PAPERS if database else KINDS
        click.echo(", ".join(f"{kind} {counts[kind]}" for kind in kinds))
    sys.exit(1 if counts["failed"] else 0)


def _print(results: Iterable[FetchResult], quiet: bool) -> Counter[Kind]:
    """Print each result that is new, and return how many there are of each kind."""
    counts = Counter[Kind]()
    for result in results:
        counts[result.kind] += 1
        problem = result.text if result.kind == "failed" else result.doubt
        if problem:
            click.echo(f"daily-papers: {result.name}: {problem}", err=True)
        if result.kind in ("saved", "empty", "ambiguous") and not quiet:
            click.echo(f"{result.name}: {result.text}")
    return counts
