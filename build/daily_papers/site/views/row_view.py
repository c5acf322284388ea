"""Makes the lines of a row's page: its values, other rows by their names, and what is empty."""

from collections.abc import Iterable
from dataclasses import dataclass

from datasette.app import Datasette
from datasette.utils import tilde_encode
from markupsafe import Markup, escape

from daily_papers.site.views.table_view import Cell, cell_html

_EMPTY = (None, "", "[]")


@dataclass(frozen=True)
class Line:
    """A column that has a value, which is HTML here."""

    column: str
    value: Markup
    value_type: str  # of Datasette: a part of the CSS class


@dataclass(frozen=True)
class RowLines:
    """The columns of a row that have a value, and the names of the others."""

    filled: tuple[Line, ...]
    empty: tuple[str, ...]


async def row_lines(
    datasette: Datasette, database: str, table: str, cells: Iterable[Cell]
) -> RowLines:
    """Return the lines of a row from Datasette's cells; another row is linked by its name."""
    columns = [cell for cell in cells if not cell.get("is_special_link_column")]
    others = {
        key["column"]: key["other_table"]
        for key in await datasette.get_database(database).foreign_keys_for_table(table)
    }
    filled, empty = [], []
    for cell in columns:
        column, key = cell["column"], cell["raw"]
        if key in _EMPTY:
            empty.append(column)
            continue
        if column in others:
            names = await datasette.expand_foreign_keys(database, table, column, [key])
            url = datasette.urls.row(database, others[column], tilde_encode(str(key)))
            value = _other_row(url, str(key), names.get((column, key)))
        else:
            value = escape(key) if cell["value_type"] == "pk" else Markup(cell_html(cell))
        filled.append(Line(column, value, cell["value_type"]))
    return RowLines(tuple(filled), tuple(empty))


def _other_row(url: str, key: str, name: str | None) -> Markup:
    """Return the link to a row by its name, with its key behind, which queries need."""
    if not name or name == key:
        return Markup('<a href="{}">{}</a>').format(url, key)
    return Markup('<a href="{}">{}</a> <span class="meta">{}</span>').format(url, name, key)
