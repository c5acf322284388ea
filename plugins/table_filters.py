"""Refuses a filter by a column that a table does not have, or by an unknown comparison.

Datasette 0.65 takes the name of an unknown column for a text, and finds nothing or everything; an
unknown comparison it leaves out.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator

from datasette import hookimpl
from datasette.app import Datasette
from datasette.filters import FilterArguments, Filters
from datasette.utils.asgi import BadRequest, Request

COMPARISONS = [key for key, _, _ in Filters([]).lookups()]
ROW_IDS = ("rowid", "_rowid_", "oid")


@hookimpl
def filters_from_request(
    request: Request, table: str, database: str, datasette: Datasette
) -> Callable[[], Awaitable[FilterArguments]]:
    """Check the filters of a request; raises BadRequest."""

    async def check() -> FilterArguments:
        filters = list(_filters(request.args))
        if filters:
            sql = "select name from pragma_table_xinfo(:table)"
            rows = await datasette.get_database(database).execute(sql, {"table": table})
            _check(filters, [name for (name,) in rows.rows])
        return FilterArguments([])

    return check


def _filters(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the column and the comparison of each filter among the names of parameters."""
    for name in names:
        if not name.startswith("_") or "__" in name:
            column, _, comparison = name.rpartition("__") if "__" in name else (name, "", "exact")
            yield column, comparison


def _check(filters: Iterable[tuple[str, str]], columns: list[str]) -> None:
    for column, comparison in filters:
        if column.lower() not in {*map(str.lower, columns), *ROW_IDS}:
            raise BadRequest(f"No column “{column}”; the columns are {', '.join(columns)}.")
        if comparison not in COMPARISONS:
            raise BadRequest(f"No comparison “{comparison}”; there are {', '.join(COMPARISONS)}.")
