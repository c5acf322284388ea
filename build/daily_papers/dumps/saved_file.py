"""Opens saved files: unpacks and decodes them within limits, and counts their lines."""

import codecs
import re
import stat
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

from msgspec.structs import replace

from daily_papers.dumps.problems import Problems
from daily_papers.papers.cleaning import INVISIBLE
from daily_papers.records import DateBasis, Dump, DumpError, Format, Furniture, Listing, Problem

LARGEST = 64 * 2**20  # bytes, both as saved and unpacked
MOST_LINES = 2_000_000
FEW_BROKEN = 3  # characters of a text, or one of a thousand
MOST_MEMBERS = 100  # of a gzip file, which may be several in a row

LEFT_OUT = "left out"  # the part of lines of records that were not understood

NEWLINE = re.compile(r"\r\n|\r|\n")

_GZIP = b"\x1f\x8b"
_GZIP_WINDOW = 31  # zlib's number for gzip
CONTROL = r"[\x00-\x08\x0e-\x1b\x7f]"
_DECODER = codecs.getincrementaldecoder("utf-8-sig")
_CONTROL = re.compile(CONTROL)
_FIRST_BYTES = 20
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_OTHERS = {  # the first bytes of files of other kinds
    b"%PDF": "a PDF: save the page as HTML or text",
    b"PK\x03\x04": "a ZIP archive: unpack it",
    b"7z\xbc\xaf": "a 7z archive: unpack it",
    b"Rar!": "a RAR archive: unpack it",
    b"BZh": "compressed by bzip2: unpack it",
    b"\xfd7zXZ": "compressed by xz: unpack it",
    b"\x28\xb5\x2f\xfd": "compressed by zstd: unpack it",
    b"\x89PNG": "a picture: save the page as HTML or text",
    b"\xff\xd8\xff": "a picture: save the page as HTML or text",
    b"GIF8": "a picture: save the page as HTML or text",
    b"SQLite format 3": "a database: expected a saved page",
    b"PAR1": "a Parquet file: export it as JSON",
}

LineAccount = tuple[tuple[Listing, ...], tuple[Furniture, ...], int]
ShownOn = tuple[str | None, str | None, DateBasis | None]  # as printed, YYYY-MM-DD, basis


def load(path: Path) -> tuple[bytes, bytes]:
    """Read a file; return its content as UTF-8, unpacked if it is gzip, and its bytes as saved.

    Raises:
        DumpError: it is no regular file, no text, cannot be opened or unpacked, or is too large.
    """
    data = read(path)
    content = _unpacked(data, path) if data.startswith(_GZIP) else data
    for start, kind in _OTHERS.items():
        if content.startswith(start):
            raise DumpError(str(path), None, kind)
    encoding = "utf-16" if content.startswith(_UTF_16) else _utf_16_of(content)
    if encoding:
        content = content.decode(encoding, errors="replace").encode()
    return content, data


def _utf_16_of(content: bytes) -> str | None:
    """Return the encoding of UTF-16 without a byte order mark: each other byte is 0 at first."""
    even, odd = content[:_FIRST_BYTES:2], content[1:_FIRST_BYTES:2]
    if len(odd) < _FIRST_BYTES // 2 or even.strip(b"\0") == odd.strip(b"\0"):
        return None
    return {odd: "utf-16-le", even: "utf-16-be"}.get(bytes(len(odd)))


def fingerprint(path: Path) -> bytes | None:
    """Return a hash of a file's content; None for a file that `load` would refuse unread."""
    try:
        return sha256(read(path)).digest()
    except DumpError:
        return None


def read(path: Path) -> bytes:
    """Return the bytes of a file.

    Raises:
        DumpError: it is no regular file, cannot be opened, or is too large.
    """
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
    problems: Iterable[Problem],
    count: tuple[int, frozenset[str]],
) -> Dump:
    """Return the dump of a file's content; `count` is what recall.py counts in it."""
    listings, furniture, line_count = account
    return Dump(
        id=dump_id(path),
        file=path.name,
        format=dump_format,
        sha256=sha256(data).hexdigest(),
        bytes=len(data),
        shown_on_text=shown_on[0],
        shown_on=shown_on[1],
        shown_on_basis=shown_on[2],
        listings=listings,
        furniture=furniture,
        problems=tuple(problems),
        line_count=line_count,
        item_count=count[0],
        states=tuple(sorted(count[1])),
    )


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


def decode(data: bytes, problems: Problems) -> str:
    """Return the text of a file without its byte order mark; broken characters become blanks.

    A character that the end of the file cuts is left out.

    Raises:
        DumpError: too many characters are no UTF-8 or control characters: it is no text.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = _next_line(data[: error.start].decode("latin-1"))
        text = _DECODER(errors="replace").decode(data)  # without what is cut at the end
        if text.count("\ufffd") > _most_broken(text):
            problem = "not UTF-8 text: expected a page saved as UTF-8"
            raise DumpError(problems.file, line, problem) from error
        broken = f"the bytes {error.object[error.start : error.end].hex(' ')}"
        problems.add(line, None, None, broken, "UTF-8 text", "repaired")
    controls = _CONTROL.findall(text)
    if controls:
        line = _next_line(text[: _CONTROL.search(text).start()])  # type: ignore[union-attr]
        name = f"the control character U+{ord(controls[0]):04X}"
        if len(controls) > _most_broken(text):
            raise DumpError(problems.file, line, f"not text: found {name}")
        problems.add(line, None, None, name, "text without it", "repaired")
        text = _CONTROL.sub(" ", text)
    return text


def as_utf8(data: bytes, charset: str) -> bytes:
    """Return a text in the encoding of this name as UTF-8; unchanged if there is no such name.

    UTF-16 was decoded when the file was opened, whatever it states.
    """
    if charset.lower().replace("_", "-").startswith(("utf-8", "utf8", "utf-16", "utf16")):
        return data
    try:
        return data.decode(charset, "replace").encode()
    except (LookupError, ValueError):
        return data


def _most_broken(text: str) -> int:
    return max(FEW_BROKEN, len(text) // 1_000)


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

    def account(
        self, listings: Sequence[Listing], part: str, left_out: Iterable[tuple[int, int]] = ()
    ) -> LineAccount:
        """Account for the lines that are not blank, see `account_for`; those without a listing are
        of one part, but for `left_out`, first and last lines of records that are no listings."""
        parts = {line: LEFT_OUT for first, last in left_out for line in range(first, last + 1)}
        return account_for(self._filled, listings, parts, part)


def account_for(
    filled: Sequence[int], listings: Sequence[Listing], parts: Mapping[int, str], other: str
) -> LineAccount:
    """Assign each line that is not blank to the first listing on it, or to a part of the page.

    Listings come in the order of the file. They are returned with their `line_count`, with the
    lines of no listing, and the number of lines that are not blank. A line that `parts` does not
    have is of the `other` part.
    """
    counts = [0] * len(listings)
    furniture = []
    index = 0
    for number in filled:
        while index < len(listings) and listings[index].last_line < number:
            index += 1
        if index < len(listings) and listings[index].first_line <= number:
            counts[index] += 1
        else:
            furniture.append(Furniture(number, parts.get(number, other)))
    pairs = zip(listings, counts, strict=True)
    counted = tuple(replace(listing, line_count=count) for listing, count in pairs)
    return counted, tuple(furniture), len(filled)
