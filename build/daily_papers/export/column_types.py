"""Names the types of columns in Parquet, Table Schema and Croissant."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import pyarrow as pa

from daily_papers.database.columns import Column, Kind


class ColumnType(NamedTuple):
    """What a kind of column is called in each format; `parquet` is its name for people."""

    arrow: pa.DataType
    parquet: str
    table_schema: str
    croissant: str


_LIST = pa.list_(pa.field("element", pa.string(), nullable=False))
_TYPES: dict[Kind, ColumnType] = {
    "text": ColumnType(pa.string(), "string", "string", "sc:Text"),
    "integer": ColumnType(pa.int64(), "int64", "integer", "cr:Int64"),
    "real": ColumnType(pa.float64(), "double", "number", "cr:Float64"),
    "flag": ColumnType(pa.bool_(), "boolean", "boolean", "sc:Boolean"),
    "day": ColumnType(pa.date32(), "date", "date", "sc:Date"),
    "list": ColumnType(_LIST, "list of string", "array", "sc:Text"),
}


def column_type(column: Column) -> ColumnType:
    """Return the type of a column.

    Raises:
        KeyError: it holds bytes, which no table of an export does.
    """
    return _TYPES[column.kind]


def array(column: Column, values: Sequence[Any]) -> pa.Array:
    """Return values, as SQLite has them, as an array of the column's type."""
    arrow = column_type(column).arrow
    if column.kind == "day":
        return pa.array(values, pa.string()).cast(arrow)
    if column.kind == "flag":
        return pa.array(values, pa.int8()).cast(arrow)
    if column.kind == "list":
        values = [None if value is None else json.loads(value) for value in values]
    return pa.array(values, arrow)
