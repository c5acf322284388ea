"""Makes the content of the database page: what one row of each table is, and queries in groups."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from daily_papers.site.views.canned_queries import plain

FIRST_SQL = "select sqlite_version()"  # where metadata.yml has no example


@dataclass(frozen=True)
class TableEntry:
    """A table: what one row is, as in “a paper, however often it is listed”, and how many.

    `row_count` is None where counting took too long, `row` is empty where nothing describes it.
    """

    name: str
    row: str
    row_count: int | None
    columns: tuple[str, ...]
    is_hidden: bool


@dataclass(frozen=True)
class QueryEntry:
    """A canned query and the question that it answers; `fragment` of its address draws a chart,
    where the query's page has none of its own."""

    name: str
    title: str
    question: str
    fragment: str


@dataclass(frozen=True)
class QueryGroup:
    """Canned queries that belong together; those without a group come last, without a name."""

    name: str
    queries: tuple[QueryEntry, ...]


@dataclass(frozen=True)
class DataIndex:
    """What the database page shows."""

    tables: tuple[TableEntry, ...]
    hidden_tables: tuple[TableEntry, ...]
    query_groups: tuple[QueryGroup, ...]
    example_sql: str


def data_index(
    metadata: Mapping[str, Any],
    tables: Iterable[Mapping[str, Any]],
    queries: Iterable[Mapping[str, Any]],
) -> DataIndex:
    """Return the content of the page from what Datasette knows of a database.

    `metadata` is the database's own, which gives tables and groups their order; tables and queries
    are those that may be seen.
    """
    described = metadata.get("tables") or {}
    order = {name: number for number, name in enumerate(described)}
    entries = [_table(table, described.get(table["name"]) or {}) for table in tables]
    entries.sort(key=lambda entry: (order.get(entry.name, len(order)), entry.name))
    return DataIndex(
        tables=tuple(entry for entry in entries if not entry.is_hidden),
        hidden_tables=tuple(entry for entry in entries if entry.is_hidden),
        query_groups=tuple(_groups(list(queries))),
        example_sql=metadata.get("example_sql") or FIRST_SQL,
    )


def _table(table: Mapping[str, Any], described: Mapping[str, Any]) -> TableEntry:
    row = first_sentence(_description(described)).removeprefix("One row is ")
    columns = tuple(table["columns"])
    return TableEntry(table["name"], row, table["count"], columns, bool(table["hidden"]))


def _groups(queries: list[Mapping[str, Any]]) -> Iterable[QueryGroup]:
    names = list(dict.fromkeys(str(query.get("group") or "") for query in queries))
    names.sort(key=lambda name: not name)

    def number(query: Mapping[str, Any]) -> int:
        return names.index(str(query.get("group") or ""))

    for index, members in groupby(sorted(queries, key=number), key=number):
        yield QueryGroup(names[index], tuple(_query(query) for query in members))


def _query(query: Mapping[str, Any]) -> QueryEntry:
    question = first_sentence(_description(query))
    title = query.get("title") or query["name"]
    fragment = "" if query.get("chart") else query.get("fragment") or ""
    return QueryEntry(query["name"], title, question, fragment)


def _description(described: Mapping[str, Any]) -> str:
    html = described.get("description_html")
    return plain(html) if html else str(described.get("description") or "")


def first_sentence(text: str) -> str:
    """Return a text up to its first full stop or question mark, blanks made single."""
    sentence = _SENTENCE.match(" ".join(text.split()))
    return sentence.group() if sentence else ""


_SENTENCE = re.compile(r".+?[.?!](?= |$)|.+")
