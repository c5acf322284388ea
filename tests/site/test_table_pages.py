"""Tables are paged without losing or repeating a row, sorted by any column, in any format.

The tables are those of the schema, and some of other shapes. All columns but keys have ties, and
nulls where they may.
"""

import csv
import io
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import groupby
from operator import attrgetter, itemgetter
from pathlib import Path
from urllib.parse import urlencode

import pytest
from datasette.utils import tilde_encode
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.database import schema
from daily_papers.database.columns import Table
from daily_papers.site import table_pages
from tests.conftest import METADATA, Get, client, open_datasette, parse_html

ROWS = 6
SORTS = ("_sort", "_sort_desc")
VALUES = {
    "text": ("b,~", "", "$null", "b,~"),
    "integer": (0, 1, 10, 1),
    "real": (0.1 + 0.2, 1e22, -2.5, -2.5),
    "blob": (b"\0", b"a", b"\xff", b"a"),
    "list": ('["a"]', "[]", '["a", "b"]', "[]"),
}
# Tables of other shapes: their columns and rows, which end in a value to sort by.
MIXED = (None, "b", 3, None, b"\0", "b")
SHAPES = {
    "no_key": ("(value text)", [("b",), (None,), ("a",)] * 2),
    "a number": ("(id integer primary key, value)", list(enumerate(MIXED, -3))),
    "no_rowid": (
        "(id, part, value, primary key (id, part)) without rowid",
        [(number // 2, f"{number % 2}", value) for number, value in enumerate(MIXED)],
    ),
    "order": (
        '("group, by" text primary key, "desc" real)',
        [(f"{number},~/", value) for number, value in enumerate((1e22, 0.1, None) * 2)],
    ),
}
FACTS = ("papers", "claims", "mentions", "entities", "authorships", "listings", "links")
NAMED = [f"after{index}" for index in range(4)]
SIZES = (1, 5, 100)
WORDS = "create virtual table words using fts5(value)"
NAMES = [*(table.name for table in schema.TABLES), *SHAPES, "words"]


def values_of(table: Table, number: int) -> Iterator[object]:
    """Return the values of a row: ties and nulls, and a last key that no other row has."""
    for index, column in enumerate(table.columns):
        choices = VALUES.get(column.kind) or VALUES[column.type]
        if column.name == table.primary_key[-1]:
            shuffled = number * 5 % ROWS
            yield shuffled if column.type == "integer" else f"{shuffled},~"
        elif not column.required and (number + index) % 3 == 0:
            yield None
        else:
            yield choices[number * (index + 1) % len(choices)]


@pytest.fixture(scope="module")
def tied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of small tables whose columns have ties and nulls."""
    path = tmp_path_factory.mktemp("tied") / "tied.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("pragma ignore_check_constraints = on")
        for table in schema.TABLES:
            connection.execute(table.sql())
            rows = (tuple(values_of(table, number)) for number in range(ROWS))
            connection.executemany(table.insert(), rows)
            for column in filter(attrgetter("index"), table.columns):
                name = f"{table.name}_{column.name}"
                connection.execute(f'create index {name} on {table.name} ("{column.name}")')
        for shape, (columns, shape_rows) in SHAPES.items():
            connection.execute(f'create table "{shape}" {columns}')
            marks = ", ".join("?" * len(shape_rows[0]))
            connection.executemany(f'insert into "{shape}" values ({marks})', shape_rows)
        connection.execute(WORDS)
        connection.executemany("insert into words values (?)", SHAPES["no_key"][1])
    return path


@pytest.fixture(scope="module")
def ask(tied: Path) -> Get:
    """Request a page of that database; its tables have the metadata of ours."""
    tables = METADATA["databases"]["papers"]["tables"]
    metadata = {**METADATA, "databases": {"tied": {"tables": tables}}}
    return client(open_datasette(tied, metadata=metadata, suggest_facets=False))


def columns_of(database: Path, table: str) -> tuple[list[str], list[str]]:
    """Return the columns of a table, and those of its key."""
    with closing(sqlite3.connect(database)) as connection:
        info = connection.execute("select name, pk from pragma_table_info(?)", [table]).fetchall()
    keys = sorted((pk, name) for name, pk in info if pk)
    return [name for name, _ in info], [name for _, name in keys] or ["rowid"]


def in_order(database: Path, table: str, column: str, keys: Sequence[str]) -> list[set[str]]:
    """Return the rows by their keys; those with the same value of the column together."""
    quoted = ", ".join(f'"{key}"' for key in keys)
    sql = f'select dense_rank() over (order by "{column}"), {quoted} from "{table}" order by 1'
    with closing(sqlite3.connect(database)) as connection:
        groups = groupby(connection.execute(sql), key=itemgetter(0))
        return [{table_pages.token(row[1:]) for row in group} for _, group in groups]


def pages_of_json(ask: Get, url: str, keys: Sequence[str]) -> Iterator[list[str]]:
    """Return the rows of each page by their keys, and follow its link, to a page too many."""
    for _ in range(ROWS + 1):
        page = ask(url).json()
        indexes = [page["columns"].index(key) for key in keys]
        yield [table_pages.token(row[index] for index in indexes) for row in page["rows"]]
        url = (page["next_url"] or "").removeprefix("http://localhost")
        if not url:
            break


def pages_of_html(ask: Get, url: str, keys: Sequence[str]) -> Iterator[list[str]]:
    for _ in range(ROWS + 1):
        soup = parse_html(ask(url).text)
        by_several_keys = soup.select(".rows-and-columns td.col-Link > a")
        links = by_several_keys or soup.select(".rows-and-columns tbody > tr > :first-child > a")
        yield [str(link["href"]).rpartition("/")[2] for link in links]
        link = soup.find("a", string="Next page")
        if not link:
            break
        url = str(link["href"]).removeprefix("http://localhost")


def rows_of_csv(ask: Get, url: str, keys: Sequence[str]) -> list[str]:
    rows = csv.DictReader(io.StringIO(ask(url).text, newline=""))
    return [table_pages.token(row[key] for key in keys) for row in rows]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("table", NAMES)
def test_each_row_is_on_one_page_whatever_a_table_is_sorted_by(
    ask: Get, tied: Path, table: str, sort: str
) -> None:
    columns, keys = columns_of(tied, table)
    path = f"/tied/{tilde_encode(table)}"
    for column in columns:
        groups = in_order(tied, table, column, keys)
        groups = groups[::-1] if sort == "_sort_desc" else groups
        params = {sort: column, "_nofacet": "1", "_nocount": "1"}
        walked = []
        for size in SIZES:
            query = urlencode({**params, "_size": str(size)})
            pages = list(pages_of_json(ask, f"{path}.json?{query}", keys))
            assert [len(page) for page in pages[:-1]] == [size] * (
                ROWS // size - (ROWS % size == 0)
            )
            walked.append(sum(pages, []))
            walked.append(rows_of_csv(ask, f"{path}.csv?{query}&_stream=on", keys))
        # Once: a page costs ten times its JSON, and has the same rows.
        query = urlencode({**params, "_size": "5"})
        walked.append(sum(pages_of_html(ask, f"{path}?{query}", keys), []))
        assert all(rows == walked[0] for rows in walked), column
        assert split(walked[0], groups) == groups, column
        assert len(walked[0]) == ROWS


def split(rows: Sequence[str], groups: Sequence[set[str]]) -> list[set[str]]:
    """Return the rows in groups as large as these."""
    remaining = iter(rows)
    return [{key for _, key in zip(group, remaining, strict=False)} for group in groups]


@pytest.mark.parametrize(
    "params",
    [
        {},  # the order of metadata.yml, by a column with ties and nulls
        {"_where": "name is null or name is not null"},
        {"_where": "1 -- all", "_sort": "year", "_nofacet": "1"},
        {"_col": "title"},
        {"_col": "organization_id", "_labels": "on", "_sort": "year"},
        {"title__contains": ",", "_sort_desc": "comment_count", "_facet": "type"},
    ],
    ids=str,
)
def test_each_row_that_fits_is_on_one_page(ask: Get, params: dict[str, str]) -> None:
    every = list(pages_of_json(ask, f"/tied/papers.json?{urlencode({**params})}", ["id"]))
    query = urlencode({**params, "_size": "1"})
    rows = sum(pages_of_json(ask, f"/tied/papers.json?{query}", ["id"]), [])
    assert [rows] == every
    assert len(rows) > 2
    assert sum(pages_of_html(ask, f"/tied/papers?{query}", ["id"]), []) == rows
    assert rows_of_csv(ask, f"/tied/papers.csv?{query}&_stream=on", ["id"]) == rows


def test_arrays_and_lines_link_to_the_next_page(ask: Get) -> None:
    url, ids = "/tied/papers.json?_shape=array&_nl=on&_size=2&_sort=year", list[str]()
    while url and len(ids) <= ROWS:
        page = ask(url)
        ids += [json.loads(line)["id"] for line in page.text.splitlines()]
        url = str(page.links.get("next", {}).get("url", "")).removeprefix("http://localhost")
    assert len(ids) == len(set(ids)) == ROWS


def test_a_later_page_counts_and_facets_all_rows(ask: Get) -> None:
    first = ask("/tied/papers.json", _size="2", _facet="type").json()
    later = ask(first["next_url"].removeprefix("http://localhost")).json()
    (counts, later_counts) = (
        [(value["value"], value["count"]) for value in page["facet_results"]["type"]["results"]]
        for page in (first, later)
    )
    assert later_counts == counts
    assert later["filtered_table_rows_count"] == ROWS
    assert "_next" not in json.dumps(later["facet_results"])


def test_the_sql_of_a_later_page_selects_its_rows(ask: Get, tied: Path) -> None:
    first = ask("/tied/papers.json", _size="2", _sort_desc="year", _where="1 or 0").json()
    later = ask(first["next_url"].removeprefix("http://localhost")).json()
    with closing(sqlite3.connect(tied)) as connection:
        rows = connection.execute(later["query"]["sql"], later["query"]["params"]).fetchall()
    assert [list(row) for row in rows[:2]] == later["rows"]


def test_another_order_begins_with_its_first_page(ask: Get) -> None:
    url = ask("/tied/papers.json", _size="2").json()["next_url"].partition("?")[2]
    page = parse_html(ask(f"/tied/papers?{url}").text)
    links = [str(link["href"]) for link in page.select("th a, .facet-info a")]
    assert len(links) > 20
    assert not [link for link in links if "_next" in link]
    turned = ask(f"/tied/papers?{url}&_sort=year&_sort_by_desc=on").headers["location"]
    assert "_sort_desc=year" in turned
    assert "_next" not in turned


def test_a_token_of_datasette_itself_is_understood(ask: Get) -> None:
    page = ask("/tied/papers.json", _size="2", _sort="year").json()
    ours = ask("/tied/papers.json", _size="2", _sort="year", _next=page["next"]).json()
    theirs = ask("/tied/papers.json", _size="2", _sort="year", _next=f"$null,{page['next']}")
    assert theirs.json()["rows"] == ours["rows"]


@pytest.mark.parametrize("token", ["none", "a,b,c", "~", "%00", "9" * 30])
@pytest.mark.parametrize("table", ["papers", "listings", "no_key"])
def test_a_token_of_no_row_is_refused(ask: Get, table: str, token: str) -> None:
    answer = ask(f"/tied/{table}.json?_next={token}")
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("“_next” is no row of this table")


def test_a_page_of_no_rows_has_no_next(ask: Get) -> None:
    page = ask("/tied/papers.json", _size="0").json()
    assert (page["rows"], page["next"], page["next_url"]) == ([], None, None)


def test_a_view_is_paged_as_datasette_does(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "v.db")) as connection, connection:
        connection.execute("create view numbers as select 1 as n union select 2 union select 3")
    ask = client(open_datasette(tmp_path / "v.db", metadata={}))
    assert list(pages_of_json(ask, "/v/numbers.json?_size=2", ["n"])) == [["1", "2"], ["3"]]


@pytest.mark.parametrize("key", ["1", 1, b"\1", "ff", b"\xff\0", "a,b~", -5, "", b"", "012"])
@pytest.mark.parametrize("kind", ["", "text"])
def test_a_row_is_found_by_its_token_whatever_its_key(key: table_pages.Value, kind: str) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"create table t (k {kind}, value)")
        rows = [("12", "other"), (key, "this"), ("12 ", "other")]
        connection.executemany("insert into t values (?, ?)", rows)
        token = f"before,{table_pages.token([key])}"
        statement = table_pages.find_row(token, "t", ["k"], ["value"])
        assert connection.execute(*statement).fetchall() == [("this",)]


def test_what_full_text_search_has_for_columns_is_no_order(ask: Get) -> None:
    answer = ask("/tied/words.json", _sort="words")
    assert (answer.status_code, answer.json()["error"]) == (400, "Cannot sort table by words")


VALUE = st.none() | st.sampled_from(["", "a", "B", 0, 1, 1.5, -1, b"", b"a"]) | st.text(max_size=2)


@given(st.lists(VALUE, max_size=12), st.integers(1, 5), st.booleans(), st.booleans(), st.booleans())
def test_pages_of_any_values_have_each_row_once(
    values: list[object], size: int, is_descending: bool, is_indexed: bool, is_filtered: bool
) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("create table t (value, id integer primary key)")
        connection.executemany("insert into t (value) values (?)", [(value,) for value in values])
        if is_indexed:
            connection.execute("create index i on t (value)")
        condition = "id % 3 = 1 or id % 3 = 2" if is_filtered else ""
        query = table_pages.PageQuery(
            "select value, rowid from t", condition, ("value", "rowid"), is_descending, size
        )
        every = connection.execute(query.sql(limit=100)).fetchall()
        pages = [connection.execute(query.sql()).fetchall()]
        while pages[-1]:
            conditions, params = query.after(pages[-1][-1])
            by_condition = [
                connection.execute(query.sql([condition], 100), params).fetchall()
                for condition in conditions
            ]
            pages.append(connection.execute(query.sql(conditions), params).fetchall())
            assert sum(by_condition, [])[:size] == pages[-1]
    assert sum(pages, []) == every
    assert len(every) == sum(not is_filtered or index % 3 != 2 for index in range(len(values)))


@pytest.mark.parametrize("direction", ["", " desc"])
@pytest.mark.parametrize("table", [table for table in schema.TABLES if table.name in FACTS])
def test_an_index_of_a_column_serves_its_order(
    db: sqlite3.Connection, table: Table, direction: str
) -> None:
    """A sorted page would else take a quarter of a second at 100,000 papers."""
    keys = [f'"{key}"' for key in table.primary_key]
    sorted_by = [
        column for column in table.columns if column.index or column.name == table.primary_key[0]
    ]
    for column in sorted_by:
        sql = f'select * from {table.name} order by "{column.name}"{direction} limit 51'
        page = table_pages.parse(sql, table.name, keys, ["rowid"])
        others = [1] * (len(page.columns) - 1)
        after_value, after_null = (page.after([value, *others])[0] for value in (1, None))
        conditions = [*after_value, *after_null] if not column.required else after_value[:1]
        for after in ([], *([condition] for condition in conditions)):
            steps = db.execute(f"explain query plan {page.sql(after)}", dict.fromkeys(NAMED, 1))
            plan = [detail for *_, detail in steps]
            assert [step for step in plan if "TEMP B-TREE" in step] == [], (column.name, after)
            assert after != after_value[:1] or "SEARCH" in plan[0], (column.name, after)
