"""Reads saved pages: bytes in, `Dump` and `Listing` records out; no database, no network."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from daily_papers.dumps import text
from daily_papers.records import Dump, DumpError


def find(paths: Iterable[Path]) -> list[Path]:
    """List the dump files that files and folders name, each once, ordered by file name.

    A folder stands for every file below it; hidden files and folders are passed over.

    Raises:
        DumpError: a folder holds no file or cannot be listed, a name cannot be shown, or two
            files have one stem, which is the dump's id.
    """
    found: dict[str, Path] = {}
    for path in paths:
        files = _files_below(path) if path.is_dir() else [path]
        if not files:
            raise DumpError(str(path), None, "no dump in this folder")
        for file in files:
            found.setdefault(os.path.realpath(file), file)
    for file in found.values():
        if not file.name.isprintable():
            raise DumpError(str(file), None, "its name has unprintable characters; rename it")
    files = sorted(found.values(), key=lambda file: (file.stem, file.name, str(file)))
    for one, other in zip(files, files[1:], strict=False):
        if one.stem == other.stem:
            problem = f"has the same name as {one}: it would get the same id; rename one of them"
            raise DumpError(str(other), None, problem)
    return files


def read(path: Path) -> Dump:
    """Read one saved page.

    Raises:
        DumpError: the file cannot be opened, is no such page, or holds a line that has no place.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise DumpError(str(path), None, "not a regular file")
        data = path.read_bytes()
    except OSError as error:
        raise DumpError(str(path), None, error.strerror or str(error)) from error
    return text.read(data, path)


def _files_below(folder: Path) -> list[Path]:
    def refuse(error: OSError) -> None:
        raise DumpError(str(error.filename), None, error.strerror or str(error)) from error

    files = []
    for place, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in folders:
            if Path(place, name).is_symlink():
                raise DumpError(f"{place}/{name}", None, "a link to a folder; name the folder")
        files += [Path(place, name) for name in names if not name.startswith(".")]
    return files
