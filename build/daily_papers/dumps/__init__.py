"""Reads saved pages: bytes in, `Dump` and `Listing` records out; no database, no network.

What a file is, text, HTML or JSON, its content tells, never its name; each may be gzipped.
"""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from msgspec.structs import replace

from daily_papers.dumps import api, html, recall, saved_file
from daily_papers.dumps.captures import text_page
from daily_papers.dumps.saved_file import dump_id
from daily_papers.records import Dump, DumpError

# A page in Markdown may begin with a bracket too: "[Subscribe](https://…".
_JSON = re.compile(rb"\[[\s\[]*+(?:[\"{]|\](?!\()|\Z)|\{\s*(?:[\"'}]|\Z)")
_HTML = re.compile(rb"<[!?A-Za-z]")
_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*+")
# What a folder of dumps has beside them.
_NO_DUMP = re.compile(r"(?:readme|licen[cs]e|notice|changelog)(?:\.(?:md|txt|rst))?", re.IGNORECASE)


def find(paths: Iterable[Path]) -> list[Path]:
    """List the dump files that files and folders name, each once, ordered by file name.

    A folder stands for every file below it; hidden files and folders are passed over, and so are
    those that say what a folder is (README, LICENSE).

    Raises:
        DumpError: a folder holds no file or cannot be listed, a name cannot be shown, or two
            files have one stem, which is the dump's id.
    """
    found: dict[str, Path] = {}
    for path in paths:
        named = _files_below(path) if path.is_dir() else [path]
        if not named:
            raise DumpError(str(path), None, "no dump in this folder")
        for file in named:
            found.setdefault(os.path.realpath(file), file)
    for file in found.values():
        if not file.name.isprintable():
            raise DumpError(str(file), None, "its name has unprintable characters; rename it")
    ordered = sorted(found.values(), key=lambda file: (dump_id(file), file.name, str(file)))
    for one, other in zip(ordered, ordered[1:], strict=False):
        if dump_id(one) == dump_id(other):
            problem = f"has the same name as {one}: it would get the same id; rename one of them"
            raise DumpError(str(other), None, problem)
    return ordered


def read(path: Path) -> Dump:
    """Read one saved page.

    Raises:
        DumpError: the file cannot be opened, is no such page, holds what has no place, or lists
            more papers than were read.
    """
    saved = saved_file.load(path)
    start = _START.match(saved.data).end()  # type: ignore[union-attr] # it matches nothing, too
    reader = text_page.read
    if _JSON.match(saved.data, start):
        reader = api.read
    elif _HTML.match(saved.data, start):
        reader = html.read
    dump = reader(saved.data, path)
    count = len(dump.listings)
    if 100 * count < recall.FLOOR * dump.item_count:
        problem = f"it lists {dump.item_count} papers, of which {count} were understood"
        raise DumpError(str(path), None, problem)
    return replace(dump, sha256=saved.sha256, bytes=saved.bytes)


def _files_below(folder: Path) -> list[Path]:
    def refuse(error: OSError) -> None:
        raise DumpError(str(error.filename), None, error.strerror or str(error)) from error

    found = []
    for place, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in folders:
            if Path(place, name).is_symlink():
                raise DumpError(f"{place}/{name}", None, "a link to a folder; name the folder")
        found += [
            Path(place, name)
            for name in names
            if not name.startswith(".") and not _NO_DUMP.fullmatch(name)
        ]
    return found
