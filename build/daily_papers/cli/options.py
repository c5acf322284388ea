"""What the commands share: types of parameters, and how errors are printed."""

import os
import sys
from datetime import date
from pathlib import Path
from typing import NoReturn, TypeVar

import click

T = TypeVar("T")


class RegularFile(click.Path):
    """A path of a file that is none of a folder, a pipe or a device, which may never end."""

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Path:
        """Return the path, or refuse it."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if path.exists() and not path.is_file():
            self.fail(f"{path} is not a regular file", param, ctx)
        return path


ANY_PATH = click.Path(path_type=Path)
FILE = RegularFile(exists=True, dir_okay=False)
FOLDER = click.Path(file_okay=False, path_type=Path)
COUNT = click.IntRange(min=1)
TARGET = click.Path(dir_okay=False, writable=True, path_type=Path)
NEW_FILE = RegularFile(dir_okay=False)
UNUSUAL = click.option(
    "--unusual",
    is_flag=True,
    help="Leave out the data tests that hold for a usual sample of Daily Papers only.",
)


def written_in_utf_8(_: click.Context, __: click.Parameter, value: T) -> T:
    """Return the value of an option that files have to name; refuse one that is no UTF-8."""
    try:
        str(value).encode()
    except UnicodeEncodeError as error:
        raise click.BadParameter(f"{value!r} is not UTF-8") from error
    return value


def day_of(text: str) -> date:
    """Return the value of an option that takes a day."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no day; write one like 2026-08-20") from error


def fail(*errors: Exception) -> NoReturn:
    """Print errors, the name of the program before each line, and exit with status 1."""
    for error in errors:
        for line in str(error).splitlines():
            click.echo(f"daily-papers: {line}", err=True)
    sys.exit(1)
