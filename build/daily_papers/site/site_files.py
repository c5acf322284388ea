"""Finds the files that make the site: metadata.yml, plugins, templates and static."""

from pathlib import Path

_HERE = Path(__file__).parent


def site_files() -> Path:
    """Return the folder that has them: of the installed package, or else of the checkout."""
    packaged = _HERE / "files"
    return packaged if packaged.is_dir() else _HERE.parents[2]
