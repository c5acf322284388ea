"""Says what the columns of a table's page mean, and links to the page sorted, faceted, without one.

It stands in place of the menus that Datasette's script puts into the heads, which have no names and
need a mouse.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from datasette.utils.asgi import Request

from daily_papers.site.views.table_view import LINK

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Link:
    """What a link does with a column, and its address on the page."""

    name: str
    url: str


@dataclass(frozen=True)
class ColumnLinks:
    """A column: its description, its type as SQLite declares it, and what can be done with it."""

    name: str
    description: str
    declared: str
    links: tuple[Link, ...]


def column_links(
    request: Request, columns: Sequence[Mapping[str, Any]], faceted: Collection[str]
) -> tuple[ColumnLinks, ...]:
    """Return the columns that a page shows; `faceted` are those whose facets it has."""
    args = request.args
    pairs = [(key, value) for key in args for value in args.getlist(key) if key != "_next"]
    keys = [column["name"] for column in columns if column["is_pk"]]
    return tuple(
        ColumnLinks(
            column["name"],
            column.get("description") or "",
            column["type"].lower() + (", not null" if column["notnull"] else ""),
            tuple(_links(pairs, column, is_facet=column["name"] in {*faceted, *keys})),
        )
        for column in columns
        if column["name"] != LINK or column["type"]
    )


def all_columns_url(request: Request) -> str | None:
    """Return the address of the page with the columns that it leaves out; None if it has all."""
    pairs = [(key, value) for key in request.args for value in request.args.getlist(key)]
    kept = _without(pairs, "_col", "_nocol")
    return _url(kept) if kept != pairs else None


def _links(pairs: Pairs, column: Mapping[str, Any], *, is_facet: bool) -> Iterator[Link]:
    """Yield what can be done with a column and is not done yet."""
    name, stated = str(column["name"]), set(pairs)
    unsorted = _without(pairs, "_sort", "_sort_desc")
    for label, key in (("sort", "_sort"), ("sort descending", "_sort_desc")):
        if column["sortable"] and (key, name) not in stated:
            yield Link(label, _url([*unsorted, (key, name)]))
    if not is_facet:
        yield Link("facet", _url([*pairs, ("_facet", name)]))
    if (f"{name}__notblank", "1") not in stated and not column["notnull"]:
        yield Link("only filled", _url([*pairs, (f"{name}__notblank", "1")]))
    if not column["is_pk"]:
        kept = [pair for pair in pairs if pair != ("_col", name)]
        yield Link("hide", _url(kept if kept != pairs else [*pairs, ("_nocol", name)]))


def _without(pairs: Pairs, *names: str) -> Pairs:
    return [pair for pair in pairs if pair[0] not in names]


def _url(pairs: Pairs) -> str:
    return "?" + urlencode(pairs)
