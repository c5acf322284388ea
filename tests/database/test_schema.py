"""The tables as they are declared."""

import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import frictionless
import pytest

from daily_papers import records
from daily_papers.database import columns, schema
from daily_papers.database.columns import Constraint, Table
from daily_papers.database.schema import TABLES
from daily_papers.vocabulary import TYPES
from tests.conftest import ROOT


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_database_has_the_table_as_declared(database: Path, table: Table) -> None:
    with sqlite3.connect(database) as db:
        real = db.execute(f"pragma table_info({table.name})").fetchall()
        (strict,) = db.execute(
            "select strict from pragma_table_list where name = ?", [table.name]
        ).fetchone()
        references = {
            (row[3], row[2], row[4])
            for row in db.execute(f"pragma foreign_key_list({table.name})").fetchall()
        }
    assert [(name, kind.lower()) for _, name, kind, *_ in real] == [
        (column.name, column.type) for column in table.columns
    ]
    assert strict == 1
    keys = sorted((position, name) for _, name, _, _, _, position in real if position)
    assert [name for _, name in keys] == list(table.primary_key)
    assert references == {
        (column.name, column.references, "id") for column in table.columns if column.references
    }


def test_every_reference_can_be_followed_back_by_an_index() -> None:
    for table in TABLES:
        for column in table.columns:
            if column.references:
                first = {key[0] for key in (table.primary_key, *table.indexes)}
                assert column.index or column.name in first, column


def test_a_match_in_the_title_ranks_above_one_in_the_abstract(database: Path) -> None:
    with sqlite3.connect(database) as db:
        (first,) = db.execute(
            "select title from papers_fts where papers_fts match 'speculative' order by rank"
        ).fetchone()
        (title_only, anywhere) = db.execute(
            "select sum(title like '%speculative%'), count(*) from papers_fts"
            " where papers_fts match 'speculative'"
        ).fetchone()
    assert "speculative" in first.lower()
    assert 0 < title_only < anywhere


def test_the_types_of_papers_are_those_of_the_vocabulary() -> None:
    assert schema.Paper.table.column("type").values == list(TYPES.all)


CONSTRAINTS: list[tuple[Constraint, list[object], list[object]]] = [
    (columns.NOT_EMPTY, ["x"], [""]),
    (columns.COUNT, [0, 7], [-1]),
    (columns.POSITIVE, [1], [0, -1]),
    (columns.PERCENT, [0, 100], [-1, 101]),
    (columns.SHARE, [0.0, 0.5, 1.0], [-0.1, 1.1]),
    (columns.SHA256, [64 * "0"], [63 * "0", 65 * "0"]),
    (columns.SLUG, ["a-2"], ["", "A", "a b", "é"]),
    (columns.WEB_ADDRESS, ["https://a.org", "http://a.org"], ["ftp://a.org", "see https://a.org"]),
    (columns.one_of("up to", "about"), ["about"], ["", "up"]),
]
TYPES_OF_FIELDS = {str: "string", int: "integer", float: "number"}


@pytest.mark.parametrize(
    ("constraint", "value", "is_valid"),
    [
        (constraint, value, is_valid)
        for constraint, valid, invalid in CONSTRAINTS
        for is_valid, values in ((True, valid), (False, invalid))
        for value in values
    ],
)
def test_sql_and_table_schema_have_the_same_constraint(
    constraint: Constraint, value: object, is_valid: bool
) -> None:
    descriptor: dict[str, Any] = {
        "name": "x",
        "type": TYPES_OF_FIELDS[type(value)],
        "constraints": constraint.table_schema,
        "missingValues": [],
    }
    _, errors = frictionless.Schema.from_descriptor({"fields": [descriptor]}).read_cells([value])
    with sqlite3.connect(":memory:") as db:
        (by_sql,) = db.execute(f"select {constraint.sql.format('x')} from (select ? as x)", [value])
    assert (bool(by_sql[0]), not any(errors)) == (is_valid, is_valid)


def test_every_constraint_is_tested_above() -> None:
    tested = [constraint for constraint, *_ in CONSTRAINTS]
    for table in TABLES:
        for column in table.columns:
            assert column.values or column.declared in (None, *tested), column


ROWS = """
from daily_papers.database.schema import Author, Metric, PaperTopic
Author(id="a", name="A")
Author(id="a")
Author(id="a", name="A", nam="A")
Author(id=1, name="A")
Author(id="a", name=None)
Metric(id="m", name="M", description="", better=None)
Metric(id="m", name="M", description="", better="up")
PaperTopic(paper_id="p", paper_year=None)
PaperTopic(paper_id="p", paper_year=None, topic="t")
"""


def test_mypy_notices_a_missing_a_misnamed_and_an_ill_typed_column(tmp_path: Path) -> None:
    (tmp_path / "rows.py").write_text(ROWS)
    command = [sys.executable, "-m", "mypy", "--no-error-summary", tmp_path / "rows.py"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    errors = re.findall(r"py:(\d+): error: (.+)", result.stdout)
    assert [(int(line), text) for line, text in errors] == [
        (4, 'Missing named argument "name" for "Author"  [call-arg]'),
        (5, 'Unexpected keyword argument "nam" for "Author"; did you mean "name"?  [call-arg]'),
        (6, 'Argument "id" to "Author" has incompatible type "int"; expected "str"  [arg-type]'),
        (7, 'Argument "name" to "Author" has incompatible type "None"; expected "str"  [arg-type]'),
        (
            9,
            'Argument "better" to "Metric" has incompatible type "Literal[\'up\']";'
            " expected \"Literal['higher', 'lower'] | None\"  [arg-type]",
        ),
        (10, 'Missing named argument "topic" for "PaperTopic"  [call-arg]'),
        (
            11,
            'Argument "topic" to "PaperTopic" has incompatible type "str"; expected "PaperTopic"'
            "  [arg-type]",
        ),
    ]


def test_a_column_that_the_record_does_not_have_cannot_be_declared() -> None:
    with pytest.raises(KeyError, match="nam"):

        class Group(columns.Row, name="groups"):
            group: records.Organization = columns.columns_of(nam=columns.column("Its name"))
