"""Reads JSON answers: adds the listing of each record, and leaves out what is broken or cut.

A broken record costs itself: what is behind it is read all the same.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from daily_papers.dumps.answers import envelope, json_values, record_fields
from daily_papers.dumps.answers.json_values import InvalidValueError, describe
from daily_papers.dumps.answers.raw_record import RawRecord
from daily_papers.dumps.answers.record_fields import LIST_KEYS, Context, is_record
from daily_papers.dumps.answers.record_keys import fields_of
from daily_papers.dumps.problems import END_OF_FILE, FLOOR, Problems
from daily_papers.dumps.saved_file import ShownOn
from daily_papers.records import DumpError, Listing

MOST_LISTINGS = 50_000

_MOST_LEFT_OUT = MOST_LISTINGS * (100 - FLOOR) // 100 + 1  # records; with more, no file is read
_DEEPEST = 6  # lists and objects around a record
_NOWHERE = Context()


def _too_many() -> str:
    return f"more than {MOST_LISTINGS:,} papers in one file: split it"


@dataclass
class Answers:
    """The listings of JSON answers in a text, and the days that the answers state.

    `line_span` maps offsets of a record's beginning and end to line numbers of the file; `decode`
    turns what stands for a record into a record. `left_out` has the first and the last line of each
    record that was not understood.
    """

    text: str
    line_span: Callable[[int, int], tuple[int, int]]
    problems: Problems
    decode: Callable[[object], object] = lambda record: record
    listings: list[Listing] = field(default_factory=list)
    left_out: list[tuple[int, int]] = field(default_factory=list)
    shown_on_text: str | None = None
    days: set[str | None] = field(default_factory=set)
    is_one_paper: bool = False  # which says nothing of the day that it was saved
    has_no_day: bool = False  # as an answer says whose date is null

    def read(self, offset: int, context: Context = _NOWHERE, depth: int = 0) -> int | None:
        """Add the listings of the value at an offset; return the offset behind it, or None if the
        text ends inside it.

        Raises:
            InvalidValueError: it has no list of papers, or is no JSON.
        """
        if depth > _DEEPEST:
            raise InvalidValueError(f"nested more than {_DEEPEST} deep", offset)
        if self.text[offset] == "[":
            return self._read_list(offset, context, depth)
        try:
            value, end = json_values.read_value(self.text, offset)
        except InvalidValueError as error:
            if self.text[offset] != "{":
                raise
            return self._read_broken(offset, context, depth, error)
        self.is_one_paper = not self._rank and is_record(value)
        self._add(value, offset, end, context, depth)
        return end

    def read_next(self, offset: int) -> int | None:
        """Add the listings of the next of several values; a broken one behind others is left out.

        Raises:
            InvalidValueError: the first one is broken.
        """
        try:
            return self.read(offset)
        except InvalidValueError as error:
            end = json_values.skip_broken(self.text, offset, are_lines=True) or len(self.text)
            if not (self.listings or self.text[end:].strip()):
                raise
            self.leave_out(offset, end, error.problem)
            return end

    def leave_out(self, start: int, end: int | None, found_there: str) -> None:
        """Leave out the record at an offset; without an end it is cut by the end of the text."""
        lines = self.line_span(start, len(self.text) if end is None else end)
        rank = self._next_rank(lines[0])
        self.left_out.append(lines)
        if end is None:
            self.problems.add_cut(lines[0], rank)
        else:
            self.problems.add(lines[0], rank, None, found_there, "a record of a paper")
        if len(self.left_out) > _MOST_LEFT_OUT:  # the end of each is searched far behind it
            self.problems.require_few(MOST_LISTINGS - len(self.left_out))

    @property
    def _rank(self) -> int:
        """The rank of the last record."""
        return len(self.listings) + len(self.left_out)

    def _next_rank(self, line: int) -> int:
        """Return the rank of the record that begins on a line."""
        if self._rank >= MOST_LISTINGS:
            raise DumpError(self.problems.file, line, _too_many())
        return self._rank + 1

    def _require_few(self, count: int, offset: int) -> None:
        """Refuse so many records before they are read."""
        if count > MOST_LISTINGS:
            line = self.line_span(offset, offset + 1)[0]
            raise DumpError(self.problems.file, line, _too_many())

    def _read_list(self, offset: int, context: Context, depth: int) -> int | None:
        """Add the listings of the list at an offset; return the offset behind it."""
        self.is_one_paper = False
        offset = json_values.skip_blanks(self.text, offset + 1)
        while (char := self.text[offset : offset + 1]) != "]":
            if not char:
                self._report_end("“]”")
                return None
            try:
                value, end = json_values.read_value(self.text, offset)
            except InvalidValueError as error:
                broken_end = self._read_broken_item(offset, context, depth + 1, error)
                if broken_end is None:
                    return None
                end = broken_end
            else:
                self._add_item(value, offset, end, context, depth)
            offset = json_values.skip_blanks(self.text, end)
            if self.text[offset : offset + 1] == ",":
                offset = json_values.skip_blanks(self.text, offset + 1)
        return offset + 1

    def _add_item(self, value: object, start: int, end: int, context: Context, depth: int) -> None:
        try:
            self._add(value, start, end, context, depth + 1)
        except InvalidValueError as error:
            self.leave_out(start, end, error.problem)

    def _add(self, value: object, start: int, end: int, context: Context, depth: int) -> None:
        """Add the listings of a value, which stands at `text[start:end]`."""
        if isinstance(value, list):
            self.read(start, context, depth)
            return
        record = envelope.unwrapped(self.decode(value))
        if not isinstance(record, dict):
            raise InvalidValueError(describe(record), start)
        if rows := envelope.table_rows(record):
            self._require_few(len(rows), start)
            for row in rows:
                self._add_row(row, start, end, context)
            return
        if is_record(record) or context.title or isinstance(value, str) or record is not value:
            self._add_record(record, start, end, context)
            return
        if keyed := envelope.keyed_contexts(record, context):
            self._require_few(len(keyed), start)
            for key, offset, _ in json_values.members(self.text, start):
                if key in keyed:
                    self.days.add(keyed[key].day)
                    self.read(offset, keyed[key], depth + 1)
        else:
            self._add_answer(record, start, context, depth)

    def _add_row(self, row: Mapping[str, Any], start: int, end: int, context: Context) -> None:
        try:
            self._add_record(row, start, end, context)
        except InvalidValueError as error:
            self.leave_out(start, end, error.problem)

    def _add_record(
        self, values: Mapping[str, Any], start: int, end: int, context: Context
    ) -> None:
        lines = self.line_span(start, end)
        rank = self._next_rank(lines[0])
        record = RawRecord(values, rank, lines[0], self.problems)
        self.listings.append(record_fields.listing(record, lines[1], context))

    def _add_answer(
        self, answer: Mapping[str, Any], offset: int, context: Context, depth: int
    ) -> None:
        """Add the listings of the answer at an offset."""
        path = envelope.list_path(answer)
        inner: Any = answer
        days: set[str | None] = set()
        for key in path:
            text, day = envelope.stated_day(inner)
            self.shown_on_text = text or self.shown_on_text
            days.add(day)
            self.has_no_day |= envelope.states_no_day(inner)
            context = envelope.context_inside(inner, context)
            offset = json_values.member_offset(self.text, offset, key)
            inner = inner[key]
        self.days |= days - {None} or {None}
        self.read(offset, context, depth + 1)

    def _read_broken(
        self,
        offset: int,
        context: Context,
        depth: int,
        error: InvalidValueError,
        is_item: bool = False,
    ) -> int | None:
        """Add what is whole in the broken object at an offset, which may be a record itself."""
        first_rank = self._rank
        try:
            end = self._read_members(offset, context, depth, error, is_item)
        except InvalidValueError as broken:
            if self._rank == first_rank:
                return self._leave_out_broken(offset, depth, error)
            return self._skip_rest(offset, depth, broken.problem)
        if self._rank == first_rank:
            raise error
        if end is not None and self.text[end : end + 1] != "}":
            if end < len(self.text):
                return self._skip_rest(offset, depth, "not JSON: expecting ',' delimiter")
            self._report_end("“}”")
            return None
        return None if end is None else end + 1

    def _read_broken_item(
        self, offset: int, context: Context, depth: int, error: InvalidValueError
    ) -> int | None:
        """Add what is whole in the broken item of a list, which may hold a day's records."""
        if self.text[offset] == "{" and depth <= _DEEPEST:
            with suppress(InvalidValueError):  # nothing is
                return self._read_broken(offset, context, depth, error, is_item=True)
        return self._leave_out_broken(offset, depth, error)

    def _read_members(
        self, offset: int, context: Context, depth: int, error: InvalidValueError, is_item: bool
    ) -> int | None:
        """Add the listings of the members of a broken object; return the offset behind the last.

        Raises:
            InvalidValueError: what is broken is no list or object around records.
        """
        whole: set[str] = set()
        stated: dict[str, Any] = {}  # what may state a day
        are_records = True  # all of the members

        def inside(key: str) -> Context:
            around = envelope.context_inside(stated, context)
            return envelope.keyed_context(key, [], around) or around

        def read_broken_value(key: str, start: int) -> int | None:
            keys = (*whole, key)
            is_of_record = "paper" in keys or "title" in fields_of(keys)
            if is_item and not (key in LIST_KEYS or envelope.keyed_context(key, [], context)):
                is_of_record = True
            if is_of_record or self.text[start : start + 1] not in ("[", "{"):
                raise error
            whole.add(key)
            return self.read(start, inside(key), depth + 1)

        end: int | None = offset
        for key, start, end in json_values.members(self.text, offset, read_broken_value):  # noqa: B007 - used behind
            if key not in whole:
                whole.add(key)
                value, _ = json_values.read_value(self.text, start)
                stated |= envelope.statements_of_day(key, value)
                are_records &= key != "paper" and is_record(value)
                if are_records or envelope.holds_records(value):
                    self.read(start, inside(key), depth + 1)
        return None if end is None else json_values.skip_blanks(self.text, end)

    def _report_end(self, expected: str) -> None:
        """Report that the text ends behind a whole record."""
        line = self.line_span(len(self.text) - 1, len(self.text))[0]
        self.problems.add(line, None, None, END_OF_FILE, expected, "repaired")

    def _skip_rest(self, offset: int, depth: int, problem: str) -> int | None:
        """Report that the rest of an object is broken; return the offset behind the object."""
        end = json_values.skip_broken(self.text, offset) if depth else None
        line = self.line_span(offset, end or len(self.text))[1]
        self.problems.add(line, None, None, problem, "the rest of the answer")
        return end

    def _leave_out_broken(self, offset: int, depth: int, error: InvalidValueError) -> int | None:
        """Leave out the broken record at an offset; return the offset behind it."""
        end = json_values.skip_broken(self.text, offset, are_lines=depth == 0)
        if end is None and depth == 0 and not self.listings:
            raise error
        self.leave_out(offset, end, error.problem)
        return end

    def shown_on(self, address_day: str | None = None) -> ShownOn:
        """Return the day that the answers or the address state, or else infer it."""
        day = next(iter(self.days)) if len(self.days) == 1 else None
        if day or address_day:
            return self.shown_on_text, day or address_day, "stated"
        listings = () if self.is_one_paper or self.has_no_day else self.listings
        return self.shown_on_text, *envelope.infer_day(listings)
