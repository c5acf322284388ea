"""The command line: parses arguments, prints, sets the exit status."""

from typing import Any

import click

from daily_papers.cli.build import build, check
from daily_papers.cli.fetch import save
from daily_papers.cli.options import fail
from daily_papers.cli.publish import export, serve

# How libraries say that there is no memory, beside MemoryError: for their code, a thread, a result.
_NO_MEMORY = (
    "failed to map segment",
    "can't start new thread",
    "allocate memory",
    "bad_alloc",
    "bad allocation",
)


class _Commands(click.Group):
    """Commands that end in a sentence where there is too little memory."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except (MemoryError, ImportError, RuntimeError) as error:
            is_other = not isinstance(error, MemoryError)
            if is_other and not any(sign in str(error) for sign in _NO_MEMORY):
                raise
            fail(click.ClickException("too little memory; nothing was replaced"))


@click.group(
    cls=_Commands,
    commands=[build, check, export, save, serve],
    context_settings={"show_default": True},
)
@click.version_option(package_name="daily-papers")
def main() -> None:
    """Turn saved Hugging Face Daily Papers pages into one SQLite database."""
