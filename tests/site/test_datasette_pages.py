"""Datasette's own pages: the database page, tables, rows, queries, and what is missing."""

import json
import sqlite3
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag

from daily_papers.database.schema import TABLES
from daily_papers.site.views.cells import shorten
from daily_papers.site.views.data_index import data_index, first_sentence
from daily_papers.site.views.missing_page import words
from daily_papers.site.views.query_view import FIRST_ROWS, all_rows_query
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


# --- tables


@pytest.fixture(scope="module")
def papers_page(get: Get) -> BeautifulSoup:
    return parse_html(get("/papers/papers", _size="20").text)


def cells_of(page: BeautifulSoup, column: str) -> list[Tag]:
    return page.select(f"table.rows-and-columns tbody .col-{column}")


def test_a_row_is_linked_by_its_title_and_its_key_comes_last(papers_page: BeautifulSoup) -> None:
    heads = [head["data-column"] for head in papers_page.select("thead th")]
    assert (heads[0], heads[-1]) == ("title", "id")
    for title, key in zip(cells_of(papers_page, "title"), cells_of(papers_page, "id"), strict=True):
        assert title.select("a")[0]["href"] == f"/papers/papers/{key.get_text()}"
        assert not key.select("a")
        assert title.get_text() != key.get_text()


def test_a_row_of_several_keys_has_a_link_behind_its_cells(get: Get) -> None:
    page = parse_html(get("/papers/listings", _size="2").text)
    assert page.select("thead th")[-1].get_text(strip=True) == "row"
    links = [str(cell.select("a")[0]["href"]) for cell in cells_of(page, "Link")]
    assert [get(link).status_code for link in links] == [200, 200]


def test_a_name_of_another_row_stands_without_its_key(get: Get, db: sqlite3.Connection) -> None:
    titles = dict(db.execute("select id, title from papers"))
    for cell in cells_of(parse_html(get("/papers/claims", _size="5").text), "paper_id"):
        (link,) = cell.select("a")
        assert cell.get_text() == titles[str(link["href"]).rpartition("/")[2]]


def test_a_long_text_is_cut_in_a_table_and_whole_in_its_row(
    get: Get, db: sqlite3.Connection
) -> None:
    key, abstract = db.execute(
        "select id, sentence from claims where length(sentence) > 250 order by id limit 1"
    ).fetchone()
    (cell,) = cells_of(parse_html(get("/papers/claims", id=key).text), "sentence")
    assert cell.get_text() == shorten(abstract) != abstract
    assert abstract in parse_html(get(f"/papers/claims/{key}").text).get_text()


def test_an_array_links_to_the_rows_with_the_same_item(
    get: Get, papers_page: BeautifulSoup, db: sqlite3.Connection
) -> None:
    link = cells_of(papers_page, "topics")[0].select("a")[0]
    sql = "select count(*) from paper_topics where topic_id = ?"
    (count,) = db.execute(sql, [link.get_text()]).fetchone()
    assert f"{count} rows" in get(str(link["href"])).text


def test_a_phone_names_each_cell_and_shows_the_columns_that_matter(
    papers_page: BeautifulSoup,
) -> None:
    row = papers_page.select("tbody tr")[0].select("th, td")
    heads = [head.get_text(strip=True).rstrip("▲▼\xa0") for head in papers_page.select("thead th")]
    assert [cell.get("data-label") for cell in row] == [None, *heads[1:]]
    assert "td:nth-of-type" not in str(papers_page)  # which would name the first cell by its key
    cards = PAPERS["tables"]["papers"]["card_columns"]
    for cells in (row, papers_page.select("thead th")):  # both, or the others lose their heads
        shown = [str(cell["class"][0]) for cell in cells if "minor" not in cell["class"]]
        assert shown == [f"col-{name}" for name in cards]
    assert papers_page.select("details.all-columns")[0].get_text() == (
        f"{len(heads)} columns of each row: show allshow fewer"
    )


def test_columns_without_the_name_of_a_row_begin_with_its_key(get: Get) -> None:
    page = parse_html(get("/papers/papers", _col="year", _size="1").text)
    assert [head["data-column"] for head in page.select("thead th")] == ["id", "year"]
    assert cells_of(page, "id")[0].select("a")


def test_facets_have_whole_lists_that_are_folded_until_one_is_asked_for(get: Get) -> None:
    page = parse_html(get("/papers/papers", _size="1").text)
    (fold,) = page.select("details.facet-fold")
    assert "open" not in fold.attrs
    topics = fold.select("[data-column=topics]")[0]
    assert len(topics.select(":scope > ul > li")) == 8
    assert topics.select("summary")[0].get_text() == "22 more: topics"
    assert len(topics.select("li")) == 30 + 1  # and a link to all
    asked = parse_html(get("/papers/papers", _size="1", _facet="published_basis").text)
    assert "open" in asked.select("details.facet-fold")[0].attrs


def test_filters_are_folded_on_a_phone_until_one_is_set(get: Get) -> None:
    fold, filtered = (
        parse_html(get("/papers/papers", **filters).text).select("form.filters details")[0]
        for filters in ({"_size": "1"}, {"_size": "1", "type": "survey"})
    )
    assert fold.select("[name=_filter_column], [name=_sort], [name=_size]")
    assert ("open" in fold.attrs, "open" in filtered.attrs) == (False, True)


def test_the_form_of_a_table_repeats_only_the_order_that_was_chosen(get: Get) -> None:
    chosen = {}
    for sort in ({}, {"_sort": "title"}, {"_sort_desc": "title"}):
        form = parse_html(get("/papers/papers", _size="1", **sort).text).select("form.filters")[0]
        column = [option["value"] for option in form.select("[name=_sort] [selected]")]
        chosen[str(sort)] = (column, len(form.select("[name=_sort_by_desc][checked]")))
    assert list(chosen.values()) == [([], 0), (["title"], 0), (["title"], 1)]


@pytest.mark.parametrize(
    ("sort", "state", "arrow"), [("_sort", "ascending", "▲"), ("_sort_desc", "descending", "▼")]
)
def test_a_table_says_what_it_has_and_how_it_is_sorted(
    get: Get, sort: str, state: str, arrow: str
) -> None:
    page = parse_html(get("/papers/papers", _size="2", **{sort: "year"}).text)
    assert page.select("table.cards > caption")[0].get_text() == "Rows of papers"
    assert [head["data-column"] for head in page.select("thead [aria-sort]")] == ["year"]
    (head,) = page.select(f"thead th[aria-sort={state}]")
    assert head.get_text() == f"year\xa0{arrow}"
    assert [row.select("[scope=row]")[0]["class"][0] for row in page.select("tbody tr")] == [
        "col-title",
        "col-title",
    ]


def test_the_fold_of_the_columns_sorts_facets_and_hides(get: Get) -> None:
    path, params = "/papers/claims", {"_size": "1", "_nocol": "field", "metric": "memory"}
    page = parse_html(get(path, **params).text)
    (fold,) = page.select("details.columns-told")
    links = {link.get_text(): str(link["href"]) for link in fold.select(".column-links a")}
    followed = {
        name: parse_html(get(path + links[f"{name} factor"]).text)
        for name in ("sort", "sort descending", "facet", "only filled", "hide")
    }
    heads = {
        name: [head["data-column"] for head in page.select("thead th")]
        for name, page in followed.items()
    }
    assert "factor" not in heads["hide"]
    assert "factor" in heads["sort"]
    assert not any("field" in names for names in heads.values())  # what was hidden stays so
    sorted_pages = [followed["sort"], followed["sort descending"]]
    assert [page.select("thead [aria-sort]")[0]["aria-sort"] for page in sorted_pages] == [
        "ascending",
        "descending",
    ]
    assert followed["facet"].select("#facet-factor")
    assert "factor is not blank" in followed["only filled"].select("h2")[0].get_text()
    assert {"facet metric", "facet id", "hide id"} & set(links) == set()
    (all_columns,) = [link for link in fold.select("a") if link.get_text() == "Show all columns"]
    shown = parse_html(get(path + str(all_columns["href"])).text)
    assert shown.select("thead [data-column=field]")


def test_a_facet_that_a_table_has_anyway_is_shown_once(get: Get) -> None:
    page = parse_html(get("/papers/papers?_size=1&_facet=type&_facet=withdrawn_on").text)
    names = [facet["data-column"] for facet in page.select(".facet-info")]
    assert {"type", "withdrawn_on"} <= set(names)
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nosuch__exact", "No column “nosuch”; the columns are id, paper_id, quote"),
        ("nosuch", "No column “nosuch”"),
        ("value__nosuch", "No comparison “nosuch”; there are exact, not, contains"),
    ],
)
@pytest.mark.parametrize("table", ["claims", "claims.json", "claims.csv"])
def test_a_filter_by_what_a_table_does_not_have_is_refused(
    get: Get, table: str, name: str, message: str
) -> None:
    answer = get(f"/papers/{table}", **{name: "1"})
    assert answer.status_code == 400
    is_json = answer.text.startswith("{")
    assert message in (answer.json()["error"] if is_json else answer.text)


@pytest.mark.parametrize("name", ["rowid", "Value__gte", "paper_id__notnull"])
def test_a_filter_by_what_a_table_has_is_not_refused(get: Get, name: str) -> None:
    assert get("/papers/claims.json", **{name: "1"}).status_code == 200


def test_a_row_has_its_values_other_rows_by_name_and_folds_what_is_empty(
    get: Get, db: sqlite3.Connection
) -> None:
    sql = """select claims.*, title, metrics.name as metric_name from claims
        join papers on papers.id = paper_id join metrics on metrics.id = metric
        where baseline is null order by claims.id limit 1"""
    cursor = db.execute(sql)
    names = [column[0] for column in cursor.description]
    row = dict(zip(names, cursor.fetchone(), strict=True))
    page = parse_html(get(f"/papers/claims/{row['id']}").text)
    columns = list(PAPERS["tables"]["claims"]["columns"])
    filled = [name for name in columns if row[name] not in (None, "")]
    assert [head.get_text() for head in page.select(".one-row th")] == filled
    (fold,) = page.select("details.empty-columns")
    empty = [name for name in columns if name not in filled]
    assert fold.select("summary")[0].get_text() == f"{len(empty)} empty columns"
    assert fold.select("p")[0].get_text().split(", ") == empty
    (paper,), (metric,) = (cells_of(page, name)[0].select("a") for name in ("paper_id", "metric"))
    assert (paper["href"], paper.get_text()) == (f"/papers/papers/{row['paper_id']}", row["title"])
    assert metric.get_text() == row["metric_name"]


# --- queries


@pytest.mark.parametrize("name", QUERIES)
def test_a_canned_query_shows_what_it_is_for_and_its_sql(get: Get, name: str) -> None:
    page = parse_html(get(f"/papers/{name}").text)
    assert page.select("h1")[0].get_text() == QUERIES[name]["title"]
    assert page.select("pre#sql-query")[0].get_text() == QUERIES[name]["sql"]
    main = page.select("main")[0].get_text()
    assert main.index(QUERIES[name]["title"]) < main.index("?") < main.index("select")
    (edit,) = page.select("a.canned-query-edit-sql")
    assert get(str(edit["href"])).status_code == 200
    assert "codemirror" not in str(page)  # 300 KB for what is not edited


def test_a_parameter_has_a_label_and_examples(get: Get) -> None:
    page = parse_html(get("/papers/claims_against", baseline="LoRA").text)
    (field,) = page.select("form.sql input[name=baseline]")
    assert (field["value"], field["placeholder"]) == ("LoRA", "vLLM")
    assert page.select(f"label[for={field['id']}]")[0].get_text() == "Baseline"
    examples = page.select(f"datalist#{field['list']} option")
    assert [option["value"] for option in examples] == ["vLLM", "LoRA", "FlashAttention"]


def test_a_query_without_a_value_leads_to_its_examples(get: Get) -> None:
    page = parse_html(get("/papers/claims_against").text)
    assert "take an example above" in page.select(".zero-results")[0].get_text()
    links = page.select(".metadata-description a")
    assert [link.get_text() for link in links] == ["vLLM", "LoRA", "FlashAttention"]
    assert "col-paper" in get(str(links[0]["href"])).text
    assert "No rows." in get("/papers/claims_against", baseline="none such").text


def test_the_first_rows_of_a_query_are_shown_and_all_on_demand(get: Get) -> None:
    sql, rows = "select id from papers limit 60", "table.rows-and-columns tbody tr"
    page = parse_html(get("/papers", sql=sql).text)
    assert page.select("h2#rows")[0].get_text() == "The first 60 rows"
    assert len(page.select(rows)) == FIRST_ROWS
    (link,) = page.select("main a[href*=_rows]")
    assert link.get_text() == "Show all 60 rows"
    assert len(parse_html(get("/papers" + str(link["href"])).text).select(rows)) == 60


def test_the_address_of_all_rows_keeps_the_parameters() -> None:
    assert all_rows_query("q=kv+cache&_rows=50&year=2024") == "q=kv+cache&year=2024&_rows=all"


def test_a_long_text_of_a_query_is_folded_and_whole(get: Get, db: sqlite3.Connection) -> None:
    abstract, topics = db.execute("select abstract, topics from papers order by id").fetchone()
    sql = "select abstract, topics from papers order by id limit 1"
    page = parse_html(get("/papers", sql=sql).text)
    (folded,) = page.select("tbody th details")
    assert folded.get_text() == shorten(abstract) + abstract
    links = [str(link["href"]) for link in page.select("td a")]
    assert links == [f"/papers/papers?topics__arraycontains={key}" for key in json.loads(topics)]
    assert "row" in get(links[0]).text


def test_sql_of_a_visitor_is_edited_where_it_stands(get: Get) -> None:
    page = parse_html(get("/papers", sql="select 1 as a, '' as b").text)
    assert page.select("h1")[0].get_text() == "SQL"
    assert page.select("textarea")[0].get_text() == "select 1 as a, '' as b"
    assert [cell.get_text() for cell in page.select("tbody :is(th, td)")] == ["1", ""]
    hidden = get("/papers", sql="select 1", _hide_sql="1").text
    assert "<textarea" not in hidden
    assert 'name="sql" value="select 1"' in hidden


# --- what is missing


@pytest.mark.parametrize(
    ("path", "sentence", "nearest"),
    [
        (
            "/papers/papers/kivi-a-tuning-free-2bit-kv-cache-deadbeef",
            "No paper here has the id “kivi-a-tuning-free-2bit-kv-cache-deadbeef”.",
            "/papers/papers/kivi-a-tuning-free-asymmetric-2bit-quantization-for-kv-cache",
        ),
        (
            "/paper/kivi-a-tuning-free",
            "No paper here has the id “kivi-a-tuning-free”.",
            "/papers/papers/kivi-a-tuning-free-asymmetric-2bit-quantization-for-kv-cache",
        ),
        ("/papers/paper", "There is no table or query “paper”.", "/papers/papers"),
        (
            "/papers/claim_against",
            "There is no table or query “claim_against”.",
            "/papers/claims_against",
        ),
        (
            "/papers/topics/quant",
            "No topic here has the id “quant”.",
            "/papers/topics/quantization",
        ),
        (
            "/papers/entities/hardware-a10",
            "No entity here has the id “hardware-a10”.",
            "/papers/entities/hardware-a100",
        ),
        ("/papers/claim/1", "There is no table or query “claim”.", "/papers/claims"),
        ("/papers/-/query", "There is no table or query “-”.", None),
        ("/papers/links/x,y", "No row of links here has the id “x,y”.", None),
        ("/serch", "There is no page /serch.", "/search"),
        ("/nowhere/kv-cache", "There is no page /nowhere/kv-cache.", None),
    ],
)
def test_a_missing_page_says_what_is_missing_and_what_is_near(
    get: Get, path: str, sentence: str, nearest: str | None
) -> None:
    answer = get(path)
    page = parse_html(answer.text)
    assert answer.status_code == 404
    assert page.select("[role=alert]")[0].get_text() == sentence
    links = [str(link["href"]) for link in page.select("main ul a")]
    assert links[:1] == ([nearest] if nearest else [])
    assert all(get(link).status_code == 200 for link in links)
    box = page.select("form[role=search] input[name=q]")[0]
    assert get("/search", q=str(box["value"])).status_code == 200


def test_what_is_searched_for_a_missing_page_is_bounded() -> None:
    assert words(["kivi-a,tuning_free ~ 2bit"]) == "kivi a tuning free 2bit"
    assert words(["x" * 1_000]) == "x" * 120
    assert words(["a-" * 500]) == " ".join(["a"] * 12)


# --- where a page is


@pytest.mark.parametrize(
    ("path", "crumbs"),
    [
        ("/", []),
        ("/search", []),
        ("/papers", []),
        ("/papers/papers", ["Home", "Data"]),
        ("/papers/claims_by_metric", ["Home", "Data"]),
        ("/papers?sql=select+1", ["Home", "Data"]),
        ("/papers?sql=selec", ["Home", "Data"]),
        ("/papers/papers/none", ["Home", "Data"]),
        ("/papers/papers?_sort=none", ["Home", "Data", "papers"]),
        ("/papers/topics/quantization", ["Home", "Data", "topics"]),
        ("/papers/dumps/002_80f49f3159c627e0", ["Home", "Data", "dumps"]),
    ],
)
def test_a_page_says_where_it_is(get: Get, path: str, crumbs: list[str]) -> None:
    page = parse_html(get(path).text)
    assert [link.get_text() for link in page.select(".crumbs a")] == crumbs
    assert len(page.select("nav[aria-label='Where this is']")) == bool(crumbs)


@pytest.mark.parametrize(
    "path",
    [
        "/papers",
        "/papers/search",
        "/papers?sql=select+1",
        "/papers?sql=selec",
        "/none",
        "/-/versions",
    ],
)
def test_every_page_states_licence_and_source_once(get: Get, path: str) -> None:
    text = parse_html(get(path).text).get_text()
    assert (text.count("Licence: "), text.count("Source: ")) == (1, 1)
    assert "license" not in text.lower()


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/papers/papers?_sort=none", "This cannot be answered"),
        ("/papers/papers?_next=none", "This cannot be answered"),
        ("/papers?sql=selec", "Invalid SQL: SQL"),
    ],
)
def test_the_title_of_an_error_has_words(get: Get, path: str, title: str) -> None:
    page = parse_html(get(path).text)
    assert page.select_one("title").get_text() == f"{title} – Daily Papers"


def test_crawlers_are_told_what_has_no_end(get: Get) -> None:
    robots = get("/robots.txt")
    assert robots.headers["content-type"].startswith("text/plain")
    closed = {line.partition(": ")[2] for line in robots.text.splitlines()[1:]}
    assert {"/papers?", "/papers/*?", "/search?", "/-/"} <= closed
    assert not closed & {"/", "/papers", "/papers/"}


def test_the_sort_of_a_form_is_what_was_asked_for(get: Get) -> None:
    def form(**params: str) -> tuple[bool, list[Any]]:
        page = parse_html(get("/papers/papers", **params).text)
        box = page.select_one("input[name=_sort_by_desc]")
        return "checked" in box.attrs, [
            option["value"] for option in page.select("#sort_by [selected]")
        ]

    assert form() == (False, [])  # though the table is sorted by date, the newest first
    assert form(_sort="title") == (False, ["title"])
    assert form(_sort_desc="title") == (True, ["title"])
