"""Describes an export as a Frictionless Data Package, with a Table Schema for each CSV."""

from typing import Any

from daily_papers.database.columns import Column, Table
from daily_papers.export.column_types import column_type
from daily_papers.export.content import NAME, Dataset
from daily_papers.export.table_files import CSV, PARQUET, ExportedTable, File

Json = dict[str, Any]


def datapackage(dataset: Dataset) -> Json:
    """Return datapackage.json."""
    metadata, publication = dataset.metadata, dataset.publication
    return {
        "name": NAME,
        "title": metadata.title,
        "description": metadata.description,
        "version": dataset.version,
        "schema_version": dataset.build["schema_version"],
        "licenses": [{"title": metadata.license, "path": "README.md"}],
        "sources": [{"title": metadata.source, "path": metadata.source_url}],
        "citation": dataset.citation,
        **({"homepage": publication.url} if publication.url else {}),
        **({"created": f"{publication.day}T00:00:00Z"} if publication.day else {}),
        "resources": [
            *map(_csv, dataset.tables),
            *(
                _resource(f"{table.name}-parquet", table, table.parquet, "file", PARQUET)
                for table in dataset.tables
            ),
        ],
    }


def _csv(table: ExportedTable) -> Json:
    return {
        **_resource(table.name, table, table.csv, "table", CSV),
        "encoding": "utf-8",
        "dialect": {"csv": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"'}},
        "schema": _schema(table.declared),
        "rows": table.row_count,
    }


def _resource(name: str, table: ExportedTable, file: File, kind: str, media_type: str) -> Json:
    return {
        "name": name,
        "title": table.name,
        "description": table.description,
        "path": file.path,
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
        "type": kind,
        "scheme": "file",
        "format": file.path.rpartition(".")[2],
        "mediatype": media_type,
    }


def _schema(table: Table) -> Json:
    keys = [
        {
            "fields": [column.name],
            # An empty name refers to the table itself.
            "reference": {
                "resource": "" if column.references == table.name else column.references,
                "fields": ["id"],
            },
        }
        for column in table.columns
        if column.references
    ]
    return {
        "fields": [_field(column) for column in table.columns],
        "primaryKey": list(table.primary_key),
        **({"foreignKeys": keys} if keys else {}),
    }


def _field(column: Column) -> Json:
    # An empty cell is an empty text where a text cannot be null, elsewhere it is null.
    is_text = column.kind == "text" and column.required
    return {
        "name": column.name,
        "type": column_type(column).table_schema,
        "description": column.description,
        "constraints": column.table_schema(),
        **({"missingValues": []} if is_text else {}),
    }
