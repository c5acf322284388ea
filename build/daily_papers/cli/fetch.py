"""The command that saves dumps: fetch."""

import sys
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from daily_papers import fetch
from daily_papers.cli.options import COUNT, FOLDER, day_of, fail
from daily_papers.fetch.client import Service


@click.command("fetch")
@click.option("--date", "dates", multiple=True, type=day_of, metavar="DAY", help="A day to fetch.")
@click.option("--since", type=day_of, metavar="DAY", help="The first of several days.")
@click.option("--until", type=day_of, metavar="DAY", help="The last of them; by default yesterday.")
@click.option("--query", "queries", multiple=True, help="A search to fetch, in place of days.")
@click.option("--into", default="dumps", type=FOLDER, help="Where to save.")
@click.option("--max", "most", default=100, type=COUNT, help="Days to ask for.")
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
        requests = fetch.plan(dates, since, until, queries, service.now().date())
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    counts = Counter[str]()
    try:
        for result in fetch.fetch(requests, into, service, most):
            counts[result.kind] += 1
            problem = result.text if result.kind == "failed" else result.doubt
            if problem:
                click.echo(f"daily-papers: {result.name}: {problem}", err=True)
            if result.kind in ("saved", "empty") and not quiet:
                click.echo(f"{result.name}: {result.text}")
    except OSError as error:
        fail(error)
    if not quiet:
        kinds = ("saved", "there", "empty", "failed")
        click.echo(", ".join(f"{kind} {counts[kind]}" for kind in kinds))
    sys.exit(1 if counts["failed"] else 0)
