"""Reads the fields of a record of a JSON answer, whatever their keys, and reports wrong values."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from daily_papers.dumps.answers import field_values
from daily_papers.dumps.answers.field_values import UnexpectedValueError, is_nothing
from daily_papers.dumps.answers.json_values import RepeatedKeys, describe
from daily_papers.dumps.answers.record_keys import details_of, values_by_field
from daily_papers.dumps.problems import LONGEST_QUOTE, Problems
from daily_papers.dumps.saved_file import CONTROL

_UNREADABLE = re.compile(f"{CONTROL}|[\ud800-\udfff]")

T = TypeVar("T")
Keyed = list[tuple[str, Any]]  # keys and values of a field, in order of precedence
FieldValues = dict[str, Keyed]


@dataclass
class RawRecord:
    """The fields of a record: of the paper first, then of what is around it."""

    outer: Mapping[str, Any]
    rank: int
    line: int
    problems: Problems
    outer_fields: FieldValues = field(init=False)
    paper_fields: FieldValues = field(init=False)

    def __post_init__(self) -> None:
        """Sort the values of the record, of its paper, and of its details by their fields."""
        paper = self.outer.get("paper")
        self.paper = paper if isinstance(paper, dict) else {}
        if paper is not None and not isinstance(paper, dict):
            self.report("paper", paper, "an object")
        self.outer_fields = values_by_field(self.outer)
        self.paper_fields = _below("paper", self.paper)
        own_fields = self.paper_fields if self.paper else self.outer_fields
        has_title = "title" in own_fields
        for key, details in details_of({**self.outer, **self.paper}):
            below = _below(key, details)
            if has_title and "title" in below:
                continue  # another paper, or where this one was published
            for name, keyed in below.items():
                own_fields.setdefault(name, []).extend(keyed)
        for values, path in ((self.outer, ""), (self.paper, "paper.")):
            for key in values.keys_twice if isinstance(values, RepeatedKeys) else ():
                self.report(path + key, "the key twice", "it once", quoted=False)

    def report(self, name: str, value: object, expected: str, quoted: bool = True) -> None:
        """Add the problem that a field has this value; it is left out."""
        text = describe(value, LONGEST_QUOTE - len("“…”")) if quoted else str(value)
        self.problems.add(self.line, self.rank, name, text, expected)

    def keyed(self, name: str, outer_first: bool = False) -> Keyed:
        """Return the keys and values of a field that state something."""
        inner, outer = self.keyed_apart(name)
        return [*outer, *inner] if outer_first else [*inner, *outer]

    def keyed_apart(self, name: str) -> tuple[Keyed, Keyed]:
        """Return the keys and values of a field that the paper states, and what is around it."""
        inner, outer = (
            [(key, value) for key, value in fields.get(name, ()) if not is_nothing(value)]
            for fields in (self.paper_fields, self.outer_fields)
        )
        return inner, outer

    def first(self, keyed: Keyed, parse: Callable[[Any], T]) -> T | None:
        """Return the first value that can be parsed; those before it are problems."""
        for key, value in keyed:
            try:
                return parse(self.readable(key, field_values.plain_value(value)))
            except UnexpectedValueError as error:
                self.report(key, value, str(error))
        return None

    def count(self, name: str, outer_first: bool = False) -> int | None:
        """Return the first number of a field."""
        return self.first(self.keyed(name, outer_first), field_values.parse_count)

    def readable(self, key: str, value: object) -> object:
        """Return a text without control characters and halves of surrogate pairs, which is a
        problem, and so those of a list; any other value as it is."""
        if isinstance(value, list):
            return [self.readable(key, part) if isinstance(part, str) else part for part in value]
        if not isinstance(value, str) or not (match := _UNREADABLE.search(value)):
            return value
        character = f"the character U+{ord(match[0]):04X}"
        self.problems.add(self.line, self.rank, key, character, "text without it", "repaired")
        return _UNREADABLE.sub(" ", value)


def _below(name: str, values: Mapping[str, Any]) -> FieldValues:
    """Return the values of an object for each field, with keys that begin with its name."""
    return {
        field_name: [(f"{name}.{key}", value) for key, value in keyed]
        for field_name, keyed in values_by_field(values).items()
    }
