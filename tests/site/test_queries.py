"""Requests every canned query and every link of metadata.yml over HTTP."""

import csv
import io
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api_answers import Json, answer, new
from tests.conftest import METADATA, QUERIES, Get, build, client, open_datasette, parse_html

AWKWARD = {
    "empty": "",
    "blank": "  ",
    "star": "*",
    "quote": '"',
    "quotes": '"" "',
    "hyphen": "gpt-4",
    "plus": "c++",
    "operator": "AND",
    "operators": "NOT OR (NEAR",
    "column": "title: abstract^",
    "long word": "a" * 10_000,
    "many words": "key value " * 1_000,
    "emoji": "👩\u200d🔬 🚀",
    "NUL": "a\0b",
    "SQL": "'; drop table papers; --",
    "markup": "<script>alert(1)</script>",
}


def links(html: str) -> list[str]:
    return [str(link["href"]) for link in parse_html(html).find_all("a")]


PAPERS = METADATA["databases"]["papers"]
DESCRIBED = [METADATA, PAPERS, *PAPERS["tables"].values(), *QUERIES.values()]
DESCRIPTIONS = [described.get("description_html", "") for described in DESCRIBED]
INTERNAL = sorted({link for html in DESCRIPTIONS for link in links(html) if link.startswith("/")})


@pytest.mark.parametrize("link", INTERNAL)
def test_every_link_in_a_description_leads_to_rows(get: Get, link: str) -> None:
    address = urlsplit(link)
    response = get(f"{address.path}.json?{address.query}&_shape=array".replace("?&", "?"))
    assert response.status_code == 200
    assert response.json()


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_without_parameters_has_rows_and_a_table_of_them(get: Get, name: str) -> None:
    parameters = {
        link.split("?")[1]: None
        for link in links(QUERIES[name].get("description_html", ""))
        if "?" in link
    } or {"": None}
    for query in parameters:
        page = get(f"/papers/{name}?{query}")
        assert page.status_code == 200
        table = parse_html(page.text).find("table", class_="rows-and-columns")
        assert table
        assert len(table.find_all("tr")) > 1


@pytest.mark.parametrize("value", AWKWARD.values(), ids=AWKWARD)
@pytest.mark.parametrize("name", QUERIES)
def test_a_query_answers_whatever_is_asked(get: Get, name: str, value: str) -> None:
    parameters = QUERIES[name].get("params", ("unknown",)) if name != "search" else ("q",)
    value = value[: 30_000 // len(parameters)]  # httpx sends no longer addresses
    for ending in (".json", ".csv", ""):
        response = get(f"/papers/{name}{ending}", **dict.fromkeys(parameters, value))
        assert response.status_code == 200
        assert "Traceback" not in response.text
    assert "message-error" not in response.text
    assert "<script>alert(1)" not in response.text


@settings(max_examples=60)
@given(q=st.text(max_size=80) | st.text(alphabet='"*()^:-+ANDORTE ', max_size=40))
def test_search_answers_any_text(get: Get, q: str) -> None:
    response = get("/papers/search.json", q=q)
    assert response.status_code == 200
    assert response.json()["ok"]


@pytest.mark.parametrize(
    ("params", "problem"),
    [
        ({"q": "cache", "sort": "best"}, "“sort” must be one of relevance, newest, discussed"),
        ({"q": "cache", "year": "soon"}, "no year here is called “soon”"),
        ({"q": "cache", "yaer": "2024"}, "“yaer” is no parameter of this query; it has q, topic"),
    ],
)
def test_search_names_what_it_cannot_use(get: Get, params: dict[str, str], problem: str) -> None:
    for ending in ("", ".json", ".csv"):
        answer = get(f"/papers/search{ending}", **params)
        assert answer.status_code == 400
        sentence = answer.json()["error"] if ending == ".json" else answer.text
        assert problem in sentence
    assert get("/papers/search.json", q="cache", sort="newest", year="2024..").json()["rows"]


@pytest.mark.parametrize("name", ["ref", "utm_source", "UTM_Campaign", "fbclid", "gclid", "mc_cid"])
def test_a_link_answers_the_same_wherever_it_was_shared(get: Get, name: str) -> None:
    for path, params in (
        ("/papers/claims_against.csv", {"baseline": "vLLM"}),
        ("/papers/claims.csv", {"metric": "speedup"}),
    ):
        plain, shared = get(path, **params), get(path, **params, **{name: "x y"})
        assert (shared.status_code, shared.text) == (200, plain.text)
        assert shared.headers["etag"] == plain.headers["etag"]
        assert get(path, **params, **{f"x{name}": "x"}).status_code == 400
    assert get("/papers", sql=f"select :{name}", **{name: "own"}).text.count("own") > 1
    assert f"{name}=x" not in get("/search", q="cache", **{name: "x"}).text


@pytest.mark.parametrize("owner", ["column", "parameter"])
def test_a_column_or_parameter_called_as_a_mark_of_links_is_kept(
    database: Path, tmp_path: Path, owner: str
) -> None:
    path, queries = tmp_path / "other.db", {"of_ref": {"sql": "select :ref as ref"}}
    with closing(sqlite3.connect(path)) as other:
        column = "ref" if owner == "column" else "reference"
        other.executescript(f"create table pages ({column}); insert into pages values ('a'), ('b')")
    metadata = {"databases": {"other": {"queries": queries if owner == "parameter" else {}}}}
    get = client(open_datasette(database, path, metadata=metadata))
    address = "/other/pages.json" if owner == "column" else "/other/of_ref.json"
    assert get(address, ref="b", _shape="array").json()[0]["ref"] == "b"


def test_search_answers_nothing_to_nothing(get: Get) -> None:
    assert get("/papers/search.json", q=" ", _shape="array").json() == []


def test_search_puts_the_best_match_first(get: Get) -> None:
    rows = get("/papers/search.json", q="kv cache", _shape="array").json()
    assert "KV Cache" in rows[0]["title"]
    scores = [row["score"] for row in rows]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[-1] > 0


def test_years_add_up_to_all_papers(get: Get) -> None:
    rows = get("/papers/papers_by_year.json", _shape="array").json()
    assert sum(row["papers"] for row in rows) == 325
    assert [row["year"] for row in rows][-1] == "undated"


def test_hardware_is_counted_in_every_year(get: Get, db: sqlite3.Connection) -> None:
    """Years were once written into the query, and papers of later ones were counted nowhere."""
    counted: dict[str, int] = {}
    for row in get("/papers/hardware_by_year.json", _shape="array", _size="max").json():
        counted[row["entity_id"]] = counted.get(row["entity_id"], 0) + row["papers"]
        assert row["papers"] <= row["papers_of_all_years"]
    named = db.execute(
        "select entity_id, count(distinct mentions.paper_id) from mentions"
        " join entities on entities.id = entity_id where kind = 'hardware' group by 1"
    )
    assert counted == dict(named)


def test_what_dumps_contributed_adds_up(get: Get) -> None:
    rows = get("/papers/dump_contributions.json", _shape="array").json()
    assert sum(row["papers"] for row in rows) == 365
    assert all(row["only_here"] + row["elsewhere_too"] == row["papers"] for row in rows)


def test_a_dump_can_be_named_by_id_or_file(get: Get) -> None:
    name = "002_80f49f3159c627e0"
    by_id, by_file = (
        get("/papers/listings_of_one_dump.json", dump=dump, _shape="array").json()
        for dump in (name, f"{name}.txt")
    )
    assert by_id == by_file
    assert [row["rank"] for row in by_id] == list(range(1, 39))


def test_csv_has_the_rows_of_the_query(get: Get) -> None:
    rows = list(csv.DictReader(io.StringIO(get("/papers/papers_by_year.csv").text)))
    assert sum(int(row["papers"]) for row in rows) == 325


def test_titles_in_query_results_lead_to_the_paper(get: Get) -> None:
    link = parse_html(get("/papers/most_discussed").text).select_one("tbody .col-title a")
    assert link
    page = get(str(link["href"]))
    assert page.status_code == 200
    assert link.get_text() in page.text


def test_a_title_without_an_id_beside_it_is_no_link(get: Get) -> None:
    page = parse_html(get("/papers", sql="select title from papers limit 2").text)
    assert len(page.select("tbody .col-title")) == 2
    assert not page.select("tbody .col-title a")


@pytest.mark.parametrize(
    ("sql", "column", "linked"),
    [
        ("select paper_id, quote from claims limit 1", "paper_id", True),
        ("select topic_id from paper_topics limit 1", "topic_id", True),
        ("select author_id from (select null as author_id)", "author_id", False),
        ("select paper_id, title from claims join papers on papers.id = paper_id limit 1",
         "paper_id", False),  # the title is a link
        ("select id, title from papers limit 1", "title", True),
        ("select rowid as id, title from papers limit 1", "title", False),
        ("select 1 as paper_id", "paper_id", False),
    ],
)  # fmt: skip
def test_a_key_leads_to_its_row(get: Get, sql: str, column: str, linked: bool) -> None:
    links = parse_html(get("/papers", sql=sql).text).select(f"tbody .col-{column} a")
    assert len(links) == linked
    for link in links:
        assert get(str(link["href"])).status_code == 200


def test_the_table_page_searches_and_facets(get: Get) -> None:
    answer = get("/papers/papers.json", _search="mamba", _facet="year", _size="5").json()
    assert 0 < answer["filtered_table_rows_count"] < 325
    assert set(answer["facet_results"]) >= {"year", "organization_id", "type", "topics"}


def test_a_papers_standing_over_days(tmp_path: Path) -> None:
    """Two answers of a day each, and an archive of days far apart, where ranks are of the day."""

    def listed(number: int, day: str, upvotes: int) -> Json:
        when = {"submittedOnDailyAt": f"{day}T00:00:00.000Z", "publishedAt": "2024-07-01"}
        return new(number, upvotes=upvotes, **when)

    files = {
        "archive": [
            listed(1, "2024-07-02", 3),
            listed(0, "2024-07-02", 5),
            listed(0, "2024-07-12", 8),
        ],
        "day": [listed(0, "2024-07-13", 21), listed(2, "2024-07-13", 1)],
    }
    for name, records in files.items():
        (tmp_path / f"{name}.json").write_text(answer(records))
    database = build(tmp_path / "papers.db", *sorted(tmp_path.iterdir()), "--unusual")
    get = client(open_datasette(database))
    for paper in ("small-caches", "2407.00001", "sMALL cach"):
        rows = get("/papers/standing_over_days.json", paper=paper, _shape="array").json()
        columns = ("day", "rank", "papers", "upvotes", "more_upvotes", "dump_id")
        assert [tuple(row[column] for column in columns) for row in rows] == [
            ("2024-07-02", 2, 2, 5, None, "archive"),
            ("2024-07-12", 1, 1, 8, 3, "archive"),
            ("2024-07-13", 1, 2, 21, 13, "day"),
        ]
    page = parse_html(get("/papers/papers/small-caches").text)
    link = page.select_one("#listed ~ p a")
    assert link
    assert get(str(link["href"])).status_code == 200
    assert "21 upvotes" in page.text  # of the newest day


def test_a_query_and_the_board_that_its_description_names_link_to_each_other(get: Get) -> None:
    (board,) = [link for link in links(QUERIES["kv_cache_memory"]["description_html"])
                if link.startswith("/results")]  # fmt: skip
    assert "/papers/kv_cache_memory" in links(get(board).text)
    assert "/papers/kv_cache_memory" not in links(get("/results?metric=speedup").text)
    assert "/results?metric=memory&scale=factor&topic=kv-cache" in links(
        get("/papers/topics/kv-cache").text
    )
