"""The command line: parses arguments, prints, sets the exit status."""

import click

from daily_papers.cli.build import build, check
from daily_papers.cli.fetch import save
from daily_papers.cli.publish import export, serve


@click.group(commands=[build, check, export, save, serve], context_settings={"show_default": True})
@click.version_option(package_name="daily-papers")
def main() -> None:
    """Turn saved Hugging Face Daily Papers pages into one SQLite database."""
