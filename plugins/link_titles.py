"""Links names in query results to the pages of the rows that they name."""

from collections.abc import Mapping
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils import tilde_encode
from markupsafe import Markup

# A query's column that shows a name → the table it is from, and the columns that may hold the id.
NAMES = {
    "title": ("papers", ("paper_id", "id")),
    "organization": ("organizations", ("organization_id",)),
    "dump": ("dumps", ("dump_id",)),
    "topic": ("topics", ("topic_id",)),
    "method": ("entities", ("entity_id",)),
    "device": ("entities", ("entity_id",)),
    "paper": ("papers", ("paper_id",)),
}


@hookimpl
def render_cell(
    row: Mapping[str, Any],
    value: Any,
    column: str,
    table: str | None,
    database: str,
    datasette: Datasette,
) -> Markup | None:
    """Link the name of a table's row in the results of a query that also has the row's id."""
    if table is not None or column not in NAMES or value is None:
        return None
    target, columns = NAMES[column]
    keys = [row[name] for name in columns if name in row.keys()]  # noqa: SIM118 - not a dict
    if not keys or keys[0] is None:
        return None
    url = datasette.urls.row(database, target, tilde_encode(keys[0]))
    return Markup('<a href="{}">{}</a>').format(url, value)
