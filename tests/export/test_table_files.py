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
from daily_papers.export import Issue, export, table_files
from daily_papers.export.content import Content
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
    return sorted(rows, key=lambda row: tuple(row[names.index(one)] for one in table.primary_key))


def typed(column: Column, value: Any) -> Any:
    """What a value of the database is in Parquet."""
    if value is None:
        return None
    made = {"day": date.fromisoformat, "flag": bool, "list": json.loads}
    return made.get(column.kind, lambda same: same)(value)


@EACH
def test_parquet_has_the_rows_typed_and_in_the_order_of_the_key(
    database: sqlite3.Connection, exported: Path, table: Table
) -> None:
    read = parquet.read_table(exported / "parquet" / f"{table.name}.parquet").to_pylist()
    expected = [
        {column.name: typed(column, one) for column, one in zip(table.columns, row, strict=True)}
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
        ["" if one is None else str(one) for one in row] for row in rows_of(database, table)
    ]
    assert path.read_bytes().count(b"\r\n") == len(read) + 1


def test_every_table_but_those_of_search_is_there(exported: Path) -> None:
    names = {table.name for table in schema.TABLES if not table.name.startswith("search_")}
    for kind in ("parquet", "csv"):
        assert {path.stem for path in (exported / kind).iterdir()} == names
    assert {table.name for table in schema.TABLES} - names == {
        "search_terms",
        "search_words",
        "search_columns",
        "search_names",
    }


@EACH
def test_the_schema_has_types_descriptions_and_the_key(
    exported: Path, table: Table, metadata: Mapping[str, Any]
) -> None:
    told = metadata["databases"]["papers"]["tables"][table.name]
    read = parquet.read_schema(exported / "parquet" / f"{table.name}.parquet")
    assert json.loads(read.metadata[b"primary_key"]) == list(table.primary_key)
    assert read.metadata[b"description"].decode().startswith("One row is a")
    for field, column in zip(read, table.columns, strict=True):
        assert field.metadata[b"description"].decode() == told["columns"][column.name]
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
    full: Path, content: Content, tmp_path: Path
) -> None:
    again = export(full, tmp_path / "export", ROOT / "metadata.yml", Issue())
    assert again == content  # with the hashes of all tables
    assert (tmp_path / "export" / "SHA256SUMS").read_text().count("\n") == 2 * len(TABLES) + 6


def test_no_more_than_a_row_group_is_held(
    full: Path, content: Content, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_files, "ROW_GROUP", 100)
    monkeypatch.setattr(table_files, "_LOT", 50)
    asked: list[int] = []
    one_batch = table_files._batch
    monkeypatch.setattr(
        table_files, "_batch", lambda *given: asked.append(len(given[2])) or one_batch(*given)
    )
    export(full, tmp_path / "export", ROOT / "metadata.yml", Issue())
    written = parquet.ParquetFile(tmp_path / "export" / "parquet" / "papers.parquet")
    groups = [written.metadata.row_group(at).num_rows for at in range(written.num_row_groups)]
    assert groups == [100, 100, 100, content.paper_count - 300]
    assert max(asked) == 50
    (key,) = written.metadata.row_group(0).sorting_columns
    assert written.schema_arrow.names[key.column_index] == "id"
