"""The commands that publish a database: serve and export."""

import os
from collections.abc import Sequence
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import click

from daily_papers.cli.options import COUNT, FILE, FOLDER, day_of, fail, written_in_utf_8
from daily_papers.site.site_files import site_files


@click.command()
@click.argument("database", type=FILE)
@click.option(
    "--site",
    type=FOLDER,
    default=site_files,
    show_default="the one that comes with daily-papers",
    help="Folder of another site: its metadata.yml, plugins, templates and static.",
)
@click.option(
    "--metadata",
    type=FILE,
    help="Metadata of your own, over those of the site: title, texts, links, colours.",
)
@click.option("--host", default="127.0.0.1", help="Address to listen on.")
@click.option("--port", default=8001, type=click.IntRange(0, 65535))
@click.option("--workers", default=1, type=COUNT, help="Processes.")
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
@click.option(
    "--cache-megabytes",
    default=64,
    type=click.IntRange(0),
    help="Answers that each process keeps in memory; 0 keeps none.",
)
def serve(
    database: Path,
    site: Path,
    metadata: Path | None,
    host: str,
    port: int,
    workers: int,
    hosts: Sequence[str],
    public: bool,
    cache_megabytes: int,
) -> None:
    """Serve a database with Datasette and the pages of a site, until a signal says to stop.

    A sound database that is put in its place is taken up. Exit status: 0; 1 if the database is
    damaged or of another version, the site is not all there, or metadata cannot be used; 2 for
    wrong usage.
    """
    # Other commands need no server.
    from daily_papers.site.http import served_database, server
    from daily_papers.site.site_settings import SettingsError

    names = tuple(map(str.lower, hosts))
    try:
        options = server.ServeOptions(database, site, names, public, cache_megabytes, metadata)
        server.serve(options, host, port, workers)
    except (served_database.ServeError, SettingsError, OSError) as error:
        fail(error)


@click.command()
@click.argument("database", type=FILE)
@click.option(
    "--into", default="export", type=FOLDER, callback=written_in_utf_8, help="Where to write."
)
@click.option(
    "--metadata",
    default=lambda: site_files() / "metadata.yml",
    show_default="the one that comes with daily-papers",
    type=FILE,
    help="What describes tables, columns and queries.",
)
@click.option(
    "--url",
    metavar="ADDRESS",
    callback=written_in_utf_8,
    help="Where it will be published, to be said in it.",
)
@click.option("--published", type=day_of, metavar="DAY", help="The day when, as YYYY-MM-DD.")
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

    if not Path(os.path.realpath(into)).name:
        raise click.BadParameter(f"{into} cannot be replaced; name a folder", param_hint="--into")
    if not into.absolute().parent.is_dir():
        raise click.BadParameter(f"no folder {into.absolute().parent}", param_hint="--into")
    try:
        publication = exporting.Publication(url, published)
        dataset = exporting.export(database, into, metadata, publication)
    except (exporting.ExportError, OSError) as error:
        fail(error)
    if not quiet:
        for table in dataset.tables:
            size = table.parquet.size + table.csv.size
            click.echo(f"{table.name:<20} {table.row_count:>10,} rows {size:>14,} bytes")
        click.echo(f"{into}: version {dataset.version}")
