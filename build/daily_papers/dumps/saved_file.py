"""Opens saved files: bytes within bounds, text, and the lines that its characters stand on."""

import re
import stat
import zlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from daily_papers.papers.cleaning import INVISIBLE
from daily_papers.records import DumpError, Furniture

LARGEST = 64 * 2**20  # bytes, as it was saved and unpacked
MOST_LINES = 2_000_000
MOST_MEMBERS = 100  # of a gzip file, which may be several in a row

NEWLINE = re.compile(r"\r\n|\r|\n")

_GZIP = b"\x1f\x8b"
_GZIP_WINDOW = 31  # zlib's number for gzip
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")


@dataclass(frozen=True)
class Saved:
    """A saved file: what it holds, unpacked; and size and hash of the file itself."""

    data: bytes
    sha256: str
    bytes: int


def load(path: Path) -> Saved:
    """Read a file, and unpack it if it is gzip.

    Raises:
        DumpError: it is no regular file, cannot be opened or unpacked, or is too large.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise DumpError(str(path), None, "not a regular file")
        if status.st_size > LARGEST:
            raise too_large(path, status.st_size, LARGEST)
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise DumpError(str(path), None, error.strerror or str(error)) from error
    if len(data) > LARGEST:
        raise too_large(path, len(data), LARGEST)
    content = _unpacked(data, path) if data.startswith(_GZIP) else data
    return Saved(content, sha256(data).hexdigest(), len(data))


def fingerprint(path: Path) -> bytes | None:
    """Return a hash of what a file holds; None of one that `load` would refuse unread."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
            return None
        return sha256(path.read_bytes()).digest()
    except OSError:
        return None


def too_large(path: Path, size: int, most: int) -> DumpError:
    """Return the refusal of a file that is larger than a reader takes."""
    problem = f"more than {most // 2**20} MB ({size} bytes): split it, or leave it out"
    return DumpError(str(path), None, problem)


def dump_id(path: Path) -> str:
    """Return the id of a dump: its file's name without its ending, ".gz" left out first."""
    return Path(path.stem).stem if path.suffix.lower() == ".gz" else path.stem


def _unpacked(data: bytes, path: Path) -> bytes:
    content, rest = bytearray(), data
    for _ in range(MOST_MEMBERS):
        unpacker = zlib.decompressobj(wbits=_GZIP_WINDOW)
        try:
            content += unpacker.decompress(rest, LARGEST + 1 - len(content))
        except zlib.error as error:
            raise DumpError(str(path), None, f"broken gzip data: {error}") from error
        if len(content) > LARGEST:
            raise too_large(path, len(content), LARGEST)
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
    """Return the text of a file; a byte order mark is left out.

    Raises:
        DumpError: it is not UTF-8, or has control characters, as no text has.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = _line(data[: error.start].decode("latin-1"))
        raise DumpError(file, line, "not UTF-8 text: expected a page saved as UTF-8") from error
    if binary := _BINARY.search(text):
        line = _line(text[: binary.start()])
        problem = f"not text: found the control character U+{ord(binary[0]):04X}"
        raise DumpError(file, line, problem)
    return text


def require_few_lines(text: str, file: str, most: int) -> None:
    """Raise DumpError if a text has more lines than that."""
    if _line(text) > most:
        raise DumpError(file, None, f"more than {most:,} lines: split it, or leave it out")


def _line(before: str) -> int:
    """Return the number of the line that follows what stands before it."""
    return before.count("\n") + before.count("\r") - before.count("\r\n") + 1


def fold(text: str) -> str:
    """Return a text on one line, white space folded; a no-break space is such too."""
    return " ".join((text if text.isascii() else INVISIBLE.sub("", text)).split())


def control_character(text: str) -> str | None:
    """Return the name of a control character that stands in a text, such as "U+0000"."""
    found = _BINARY.search(text)
    return f"U+{ord(found[0]):04X}" if found else None


class Lines:
    """The lines of a text, counted from 1: which one a character stands on, which are blank."""

    def __init__(self, text: str, file: str) -> None:
        """Find the lines.

        Raises:
            DumpError: there are too many of them.
        """
        require_few_lines(text, file, MOST_LINES)
        self._starts = [0, *(found.end() for found in NEWLINE.finditer(text))]
        ends = [*self._starts[1:], len(text)]
        self._filled = [
            number
            for number, (start, end) in enumerate(zip(self._starts, ends, strict=True), 1)
            if text[start:end].strip()
        ]

    def at(self, offset: int) -> int:
        """Return the line that a character stands on."""
        return bisect_right(self._starts, offset)

    def offset(self, line: int) -> int:
        """Return the place of the first character of a line."""
        return self._starts[line - 1]

    def account(
        self, spans: Sequence[tuple[int, int]], part: str
    ) -> tuple[list[int], tuple[Furniture, ...], int]:
        """Share out the lines that are not blank among listings, given from first to last line.

        Returns how many are a listing's and of no earlier one, the others by the name of their
        part, and how many there are in all.
        """
        counts = [0] * len(spans)
        furniture = []
        place = 0
        for number in self._filled:
            while place < len(spans) and spans[place][1] < number:
                place += 1
            if place < len(spans) and spans[place][0] <= number:
                counts[place] += 1
            else:
                furniture.append(Furniture(number, part))
        return counts, tuple(furniture), len(self._filled)
