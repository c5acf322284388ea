"""Makes the rows of a table's page: the name of a row links to it, texts are cut, arrays are links.

Cells become HTML here and not in the template: a page has thousands of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from datasette.utils import to_css_class
from markupsafe import Markup, escape

from daily_papers.site.views import cells

LINK = "Link"  # what Datasette calls the column that links to a row by several keys
ROW = "row"  # how we name it
MOST_ON_CARDS = 6  # columns that a phone shows first, where metadata.yml names none

Cell = Mapping[str, Any]  # of Datasette: column, value (as shown), raw, value_type


@dataclass(frozen=True)
class Column:
    """A column: what Datasette knows of it, whether a phone shows it only on demand, and whether
    it has numbers."""

    details: Mapping[str, Any]
    is_minor: bool
    is_numeric: bool

    @property
    def css_class(self) -> str:
        """The classes of its head and its cells."""
        minor, numeric = " minor" * self.is_minor, " numeric" * self.is_numeric
        return f"col-{to_css_class(str(self.details['name']))}{minor}{numeric}"

    @property
    def name(self) -> str:
        """The name that the page shows."""
        name = str(self.details["name"])
        return ROW if name == LINK and not self.details["type"] else name


@dataclass(frozen=True)
class TableRows:
    """The columns in the order of the page, and the cells of each row as HTML."""

    columns: tuple[Column, ...]
    rows: tuple[Markup, ...]

    @property
    def has_minor_columns(self) -> bool:
        """Tell whether a phone leaves out columns."""
        return any(column.is_minor for column in self.columns)


def table_rows(
    card_columns: Sequence[str] | None,
    columns: Sequence[Mapping[str, Any]],
    rows: Iterable[Iterable[Cell]],
    table_url: str,
) -> TableRows:
    """Return the rows of a page from Datasette's columns and rows, whose first cell links to a row.

    `card_columns` are the columns that matter most, the name of a row first. They come first, and
    the name has the link; the key, or the link of a row with several keys, comes last. So a phone
    leaves out columns at the end, and the others keep their heads.
    """
    names = [column["name"] for column in columns]
    matter = [name for name in card_columns or () if name in names] or names[:MOST_ON_CARDS]
    lead, has_key = matter[0], names[0] != LINK
    first = [lead, *(name for name in matter if name != names[0])]
    order = [names.index(name) for name in dict.fromkeys([*first, *names[1:], names[0]])]
    cell_rows = [tuple(row) for row in rows]
    ordered = tuple(
        Column(
            columns[index],
            names[index] not in matter and names[index] != LINK,
            index != order[0] and cells.are_numbers(row[index]["raw"] for row in cell_rows),
        )
        for index in order
    )
    starts = [_start(column, index == 0) for index, column in enumerate(ordered)]
    link = names.index(lead) if has_key else 0
    return TableRows(
        ordered,
        tuple(_row(row, order, starts, link, table_url) for row in cell_rows),
    )


def _start(column: Column, is_first: bool) -> tuple[str, str]:
    """Return the attributes of a column's cells, before and behind the type of the value.

    The first cell is the head of its row, unless it is empty; the others have the name of their
    column for a phone.
    """
    label = "" if is_first else f' data-label="{escape(column.name)}"'
    return f' class="{column.css_class} type-', f'"{label}>'


def _row(
    row: Sequence[Cell],
    order: Sequence[int],
    starts: Sequence[tuple[str, str]],
    link: int,
    table_url: str,
) -> Markup:
    """Return the cells of a row, of which that at `link` links to the row's page."""

    def parts() -> Iterator[str]:
        for position, (before, behind) in enumerate(starts):
            index = order[position]
            cell = row[index]
            if index == link:
                html = _linked(row[0], cell)
            else:
                html = str(escape(cell["raw"])) if index == 0 else cell_html(cell, table_url)
            tag, scope = ("td", "") if position or not html else ("th", ' scope="row"')
            yield f"<{tag}{scope}{before}{cell['value_type']}{behind}{html}</{tag}>"

    return Markup("".join(parts()))


def _linked(key: Cell, cell: Cell) -> str:
    """Return the link to a row, with the name that a cell has for it, or else its key."""
    start, _, key_text = str(key["value"]).partition(">")
    if key["is_special_link_column"]:
        return f"{start}>{ROW}</a>"
    value = cell["value"]
    text = value.striptags() if isinstance(value, Markup) else cells.shorten(str(value))
    named = cell is not key and text.strip("\xa0 ")
    return f"{start}>{escape(text)}</a>" if named else f"{start}>{key_text}"


def cell_html(cell: Cell, table_url: str | None = None) -> str:
    """Return the HTML of a value; texts are cut, and arrays link to rows with the same item.

    Without the address of the table, texts are whole and arrays are as they are.
    """
    value = cell["value"]
    if value == "&nbsp;" and isinstance(value, Markup):
        return ""
    if isinstance(value, Markup):
        return str(value)
    text = str(value)
    if table_url is None:
        return str(escape(text))
    if (items := cells.array(text)) is not None:
        return str(cells.linked_items(items, partial(_with_item, table_url, cell["column"])))
    return str(escape(cells.shorten(text)))


def _with_item(table_url: str, column: str, item: str) -> str:
    return f"{table_url}?{urlencode({f'{column}__arraycontains': item})}"
