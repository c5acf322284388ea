"""Describes an export as Croissant 1.1, JSON-LD for programs that load datasets.

References between tables are in the data package only: mlcroissant would join the tables.
Source: https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html
"""

from typing import Any

from daily_papers.database.columns import Column
from daily_papers.export.column_types import column_type
from daily_papers.export.content import NAME, Dataset
from daily_papers.export.table_files import CSV, ExportedTable, File

Json = dict[str, Any]

_TERMS = (
    "arrayShape citeAs column containedIn equivalentProperty extract field fileProperty fileObject"
    " fileSet format includes isArray isLiveDataset jsonPath key md5 parentField path recordSet"
    " references regex repeated replace samplingRate separator source subField transform"
)
_CONTEXT: Json = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "description": {"@container": "@language"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    **{term: f"cr:{term}" for term in _TERMS.split()},
}


def croissant(dataset: Dataset) -> Json:
    """Return croissant.json; the tables are read from their Parquet files."""
    metadata, publication = dataset.metadata, dataset.publication
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": NAME,
        "alternateName": metadata.title,
        "description": metadata.description,
        "version": dataset.version,
        "license": metadata.license,
        "citeAs": dataset.citation,
        "isBasedOn": metadata.source_url,
        **({"url": publication.url} if publication.url else {}),
        **({"datePublished": publication.day.isoformat()} if publication.day else {}),
        "inLanguage": "en",
        "distribution": [
            _file(file, encoding)
            for table in dataset.tables
            for file, encoding in ((table.parquet, "application/x-parquet"), (table.csv, CSV))
        ],
        "recordSet": [_record_set(table) for table in dataset.tables],
    }


def _file(file: File, encoding: str) -> Json:
    return {
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path.rpartition("/")[2],
        "contentUrl": file.path,
        "contentSize": f"{file.size} B",
        "encodingFormat": encoding,
        "sha256": file.sha256,
    }


def _record_set(table: ExportedTable) -> Json:
    key = [{"@id": f"{table.name}/{column}"} for column in table.declared.primary_key]
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.description,
        "key": key[0] if len(key) == 1 else key,
        "field": [_field(table, column) for column in table.declared.columns],
    }


def _field(table: ExportedTable, column: Column) -> Json:
    return {
        "@type": "cr:Field",
        "@id": f"{table.name}/{column.name}",
        "name": column.name,
        "description": column.description,
        "dataType": column_type(column).croissant,
        "source": {
            "fileObject": {"@id": table.parquet.path},
            "extract": {"column": column.name},
        },
        **({"isArray": True, "arrayShape": "-1"} if column.kind == "list" else {}),
    }
