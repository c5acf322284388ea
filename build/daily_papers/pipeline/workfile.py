"""Keeps intermediate results of a build in a temporary SQLite file, so that memory does not grow
with the texts. The file is gone when the process ends."""

import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from errno import EIO, ENOSPC
from pathlib import Path
from typing import Any

_CACHE = 8_192  # KiB of pages that SQLite keeps in memory

# `as_listed`, `cleaned` and papers.paper are records as MessagePack, extractions as `extraction.py`
# packs them. The number of a paper is its position in the order of the ids of papers.
_TABLES = {
    "listings": "(number integer primary key, as_listed, cleaned)",
    "papers": "(number integer primary key, paper)",
    "extractions": "(number integer primary key, extraction)",
    "vectors": "(number integer primary key, vector)",
    "mentions": "(paper, position, key, kind, name, family, is_listed, is_introduced,"
    " primary key (paper, position)) without rowid",
    "entities": "(key primary key, id, kind, name, family, paper_id, paper_count) without rowid",
    "blocks": "(number integer primary key, piece)",
}


class Workfile(AbstractContextManager["Workfile"]):
    """Tables that the stages of a build write, and later stages read.

    The file has no name, so nothing is left of it even if the process is killed. Processes that are
    forked later cannot read it.
    """

    def __init__(self, folder: Path) -> None:
        """Create the file in a folder.

        Raises:
            OSError: the folder cannot be written.
        """
        self._folder = folder
        descriptor, name = tempfile.mkstemp(prefix=".daily-papers-", dir=folder)
        os.close(descriptor)
        self._db = sqlite3.connect(name, isolation_level=None)
        try:
            with self._errors():
                # Never committed, so that pages are written only when they do not fit in memory.
                for setting in (
                    "journal_mode = off",
                    "synchronous = off",
                    "locking_mode = exclusive",
                ):
                    self._db.execute(f"pragma {setting}")
                self._db.execute(f"pragma cache_size = -{_CACHE}")
                self._db.execute("begin exclusive")
                for table, columns in _TABLES.items():
                    self._db.execute(f"create table {table} {columns}")
                self._inserts = {table: self._insert(table) for table in _TABLES}
        finally:  # also of one that cannot be used, nothing is left
            Path(name).unlink()

    def __exit__(self, *_: object) -> None:
        """Close the file, which deletes it."""
        self._db.close()

    def insert(self, table: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Add rows to a table, with values in the order of its columns.

        Raises:
            OSError: the disk is full, or cannot be written.
        """
        with self._errors():
            self._db.executemany(self._inserts[table], rows)

    def _insert(self, table: str) -> str:
        columns = self._db.execute("select name from pragma_table_info(?)", [table]).fetchall()
        values = ", ".join("?" * len(columns))
        return f"insert into {table} values ({values})"  # noqa: S608 - ours

    def select(self, sql: str, *params: object) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query.

        Raises:
            OSError: the disk cannot be read, or has no room to sort.
        """
        with self._errors():
            yield from self._db.execute(sql, params)

    def blob(self, table: str, column: str, number: int) -> bytes:
        """Return a column of the row with a number."""
        sql = f"select {column} from {table} where number = ?"  # noqa: S608 - ours
        ((value,),) = self.select(sql, number)
        return bytes(value)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Raise errors of SQLite as OSError with the folder, which SQLite does not name."""
        try:
            yield
        except sqlite3.OperationalError as error:
            number = ENOSPC if error.sqlite_errorcode == sqlite3.SQLITE_FULL else EIO
            raise OSError(number, os.strerror(number), str(self._folder)) from error
