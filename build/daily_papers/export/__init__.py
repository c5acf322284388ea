"""Writes a database as files for other tools: Parquet, CSV, and what describes them.

It needs the extra `export`, so nothing but the command imports it.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa

from daily_papers.database import schema
from daily_papers.export import (
    croissant,
    data_dictionary,
    datapackage,
    dataset_card,
    descriptions,
    duckdb_macros,
    table_files,
)
from daily_papers.export.atomic_folder import SUMS, replaced
from daily_papers.export.content import Content, Issue
from daily_papers.export.descriptions import ExportError

__all__ = ["Content", "ExportError", "Issue", "export"]


def export(database: Path, folder: Path, metadata: Path, issue: Issue) -> Content:
    """Export a database into a folder, which is put in place when it is whole.

    The same database, metadata and issue give the same bytes, with the same version of pyarrow.

    Raises:
        ExportError: the database is none of this version's, the metadata do not describe it, the
            folder is none of ours, or another export is writing it.
        OSError: the disk is full, or cannot be written; the folder stands.
    """
    said = descriptions.described(metadata)
    with replaced(folder) as place, closing(_opened(database)) as connection:
        try:
            written = tuple(_write(connection, said, place))
            build = dict(connection.execute("select name, value from build_info order by name"))
        except (sqlite3.Error, ExportError) as error:
            raise ExportError(f"{database}: {error}") from error
        content = Content(issue, said, written, build)
        _describe(content, place)
    return content


def _opened(path: Path) -> sqlite3.Connection:
    """Return a database that is only read, all of it as it is now.

    Raises:
        ExportError: it has no tables of this version.
    """
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        connection.execute("begin")
        (version,) = connection.execute("pragma user_version").fetchone()
        found = {
            table.name: [row[1] for row in connection.execute(f"pragma table_info({table.name})")]
            for table in descriptions.TABLES
        }
    except sqlite3.Error as error:
        raise ExportError(f"{path}: {error}") from error
    declared = {
        table.name: [column.name for column in table.columns] for table in descriptions.TABLES
    }
    if version != schema.MAJOR or found != declared:
        wrong = [name for name in declared if found[name] != declared[name]]
        problem = f"in {', '.join(wrong)}" if wrong else f"it is of version {version}"
        raise ExportError(
            f"{path}: not a database of schema {schema.VERSION} ({problem}); build it again"
        )
    return connection


def _write(
    connection: sqlite3.Connection, said: descriptions.Described, place: Path
) -> Iterator[table_files.Written]:
    for table in descriptions.TABLES:
        about, columns = said.tables[table.name], said.columns[table.name]
        try:
            yield table_files.write(connection, table, about, columns, place)
        except (pa.ArrowException, ValueError) as error:
            problem = f"{table.name} has a value that is none of its column's type: {error}"
            raise ExportError(problem) from error


def _describe(content: Content, place: Path) -> None:
    """Write what describes the tables, and the sums of all files."""
    texts = {
        "README.md": dataset_card.card(content),
        "DICTIONARY.md": data_dictionary.dictionary(content),
        "croissant.json": _json(croissant.croissant(content)),
        "datapackage.json": _json(datapackage.datapackage(content)),
        "duckdb.sql": duckdb_macros.tables_sql(content),
        "duckdb-search.sql": duckdb_macros.search_sql(content),
    }
    for name, text in texts.items():
        (place / name).write_text(text, encoding="utf-8", newline="\n")
    files = [file for one in content.tables for file in (one.parquet, one.csv)]
    files += [table_files.file(place, name) for name in texts]
    sums = sorted((one.path, f"{one.sha256}  {one.path}\n") for one in files)
    (place / SUMS).write_text("".join(line for _, line in sums), encoding="utf-8")


def _json(description: dict[str, Any]) -> str:
    return json.dumps(description, indent=2, ensure_ascii=False) + "\n"
