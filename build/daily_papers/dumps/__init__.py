"""Reads saved pages and API answers: bytes in, `Dump` and `Listing` records out.

The format (text, HTML, JSON or a feed) is detected from the content, not the file name. Each file
may be gzipped.
"""

import os
import re
from collections.abc import Callable, Iterable
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

from msgspec.structs import replace

from daily_papers.dumps import dates, recall, saved_file
from daily_papers.dumps.answers import api
from daily_papers.dumps.captures import text_page
from daily_papers.dumps.feeds import feed
from daily_papers.dumps.pages import html, web_archive
from daily_papers.dumps.problems import FLOOR, Problems, is_left_out
from daily_papers.dumps.saved_file import dump_id
from daily_papers.records import Dump, DumpError

# A page in Markdown may begin with a bracket too: "[Subscribe](https://…".
_JSON = re.compile(rb"\[[\s\[]*+(?:[\"{]|\](?!\()|\Z)|\{\s*(?:[\"'}]|\Z)")
_HTML = re.compile(rb"<[!?A-Za-z]")
_FEED = re.compile(  # behind declarations and comments
    rb"(?:<\?[^>]{0,1000}+>\s*+|<!--(?:[^-]++|-(?!->))*+-->\s*+|<!(?!DOCTYPE html)[^>\[]{0,1000}+"
    rb"(?:\[(?:[^\]\"']++|\"[^\"]*+\"|'[^']*+')*+\]\s*+)?>\s*+)*+"
    rb"<(?:[\w-]{1,30}:)?(?:rss|feed|RDF)(?=[\s>])",
    re.IGNORECASE,
)
_JSON_FEED = re.compile(rb"(?<!\\)\"version\"\s*+:\s*+\"https?:\\?/\\?/(?:www\.)?jsonfeed\.org")
# Anchors, comments and boxes that Markdown may begin with, too.
_WRAPPERS = re.compile(
    rb"(?:\s|<!--(?s:.{0,4000}?)-->|</?(?:a|div|span|br|p|center|section|article|main|img|figure)"
    rb"(?=[\s/>])[^<>]{0,2000}>)*+",
    re.IGNORECASE,
)
_MARKDOWN = re.compile(
    rb"^[ \t>]{0,3}(?:#{1,6} \S|[-*] \[|={3,}\s*$)|\]\((?:https?://|/)", re.MULTILINE
)
_END_TAG = re.compile(
    rb"</(?!(?:a|div|span|p|center|section|article|main|figure)\s*>)[a-z]", re.IGNORECASE
)
_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*+")
# Hidden files, and files that describe a folder of dumps.
_NO_DUMP = re.compile(
    r"\.(?s:.*)|(?:readme|licen[cs]e|notice|changelog)(?:\.(?:md|txt|rst))?", re.IGNORECASE
)
# What browsers append to the name of a page for the folder of its pictures and scripts.
_PARTS_OF_PAGE = re.compile(
    r"(?P<page>.+)[_-](?:files|file|filer|fichiers|dateien|archivos|arquivos|ficheiros|fitxers|bestanden"
    r"|pliki|soubory|elemei|tiedostot|dosyalar|datoteke|fajlovi|fails|failid|bylos)",
    re.IGNORECASE,
)
_PAGE_SUFFIXES = (".html", ".htm", ".xhtml", ".shtml", ".mhtml", ".mht")


def find(paths: Iterable[Path]) -> list[Path]:
    """List the dump files that paths name, each once, ordered by file name.

    A folder stands for every file below it, except hidden files and folders, files that describe
    the folder (README, LICENSE), and folders of pictures and scripts that browsers save beside a
    page (page_files beside page.html). A folder without dumps is passed over if others have some.

    Raises:
        DumpError: no folder holds a dump, one cannot be listed, a name cannot be printed, or two
            files have the same stem, which is the dump's id.
    """
    files: dict[str, Path] = {}
    named = list(paths)
    for path in named:
        if len(named) > 1 and path.is_dir() and _is_part_of_page(path):
            continue  # a pattern such as "*" names it beside its page
        for file in _files_below(path) if path.is_dir() else [path]:
            files.setdefault(os.path.realpath(file), file)
    if not files:
        folders = ", ".join(map(str, named))
        raise DumpError(
            folders, None, "no dump in this folder; save pages into it, or days: daily-papers fetch"
        )
    for file in files.values():
        if not file.name.isprintable():
            raise DumpError(str(file), None, "its name has unprintable characters; rename it")
    ordered = sorted(files.values(), key=lambda file: (dump_id(file), file.name, str(file)))
    for first, second in pairwise(ordered):
        if dump_id(first) == dump_id(second):
            problem = f"has the same name as {first}: it would get the same id; rename one of them"
            raise DumpError(str(second), None, problem)
    return ordered


def has_none(path: Path) -> bool:
    """Tell whether a path is a folder without dumps."""
    return path.is_dir() and not _is_part_of_page(path) and not _files_below(path)


def read(path: Path) -> Dump:
    """Read one saved page.

    Raises:
        DumpError: the file cannot be opened, is no such page, has a line that fits nowhere on such
            a page, or lists more papers than were read.
    """
    content, data = saved_file.load(path)
    start = _START.match(content).end()  # type: ignore[union-attr] # it also matches nothing
    try:
        dump = _settle_dates(_reader(content, start)(content, path))
    except RecursionError as error:
        raise DumpError(str(path), None, "what it lists is nested too deep") from error
    count = len(dump.listings)
    if 100 * (count + sum(map(is_left_out, dump.problems))) < FLOOR * dump.item_count:
        problem = f"it lists {dump.item_count} papers, of which {count} were understood"
        raise DumpError(str(path), None, problem)
    return replace(
        dump,
        sha256=sha256(data).hexdigest(),
        bytes=len(data),
        states=recall.states_of(dump.states, dump.problems),
    )


def _reader(content: bytes, start: int) -> Callable[[bytes, Path], Dump]:
    if _JSON.match(content, start):
        is_feed = content[start : start + 1] == b"{" and _JSON_FEED.search(content)
        return feed.read if is_feed else api.read
    if web_archive.is_archive(content, start):
        return web_archive.read
    if _FEED.match(content, start):
        return feed.read
    is_html = _HTML.match(content, start) and not _is_text(content, start)
    return html.read if is_html else text_page.read


def _settle_dates(dump: Dump) -> Dump:
    """Hold dates against the arXiv ids of their papers; those that are left out are problems."""
    problems = Problems(dump.file, [*dump.problems])
    listings, fields = [], set()
    for listing in dump.listings:
        possible, contradictions = dates.settle_by_id(listing)
        listings.append(possible)
        for field, stated, expected in contradictions:
            problems.add(listing.first_line, listing.rank, field, stated, expected)
            fields.add(field)
    if not fields:
        return replace(dump, listings=tuple(listings))
    emptied = {field for field in fields if not any(getattr(item, field) for item in listings)}
    return replace(
        dump,
        listings=tuple(listings),
        problems=tuple(sorted(problems.rows, key=lambda problem: problem.line or 0)),
        states=tuple(column for column in dump.states if column not in emptied),
    )


def _is_text(content: bytes, start: int) -> bool:
    """Tell whether a content that begins with a tag is a text, and no HTML page."""
    inside = _WRAPPERS.match(content, start).end()  # type: ignore[union-attr] # or nothing
    begins_with_tag = content[inside : inside + 1] in (b"<", b"")
    has_html = _END_TAG.search(content, inside)
    return not begins_with_tag and (not has_html or bool(_MARKDOWN.search(content, inside)))


def _files_below(folder: Path) -> list[Path]:
    def refuse(error: OSError) -> None:
        raise DumpError(str(error.filename), None, error.strerror or str(error)) from error

    files = []
    for directory, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".") and not _is_part_of_page(Path(directory, name))
        ]
        for name in folders:
            if Path(directory, name).is_symlink():
                raise DumpError(f"{directory}/{name}", None, "a link to a folder; name the folder")
        files += [Path(directory, name) for name in names if not _NO_DUMP.fullmatch(name)]
    return files


def _is_part_of_page(folder: Path) -> bool:
    if not (parts := _PARTS_OF_PAGE.fullmatch(folder.name)):
        return False
    return any(folder.with_name(parts["page"] + suffix).is_file() for suffix in _PAGE_SUFFIXES)
