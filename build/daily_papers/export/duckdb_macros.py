"""Writes SQL for DuckDB: the tables as views, and each canned query as a macro of its name."""

import re
from textwrap import indent

from daily_papers.export.content import Dataset
from daily_papers.export.descriptions import Query

SEARCHES = "search_papers"  # a function that only the site has
_PARAMETER = re.compile(r"(?<![:\w]):(?=[a-z])")
# A column of DuckDB has one type: if its fallback is a text, its values must be texts too.
_FALLBACK = re.compile(r"coalesce\(([\w.]+), '")


def tables_sql(dataset: Dataset) -> str:
    """Return duckdb.sql: the tables as views, and the queries that need nothing but SQL."""
    lines = [
        f"-- {dataset.metadata.title}, schema {dataset.build['schema_version']}, for DuckDB.",
        "-- In this folder: duckdb -init duckdb.sql",
        "-- Tables have their own names, queries are macros: from papers_by_year();",
        "",
    ]
    for table in dataset.tables:
        description = table.description.replace("'", "''")
        lines.append(f"create or replace view {table.name} as from '{table.parquet.path}';")
        lines.append(f"comment on view {table.name} is '{description}';")
    queries = (query for query in dataset.metadata.queries if not _searches(query))
    return "\n".join(lines) + "\n" + "".join(map(_macro, queries))


def search_sql(dataset: Dataset) -> str:
    """Return duckdb-search.sql: the queries that need the function too."""
    head = f"-- After duckdb.sql, where the function {SEARCHES} is registered: see docs/data.md.\n"
    return head + "".join(map(_macro, filter(_searches, dataset.metadata.queries)))


def _searches(query: Query) -> bool:
    return SEARCHES in query.sql


def _macro(query: Query) -> str:
    """Return a query as a macro; a parameter that is left out is empty, as on the site."""
    params = ", ".join(f"{name} := ''" for name in query.params)
    sql = _FALLBACK.sub(r"coalesce(cast(\1 as text), '", _PARAMETER.sub("", query.sql))
    return (
        f"\n-- {query.title}. {query.description}\n"
        f"create or replace macro {query.name}({params}) as table\n{indent(sql, '    ')};\n"
    )
