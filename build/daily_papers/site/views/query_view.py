"""Makes the content of a query's page: a form of its parameters, and the first rows."""

import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from markupsafe import escape

from daily_papers.site.views.canned_queries import read_query
from daily_papers.site.views.cells import MOST_ARRAY, MOST_UNFOLDED, are_numbers

FIRST_ROWS = 50
MOST_LETTERS = 4_000_000  # of the HTML of the rows of a page, about; more takes seconds to make
ROWS, ALL = "_rows", "all"  # the parameter that shows all rows
LABELS = {"q": "Words"}  # of parameters whose name is not a word
_LETTERS_OF_CELL, _LETTERS_OF_LINK = 300, 120  # besides its text
_LIMIT = re.compile(r"\blimit\s++([0-9]{1,9}+)\s*+;?\s*+\Z", re.IGNORECASE)

Row = TypeVar("Row", bound=sqlite3.Row)


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


def first_rows(rows: Sequence[Row], shown: str | None, query: str) -> Sequence[Row]:
    """Return the rows that a page shows: the first ones, or all for `?_rows=all`, as far as they
    make no more than about MOST_LETTERS of HTML, which repeats the names of columns, and for each
    blob the query string."""
    wanted = rows if shown == ALL else rows[:FIRST_ROWS]
    names = wanted[0].keys() if wanted else []
    of_names = sum(len(escape(name)) for name in names)
    letters = accumulate(of_names + sum(_letters(each, query) for each in row) for row in wanted)
    return wanted[: sum(so_far <= MOST_LETTERS for so_far in letters)]


def _letters(value: object, query: str) -> int:
    """Return about how many letters of HTML a value makes: each item of an array is a link."""
    if not isinstance(value, str):
        return _LETTERS_OF_CELL + (len(query) if isinstance(value, bytes) else 0)
    links = value.count(",") + 1 if value.startswith("[") and len(value) <= MOST_ARRAY else 0
    return _LETTERS_OF_CELL + len(escape(value[:MOST_UNFOLDED])) + links * _LETTERS_OF_LINK


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
