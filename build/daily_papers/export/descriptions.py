"""Reads the descriptions of tables and queries from metadata.yml."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from bs4 import BeautifulSoup

from daily_papers.database import schema

DATABASE = "papers"
_INTERNAL = "search_"  # tables that only search reads are not exported


class ExportError(Exception):
    """A database that cannot be exported, or not into that folder; the text says why."""


@dataclass(frozen=True)
class Query:
    """A canned query: what it answers, its parameters, and its SQL."""

    name: str
    title: str
    description: str
    params: tuple[str, ...]
    sql: str


@dataclass(frozen=True)
class Metadata:
    """What metadata.yml says of the data; `tables` has a description of each exported table."""

    title: str
    description: str
    license: str
    source: str
    source_url: str
    tables: Mapping[str, str]
    queries: tuple[Query, ...]


TABLES = tuple(table for table in schema.TABLES if not table.name.startswith(_INTERNAL))


def read(path: Path) -> Metadata:
    """Read metadata.yml.

    Raises:
        ExportError: it is no YAML, or does not describe every table.
    """
    try:
        metadata = yaml.safe_load(path.read_text(encoding="utf-8"))
        database = metadata["databases"][DATABASE]
        tables = {table.name: database["tables"][table.name] for table in TABLES}
        return Metadata(
            title=str(metadata["title"]),
            description=" ".join(str(metadata["description"]).split()),
            license=str(metadata["license"]),
            source=str(metadata["source"]),
            source_url=str(metadata["source_url"]),
            tables={name: _text(table) for name, table in tables.items()},
            queries=tuple(_query(*item) for item in database["queries"].items()),
        )
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ExportError(f"{path}: no YAML: {' '.join(str(error).split())}") from error
    except KeyError as error:
        raise ExportError(f"{path}: it says nothing of {error}") from error
    except (TypeError, AttributeError) as error:
        raise ExportError(f"{path}: it does not describe the database {DATABASE}") from error


def _query(name: str, query: Mapping[str, Any]) -> Query:
    params = tuple(query.get("params", ()))
    return Query(name, str(query["title"]), _text(query), params, str(query["sql"]))


def _text(described: Mapping[str, Any]) -> str:
    """Return the description of a table or query as one line of text, without links and markup, and
    without what concerns the site only."""
    html = described.get("description_html") or described["description"]
    parsed = BeautifulSoup(str(html), "html.parser")
    for element in parsed.select(".site"):
        element.decompose()
    return " ".join(parsed.get_text().split())
