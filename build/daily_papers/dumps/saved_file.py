"""Opens saved files: unpacks and decodes them within limits, and counts their lines."""

import re
import stat
import zlib
from bisect import bisect_right
from collections.abc import Sequence
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

from msgspec.structs import replace

from daily_papers.papers.cleaning import INVISIBLE
from daily_papers.records import DateBasis, Dump, DumpError, Format, Furniture, Listing

LARGEST = 64 * 2**20  # bytes, both as saved and unpacked
MOST_LINES = 2_000_000
MOST_MEMBERS = 100  # of a gzip file, which may be several in a row

NEWLINE = re.compile(r"\r\n|\r|\n")

_GZIP = b"\x1f\x8b"
_GZIP_WINDOW = 31  # zlib's number for gzip
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")

LineAccount = tuple[tuple[Listing, ...], tuple[Furniture, ...], int]
ShownOn = tuple[str | None, str | None, DateBasis | None]  # as printed, YYYY-MM-DD, basis


def load(path: Path) -> tuple[bytes, bytes]:
    """Read a file; return its content, unpacked if it is gzip, and its bytes as saved.

    Raises:
        DumpError: it is no regular file, cannot be opened or unpacked, or is too large.
    """
    data = _read(path)
    return _unpacked(data, path) if data.startswith(_GZIP) else data, data


def fingerprint(path: Path) -> bytes | None:
    """Return a hash of a file's content; None for a file that `load` would refuse unread."""
    try:
        return sha256(_read(path)).digest()
    except DumpError:
        return None


def _read(path: Path) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise DumpError(str(path), None, "not a regular file")
        require_small(path, status.st_size)
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise DumpError(str(path), None, error.strerror or str(error)) from error
    require_small(path, len(data))
    return data


def require_small(path: Path, size: int, most: int = LARGEST) -> None:
    """Raise DumpError for a file of more bytes than a reader takes."""
    if size > most:
        problem = f"more than {most // 2**20} MB ({size} bytes): split it, or leave it out"
        raise DumpError(str(path), None, problem)


def dump_id(path: Path) -> str:
    """Return the id of a dump: its file name without ".gz" and without its extension."""
    return Path(path.stem).stem if path.suffix.lower() == ".gz" else path.stem


def make_dump(
    data: bytes,
    path: Path,
    dump_format: Format,
    shown_on: ShownOn,
    account: LineAccount,
    count: tuple[int, frozenset[str]],
) -> Dump:
    """Return the dump of a file's content; `count` is what recall.py counts in it."""
    identity = dump_id(path), path.name, dump_format, sha256(data).hexdigest(), len(data)
    return Dump(*identity, *shown_on, *account, count[0], tuple(sorted(count[1])))


def _unpacked(data: bytes, path: Path) -> bytes:
    content, rest = bytearray(), data
    for _ in range(MOST_MEMBERS):
        unpacker = zlib.decompressobj(wbits=_GZIP_WINDOW)
        try:
            content += unpacker.decompress(rest, LARGEST + 1 - len(content))
        except zlib.error as error:
            raise DumpError(str(path), None, f"broken gzip data: {error}") from error
        require_small(path, len(content))
        if not unpacker.eof:
            raise DumpError(str(path), None, "the gzip data is cut; save the file again")
        rest = unpacker.unused_data.lstrip(b"\0")
        if not rest.startswith(_GZIP):
            break
    if rest:
        problem = f"more than gzip data, or more than {MOST_MEMBERS} pieces of it"
        raise DumpError(str(path), None, problem)
    if content.startswith(_GZIP):
        raise DumpError(str(path), None, "gzip inside gzip: unpack it once")
    return bytes(content)


def decode(data: bytes, file: str) -> str:
    """Return the text of a file without its byte order mark.

    Raises:
        DumpError: it is not UTF-8, or has control characters.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = _next_line(data[: error.start].decode("latin-1"))
        raise DumpError(file, line, "not UTF-8 text: expected a page saved as UTF-8") from error
    if binary := _BINARY.search(text):
        problem = f"not text: found the control character U+{ord(binary[0]):04X}"
        raise DumpError(file, _next_line(text[: binary.start()]), problem)
    return text


def require_few_lines(text: str, file: str, most: int) -> None:
    """Raise DumpError if a text has more than `most` lines."""
    if _next_line(text) > most:
        raise DumpError(file, None, f"more than {most:,} lines: split it, or leave it out")


def _next_line(before: str) -> int:
    """Return the line number (from 1) of the character that follows `before`."""
    return before.count("\n") + before.count("\r") - before.count("\r\n") + 1


def fold(text: str) -> str:
    """Return a text on one line: white space, no-break spaces too, becomes single blanks."""
    return " ".join((text if text.isascii() else INVISIBLE.sub("", text)).split())


def control_character(text: str) -> str | None:
    """Return the first control character of a text by its name, such as "U+0000"."""
    match = _BINARY.search(text)
    return f"U+{ord(match[0]):04X}" if match else None


class Lines:
    """The lines of a text, numbered from 1."""

    def __init__(self, text: str, file: str) -> None:
        """Index the lines of a text; raise DumpError for more than MOST_LINES."""
        require_few_lines(text, file, MOST_LINES)
        self._starts = [0, *(newline.end() for newline in NEWLINE.finditer(text))]
        spans = enumerate(pairwise([*self._starts, len(text)]), 1)
        self._filled = [number for number, (start, end) in spans if text[start:end].strip()]

    def at(self, offset: int) -> int:
        """Return the number of the line that has the character at an offset."""
        return bisect_right(self._starts, offset)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the numbers of the first and the last line of `text[start:end]`."""
        return self.at(start), self.at(end - 1)

    def offset(self, line: int) -> int:
        """Return the offset of the first character of a line."""
        return self._starts[line - 1]

    def account(self, listings: Sequence[Listing], part: str) -> LineAccount:
        """Assign each line that is not blank to the first listing on it, or to a part of the page.

        Listings come in the order of the file. They are returned with their `line_count`, with the
        lines of no listing, and the number of lines that are not blank.
        """
        counts = [0] * len(listings)
        furniture = []
        index = 0
        for number in self._filled:
            while index < len(listings) and listings[index].last_line < number:
                index += 1
            if index < len(listings) and listings[index].first_line <= number:
                counts[index] += 1
            else:
                furniture.append(Furniture(number, part))
        pairs = zip(listings, counts, strict=True)
        counted = [replace(listing, line_count=count) for listing, count in pairs]
        return tuple(counted), tuple(furniture), len(self._filled)
