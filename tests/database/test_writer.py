"""The writer: rows as they come, checked, all or nothing."""

import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from daily_papers.database import writer
from daily_papers.database.columns import POSITIVE, FullText, Row, column
from daily_papers.database.writer import WriteError


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


def test_rows_are_written_in_the_order_in_which_they_come(tmp_path: Path) -> None:
    write(tmp_path / "x.db")
    with sqlite3.connect(tmp_path / "x.db") as db:
        assert db.execute("select rowid, id from fruit").fetchall() == [(1, "a"), (2, "p")]
        assert db.execute("pragma user_version").fetchone() == (7,)


def test_full_text_search_stems_and_ranks_by_weight(tmp_path: Path) -> None:
    write(tmp_path / "x.db")
    with sqlite3.connect(tmp_path / "x.db") as db:
        matches = db.execute("select rowid from fruit_fts where fruit_fts match 'apples'")
        assert matches.fetchall() == [(1,)]
        assert db.execute("select v from fruit_fts_config where k = 'rank'").fetchone() == (
            "bm25(2.0)",
        )


def test_full_text_search_has_its_usual_settings_in_the_end(tmp_path: Path) -> None:
    write(tmp_path / "x.db")
    with sqlite3.connect(tmp_path / "x.db") as db:
        kept = dict(db.execute("select k, v from fruit_fts_config"))
    usual = {"automerge": 4, "crisismerge": 16, "hashsize": 1 << 20}  # sqlite.org/fts5.html, 6
    assert {name: kept[name] for name in usual} == usual


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    write(tmp_path / "x.db")
    write(tmp_path / "y.db", [(Fruit, iter([APPLE, PEAR])), ROWS[1]])
    assert (tmp_path / "x.db").read_bytes() == (tmp_path / "y.db").read_bytes()


def test_a_row_of_a_repeated_table_may_come_again(tmp_path: Path) -> None:
    class Often(Row, name="often", repeated=True):
        id: str = column("Key")
        weight: int = column("Grams", POSITIVE)

    def write_often(rows: list[writer.Values]) -> None:
        writer.write(tmp_path / "x.db", (Often.table,), [(Often, rows)], 7, lambda _: None)

    write_often([("a", 2), ("p", 3), ("a", 2)])
    with sqlite3.connect(tmp_path / "x.db") as db:
        assert db.execute("select id from often").fetchall() == [("a",), ("p",)]
    with pytest.raises(WriteError, match="CHECK constraint failed"):
        write_often([("a", 0)])


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
    tmp_path: Path, fruit: list[writer.Values], message: str
) -> None:
    target = tmp_path / "x.db"
    target.write_text("old")
    with pytest.raises(WriteError, match=message):
        write(target, [(Fruit, fruit)])
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_database_that_fails_its_verification_leaves_the_old_file(tmp_path: Path) -> None:
    def refuse(database: Path) -> None:
        with sqlite3.connect(database) as db:
            assert db.execute("select count(*) from fruit").fetchone() == (2,)
        raise ValueError("not good enough")

    target = tmp_path / "x.db"
    target.write_text("old")
    with pytest.raises(ValueError, match="not good enough"):
        write(target, verify=refuse)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = sqlite3.connect

    def connect_to_a_small_disk(path: Path) -> sqlite3.Connection:
        connection = connect(path)
        connection.execute("pragma max_page_count = 12")  # SQLite's own "disk is full"
        return connection

    target = tmp_path / "x.db"
    target.write_text("old")
    monkeypatch.setattr(sqlite3, "connect", connect_to_a_small_disk)
    with pytest.raises(WriteError, match=r"x\.db: database or disk is full"):
        write(target, [(Fruit, [(f"{number}", "x" * 100, 1) for number in range(1000)])])
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_the_new_file_takes_the_place_in_one_step(tmp_path: Path) -> None:
    target = tmp_path / "x.db"
    target.write_text("old")
    target.chmod(0o600)
    with target.open() as reader:
        write(target)
        assert reader.read() == "old"  # who has the old file open keeps it
    assert target.stat().st_mode & 0o777 == 0o600


def test_declared_indexes_are_there_and_analyzed(tmp_path: Path) -> None:
    write(tmp_path / "x.db")
    with sqlite3.connect(tmp_path / "x.db") as db:
        assert ("idx_fruit_weight",) in db.execute("select idx from sqlite_stat1").fetchall()


def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    link, target = tmp_path / "x.db", tmp_path / "data" / "x.db"
    link.symlink_to(target)
    write(link)
    assert link.is_symlink()
    assert target.read_bytes().startswith(b"SQLite format 3")


def test_a_second_build_of_the_same_file_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "x.db"

    def build_again(_: Path) -> None:
        with pytest.raises(WriteError, match="another build is writing it"):
            write(target)

    write(target, verify=build_again)
    assert list(tmp_path.iterdir()) == [target]


def test_what_a_killed_build_left_is_taken_over(tmp_path: Path) -> None:
    target = tmp_path / "x.db"
    (tmp_path / "x.db.building").write_bytes(b"half a database" * 1000)
    write(target)
    assert list(tmp_path.iterdir()) == [target]


def test_nothing_but_the_declared_tables_is_in_the_file(tmp_path: Path) -> None:
    write(tmp_path / "x.db")
    with sqlite3.connect(tmp_path / "x.db") as db:
        names = [name for (name,) in db.execute("select name from sqlite_master order by name")]
    shadows = [f"fruit_fts{end}" for end in ("", "_config", "_data", "_docsize", "_idx")]
    assert [name for name in names if not name.startswith(("sqlite_", "idx_"))] == sorted(
        ["fruit", "baskets", *shadows]
    )
