"""A connection that others' SQL runs on reads our tables, and takes only so much."""

import gc
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from daily_papers.site.http.sql_limits import limited, restrict

LONG = "hex(zeroblob(290000))"
STEP = 8  # seconds that no single step takes, on a slow machine that does other things too


@pytest.fixture
def restricted(database: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:  # it could write
        restrict(connection)
        yield connection


def test_reads_tables_and_full_text(restricted: sqlite3.Connection) -> None:
    for sql in (
        "select count(*) from papers",
        "select count(*) from papers_fts where papers_fts match 'cache'",
        "select count(*) from pragma_table_info('papers')",
        "with recursive n (i) as (values (1) union select i + 1 from n limit 5) select 1 from n",
        "select length(weights) from search_terms",
        "select count(*) from papers, json_each(papers.topics)",
    ):
        assert restricted.execute(sql).fetchone()[0] > 0, sql


@pytest.mark.parametrize(
    "sql",
    [
        "create table x (a)",
        "create temp table x (a)",
        "create view x as select 1",
        "delete from papers",
        "update papers set title = ''",
        "insert into topics (id) values ('x')",
        "drop table papers",
        "update sqlite_master set sql = ''",
        "attach '/etc/passwd' as x",
        "detach main",
        "vacuum into '/tmp/x'",
        "begin immediate",
        "pragma writable_schema = on",
        "pragma query_only = off",
        "pragma hard_heap_limit = 0",
        "pragma journal_mode = delete",
        "pragma temp_store_directory = '/tmp'",
        "select load_extension('x')",
        "select fts3_tokenizer('x')",
        "select * from sqlite_stmt",
        "select randomblob(1000000000)",
        "select zeroblob(1000000000)",
        "select group_concat(abstract) from papers, topics",
        "select 'a' like '" + "%a" * 501 + "'",
        "select " + "(" * 201 + "1" + ")" * 201,
        "select " + "+".join("1" * 300),
    ],
)
def test_refuses_what_does_not_read_or_takes_too_much(
    restricted: sqlite3.Connection, sql: str
) -> None:
    start = time.monotonic()
    with pytest.raises(sqlite3.Error):
        restricted.execute(sql).fetchall()
    assert time.monotonic() - start < STEP


@pytest.mark.parametrize(
    "sql",
    [
        f"select instr({LONG}, substr({LONG}, 1, 290000) || '1')",
        f"select replace({LONG}, substr({LONG}, 1, 290000) || '1', '')",
        f"select {LONG} like '%' || substr({LONG}, 1, 98) || '1' || substr({LONG}, 1, 98)",
        f"select trim({LONG}, substr({LONG}, 1, 9000) || 'a')",
    ],
)
def test_no_single_step_takes_long(restricted: sqlite3.Connection, sql: str) -> None:
    start = time.monotonic()
    restricted.execute(sql).fetchall()
    assert time.monotonic() - start < STEP


def test_sorting_much_ends_with_an_error_and_not_with_the_machines_memory(
    restricted: sqlite3.Connection,
) -> None:
    sql = "select a.abstract || b.abstract || c.title from papers a, papers b, papers c order by 1"
    with pytest.raises((MemoryError, sqlite3.Error)):
        restricted.execute(sql).fetchall()
    assert restricted.execute("select count(*) from papers").fetchone()[0] > 0


def test_printf_formats_as_sqlite_does(restricted: sqlite3.Connection, database: Path) -> None:
    sql = "select printf('%05.1f|%,d|%s|%%|%-8s|', 3.14159, 1234567, null, 'é'), format('%x', 255)"
    with closing(sqlite3.connect(database)) as free:
        assert restricted.execute(sql).fetchall() == free.execute(sql).fetchall()
    assert restricted.execute("select printf()").fetchone() == (None,)
    for wide in ("printf('%.*c', 2147483647, 'x')", "format('%.2147483647c', 'x')"):
        assert restricted.execute(f"select {wide}").fetchone() == (None,)
    assert restricted.execute("select printf(null)").fetchone() == (None,)


def test_a_value_has_at_most_600_000_bytes(restricted: sqlite3.Connection) -> None:
    assert restricted.execute("select max(length(codes)) from search_columns").fetchone()[0] > 0
    longest = restricted.execute("select zeroblob(600000)").fetchone()[0]
    assert len(longest) == 600_000
    with pytest.raises(sqlite3.DataError, match="too big"):
        restricted.execute("select zeroblob(600001)").fetchall()


def test_an_answer_has_at_most_8_million_bytes(restricted: sqlite3.Connection) -> None:
    counted = "with recursive n (i) as (values (1) union select i + 1 from n limit ?)"
    rows = f"{counted} select hex(zeroblob(250000)) from n"
    with limited(restricted, 60_000):
        assert len(restricted.execute(rows, (15,)).fetchall()) == 15
    refused = pytest.raises(sqlite3.DataError, match="an answer has at most 8,000,000 bytes")
    with refused, limited(restricted, 60_000):
        restricted.execute(rows, (16,)).fetchall()


@pytest.mark.parametrize(
    ("columns", "most"),
    [
        (", ".join(f"i as c{number}" for number in range(190)), "100,000 cells"),
        (f'i as "{"x" * 50_000}"', "8,000,000 bytes"),  # JSON repeats the name in each row
        (f'i as "{"é" * 2_000}"', "8,000,000 bytes"),
        (f"'{'é' * 2_000}'", "8,000,000 bytes"),  # JSON writes six letters for each
        ("replace(hex(zeroblob(1000)), '0', char(1))", "8,000,000 bytes"),  # and of these
    ],
)
def test_cells_and_names_count(restricted: sqlite3.Connection, columns: str, most: str) -> None:
    numbers = "with recursive n (i) as (values (1) union select i + 1 from n limit 1000)"
    with pytest.raises(sqlite3.DataError, match=most), limited(restricted, 60_000):
        restricted.execute(f"{numbers} select {columns} from n").fetchall()


@pytest.mark.usefixtures("restricted")
def test_sqlite_takes_at_most_256_mb_of_a_process() -> None:
    with closing(sqlite3.connect(":memory:")) as free:
        assert free.execute("pragma hard_heap_limit").fetchone()[0] == 256 * 2**20


def test_an_answer_that_is_cut_does_not_have_later_ones_interrupted(
    restricted: sqlite3.Connection,
) -> None:
    endless = "with recursive n (i) as (values (1) union all select i from n) select {} from n"
    gc.disable()  # it would close what is open, sooner or later
    try:
        with limited(restricted, 10_000):
            assert len(restricted.execute(endless.format("1")).fetchmany(3)) == 3
        with pytest.raises(sqlite3.OperationalError, match="interrupted"), limited(restricted, 50):
            restricted.execute(endless.format("count(*)")).fetchone()
        assert restricted.execute("select count(*) from papers").fetchone()[0] > 0
    finally:
        gc.enable()


def test_a_query_that_was_refused_does_not_have_later_ones_interrupted(
    restricted: sqlite3.Connection,
) -> None:
    endless = "with recursive n (i) as (values (1) union all select i from n) select {} from n"
    with pytest.raises(sqlite3.DataError) as kept, limited(restricted, 10_000):
        restricted.execute(endless.format(LONG)).fetchall()
    with pytest.raises(sqlite3.OperationalError, match="interrupted"), limited(restricted, 50):
        restricted.execute(endless.format("count(*)")).fetchone()
    assert restricted.execute("select count(*) from papers").fetchone()[0] > 0
    assert kept.value.__traceback__  # as a server keeps it until the answer is sent
