"""Writes rows into a new SQLite file, which is verified, then replaces the target in one step."""

import shutil
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from daily_papers.database import atomic
from daily_papers.database.columns import FullText, Row, Table, Values

if TYPE_CHECKING:
    from sqlite_utils import Database

_CACHE = 65_536  # KiB of pages that SQLite keeps

# Options of FTS5: the value while an index is filled, and the default. Larger pieces are all merged
# at once; with the defaults each is merged several times.
_FULL_TEXT = {
    "hashsize": (16 << 20, 1 << 20),  # bytes of a piece
    "automerge": (0, 4),  # never
    "crisismerge": (1999, 16),  # pieces; there can be no more
}


class WriteError(Exception):
    """The database cannot be written, or its rows break a key or a check."""


Rows = tuple[type[Row], Iterable[Values]]


def write(
    target: Path,
    tables: Sequence[Table],
    rows: Iterable[Rows],
    version: int,
    verify: Callable[[Path], object],
) -> None:
    """Write rows into a new file and put it in place of `target`.

    Rows come in batches, each for one table, and are numbered as they come: the same rows in the
    same order give the same bytes. `verify` is called with the finished file; if it raises, or the
    process is killed at any moment, `target` stays as it was.

    Raises:
        WriteError: another build is writing the same target, a row breaks a key or a check, or
            the disk is full.
    """
    from sqlite_utils import Database  # here, as it takes two seconds where pandas is installed

    target = target.resolve()  # a link stays, what it leads to is replaced
    building = target.with_name(target.name + ".building")

    def refuse(problem: str) -> WriteError:
        return WriteError(f"{target}: another build {problem}")

    with atomic.locked(building, refuse), atomic.replace_file(target, building):
        with closing(sqlite3.connect(building)) as connection:
            try:
                _fill(Database(connection, execute_plugins=False), tables, rows, version)
            except sqlite3.Error as error:
                raise WriteError(f"{target}: {error}") from error
        verify(building)
        if target.exists():
            shutil.copymode(target, building)


def has_rows(target: Path, table: Table) -> bool:
    """Tell whether a database is there, and a table of it has rows."""
    if not target.exists():
        return False
    with closing(sqlite3.connect(f"{target.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        try:
            return bool([*connection.execute(f'select 1 from "{table.name}" limit 1')])  # noqa: S608 - names are ours
        except sqlite3.Error:
            return False


def _fill(db: "Database", tables: Sequence[Table], rows: Iterable[Rows], version: int) -> None:
    # The file is worthless until it is put in place: no journal, no syncing before that.
    db.execute("pragma journal_mode = off")
    db.execute("pragma synchronous = off")
    db.execute(f"pragma cache_size = -{_CACHE}")
    with db.atomic():
        for table in tables:
            db.execute(table.sql())
    for table in tables:
        if table.full_text:
            fields, tokenizer = list(table.full_text.weights), table.full_text.tokenizer
            db.table(table.name).enable_fts(fields, tokenize=tokenizer)
    with db.atomic():
        for row_type, batch in rows:
            # sqlite-utils makes a dictionary of each row, which takes longer than writing it.
            db.conn.executemany(row_type.table.insert(), batch)
    with db.atomic():
        for table in tables:
            for column in table.columns:
                if column.index:
                    db.table(table.name).create_index([column.name])
            for columns in table.indexes:
                db.table(table.name).create_index(list(columns))
            if table.full_text:
                _fill_full_text(db, f"{table.name}_fts", table.full_text)
    db.execute("analyze")
    db.execute(f"pragma user_version = {version}")


def _fill_full_text(db: "Database", name: str, full_text: FullText) -> None:
    def configure(command: str, value: object = None) -> None:
        # The name of a table cannot be a parameter; it comes from schema.py.
        db.execute(f"insert into {name}({name}, rank) values (?, ?)", [command, value])  # noqa: S608

    for option, (filling, _) in _FULL_TEXT.items():
        configure(option, filling)
    configure("rebuild")
    configure("optimize")
    for option, (_, default) in _FULL_TEXT.items():
        configure(option, default)
    configure("rank", f"bm25({', '.join(str(weight) for weight in full_text.weights.values())})")
