"""Reads pages that a browser saved as a single file: MHTML of Chrome and Edge, and the webarchive
of Safari.

Only the page itself is read, not its pictures and styles. Lines are those of the MHTML file: a line
of the page is where it begins there, in base64 where the page begins. In a webarchive, which is
binary, they are those of the page.
"""

import binascii
import plistlib
import re
from collections.abc import Callable, Sequence
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from pathlib import Path
from typing import Any, NamedTuple
from xml.parsers.expat import ExpatError

from daily_papers.dumps import dates
from daily_papers.dumps.pages import html
from daily_papers.dumps.pages.page_origin import Origin
from daily_papers.dumps.problems import Problems
from daily_papers.dumps.saved_file import NEWLINE, Lines, as_utf8, decode, require_small
from daily_papers.records import Dump, DumpError

LONGEST_HEADERS = 20_000  # bytes of the headers of a file or a part
MOST_PARTS = 10_000

_PLIST = re.compile(rb"bplist00|<\?xml[^>]{0,200}>\s*<!DOCTYPE plist\b")
_HEADERS = re.compile(rb"(?:[A-Za-z-]{1,60}:[^\r\n]*+\r?\n(?:[ \t][^\r\n]*+\r?\n)*+)++(?=\r?\n)")
_PAGE_TYPE = re.compile(
    rb"^Content-Type:\s{0,20}(?:multipart/(?:related|mixed|alternative)|text/html)\b",
    re.IGNORECASE | re.MULTILINE,
)
_LINE_END = re.compile(rb"\r\n|\r|\n")
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")

_Span = Callable[[int, int], tuple[int, int]]


class _Part(NamedTuple):
    """A part of a MIME file: its headers, its lines, and the number of the first of them."""

    headers: Message
    lines: list[bytes]
    first: int

    @property
    def is_page(self) -> bool:
        return self.headers.get_content_type() in ("text/html", "application/xhtml+xml")


def is_archive(content: bytes, start: int) -> bool:
    """Tell whether a file that begins at an offset is MHTML or a webarchive."""
    beginning = content[start : start + LONGEST_HEADERS]
    headers = _HEADERS.match(beginning)
    return bool(_PLIST.match(beginning) or (headers and _PAGE_TYPE.search(headers[0])))


def read(data: bytes, path: Path) -> Dump:
    """Read the page in a file.

    Raises:
        DumpError: there is no page in it, or it cannot be read.
    """
    content = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    if _PLIST.match(content):
        return _read_webarchive(content, data, path)
    file = str(path)
    lines = Lines(data.decode("latin-1"), file)  # which refuses too many
    headers, parts = _read_parts(data, file)
    pages = [part for part in parts if part.is_page]
    location = str(headers.get("Snapshot-Content-Location") or "").strip()
    located = [part for part in pages if _location(part) == location]
    if not pages:
        raise DumpError(file, None, "a MIME file without a page in HTML: save the page again")
    part = (located or pages)[0]
    saved_on = dates.iso_day(str(headers.get("Date") or "").strip())
    addresses = tuple(filter(None, (location or _location(part),)))
    page_bytes, span = _decode_part(part)
    require_small(path, len(page_bytes), html.LARGEST)
    charset = part.headers.get_content_charset("utf-8")
    problems = Problems(file)
    text = NEWLINE.sub("\n", decode(as_utf8(page_bytes, charset), problems))
    if not text.strip():
        raise DumpError(
            file, None, "a file that is cut before its page begins: save the page again"
        )
    page = html.read_page(text, problems, Origin(addresses, saved_on)).moved(span)
    return html.make_page_dump(page, data, path, lines)


def _read_parts(data: bytes, file: str) -> tuple[Message, list[_Part]]:
    """Return the headers of a MIME file, and its parts."""
    lines = data.lstrip(b"\xef\xbb\xbf").splitlines(keepends=True)
    first = next((index for index, line in enumerate(lines) if line.strip()), 0)
    whole = _part(lines, first, len(lines))
    boundary = whole.headers.get_boundary()
    if whole.headers.get_content_maintype() != "multipart" or not boundary:
        return whole.headers, [whole]
    mark = b"--" + boundary.encode("latin-1", "replace")
    marks = [index for index, line in enumerate(lines) if line.rstrip() in (mark, mark + b"--")]
    if len(marks) > MOST_PARTS:
        raise DumpError(file, None, f"more than {MOST_PARTS:,} parts: no page has as many")
    ends = [*marks[1:], len(lines)]
    return whole.headers, [
        _part(lines, start + 1, end)
        for start, end in zip(marks, ends, strict=False)
        if lines[start].rstrip() == mark
    ]


def _part(lines: Sequence[bytes], start: int, end: int) -> _Part:
    """Return the part of a file that stands on these lines, counted from 0."""
    body = start
    size = 0
    while body < end and lines[body].strip() and size < LONGEST_HEADERS:
        size += len(lines[body])
        body += 1
    headers = BytesHeaderParser(policy=compat32).parsebytes(b"".join(lines[start:body]))
    return _Part(headers, list(lines[body + 1 : end]), body + 2)


def _location(part: _Part) -> str:
    return str(part.headers.get("Content-Location") or "").strip()


def _decode_part(part: _Part) -> tuple[bytes, _Span]:
    """Decode a part; return it with the function from its lines to those of the file."""
    encoding = str(part.headers.get("Content-Transfer-Encoding") or "").strip().lower()
    if encoding == "base64":
        return _decode_base64(b"".join(part.lines)), lambda first, last: (part.first, part.first)
    pieces: list[bytes] = []
    starts = [part.first]  # of each line of the page, the line of the file
    for number, line in enumerate(part.lines, part.first):
        decoded = binascii.a2b_qp(line) if encoding == "quoted-printable" else line
        pieces.append(decoded)
        ends = [match.end() for match in _LINE_END.finditer(decoded)]
        starts += [number + (end == len(decoded)) for end in ends]
    last = part.first + max(len(part.lines) - 1, 0)
    return b"".join(pieces), lambda first, end: (
        min(starts[min(first, len(starts)) - 1], last),
        min(starts[min(end, len(starts)) - 1], last),
    )


def _decode_base64(text: bytes) -> bytes:
    """Decode base64 that may be cut."""
    digits = _NO_BASE64.sub(b"", text)
    digits = digits[: len(digits) - (len(digits) % 4 == 1)]
    return binascii.a2b_base64(digits + b"=" * (-len(digits) % 4))


def _read_webarchive(content: bytes, data: bytes, path: Path) -> Dump:
    file = str(path)
    try:
        archive: Any = plistlib.loads(content)
        resource = archive["WebMainResource"]
        page_bytes = bytes(resource["WebResourceData"])
        address = str(resource.get("WebResourceURL") or "")
        charset = str(resource.get("WebResourceTextEncodingName") or "utf-8").lower()
    except (plistlib.InvalidFileException, ValueError, TypeError, LookupError, AttributeError,
            RecursionError, MemoryError) as error:  # fmt: skip
        raise DumpError(
            file, None, "a property list without a page: expected a webarchive"
        ) from error
    except ExpatError as error:
        raise DumpError(file, None, "broken XML in a property list") from error
    require_small(path, len(page_bytes), html.LARGEST)
    problems = Problems(file)
    text = NEWLINE.sub("\n", decode(as_utf8(page_bytes, charset), problems))
    lines = Lines(text, file)
    page = html.read_page(text, problems, Origin((address,) if address else ()))
    return html.make_page_dump(page, data, path, lines)
