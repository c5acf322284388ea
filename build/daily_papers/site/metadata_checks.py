"""Checks metadata against the database that they describe, before it is served.

Datasette ignores keys that it does not know, and answers every page of a table with an error where
a facet or an order names a column that is not there.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from daily_papers.database import schema
from daily_papers.site.site_settings import SettingsError

_DATABASE = "papers"  # its name in metadata and addresses
_TEXTS = {"title", "description", "description_html", "allow", "permissions", "plugins"}
_CREDITS = {f"{name}{end}" for name in ("license", "source", "about") for end in ("", "_url")}
# The keys that Datasette 0.65 and our pages read.
_SITE_KEYS = _TEXTS | _CREDITS | {"databases", "allow_sql", "extra_css_urls", "extra_js_urls"}
_DATABASE_KEYS = _TEXTS | _CREDITS | {"tables", "queries", "allow_sql", "example_sql"}
_COLUMN_LISTS = {"columns", "card_columns", "sortable_columns", "units"}
_COLUMNS = {"label_column", "sort", "sort_desc"}
_TABLE_KEYS = _TEXTS | _CREDITS | _COLUMN_LISTS | _COLUMNS
_TABLE_KEYS |= {"facets", "facet_size", "size", "hidden", "fts_table", "fts_pk", "searchmode"}
_QUERY_KEYS = _TEXTS | {"sql", "params", "hide_sql", "fragment", "group", "chart", "write"}
_QUERY_KEYS |= {
    f"on_{end}_{what}" for end in ("success", "error") for what in ("message", "redirect")
}

Problem = tuple[str, str]  # the path of a key, as “databases: papers: sort”, and what is wrong


def check_metadata(metadata: Mapping[str, Any], database: Path, file: Path | str) -> None:
    """Raise SettingsError for the first key that is unknown or names what the database lacks; the
    error names `file` and the key. A database of an older minor version may lack columns."""
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as opened:
        for path, problem in _problems(metadata, opened):
            raise SettingsError(f"{file}: {path}: {problem}")


def _problems(metadata: Mapping[str, Any], database: sqlite3.Connection) -> Iterator[Problem]:
    yield from _unknown_keys(metadata, _SITE_KEYS, "")
    databases = metadata.get("databases") or {}
    yield from _unknown_keys(databases, {_DATABASE}, "databases: ")
    described, path = databases.get(_DATABASE) or {}, f"databases: {_DATABASE}: "
    yield from _unknown_keys(described, _DATABASE_KEYS, path)
    sql = "select value from build_info where name = 'schema_version'"
    if database.execute(sql).fetchone() != (schema.VERSION,):
        return
    for table, keys in (described.get("tables") or {}).items():
        yield from _table_problems(database, table, keys or {}, f"{path}tables: {table}: ")
    for query, definition in (described.get("queries") or {}).items():
        keys = definition if isinstance(definition, Mapping) else {"sql": definition}
        yield from _query_problems(database, keys, f"{path}queries: {query}: ")


def _unknown_keys(mapping: object, known: Iterable[str], path: str) -> Iterator[Problem]:
    if not isinstance(mapping, Mapping):
        yield path.removesuffix(": "), "expected keys with values"
        return
    for key in mapping:
        if key not in known:
            yield f"{path}{key}", f"unknown key; expected one of {', '.join(sorted(known))}"


def _table_problems(
    database: sqlite3.Connection, table: str, keys: Mapping[str, Any], path: str
) -> Iterator[Problem]:
    yield from _unknown_keys(keys, _TABLE_KEYS, path)
    info = database.execute("select name from pragma_table_xinfo(?)", (table,))
    columns = [column for (column,) in info]
    if not columns:
        yield path.removesuffix(": "), "there is no such table"
        return
    for key, named in _named_columns(keys):
        if named not in columns:
            yield (
                f"{path}{key}",
                f"there is no column {named}; expected one of {', '.join(columns)}",
            )


def _named_columns(keys: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each column that the metadata of a table name, with the key that does."""
    for key in _COLUMNS & keys.keys():
        yield key, keys[key]
    for key in _COLUMN_LISTS & keys.keys():
        yield from ((key, column) for column in keys[key] or ())
    for facet in keys.get("facets") or ():  # “year”, or “array: topics”
        columns = facet.values() if isinstance(facet, Mapping) else [facet]
        yield from (("facets", column) for column in columns)


class _AnyValue(dict[str, str]):
    """The parameters of a query, each of them empty."""

    def __missing__(self, _: str) -> str:
        return ""


def _query_problems(
    database: sqlite3.Connection, keys: Mapping[str, Any], path: str
) -> Iterator[Problem]:
    yield from _unknown_keys(keys, _QUERY_KEYS, path)
    if not isinstance(keys.get("sql"), str):
        yield f"{path}sql", "expected the SQL of the query"
        return
    try:
        database.execute(f"explain {keys['sql']}", _AnyValue())
    except (sqlite3.Error, sqlite3.Warning) as error:
        if "no such function" not in str(error):  # plugins add functions
            yield f"{path}sql", str(error)
