"""Makes the content of a query's page: a form of its parameters, and the first rows."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from daily_papers.site.views.canned_queries import read_query
from daily_papers.site.views.cells import are_numbers

FIRST_ROWS = 50
MOST_LETTERS = 4_000_000  # of the HTML of the rows of a page, about; more takes seconds to make
ROWS, ALL = "_rows", "all"  # the parameter that shows all rows
LABELS = {"q": "Words"}  # of parameters whose name is not a word
_LETTERS_OF_CELL, _LETTERS_OF_LINK = 200, 120  # besides its text
_LIMIT = re.compile(r"\blimit\s+(\d+)\s*;?\s*\Z", re.IGNORECASE)

Row = TypeVar("Row", bound=Iterable[Any])


@dataclass(frozen=True)
class Parameter:
    """A parameter of a query; `examples` are values, each with the words that describe it."""

    name: str
    label: str
    value: str
    examples: dict[str, str]

    @property
    def example(self) -> str | None:
        """The first example value."""
        return next(iter(self.examples), None)


@dataclass(frozen=True)
class QueryForm:
    """The form of a canned query, and whether nothing is filled in."""

    parameters: tuple[Parameter, ...]
    is_empty: bool


def query_form(
    database: str, name: str, definition: Mapping[str, Any], values: Mapping[str, str]
) -> QueryForm:
    """Return the form of a canned query with these values."""
    query = read_query(database, name, definition)
    parameters = (
        Parameter(key, LABELS.get(key) or _words(key), value, query.examples_of(key))
        for key, value in values.items()
    )
    is_empty = bool(values) and not any(value.strip() for value in values.values())
    return QueryForm(tuple(parameters), is_empty)


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def first_rows(rows: Sequence[Row], shown: str | None) -> Sequence[Row]:
    """Return the rows that a page shows: the first ones, or all for `?_rows=all`, as far as they
    make no more than about MOST_LETTERS of HTML."""
    wanted = rows if shown == ALL else rows[:FIRST_ROWS]
    letters = accumulate(sum(map(_letters, row)) for row in wanted)
    return wanted[: max(1, sum(so_far <= MOST_LETTERS for so_far in letters))]


def _letters(value: object) -> int:
    """Return about how many letters of HTML a value makes: each item of an array is a link."""
    if not isinstance(value, str):
        return _LETTERS_OF_CELL
    items = value.count(",") if value.startswith("[") else 0
    return _LETTERS_OF_CELL + len(value) + items * _LETTERS_OF_LINK


def number_columns(rows: Sequence[Sequence[object]]) -> list[bool]:
    """Tell of each column whether it has numbers."""
    return [are_numbers(values) for values in zip(*rows, strict=True)]


def is_at_limit(sql: str, row_count: int) -> bool:
    """Tell whether SQL ends in a limit that its rows reach, so that there may be more."""
    limit = _LIMIT.search(sql)
    return limit is not None and row_count == int(limit[1]) > 1


def all_rows_query(query: str) -> str:
    """Return the query string of the page with all rows, from that of the page."""
    pairs = [(name, value) for name, value in parse_qsl(query) if name != ROWS]
    return urlencode([*pairs, (ROWS, ALL)])
