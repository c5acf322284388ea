"""Describes an export as a Frictionless Data Package, with a Table Schema for each CSV."""

from collections.abc import Mapping
from typing import Any

from daily_papers.database.columns import Column, Table
from daily_papers.export.column_types import column_type
from daily_papers.export.content import NAME, Content
from daily_papers.export.descriptions import Described
from daily_papers.export.table_files import CSV, PARQUET, File, Written

Json = dict[str, Any]


def datapackage(content: Content) -> Json:
    """Return datapackage.json."""
    said = content.said
    return {
        "name": NAME,
        "title": said.title,
        "description": said.description,
        "version": content.version,
        "schema_version": content.build["schema_version"],
        "licenses": [{"title": said.license, "path": "README.md"}],
        "sources": [{"title": said.source, "path": said.source_url}],
        "citation": content.citation,
        **({"homepage": content.issue.url} if content.issue.url else {}),
        **({"created": f"{content.issue.day}T00:00:00Z"} if content.issue.day else {}),
        "resources": [
            *(_table(said, one) for one in content.tables),
            *(_file(said, one) for one in content.tables),
        ],
    }


def _table(said: Described, one: Written) -> Json:
    return {
        **_resource(one.table.name, said, one, one.csv),
        "type": "table",
        "scheme": "file",
        "format": "csv",
        "mediatype": CSV,
        "encoding": "utf-8",
        "dialect": {"csv": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"'}},
        "schema": _schema(one.table, said.columns[one.table.name]),
        "rows": one.rows,
    }


def _file(said: Described, one: Written) -> Json:
    return {
        **_resource(f"{one.table.name}-parquet", said, one, one.parquet),
        "type": "file",
        "scheme": "file",
        "format": "parquet",
        "mediatype": PARQUET,
    }


def _resource(name: str, said: Described, one: Written, file: File) -> Json:
    return {
        "name": name,
        "title": one.table.name,
        "description": said.tables[one.table.name],
        "path": file.path,
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
    }


def _schema(table: Table, columns: Mapping[str, str]) -> Json:
    keys = [
        {
            "fields": [column.name],
            # A table that refers to itself says so by an empty name.
            "reference": {
                "resource": "" if column.references == table.name else column.references,
                "fields": ["id"],
            },
        }
        for column in table.columns
        if column.references
    ]
    return {
        "fields": [_field(column, columns[column.name]) for column in table.columns],
        "primaryKey": list(table.primary_key),
        **({"foreignKeys": keys} if keys else {}),
    }


def _field(column: Column, about: str) -> Json:
    described: Json = {
        "name": column.name,
        "type": column_type(column).table_schema,
        "description": about,
        "constraints": column.table_schema(),
    }
    if column.kind == "text" and column.required:
        described["missingValues"] = []  # an empty cell is an empty text here, elsewhere it is null
    return described
