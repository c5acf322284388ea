"""Says what each column holds, in the types of Parquet, Table Schema and Croissant."""

import json
import re
from collections.abc import Sequence
from typing import Any, Literal

import pyarrow as pa

from daily_papers.database import schema
from daily_papers.database.writer import Column

Kind = Literal["text", "integer", "real", "flag", "day", "list"]

_BY_CHECK: dict[str | None, Kind] = {
    schema.DAY: "day",
    schema.FLAG: "flag",
    schema.ARRAY: "list",
}
ARROW: dict[Kind, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "real": pa.float64(),
    "flag": pa.bool_(),
    "day": pa.date32(),
    "list": pa.list_(pa.field("element", pa.string(), nullable=False)),
}
TABLE_SCHEMA: dict[Kind, str] = {
    "text": "string",
    "integer": "integer",
    "real": "number",
    "flag": "boolean",
    "day": "date",
    "list": "array",
}
CROISSANT: dict[Kind, str] = {
    "text": "sc:Text",
    "integer": "cr:Int64",
    "real": "cr:Float64",
    "flag": "sc:Boolean",
    "day": "sc:Date",
    "list": "sc:Text",
}
SHOWN: dict[Kind, str] = {
    "text": "string",
    "integer": "int64",
    "real": "double",
    "flag": "boolean",
    "day": "date",
    "list": "list of string",
}

# The checks of columns in the words of Table Schema; of days, flags and arrays the type says it.
CONSTRAINTS: dict[str, dict[str, Any]] = {
    schema.DAY: {},
    schema.FLAG: {},
    schema.ARRAY: {},
    "{0} <> ''": {"minLength": 1},
    "{0} >= 0": {"minimum": 0},
    "{0} > 0": {"minimum": 1},
    "{0} between 0 and 1": {"minimum": 0, "maximum": 1},
    "length({0}) = 64": {"minLength": 64, "maxLength": 64},
    "{0} not glob '*[^a-z0-9-]*' and {0} <> ''": {"pattern": "[a-z0-9-]+"},
    "{0} like 'https://%' or {0} like 'http://%'": {"pattern": "https?://.*"},
}
_ONE_OF = re.compile(r"\{0\} in \('.*'\)")


def kind(column: Column) -> Kind:
    """Tell what a column holds."""
    if column.type == "blob":
        raise ValueError(f"no table with bytes, as in {column.name}, is exported")
    return _BY_CHECK.get(column.check) or column.type


def constraints(column: Column) -> dict[str, Any]:
    """Return what must hold for the values of a column, as Table Schema has it."""
    check = column.check or ""
    known = dict(CONSTRAINTS.get(check, {}))
    if _ONE_OF.fullmatch(check):
        known["enum"] = re.findall(r"'([^']*)'", check)
    return {"required": True, **known} if column.required else known


def array(column: Column, values: Sequence[Any]) -> pa.Array:
    """Return values, as SQLite has them, as an array of the column's type."""
    held = kind(column)
    if held == "day":
        return pa.array(values, pa.string()).cast(ARROW[held])
    if held == "flag":
        return pa.array(values, pa.int8()).cast(ARROW[held])
    if held == "list":
        values = [None if one is None else json.loads(one) for one in values]
    return pa.array(values, ARROW[held])
