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
from daily_papers.export.content import Dataset, Publication
from daily_papers.export.descriptions import TABLES, ExportError

__all__ = ["Dataset", "ExportError", "Publication", "export"]


def export(database: Path, folder: Path, metadata_file: Path, publication: Publication) -> Dataset:
    """Export a database into a folder, which is put in place when it is whole.

    The same arguments give the same bytes, with the same version of pyarrow.

    Raises:
        ExportError: the database is not of this schema, the metadata do not describe it, the
            folder has files of something else, or another export is writing it.
        OSError: the disk is full, or cannot be written; the folder stays as it was.
    """
    metadata = descriptions.read(metadata_file)
    with replaced(folder) as new_folder, closing(_connect(database)) as connection:
        try:
            tables = tuple(_tables(connection, metadata, new_folder))
            build = dict(connection.execute("select name, value from build_info order by name"))
        except (sqlite3.Error, ExportError) as error:
            raise ExportError(f"{database}: {error}") from error
        dataset = Dataset(publication, metadata, tables, build)
        _describe(dataset, new_folder)
    return dataset


def _connect(path: Path) -> sqlite3.Connection:
    """Return a read-only connection, in a transaction that sees the database as it is now.

    Raises:
        ExportError: it does not have the tables of this version.
    """
    declared = {table.name: [column.name for column in table.columns] for table in TABLES}
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        connection.execute("begin")
        (version,) = connection.execute("pragma user_version").fetchone()
        real = {
            name: [row[1] for row in connection.execute(f"pragma table_info({name})")]
            for name in declared
        }
    except sqlite3.Error as error:
        raise ExportError(f"{path}: {error}") from error
    if version != schema.MAJOR or real != declared:
        wrong = [name for name in declared if real[name] != declared[name]]
        problem = f"in {', '.join(wrong)}" if wrong else f"it is of version {version}"
        raise ExportError(
            f"{path}: not a database of schema {schema.VERSION} ({problem}); build it again"
        )
    return connection


def _tables(
    connection: sqlite3.Connection, metadata: descriptions.Metadata, folder: Path
) -> Iterator[table_files.ExportedTable]:
    for table in TABLES:
        try:
            yield table_files.write(connection, table, metadata.tables[table.name], folder)
        except (pa.ArrowException, ValueError) as error:
            problem = f"{table.name} has a value that is none of its column's type: {error}"
            raise ExportError(problem) from error


def _describe(dataset: Dataset, folder: Path) -> None:
    """Write the files that describe the tables, and the hashes of all files."""
    texts = {
        "README.md": dataset_card.card(dataset),
        "DICTIONARY.md": data_dictionary.dictionary(dataset),
        "croissant.json": _json(croissant.croissant(dataset)),
        "datapackage.json": _json(datapackage.datapackage(dataset)),
        "duckdb.sql": duckdb_macros.tables_sql(dataset),
        "duckdb-search.sql": duckdb_macros.search_sql(dataset),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    files = [file for table in dataset.tables for file in (table.parquet, table.csv)]
    files += [table_files.file(folder, name) for name in texts]
    sums = sorted((file.path, f"{file.sha256}  {file.path}\n") for file in files)
    (folder / SUMS).write_text("".join(line for _, line in sums), encoding="utf-8")


def _json(description: dict[str, Any]) -> str:
    return json.dumps(description, indent=2, ensure_ascii=False) + "\n"
