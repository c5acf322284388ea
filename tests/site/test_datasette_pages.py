"""Datasette's own pages say what they have: the database page."""

import sqlite3

import pytest
from bs4 import BeautifulSoup, Tag

from daily_papers.database.schema import TABLES
from daily_papers.site.views.data_index import data_index, first_sentence
from tests.conftest import METADATA, QUERIES, Get, parse_html

PAPERS = METADATA["databases"]["papers"]


@pytest.fixture(scope="module")
def database_page(get: Get) -> BeautifulSoup:
    return parse_html(get("/papers").text)


def items(page: Tag, selector: str) -> dict[str, Tag]:
    """Return the items of a list by the addresses that they lead to."""
    return {str(item.select("a")[0]["href"]): item for item in page.select(selector)}


# --- the database page


def test_each_table_says_what_a_row_is_and_how_many_there_are(
    database_page: BeautifulSoup, db: sqlite3.Connection
) -> None:
    tables = items(database_page, ".data-tables > li")
    shown = [name for name, table in PAPERS["tables"].items() if not table.get("hidden")]
    assert list(tables) == [f"/papers/{name}" for name in shown]
    for name in shown:
        text = " ".join(tables[f"/papers/{name}"].get_text().split())
        (count,) = db.execute(f"select count(*) from {name}").fetchone()
        assert f"{count:,} row" in text
        assert " Each is a" in text
    columns = tables["/papers/metrics"].select("details")[0].get_text()
    assert columns.endswith("id, name, description, better")


def test_hidden_tables_are_shown_on_demand(get: Get, database_page: BeautifulSoup) -> None:
    (link,) = database_page.select('a[href*="_show_hidden"]')
    page = parse_html(get(str(link["href"])).text)
    declared = {f"/papers/{table.name}" for table in TABLES}
    assert declared <= set(items(page, ".data-tables > li"))


def test_queries_stand_in_groups_with_their_questions(database_page: BeautifulSoup) -> None:
    groups = {
        section.select("h3")[0].get_text(): list(items(section, "li"))
        for section in database_page.select(".query-groups section")
    }
    assert list(groups) == list(dict.fromkeys(query["group"] for query in QUERIES.values()))
    names = [link.partition("#")[0] for links in groups.values() for link in links]
    assert sorted(names) == sorted(f"/papers/{name}" for name in QUERIES)
    questions = [text.get_text() for text in database_page.select(".query-groups .told")]
    assert len(questions) == len(QUERIES)
    assert all(question.endswith("?") for question in questions)


def test_the_first_sql_returns_papers_with_what_they_claim(
    get: Get, database_page: BeautifulSoup
) -> None:
    sql = database_page.select("textarea[name=sql]")[0].get_text()
    rows = get("/papers.json", sql=sql, _shape="array").json()
    assert len(rows) == 20
    assert all(row["title"] and row["quote"] for row in rows)
    assert "<td" in get("/papers", sql=sql).text


def test_a_database_without_descriptions_is_indexed_all_the_same() -> None:
    table = {"name": "t", "columns": ["a"], "count": None, "hidden": False}
    index = data_index({}, [table], [{"name": "q", "sql": "select 1"}])
    assert (index.tables[0].row, index.tables[0].row_count) == ("", None)
    assert [query.title for query in index.query_groups[0].queries] == ["q"]
    assert index.example_sql == "select sqlite_version()"


def test_queries_without_a_group_come_last() -> None:
    queries = [{"name": "b"}, {"name": "a", "group": "A"}]
    assert [group.name for group in data_index({}, [], queries).query_groups] == ["A", ""]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Which is it?  The first.", "Which is it?"),
        ("The file docs/facts.md says so. More.", "The file docs/facts.md says so."),
        ("no stop", "no stop"),
        ("", ""),
    ],
)
def test_a_sentence_ends_before_a_blank(text: str, sentence: str) -> None:
    assert first_sentence(text) == sentence
