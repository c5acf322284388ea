"""The writer: rows as they come, checked, all or nothing."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from daily_papers.database import writer
from daily_papers.database.columns import POSITIVE, FullText, Row, column
from daily_papers.database.writer import WriteError
from tests.conftest import query


class Fruit(Row, name="fruit", full_text=FullText({"name": 2.0}, "porter")):
    id: str = column("What it is called")
    name: str = column("What it is called in full")
    weight: int | None = column("Grams", POSITIVE, index=True)


class Basket(Row, name="baskets"):
    id: int = column("Number")
    fruit_id: str | None = column("What is in it", references="fruit")


APPLE, PEAR = ("a", "apple", 2), ("p", "pear", None)
ROWS: list[writer.Rows] = [(Fruit, [APPLE]), (Basket, [(1, "a")]), (Fruit, [PEAR])]


def write(
    target: Path,
    rows: Iterable[writer.Rows] = ROWS,
    verify: Callable[[Path], None] = lambda _: None,
) -> None:
    writer.write(target, (Fruit.table, Basket.table), rows, 7, verify)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    write(tmp_path / "written.db")
    return tmp_path / "written.db"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """An old file, which a build may replace."""
    path = tmp_path / "x.db"
    path.write_text("old")
    return path


@contextmanager
def raises_and_leaves(target: Path, error: type[Exception], message: str) -> Iterator[None]:
    """Expect an error, after which the old file stands, alone in its folder."""
    with pytest.raises(error, match=message):
        yield
    assert target.read_text() == "old"
    assert list(target.parent.iterdir()) == [target]


def test_rows_are_written_in_the_order_in_which_they_come(written: Path) -> None:
    assert query(written, "select rowid, id from fruit") == [(1, "a"), (2, "p")]
    assert query(written, "pragma user_version") == [(7,)]


def test_full_text_search_stems_and_ranks_by_weight(written: Path) -> None:
    assert query(written, "select rowid from fruit_fts where fruit_fts match 'apples'") == [(1,)]
    assert query(written, "select v from fruit_fts_config where k = 'rank'") == [("bm25(2.0)",)]


def test_full_text_search_has_its_default_settings_in_the_end(written: Path) -> None:
    settings = dict(query(written, "select k, v from fruit_fts_config"))
    defaults = {"automerge": 4, "crisismerge": 16, "hashsize": 1 << 20}  # sqlite.org/fts5.html, 6
    assert {name: settings[name] for name in defaults} == defaults


def test_the_same_rows_give_the_same_bytes(written: Path, target: Path) -> None:
    write(target, [(Fruit, iter([APPLE, PEAR])), ROWS[1]])
    assert target.read_bytes() == written.read_bytes()


def test_a_row_of_a_repeated_table_may_come_again(target: Path) -> None:
    class Often(Row, name="often", repeated=True):
        id: str = column("Key")
        weight: int = column("Grams", POSITIVE)

    def write_often(rows: list[writer.Values]) -> None:
        writer.write(target, (Often.table,), [(Often, rows)], 7, lambda _: None)

    with raises_and_leaves(target, WriteError, "CHECK constraint failed"):
        write_often([("a", 0)])
    write_often([("a", 2), ("p", 3), ("a", 2)])
    assert query(target, "select id from often") == [("a",), ("p",)]


@pytest.mark.parametrize(
    ("fruit", "message"),
    [
        ([APPLE, APPLE], "UNIQUE constraint failed: fruit.id"),
        ([("a", "apple", 0)], "CHECK constraint failed"),
        ([("a", None, 2)], "NOT NULL constraint failed: fruit.name"),
        ([("a", "apple", "heavy")], "cannot store TEXT value in INTEGER column fruit.weight"),
    ],
)
def test_a_row_that_breaks_a_rule_leaves_the_old_file(
    target: Path, fruit: list[writer.Values], message: str
) -> None:
    with raises_and_leaves(target, WriteError, message):
        write(target, [(Fruit, fruit)])


def test_a_database_that_fails_its_verification_leaves_the_old_file(target: Path) -> None:
    def refuse(database: Path) -> None:
        assert query(database, "select count(*) from fruit") == [(2,)]
        raise ValueError("not good enough")

    with raises_and_leaves(target, ValueError, "not good enough"):
        write(target, verify=refuse)


def test_a_full_disk_leaves_the_old_file(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = sqlite3.connect

    def connect_to_a_small_disk(path: Path) -> sqlite3.Connection:
        connection = connect(path)
        connection.execute("pragma max_page_count = 12")  # SQLite's own "disk is full"
        return connection

    monkeypatch.setattr(sqlite3, "connect", connect_to_a_small_disk)
    with raises_and_leaves(target, WriteError, r"x\.db: database or disk is full"):
        write(target, [(Fruit, [(f"{number}", "x" * 100, 1) for number in range(1000)])])


def test_the_new_file_replaces_the_old_one_in_one_step(target: Path) -> None:
    target.chmod(0o600)
    with target.open() as reader:
        write(target)
        assert reader.read() == "old"  # who has the old file open keeps it
    assert target.stat().st_mode & 0o777 == 0o600


def test_declared_indexes_are_there_and_analyzed(written: Path) -> None:
    assert ("idx_fruit_weight",) in query(written, "select idx from sqlite_stat1")


def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path: Path, target: Path) -> None:
    (tmp_path / "links").mkdir()
    link = tmp_path / "links" / "x.db"
    link.symlink_to(target)
    write(link)
    assert link.is_symlink()
    assert target.read_bytes().startswith(b"SQLite format 3")


def test_a_second_build_of_the_same_file_is_refused(target: Path) -> None:
    def build_again(_: Path) -> None:
        with pytest.raises(WriteError, match="another build is writing it"):
            write(target)

    write(target, verify=build_again)
    assert list(target.parent.iterdir()) == [target]


def test_what_a_killed_build_left_is_taken_over(target: Path) -> None:
    target.with_name("x.db.building").write_bytes(b"half a database" * 1000)
    write(target)
    assert list(target.parent.iterdir()) == [target]


def test_nothing_but_the_declared_tables_is_in_the_file(written: Path) -> None:
    names = [name for (name,) in query(written, "select name from sqlite_master order by name")]
    shadows = [f"fruit_fts{end}" for end in ("", "_config", "_data", "_docsize", "_idx")]
    assert [name for name in names if not name.startswith(("sqlite_", "idx_"))] == sorted(
        ["fruit", "baskets", *shadows]
    )
