"""Finds the files that make up the site: metadata.yml, plugins, templates and static."""

from pathlib import Path

_DIRECTORY = Path(__file__).parent


def site_files() -> Path:
    """Return the directory of these files: in the installed package, or else in the checkout."""
    packaged = _DIRECTORY / "files"
    return packaged if packaged.is_dir() else _DIRECTORY.parents[2]
