"""Reads what the page of a dump shows besides its row: what of the file was not understood."""

from msgspec import Struct

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views.typed_rows import rows

MOST_PROBLEMS = 100  # on the page; the table has all

_PROBLEMS = """
    select line, record, field, found, expected, action
    from problems
    where dump_id = :id
    order by number
    limit :most
"""


class DumpProblem(Struct):
    """Something of a dump that was not understood: a row of `problems`."""

    line: int | None
    record: int | None
    field: str | None
    found: str
    expected: str
    action: str


def problems(database: SearchDatabase, dump_id: str) -> list[DumpProblem]:
    """Return the first problems of a dump, in the order of its lines."""
    return rows(database, DumpProblem, _PROBLEMS, id=dump_id, most=MOST_PROBLEMS)
