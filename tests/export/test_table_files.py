"""The files of the tables: Parquet and CSV have the rows of the database, typed and in order."""

import csv
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from daily_papers.database import schema
from daily_papers.database.columns import Column, Table
from daily_papers.export import Dataset, Publication, export, table_files
from daily_papers.export.descriptions import TABLES
from tests.conftest import ROOT

EACH = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)


@pytest.fixture(scope="module")
def database(full: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(full)) as connection:
        yield connection


def rows_of(database: sqlite3.Connection, table: Table) -> list[tuple[Any, ...]]:
    rows = database.execute(f'select * from "{table.name}"').fetchall()
    names = [column.name for column in table.columns]
    return sorted(rows, key=lambda row: tuple(row[names.index(name)] for name in table.primary_key))


def typed(column: Column, value: Any) -> Any:
    """What a value of the database is in Parquet."""
    if value is None:
        return None
    convert = {"day": date.fromisoformat, "flag": bool, "list": json.loads}
    return convert.get(column.kind, lambda same: same)(value)


@EACH
def test_parquet_has_the_rows_typed_and_in_the_order_of_the_key(
    database: sqlite3.Connection, exported: Path, table: Table
) -> None:
    read = parquet.read_table(exported / "parquet" / f"{table.name}.parquet").to_pylist()
    expected = [
        {
            column.name: typed(column, value)
            for column, value in zip(table.columns, row, strict=True)
        }
        for row in rows_of(database, table)
    ]
    assert expected, "the database has a row in every table"
    assert read == expected
    assert [list(map(type, row.values())) for row in read] == [
        list(map(type, row.values())) for row in expected
    ]


@EACH
def test_csv_has_the_values_as_the_database_has_them(
    database: sqlite3.Connection, exported: Path, table: Table
) -> None:
    path = exported / "csv" / f"{table.name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, *read = csv.reader(file)
    assert header == [column.name for column in table.columns]
    assert read == [
        ["" if value is None else str(value) for value in row] for row in rows_of(database, table)
    ]
    assert path.read_bytes().count(b"\r\n") == len(read) + 1


def test_every_table_but_those_of_search_is_there(exported: Path) -> None:
    names = {table.name for table in schema.TABLES if not table.name.startswith("search_")}
    for folder in ("parquet", "csv"):
        assert {path.stem for path in (exported / folder).iterdir()} == names
    assert {table.name for table in schema.TABLES} - names == {
        "search_terms",
        "search_words",
        "search_columns",
        "search_names",
        "search_vectors",
    }


@EACH
def test_the_schema_has_types_descriptions_and_the_key(
    exported: Path, table: Table, metadata: Mapping[str, Any]
) -> None:
    described = metadata["databases"]["papers"]["tables"][table.name]
    read = parquet.read_schema(exported / "parquet" / f"{table.name}.parquet")
    assert json.loads(read.metadata[b"primary_key"]) == list(table.primary_key)
    assert read.metadata[b"description"].decode().startswith("One row is a")
    for field, column in zip(read, table.columns, strict=True):
        assert field.metadata[b"description"].decode() == described["columns"][column.name]
        assert field.nullable is not column.required


def test_days_flags_and_arrays_have_types_of_their_own(exported: Path) -> None:
    papers = parquet.read_schema(exported / "parquet" / "papers.parquet")
    types = {field.name: str(field.type) for field in papers}
    expected = {
        "title": "string",
        "published_on": "date32[day]",
        "year": "int64",
        "has_code": "bool",
        "topics": "list<element: string not null>",
    }
    assert {name: types[name] for name in expected} == expected
    claims = parquet.read_schema(exported / "parquet" / "claims.parquet")
    assert claims.field("value").type == pa.float64()


def test_the_same_database_gives_the_same_bytes(
    full: Path, dataset: Dataset, tmp_path: Path
) -> None:
    again = export(full, tmp_path / "export", ROOT / "metadata.yml", Publication())
    assert again == dataset  # with the hashes of all tables
    assert (tmp_path / "export" / "SHA256SUMS").read_text().count("\n") == 2 * len(TABLES) + 6


def test_no_more_than_a_row_group_is_held(
    full: Path, dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_files, "ROW_GROUP", 100)
    monkeypatch.setattr(table_files, "_BATCH", 50)
    row_counts: list[int] = []
    record_batch = table_files._record_batch

    def counting(table: Table, schema: pa.Schema, rows: list[tuple[Any, ...]]) -> pa.RecordBatch:
        row_counts.append(len(rows))
        return record_batch(table, schema, rows)

    monkeypatch.setattr(table_files, "_record_batch", counting)
    export(full, tmp_path / "export", ROOT / "metadata.yml", Publication())
    file = parquet.ParquetFile(tmp_path / "export" / "parquet" / "papers.parquet")
    groups = [file.metadata.row_group(index).num_rows for index in range(file.num_row_groups)]
    assert groups == [100, 100, 100, dataset.paper_count - 300]
    assert max(row_counts) == 50
    (key,) = file.metadata.row_group(0).sorting_columns
    assert file.schema_arrow.names[key.column_index] == "id"
