"""Writes SQL that gives DuckDB the tables, and each canned query as a macro under its name."""

import re
from collections.abc import Iterable

from daily_papers.export.content import Content
from daily_papers.export.descriptions import Query

SEARCHES = "search_papers"  # the function that a query cannot do without, which the site has
_PARAMETER = re.compile(r"(?<![:\w]):(?=[a-z])")
# A column of DuckDB has one type, so a fallback in words makes words of all.
_WORDS = re.compile(r"coalesce\(([\w.]+), '")


def tables_sql(content: Content) -> str:
    """Return duckdb.sql: the tables as views, and the queries that need nothing but SQL."""
    lines = [
        f"-- {content.said.title}, schema {content.build['schema_version']}, for DuckDB.",
        "-- In this folder: duckdb -init duckdb.sql",
        "-- Tables have their own names, queries are macros: from papers_by_year();",
        "",
    ]
    for one in content.tables:
        about = content.said.tables[one.table.name].replace("'", "''")
        lines.append(f"create or replace view {one.table.name} as from '{one.parquet.path}';")
        lines.append(f"comment on view {one.table.name} is '{about}';")
    return "\n".join(lines) + "\n" + _macros(one for one in content.said.queries if not _asks(one))


def search_sql(content: Content) -> str:
    """Return duckdb-search.sql: the queries that need the function too."""
    head = f"-- After duckdb.sql, where the function {SEARCHES} is registered: see docs/data.md.\n"
    return head + _macros(one for one in content.said.queries if _asks(one))


def _asks(query: Query) -> bool:
    return SEARCHES in query.sql


def _macros(queries: Iterable[Query]) -> str:
    return "".join(f"\n-- {one.title}. {one.description}\n{_macro(one)}" for one in queries)


def _macro(query: Query) -> str:
    """Return a query as a macro; what it is not given is empty, as on the site."""
    taken = ", ".join(f"{name} := ''" for name in query.params)
    sql = _WORDS.sub(r"coalesce(cast(\1 as text), '", _PARAMETER.sub("", query.sql))
    indented = "\n".join(f"    {line}" for line in sql.splitlines())
    return f"create or replace macro {query.name}({taken}) as table\n{indented};\n"
