"""Reads saved pages and API answers: bytes in, `Dump` and `Listing` records out.

The format (text, HTML or JSON) is detected from the content, not the file name. Each file may be
gzipped.
"""

import os
import re
from collections.abc import Iterable
from hashlib import sha256
from itertools import pairwise
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
# Hidden files, and files that describe a folder of dumps.
_NO_DUMP = re.compile(
    r"\.(?s:.*)|(?:readme|licen[cs]e|notice|changelog)(?:\.(?:md|txt|rst))?", re.IGNORECASE
)


def find(paths: Iterable[Path]) -> list[Path]:
    """List the dump files that paths name, each once, ordered by file name.

    A folder stands for every file below it, except hidden files and folders, and files that
    describe the folder (README, LICENSE).

    Raises:
        DumpError: a folder holds no file or cannot be listed, a name cannot be printed, or two
            files have the same stem, which is the dump's id.
    """
    files: dict[str, Path] = {}
    for path in paths:
        below = _files_below(path) if path.is_dir() else [path]
        if not below:
            raise DumpError(str(path), None, "no dump in this folder")
        for file in below:
            files.setdefault(os.path.realpath(file), file)
    for file in files.values():
        if not file.name.isprintable():
            raise DumpError(str(file), None, "its name has unprintable characters; rename it")
    ordered = sorted(files.values(), key=lambda file: (dump_id(file), file.name, str(file)))
    for first, second in pairwise(ordered):
        if dump_id(first) == dump_id(second):
            problem = f"has the same name as {first}: it would get the same id; rename one of them"
            raise DumpError(str(second), None, problem)
    return ordered


def read(path: Path) -> Dump:
    """Read one saved page.

    Raises:
        DumpError: the file cannot be opened, is no such page, has a line that fits nowhere on such
            a page, or lists more papers than were read.
    """
    content, data = saved_file.load(path)
    start = _START.match(content).end()  # type: ignore[union-attr] # it also matches nothing
    reader = text_page.read
    if _JSON.match(content, start):
        reader = api.read
    elif _HTML.match(content, start):
        reader = html.read
    dump = reader(content, path)
    count = len(dump.listings)
    if 100 * count < recall.FLOOR * dump.item_count:
        problem = f"it lists {dump.item_count} papers, of which {count} were understood"
        raise DumpError(str(path), None, problem)
    if content is data:
        return dump
    return replace(dump, sha256=sha256(data).hexdigest(), bytes=len(data))


def _files_below(folder: Path) -> list[Path]:
    def refuse(error: OSError) -> None:
        raise DumpError(str(error.filename), None, error.strerror or str(error)) from error

    files = []
    for directory, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in folders:
            if Path(directory, name).is_symlink():
                raise DumpError(f"{directory}/{name}", None, "a link to a folder; name the folder")
        files += [Path(directory, name) for name in names if not _NO_DUMP.fullmatch(name)]
    return files
