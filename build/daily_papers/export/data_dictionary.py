"""Writes DICTIONARY.md: every table and column in words."""

from collections.abc import Iterator

from daily_papers.database.columns import Column
from daily_papers.export.column_types import column_type
from daily_papers.export.content import Content
from daily_papers.export.table_files import Written
from daily_papers.site.views.text_tables import markdown

_COLUMNS = ("column", "type", "empty", "values", "meaning")


def dictionary(content: Content) -> str:
    """Return DICTIONARY.md."""
    schema = content.build["schema_version"]
    parts = [
        f"# {content.said.title}: data dictionary\n\nSchema version {schema}. Types are those of"
        " Parquet; CSV has a date as YYYY-MM-DD, a boolean as 1 or 0, and a list as a JSON array.\n"
    ]
    parts.extend(_table(content, one) for one in content.tables)
    return "\n".join(parts)


def _table(content: Content, one: Written) -> str:
    name = one.table.name
    about = content.said.columns[name]
    key = ", ".join(f"`{column}`" for column in one.table.primary_key)
    rows = (
        (
            column.name,
            column_type(column).parquet,
            "" if column.required else "may be",
            "; ".join(_limits(column)),
            about[column.name],
        )
        for column in one.table.columns
    )
    return (
        f"## {name}\n\n{content.said.tables[name]}\n\n"
        f"{one.rows:,} rows; the key is {key}. `{one.parquet.path}`, `{one.csv.path}`\n\n"
        f"{markdown(_COLUMNS, rows)}"
    )


def _limits(column: Column) -> Iterator[str]:
    known = column.table_schema()
    if column.references:
        yield f"{column.references}.id"
    if "enum" in known:
        yield ", ".join(known["enum"])
    if "minimum" in known:
        yield f"from {known['minimum']}" + (f" to {known['maximum']}" if "maximum" in known else "")
    if "pattern" in known:
        yield f"like {known['pattern']}"
