"""metadata.yml against the real database, both ways."""

import re
import sqlite3
from collections import Counter
from pathlib import Path
from textwrap import indent

import pytest
import yaml

from daily_papers.database.schema import TABLES
from tests.conftest import METADATA, QUERIES, ROOT, parse_html

UNINDEXED = {"format", "shown_on_basis", "file"}  # of dumps: a table of few rows
QUERY_KEYS = {"title", "sql", "group"}
PATH = ROOT / "metadata.yml"
TEXT = PATH.read_text(encoding="utf-8")
PAPERS = METADATA["databases"]["papers"]


def test_every_table_and_column_is_described_and_no_other(db: sqlite3.Connection) -> None:
    real = {
        table: {row[1] for row in db.execute(f"pragma table_info({table})")}
        for (table,) in db.execute(
            "select name from pragma_table_list"
            " where schema = 'main' and type in ('table', 'view') and name not like 'sqlite_%'"
        )
    }
    assert set(METADATA["databases"]) == {"papers"}
    assert {name: set(table["columns"]) for name, table in PAPERS["tables"].items()} == real
    assert set(real) == {table.name for table in TABLES}


def with_declared_columns(text: str) -> str:
    """The text of metadata.yml, with columns and their descriptions as schema.py declares them."""
    for table in TABLES:
        columns = {column.name: column.description for column in table.columns}
        block = yaml.safe_dump(columns, allow_unicode=True, sort_keys=False, width=10_000)
        head = rf"\n      {table.name}:\n(?: {{8}}.*\n)*?        columns:\n"
        match = re.search(rf"{head}((?: {{10}}.*\n)*)", text)
        assert match, f"metadata.yml has no list of columns of {table.name}"
        text = text[: match.start(1)] + indent(block, 10 * " ") + text[match.end(1) :]
    return text


def test_columns_are_described_as_they_are_declared(request: pytest.FixtureRequest) -> None:
    expected = with_declared_columns(TEXT)
    if request.config.getoption("--rewrite-golden"):
        PATH.write_text(expected, encoding="utf-8")
    assert PATH.read_text(encoding="utf-8") == expected, "schema.py has others: make golden"


def test_facets_are_those_that_are_declared() -> None:
    for table in TABLES:
        facets = PAPERS["tables"][table.name].get("facets", [])
        assert sorted(facets, key=str) == sorted(
            (
                {"array": column.name} if column.kind == "list" else column.name
                for column in table.columns
                if column.facet
            ),
            key=str,
        ), table.name


def test_cards_show_columns_that_their_table_has() -> None:
    for name, table in PAPERS["tables"].items():
        cards = table.get("card_columns", [])
        assert set(cards) <= set(table["columns"]), name
        assert bool(cards) != table.get("hidden", False), name
        assert cards[:1] == [table.get("label_column", cards[0])] if cards else True, name


def test_every_table_says_what_one_row_is() -> None:
    for name, table in PAPERS["tables"].items():
        text = table.get("description") or table["description_html"]
        assert text.strip().startswith("One row is a"), name
        assert all(len(str(column)) > 5 for column in table["columns"].values()), name


# “97 of 100”, “one in six”, “6 %”
_SHARE = re.compile(
    r"\b(?:\d+|one|two|three|four|five|six|seven|eight|nine) (?:in|of|out of)"
    r" (?:\d+|five|six|seven|eight|nine|ten|twenty|a hundred)\b|\d ?(?:%|percent)",
    re.IGNORECASE,
)


@pytest.mark.parametrize("words", ["97 of 100", "about one in six", "right for only six in ten"])
def test_a_share_is_known_by_its_words(words: str) -> None:
    assert _SHARE.search(words)


def test_how_often_the_facts_are_right_stands_in_docs_only() -> None:
    """docs/facts.md has the figures as they are measured; copies would be outdated."""
    for name, table in PAPERS["tables"].items():
        description = table.get("description") or table["description_html"]
        for text in (description, *table["columns"].values()):
            assert not _SHARE.search(text), name
    tables = PAPERS["tables"]
    assert "/about#quality" in tables["claims"]["description_html"]
    assert "/about#quality" in tables["paper_topics"]["description_html"]
    assert "About this data" in tables["papers"]["columns"]["type"]


PAGES = [PATH, *sorted((ROOT / "templates").iterdir())]


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_pages_say_alike_how_facts_are_extracted_and_name_no_file_of_the_code(file: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", file.read_text(encoding="utf-8"), flags=re.S)
    words = " ".join(text.split())
    assert not re.search(r"docs/\w+\.md", words)
    assert not re.search(r"by rules(?! and small linear models)", words)


def test_facets_sorts_labels_and_units_name_indexed_columns() -> None:
    for table in TABLES:
        page = PAPERS["tables"][table.name]
        indexed = {column.name for column in table.columns if column.index}
        indexed |= {table.primary_key[0], *(columns[0] for columns in table.indexes)}
        named = {page[key] for key in ("sort", "sort_desc", "label_column") if key in page}
        facets = page.get("facets", ())
        named |= {facet for facet in facets if isinstance(facet, str)} - UNINDEXED
        assert named <= indexed | UNINDEXED, table.name
        assert set(page.get("units", ())) <= set(page["columns"])
        assert len(facets) <= 4, table.name


def test_every_query_has_a_title_a_question_and_sql_to_read() -> None:
    for name, query in QUERIES.items():
        assert set(query) >= QUERY_KEYS, name
        html = query.get("description") or query["description_html"]
        text = parse_html(html).get_text()
        assert "?" in text, name
        assert "hide_sql" not in query, name
        assert query["sql"] == query["sql"].lower() or "'" in query["sql"], name


def test_queries_of_a_group_are_several_that_belong_together() -> None:
    groups = Counter(query.get("group") for query in QUERIES.values())
    assert all(2 < count < 8 for count in groups.values()), groups


def test_no_query_has_a_year_written_into_it() -> None:
    """A query follows the years of the papers, whatever they are."""
    for name, query in QUERIES.items():
        assert not re.search(r"\b(?:19|20)\d\d\b", query["sql"]), name


def test_no_link_draws_a_chart_beside_that_of_the_query() -> None:
    """A fragment draws a second chart with datasette-vega."""
    assert "#g." not in TEXT
    assert [name for name, query in QUERIES.items() if "fragment" in query] == []


def test_the_picture_of_a_query_has_the_columns_of_its_chart(db: sqlite3.Connection) -> None:
    drawn = {name: query["chart"] for name, query in QUERIES.items() if "chart" in query}
    assert len(drawn) > 10
    for name, chart in drawn.items():
        assert {"name", "value", "unit"} <= set(chart), name
        assert set(chart) <= {"name", "value", "unit", "bound", "year"}, name
        no_params = dict.fromkeys(QUERIES[name].get("params", ()), "")
        columns = {column[0] for column in db.execute(QUERIES[name]["sql"], no_params).description}
        assert {chart[key] for key in set(chart) - {"unit"}} <= columns, name


def test_a_query_with_parameters_links_to_good_examples() -> None:
    for name, query in QUERIES.items():
        for parameter in query.get("params", ()):
            assert f"/papers/{name}?{parameter}=" in query["description_html"], name


def test_licence_and_source_are_stated() -> None:
    assert METADATA["license"] == "Abstracts belong to their authors; our code is Apache-2.0"
    assert METADATA["source_url"] == "https://huggingface.co/papers"
