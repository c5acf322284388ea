"""Describes an export as Croissant 1.1, JSON-LD for programs that load data sets.

What refers to what is left to the data package: mlcroissant would join the tables for it.
Source: https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html
"""

from typing import Any

from daily_papers.database.columns import Column
from daily_papers.export.column_types import column_type
from daily_papers.export.content import NAME, Content
from daily_papers.export.table_files import CSV, File, Written

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


def croissant(content: Content) -> Json:
    """Return croissant.json; the tables are read from their Parquet files."""
    said = content.said
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": NAME,
        "alternateName": said.title,
        "description": said.description,
        "version": content.version,
        "license": said.license,
        "citeAs": content.citation,
        "isBasedOn": said.source_url,
        **({"url": content.issue.url} if content.issue.url else {}),
        **({"datePublished": content.issue.day.isoformat()} if content.issue.day else {}),
        "inLanguage": "en",
        "distribution": [
            described
            for one in content.tables
            for described in (
                _file(one.parquet, "application/x-parquet"),
                _file(one.csv, CSV),
            )
        ],
        "recordSet": [_record_set(content, one) for one in content.tables],
    }


def _file(one: File, encoding: str) -> Json:
    return {
        "@type": "cr:FileObject",
        "@id": one.path,
        "name": one.path.rpartition("/")[2],
        "contentUrl": one.path,
        "contentSize": f"{one.size} B",
        "encodingFormat": encoding,
        "sha256": one.sha256,
    }


def _record_set(content: Content, one: Written) -> Json:
    name, columns = one.table.name, content.said.columns[one.table.name]
    key = [{"@id": f"{name}/{column}"} for column in one.table.primary_key]
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": content.said.tables[name],
        "key": key[0] if len(key) == 1 else key,
        "field": [_field(one, column, columns[column.name]) for column in one.table.columns],
    }


def _field(one: Written, column: Column, about: str) -> Json:
    described: Json = {
        "@type": "cr:Field",
        "@id": f"{one.table.name}/{column.name}",
        "name": column.name,
        "description": about,
        "dataType": column_type(column).croissant,
        "source": {
            "fileObject": {"@id": one.parquet.path},
            "extract": {"column": column.name},
        },
    }
    if column.kind == "list":
        described |= {"isArray": True, "arrayShape": "-1"}
    return described
