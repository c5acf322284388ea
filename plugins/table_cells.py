"""Shows the values of tables and query results: names as links, long texts folded, numbers whole.

One hook for all of it, since Datasette calls each for every cell.
"""

from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any
from urllib.parse import urlencode

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils import tilde_encode
from markupsafe import Markup

from daily_papers.search.highlight import OPEN
from daily_papers.site.views import cells, claim_text, responses

# A query's column that shows a name → the table it is from, and the columns that may hold the id.
NAMES = {
    "title": ("papers", ("paper_id", "id")),
    "organization": ("organizations", ("organization_id",)),
    "dump": ("dumps", ("dump_id",)),
    "topic": ("topics", ("topic_id",)),
    "method": ("entities", ("entity_id",)),
    "device": ("entities", ("entity_id",)),
    "dataset": ("entities", ("entity_id",)),
    "paper": ("papers", ("paper_id",)),
}
# Columns that hold the key of a row with a page of its own, and its table.
KEYS = {column: table for table, columns in NAMES.values() for column in columns if column != "id"}
KEYS |= {"author_id": "authors", "similar_id": "papers"}
SNIPPET = "snippet"  # a query's column with what matched between ⟦ and ⟧
ARRAYS = ("topics", "hardware", "models")  # columns of papers, as queries return them


@hookimpl
def render_cell(
    row: Mapping[str, Any],
    value: Any,
    column: str,
    table: str | None,
    database: str,
    datasette: Datasette,
) -> str | None:
    """Return the HTML of a value; None where Datasette's own is as good."""
    if isinstance(value, float):
        return claim_text.number(value).replace(",", "") if value.is_integer() else None
    if table is not None or not isinstance(value, str):
        return None
    if len(value) > cells.MOST_UNFOLDED:
        return cells.folded(value)
    if column in NAMES:
        return _name(row, value, column, database, datasette)
    if column in KEYS and not _is_behind_its_name(row, column):
        return _link(datasette, database, KEYS[column], value, value)
    if column == SNIPPET and OPEN in value:
        return cells.marked(value)
    if column in ARRAYS and (items := cells.array(value)) is not None:
        return cells.linked_items(items, partial(_papers_with, datasette, column)) or Markup(" ")
    return cells.folded(value) if len(value) > cells.MOST_LETTERS else None


@lru_cache(maxsize=1)  # for all cells of a row
def _names(row: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(row.keys())


def _is_behind_its_name(row: Mapping[str, Any], column: str) -> bool:
    names = _names(row)
    return any(column in columns for name, (_, columns) in NAMES.items() if name in names)


def _name(
    row: Mapping[str, Any], name: str, column: str, database: str, datasette: Datasette
) -> Markup | None:
    """Link a name to the row that the query also has the id of."""
    table, columns = NAMES[column]
    names = _names(row)
    keys = [row[key] for key in columns if key in names]
    if not keys or not isinstance(keys[0], str):  # a rowid is no key
        return None
    return _link(datasette, database, table, keys[0], name)


def _link(datasette: Datasette, database: str, table: str, key: str, text: str) -> Markup:
    url = datasette.urls.row(database, table, tilde_encode(key))
    return Markup('<a href="{}">{}</a>').format(url, text)


def _papers_with(datasette: Datasette, column: str, item: str) -> str:
    query = urlencode({f"{column}__arraycontains": item})
    return f"{datasette.urls.table(responses.DATABASE, 'papers')}?{query}"
