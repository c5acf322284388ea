"""metadata.yml against the real database, both ways."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from daily_papers.schema import TABLES

UNINDEXED = {"format", "shown_on_basis", "file"}  # of dumps: a table of few rows
QUERY_KEYS = {"title", "sql", "hide_sql"}


@pytest.fixture
def described(metadata: dict[str, Any]) -> dict[str, Any]:
    (name,) = metadata["databases"]
    assert name == "papers"
    return dict(metadata["databases"]["papers"])


def test_every_table_and_column_is_described_and_no_other(
    database: Path, described: dict[str, Any]
) -> None:
    with sqlite3.connect(database) as db:
        real = {
            table: {row[1] for row in db.execute(f"pragma table_info({table})")}
            for (table,) in db.execute(
                "select name from pragma_table_list"
                " where schema = 'main' and type in ('table', 'view') and name not like 'sqlite_%'"
            )
        }
    assert {name: set(table["columns"]) for name, table in described["tables"].items()} == real
    assert set(real) == {table.name for table in TABLES}


def test_every_table_says_what_one_row_is(described: dict[str, Any]) -> None:
    for name, table in described["tables"].items():
        text = table.get("description") or table["description_html"]
        assert text.strip().startswith("One row is a"), name
        assert all(len(str(column)) > 5 for column in table["columns"].values()), name


def test_facets_sorts_labels_and_units_name_indexed_columns(described: dict[str, Any]) -> None:
    for table in TABLES:
        shown = described["tables"][table.name]
        indexed = {column.name for column in table.columns if column.index}
        indexed |= {table.primary_key[0], *(columns[0] for columns in table.indexes)}
        named = {shown[key] for key in ("sort", "sort_desc", "label_column") if key in shown}
        facets = shown.get("facets", ())
        named |= {one for one in facets if isinstance(one, str)} - UNINDEXED
        assert named <= indexed | UNINDEXED, table.name
        arrays = {one["array"] for one in facets if isinstance(one, dict)}
        assert arrays <= {"topics", "hardware", "models"}, table.name
        assert set(shown.get("units", ())) <= set(shown["columns"])
        assert len(shown.get("facets", ())) <= 4, table.name


def test_every_query_has_a_title_a_question_and_hidden_sql(described: dict[str, Any]) -> None:
    for name, query in described["queries"].items():
        assert set(query) >= QUERY_KEYS, name
        html = query.get("description") or query["description_html"]
        text = BeautifulSoup(html, "html.parser").get_text()
        assert "?" in text, name
        assert query["hide_sql"] is True, name
        assert query["sql"] == query["sql"].lower() or "'" in query["sql"], name


def test_a_query_with_parameters_links_to_good_examples(described: dict[str, Any]) -> None:
    for name, query in described["queries"].items():
        for parameter in query.get("params", ()):
            assert f"/papers/{name}?{parameter}=" in query["description_html"], name


def test_licence_and_source_are_stated(described: dict[str, Any]) -> None:
    assert described["license"] == "Abstracts belong to their authors; our code is Apache-2.0"
    assert described["source_url"] == "https://huggingface.co/papers"
