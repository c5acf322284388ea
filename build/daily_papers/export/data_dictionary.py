"""Writes DICTIONARY.md: every table and column in words."""

from collections.abc import Iterator

from daily_papers.database.columns import Column
from daily_papers.export.column_types import column_type
from daily_papers.export.content import Dataset
from daily_papers.export.table_files import ExportedTable
from daily_papers.site.views.text_tables import markdown

_COLUMNS = ("column", "type", "empty", "values", "meaning")


def dictionary(dataset: Dataset) -> str:
    """Return DICTIONARY.md."""
    head = (
        f"# {dataset.metadata.title}: data dictionary\n\n"
        f"Schema version {dataset.build['schema_version']}. Types are those of"
        " Parquet; CSV has a date as YYYY-MM-DD, a boolean as 1 or 0, and a list as a JSON array.\n"
    )
    return "\n".join([head, *map(_table, dataset.tables)])


def _table(table: ExportedTable) -> str:
    key = ", ".join(f"`{column}`" for column in table.declared.primary_key)
    rows = (
        (
            column.name,
            column_type(column).parquet,
            "" if column.required else "may be",
            "; ".join(_limits(column)),
            column.description,
        )
        for column in table.declared.columns
    )
    return (
        f"## {table.name}\n\n{table.description}\n\n{table.row_count:,} rows; the key is {key}."
        f" `{table.parquet.path}`, `{table.csv.path}`\n\n{markdown(_COLUMNS, rows)}"
    )


def _limits(column: Column) -> Iterator[str]:
    limits = column.table_schema()
    if column.references:
        yield f"{column.references}.id"
    if column.values:
        yield ", ".join(column.values)
    if "minimum" in limits:
        to_maximum = f" to {limits['maximum']}" if "maximum" in limits else ""
        yield f"from {limits['minimum']}{to_maximum}"
    if "pattern" in limits:
        yield f"like {limits['pattern']}"
