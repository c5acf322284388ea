"""The page of a query: what was asked stays on it when SQLite does not answer, and the rows of a
canned query stand before its SQL."""

import pytest
from bs4 import Tag
from datasette import hookimpl
from datasette.plugins import pm
from playwright.sync_api import Page, expect

from daily_papers.site.views.query_error import named_parameters, near_names, took_too_long
from daily_papers.site.views.query_view import FIRST_ROWS
from tests.conftest import QUERIES, Get, parse_html
from tests.site.conftest import fits
from tests.site.page_kinds import CHART

ENDLESS = "with recursive c(x) as (select 1 union all select x + 1 from c) select max(x) from c"
REFUSED = {
    "a typo": "selec",
    "a statement that writes": "update papers set title = ''",
    "an unknown column": "select titel from papers",
    "two statements": "select 1; select 2",
    "no end": ENDLESS,
}


@pytest.mark.parametrize("sql", REFUSED.values(), ids=REFUSED)
def test_sql_that_is_not_answered_stays_in_the_editor(get: Get, sql: str) -> None:
    answer = get("/papers", sql=sql, _timelimit="100")
    page = parse_html(answer.text)
    assert answer.status_code == 400
    (editor,) = page.select("textarea[name=sql]")
    assert editor.get_text() == sql
    assert page.select_one("[role=alert]")
    assert page.select_one(".crumbs a")
    assert not page.select("[role=alert] textarea")


@pytest.mark.parametrize("sql", REFUSED.values(), ids=REFUSED)
def test_files_of_sql_that_is_not_answered_say_so_in_plain_words(get: Get, sql: str) -> None:
    csv = get("/papers.csv", sql=sql, _timelimit="100")
    assert (csv.status_code, csv.headers["content-type"]) == (400, "text/plain; charset=utf-8")
    json = get("/papers.json", sql=sql, _timelimit="100")
    assert json.status_code == 400
    for sentence in (csv.text, json.json()["error"]):
        assert sentence.strip()
        assert "<" not in sentence


def test_a_query_that_is_stopped_says_after_how_long_and_what_to_do(get: Get) -> None:
    alert = parse_html(get("/papers", sql=ENDLESS).text).select_one("[role=alert]")
    assert alert
    assert "1 second " in alert.get_text()
    assert "limit" in alert.get_text()
    assert alert.select_one("a[href='/papers.db']")
    assert "0.1 seconds" in took_too_long(100)


def test_a_canned_query_that_is_not_answered_keeps_what_was_filled_in(get: Get) -> None:
    page = parse_html(get("/papers/search", q="cache", sort="best").text)
    assert page.select("[role=alert]")
    assert [page.select(f"input[name={name}]")[0]["value"] for name in ("q", "sort")] == [
        "cache",
        "best",
    ]


def test_names_like_an_unknown_one_are_offered(get: Get) -> None:
    assert near_names("no such table: paper")[0] == "papers"
    assert near_names("no such column: p.titel") == ("title",)
    assert near_names('near "nothing": syntax error') == ()
    alert = parse_html(get("/papers", sql=REFUSED["an unknown column"]).text).select_one(
        "[role=alert]"
    )
    assert alert
    assert [code.get_text() for code in alert.select("code")] == ["title"]


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("select :year, :year, :name", ["year", "name"]),
        ("select ':year', \":a\", `:b`, [:c] -- it's :d\n, :e /* :f */", ["e"]),
        ("select '--', :year", ["year"]),
        ("select 'it''s :a', :year -- :b", ["year"]),
    ],
)
def test_a_colon_in_a_text_or_a_comment_makes_no_parameter(
    get: Get, sql: str, names: list[str]
) -> None:
    assert named_parameters(sql) == names
    if "select '--'" in sql:
        assert get("/papers.json", sql=sql, year="2024").json()["rows"] == [["--", "2024"]]


@pytest.mark.parametrize("name", QUERIES)
def test_the_sql_of_a_canned_query_is_folded(get: Get, name: str) -> None:
    page = parse_html(get(f"/papers/{name}").text)
    (sql,) = page.select("#sql-query")
    assert sql.get_text() == QUERIES[name]["sql"]
    (fold,) = page.select("details.sql-told")
    assert isinstance(sql.parent, Tag)
    assert sql.parent is fold
    assert not fold.has_attr("open")
    assert fold.select_one("a.canned-query-edit-sql")


@pytest.mark.parametrize(
    ("path", "selector"),
    [
        ("/papers", "#sql-editor"),
        ("/papers?sql=select+:year", "#sql-editor"),
        ("/papers?sql=select+:year", "input[name=year]"),
        ("/papers/claims_against", "input[name=baseline]"),
        ("/results", "#baseline"),
        ("/results", "#hardware"),
    ],
)
def test_nothing_corrects_sql_and_names_while_they_are_typed(
    get: Get, path: str, selector: str
) -> None:
    (field,) = parse_html(get(path).text).select(selector)
    off = {"autocapitalize": "off", "autocomplete": "off"}
    assert {name: field.get(name) for name in (*off, "spellcheck")} == off | {"spellcheck": "false"}


@pytest.mark.parametrize("path", ["/papers/claims", "/papers?sql=select+1+union+select+2"])
def test_the_library_of_charts_is_loaded_on_demand_alone(get: Get, path: str) -> None:
    page = parse_html(get(path).text)
    (button,) = page.select("button#chart-rows")
    assert button.has_attr("hidden")  # until a script shows it
    assert ".js" in str(button["data-files"])
    assert not page.select("[src*=datasette_vega], [href*=datasette_vega]")


def test_a_query_says_that_its_rows_are_cut_and_so_are_its_files(get: Get) -> None:
    page = parse_html(get("/papers", sql="select 1 from papers, claims limit 2000").text)
    links = [link.get_text() for link in page.select(".export-links a")]
    assert links == ["JSON (first 1,000 rows)", "CSV (first 1,000 rows)"]
    (heading,) = page.select("#rows")
    assert heading.get_text() == "The first 1,000 rows"


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/papers/largest_speedups", "The first 50 rows"),
        ("/papers/topics_by_year", None),  # which has no limit
        ("/papers?sql=select+id+from+papers+LIMIT+3%3B", "The first 3 rows"),
        ("/papers?sql=select+id+from+topics+limit+5000", None),  # which are fewer
        ("/papers?sql=select+id+from+(select+id+from+papers+limit+3)", "3 rows"),
        (f"/papers?sql=select+id+from+papers+limit+3+--+limit+{'9' * 5_000}", "3 rows"),
        ("/papers?sql=select+id+from+papers+limit+1", "1 row"),
    ],
)
def test_rows_that_reach_the_limit_of_the_sql_are_the_first(
    get: Get, path: str, heading: str | None
) -> None:
    page = parse_html(get(path).text)
    shown = page.select("#rows")[0].get_text()
    assert shown == heading or (heading is None and shown[0].isdigit())
    assert ("The SQL has this limit" in page.get_text()) == shown.startswith("The first")


def test_examples_of_a_query_stand_once(get: Get) -> None:
    page = parse_html(get("/papers/search").text)
    links = [str(link["href"]).partition("?")[2] for link in page.select("main a[href*='?']")]
    examples = [query for query in links if query.startswith(("q=", "topic=", "year="))]
    assert examples
    assert len(examples) == len({*examples})


@pytest.mark.parametrize(
    ("path", "numbers", "texts"),
    [
        ("/papers/largest_speedups", {"factor", "confidence"}, {"paper", "factor_bound"}),
        ("/papers?sql=select+title,+year,+null+as+none,+1.5+as+half+from+papers",
         {"year", "half"}, {"title", "none"}),
        ("/papers?sql=select+id,+1+as+mixed+from+papers+union+select+name,+'b'+from+topics",
         set(), {"mixed"}),
        ("/papers/claims", {"factor", "value", "confidence"}, {"quote", "unit"}),
        ("/papers/papers?_col=title&_col=year", {"year"}, {"title"}),
    ],
)  # fmt: skip
def test_heads_and_cells_of_numbers_are_aligned_alike_in_tables_and_queries(
    get: Get, path: str, numbers: set[str], texts: set[str]
) -> None:
    page = parse_html(get(path).text)
    for name in numbers | texts:
        column = page.select(f".rows-and-columns .col-{name}")
        assert len(column) > 1
        assert {"numeric" in cell["class"] for cell in column} == {name in numbers}


def test_no_cell_is_made_of_rows_that_are_not_shown(get: Get) -> None:
    class Cells:
        made = 0

        @hookimpl
        def render_cell(self) -> None:
            self.made += 1

    cells = Cells()
    pm.register(cells)
    try:
        sql = "select id from papers limit 60"
        answer = get("/papers", sql=sql)
        first = cells.made
        whole = get("/papers", sql=sql, _rows="all")
    finally:
        pm.unregister(cells)
    assert (first, cells.made - first) == (FIRST_ROWS, 60)
    assert "60 rows" in answer.text
    assert len(get("/papers.json", sql=sql).json()["rows"]) == 60
    assert whole.text.count("<tr>") == 61


@pytest.mark.parametrize(
    ("columns", "limit", "rows"),
    [
        ("replace(hex(zeroblob(50000)), '0', '&') as long", 60, 39),
        ("replace(hex(zeroblob(9000)), '0', '&') as title, 'x' as paper_id", 60, 44),
        ("'[" + ",".join(['""'] * 3_000) + "]' as topics", 300, 10),
        (", ".join(f"1 as c{number}" for number in range(200)), 300, 65),
        (", ".join(f"x'' as c{number}" for number in range(100)), 300, 18),
    ],
)
def test_a_page_has_as_many_rows_as_it_can_hold(
    get: Get, columns: str, limit: int, rows: int
) -> None:
    answer = get("/papers", sql=f"select {columns} from papers limit {limit}", _rows="all")
    assert f"The first {rows} rows are shown. The others are too long for a page" in answer.text
    assert len(answer.content) < 8_000_000


@pytest.mark.parametrize(
    ("shown", "points", "caption"),
    [
        ("", 8, "Each point is one claim of the first 8 rows."),
        ("all", 50, "Each point is one claim."),
    ],
)
def test_a_chart_of_claims_draws_those_of_the_rows_that_are_shown(
    get: Get, monkeypatch: pytest.MonkeyPatch, shown: str, points: int, caption: str
) -> None:
    monkeypatch.setattr("daily_papers.site.views.query_view.FIRST_ROWS", 8)
    page = parse_html(get("/papers/largest_speedups", _rows=shown).text)
    (chart,) = page.select("figure.chart")
    assert len(chart.select(".picture .point")) == points
    assert caption in chart.select("figcaption")[0].get_text()


def test_json_loses_no_value_and_is_json(get: Get) -> None:
    twice = "select 1 as a, 2 as a"
    assert get("/papers.json", sql=twice).json()["rows"] == [[1, 2]]
    refused = get("/papers.json", sql=twice, _shape="array")
    assert (refused.status_code, "2 columns are named “a”" in refused.json()["error"]) == (
        400,
        True,
    )
    sql = "select '[1e999]' as a, 'NaN' as b, '{\"x\": [1]}' as c"
    (row,) = get("/papers.json", sql=sql, _json=["a", "b", "c"], _shape="array").json()
    long = get("/papers.json", sql="select hex(zeroblob(100001)) as a", _json="a")
    assert (long.status_code, "at most 200,000 letters" in long.json()["error"]) == (400, True)
    assert row == {"a": "[1e999]", "b": "NaN", "c": {"x": [1]}}


def test_a_row_that_fits_into_no_page_is_told(get: Get) -> None:
    array = "select '[" + ",".join(['""'] * 3_000) + "]' as a"
    columns = ", ".join(["a as topics"] * 20)
    answer = get("/papers", sql=f"select {columns} from ({array})")
    assert "No row fits into a page: JSON and CSV have them." in answer.text
    assert "arraycontains" not in answer.text


def test_a_chart_of_rows_is_a_button_away(page: Page) -> None:
    page.goto("/papers?sql=select+year,+count(*)+as+papers+from+papers+group+by+year")
    page.get_by_role("button", name="Chart these rows").click()
    page.get_by_label("Bar").check()
    expect(page.locator("canvas.marks")).to_be_visible()
    assert fits(page)


def test_an_address_that_describes_a_chart_draws_none_beside_our_own(page: Page) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto("/papers/papers_by_year#" + CHART.partition("#")[2])
    expect(page.get_by_role("button", name="Chart these rows")).to_be_visible()
    assert not [url for url in requests if "vega" in url]


@pytest.mark.parametrize("path", ["/papers/most_compared", "/papers/claims"])
def test_rows_are_all_there_or_one_press_away(plain_page: Page, path: str) -> None:
    plain_page.goto(path)
    fold = plain_page.locator(".show-all > summary")
    if fold.is_visible():
        fold.click()
    rows = plain_page.locator(".rows-and-columns tbody tr")
    expect(rows).to_have_count(50)
    expect(rows.last).to_be_visible()
