"""Writes tables as files that are safe to open: CSV without formulas, Markdown without markup."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from daily_papers.papers.cleaning import INVISIBLE

# A cell of SQLite can be longer than the 128 KiB that the module csv reads by default.
csv.field_size_limit(2**31 - 1)

# What spreadsheets start a formula with, also behind blanks and characters that do not show.
# Source: https://owasp.org/www-community/attacks/CSV_Injection
_UNSEEN = (
    r"\x00-\x1f\x7f-\xa0\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    r"\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    r"\U000110bd\U000110cd\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_FORMULA = re.compile(rf"[\s{_UNSEEN}]*[=+\-@＝＋－＠]|[\t\r\n]")
# Possessive, since a cell may have half a million digits.
_NUMBER = re.compile(r"[+-]?(?:(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?|inf)")
_MOST_WHOLE = 2**53  # beyond it a float is no exact whole number

_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufffe\uffff]")
_MARKUP = re.compile(r"[\\`*_{}\[\]<>|~$&@#]|:(?=//)|(?<=www)\.", re.IGNORECASE)
_LINKED = re.compile(r"(@)(?=\S)|(#)(?=\w)")
_WORD_JOINER = "\u2060"


def one_line(text: str) -> str:
    """Return text on one line: white space folded, what does not show or prints nothing dropped."""
    return " ".join(INVISIBLE.sub("", _CONTROLS.sub("", text)).split())


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table as CSV (RFC 4180): a header, CRLF, nothing for None, formulas defused.

    Whole floats are written without ".0".
    """
    plain = ([_plain(cell) for cell in row] for row in (columns, *rows))
    return _written(
        [defused(cell) if isinstance(cell, str) else cell for cell in row] for row in plain
    )


def defused(text: str) -> str:
    """Return a cell that no spreadsheet runs: a formula gets an apostrophe in front.

    Plain numbers such as -0.5 stay. A cell that has its apostrophe gets no second one.
    """
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


class Defusing:
    """Defuses CSV that arrives in pieces of any size, record by record.

    Bytes in, bytes out. It keeps no more than one record; records that start no formula come out
    as they went in. It expects what csv.writer writes: quotes around cells only.
    """

    def __init__(self) -> None:
        """Start before the first record."""
        self._record: list[bytes] = []
        self._is_quoted = False

    def feed(self, piece: bytes) -> bytes:
        """Take a piece; return the records that it ends."""
        # Bytes of these values are never part of another character in UTF-8.
        *ended, rest = piece.split(b"\n")
        safe = []
        for line in ended:
            self._add(line + b"\n")
            if not self._is_quoted:
                safe.append(self.end())
        self._add(rest)
        return b"".join(safe)

    def end(self) -> bytes:
        """Return the record that was not ended."""
        record = b"".join(self._record)
        self._record, self._is_quoted = [], False
        return _safe(record)

    def _add(self, part: bytes) -> None:
        self._record.append(part)
        self._is_quoted ^= bool(part.count(b'"') % 2)


def _safe(record: bytes) -> bytes:
    text = record.decode("utf-8", "surrogateescape")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    safe = [[defused(cell) for cell in row] for row in rows]
    if safe == rows:
        return record
    written = _written(safe).removesuffix("\r\n").encode("utf-8", "surrogateescape")
    return written + record[len(record.rstrip(b"\r\n")) :]


def _written(rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue()


def _plain(value: object) -> object:
    if isinstance(value, float) and value.is_integer() and abs(value) <= _MOST_WHOLE:
        return int(value)
    return "" if value is None else value


def markdown(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table as GitHub Markdown in which every cell shows as the text that it is.

    Cells are on one line. A word joiner, which does not show, follows the @ of addresses and names
    and the # of numbers: GitHub links these behind a backslash too.
    """
    header, *body = ([_markdown_cell(cell) for cell in row] for row in (columns, *rows))
    table = [header, ["---"] * len(header), *body]
    return "".join(f"| {' | '.join(row)} |\n" for row in table)


def _markdown_cell(value: object) -> str:
    text = _LINKED.sub(rf"\g<0>{_WORD_JOINER}", one_line(str(_plain(value))))
    return _MARKUP.sub(r"\\\g<0>", text)
