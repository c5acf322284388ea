"""Reads JSON that the service answered: lists of papers, one paper, what a search found.

Archives wrap the answers in objects of their own, hold records as text in Python's notation, or put
a record on each line (JSON Lines): these are read as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from daily_papers.dumps import envelope, recall, record_fields, strict_json
from daily_papers.dumps.saved_file import Lines, decode, dump_id
from daily_papers.dumps.strict_json import Wrong
from daily_papers.records import DateBasis, Dump, DumpError, Listing

OUTSIDE = "syntax"


def read(data: bytes, path: Path) -> Dump:
    """Read an answer, or several of them.

    Raises:
        DumpError: it is no strict JSON, or a record is none; the message names line and field.
    """
    file = str(path)
    text = decode(data, file)
    lines = Lines(text, file)
    answer = _Answers(text, lines)
    try:
        strict_json.require_few(text)
        answer.read()
    except Wrong as wrong:
        raise DumpError(file, lines.at(wrong.offset or 0), wrong.problem) from wrong
    spans = [(one.first_line, one.last_line) for one in answer.listings]
    counts, furniture, line_count = lines.account(spans, OUTSIDE)
    shown_on, basis = answer.shown_on()
    count = recall.in_answers(text)
    return Dump(
        id=dump_id(path),
        file=path.name,
        format="json",
        sha256=sha256(data).hexdigest(),
        bytes=len(data),
        shown_on_text=answer.shown_on_text,
        shown_on=shown_on,
        shown_on_basis=basis,
        listings=tuple(
            replace(one, line_count=count)
            for one, count in zip(answer.listings, counts, strict=True)
        ),
        furniture=furniture,
        line_count=line_count,
        item_count=count.items,
        states=tuple(sorted(count.states)),
    )


def record_in(found: object) -> object:
    """Return a record as it is, or read it out of a text that an archive made of it."""
    if not isinstance(found, str):
        return found
    text = found.strip()
    if text.startswith('{"'):
        record, end = strict_json.value(text, 0)
        if end < len(text):
            raise Wrong("text behind the record")
        return record
    return strict_json.notation(text)


@dataclass
class _Answers:
    """The values of a file, one after the other, and what they list."""

    text: str
    lines: Lines
    listings: list[Listing] = field(default_factory=list)
    shown_on_text: str | None = None
    days: set[str | None] = field(default_factory=set)  # that the answers say they are of
    is_one_paper: bool = False

    def read(self) -> None:
        """Read all of them."""
        at = strict_json.skip(self.text, 0)
        while at < len(self.text):
            end = self._one(at)
            at = strict_json.skip(self.text, end)
            if at < len(self.text) and self.lines.at(at) == self.lines.at(end):
                raise Wrong("not JSON: something follows on the line that a value ends on", at)

    def shown_on(self) -> tuple[str | None, DateBasis | None]:
        """Return the day of the file, and whether an answer states it."""
        if len(self.days) == 1 and (day := next(iter(self.days))):
            return day, "stated"
        return (None, None) if self.is_one_paper else envelope.day_of(self.listings)

    def _one(self, at: int) -> int:
        """Read the value that begins at a character; return the place behind it."""
        if self.text[at] == "[":
            return self._list(at)
        found, end = strict_json.value(self.text, at)
        if not isinstance(found, dict):
            raise Wrong(f"expected papers, found {strict_json.shown(found)}", at)
        if envelope.is_record(found):
            self.is_one_paper = not self.listings
            self._add(found, at, end)
            return end
        self._wrapped(found, at)
        return end

    def _list(self, at: int) -> int:
        self.is_one_paper = False
        return strict_json.elements(self.text, at, self._add)[1]

    def _wrapped(self, answer: Mapping[str, Any], at: int) -> None:
        try:
            path = envelope.papers_in(answer)
        except Wrong as wrong:
            raise Wrong(wrong.problem, at) from wrong
        self.shown_on_text, day = envelope.day_stated(answer)
        self.days.add(day)
        for key in path:
            at = strict_json.member(self.text, at, key)
        self._list(at)

    def _add(self, found: object, start: int, end: int) -> None:
        rank = len(self.listings) + 1
        place = self.lines.at(start), self.lines.at(end - 1)
        try:
            self.listings.append(record_fields.listing(record_in(found), rank, *place))
        except Wrong as wrong:
            raise Wrong(f"record {rank}: {wrong.problem}", start) from wrong
