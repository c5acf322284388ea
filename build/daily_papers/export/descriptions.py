"""Reads from metadata.yml what the export says of tables, columns and queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from bs4 import BeautifulSoup

from daily_papers.database import schema

DATABASE = "papers"
_INTERNAL = "search_"  # tables that only search reads are no data


class ExportError(Exception):
    """What cannot be exported, or not to there; its text says why in a sentence."""


@dataclass(frozen=True)
class Query:
    """A canned query: what it answers, its parameters, and its SQL."""

    name: str
    title: str
    description: str
    params: tuple[str, ...]
    sql: str


@dataclass(frozen=True)
class Described:
    """What is said of the data; `tables` and `columns` hold a text for each that is exported, by
    the name of the table and, for columns, their own."""

    title: str
    description: str
    license: str
    source: str
    source_url: str
    tables: Mapping[str, str]
    columns: Mapping[str, Mapping[str, str]]
    queries: tuple[Query, ...]


TABLES = tuple(table for table in schema.TABLES if not table.name.startswith(_INTERNAL))


def described(path: Path) -> Described:
    """Read metadata.yml.

    Raises:
        ExportError: it is none, or does not describe every table and column.
    """
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
        of_papers = told["databases"][DATABASE]
        tables = {table.name: of_papers["tables"][table.name] for table in TABLES}
        return Described(
            title=str(told["title"]),
            description=" ".join(str(told["description"]).split()),
            license=str(of_papers["license"]),
            source=str(of_papers["source"]),
            source_url=str(of_papers["source_url"]),
            tables={name: _words(one) for name, one in tables.items()},
            columns={
                table.name: {
                    column.name: str(tables[table.name]["columns"][column.name])
                    for column in table.columns
                }
                for table in TABLES
            },
            queries=tuple(_query(*one) for one in of_papers["queries"].items()),
        )
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ExportError(f"{path}: no YAML: {' '.join(str(error).split())}") from error
    except KeyError as error:
        raise ExportError(f"{path}: it says nothing of {error}") from error
    except (TypeError, AttributeError) as error:
        raise ExportError(f"{path}: it does not describe the database {DATABASE}") from error


def _query(name: str, told: Mapping[str, Any]) -> Query:
    params = tuple(told.get("params", ()))
    return Query(name, str(told["title"]), _words(told), params, str(told["sql"]))


def _words(told: Mapping[str, Any]) -> str:
    """Return a description as text on one line: without links and markup, and without what is said
    of the site only."""
    html = told.get("description_html") or told["description"]
    parsed = BeautifulSoup(str(html), "html.parser")
    for one in parsed.select(".site"):
        one.decompose()
    return " ".join(parsed.get_text().split())
