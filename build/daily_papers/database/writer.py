"""Writes rows into a finished SQLite file, which is checked, then put in place in one step."""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from sqlite_utils import Database

_CACHE = 65_536  # KiB of pages that SQLite keeps

# Options of FTS5: the value while an index is filled, for larger pieces that are all merged at once
# (with the usual ones, each is merged several times), and the usual one.
_FULL_TEXT = {
    "hashsize": (16 << 20, 1 << 20),  # bytes of a piece
    "automerge": (0, 4),  # never
    "crisismerge": (1999, 16),  # pieces; there can be no more
}

Row = tuple[Any, ...]  # in the order of the columns


class StoreError(Exception):
    """The database could not be written, or what was written does not hold together."""


@dataclass(frozen=True)
class Column:
    """A column; in `check`, {0} stands for its name. `references` a table means its `id`.

    One that may be null says what it is null in every row without: `stated`, what some dump has to
    state, by its name in `dumps.states`; or `filled_from`, how many papers with rows in the table
    there have to be, 0 for any.
    """

    name: str
    type: Literal["text", "integer", "real", "blob"]
    required: bool = False
    check: str | None = None
    references: str | None = None
    index: bool = False
    stated: str | None = None
    filled_from: int | None = None

    def sql(self) -> str:
        """Return its line of the `create table` statement."""
        return (
            f'"{self.name}" {self.type}'
            + (" not null" if self.required else "")
            + (f' references "{self.references}" ("id")' if self.references else "")
            + (f" check ({self.check.format(self.name)})" if self.check else "")
        )


@dataclass(frozen=True)
class FullText:
    """Full-text search over some columns: what a match in each weighs, and how words are cut."""

    weights: Mapping[str, float]
    tokenizer: str


@dataclass(frozen=True)
class Table:
    """A table, strict, and all that belongs to it: `indexes` are of several columns. Of one that is
    `repeated`, a row whose key is there already is passed over."""

    name: str
    primary_key: tuple[str, ...]
    columns: tuple[Column, ...]
    checks: tuple[str, ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    full_text: FullText | None = None
    repeated: bool = False

    def sql(self) -> str:
        """Return the `create table` statement."""
        lines = [column.sql() for column in self.columns]
        lines.append(f"primary key ({', '.join(self.primary_key)})")
        lines.extend(f"check ({check})" for check in self.checks)
        return f'create table "{self.name}" (\n    ' + ",\n    ".join(lines) + "\n) strict"

    def insert(self) -> str:
        """Return the statement that writes a row."""
        places = ", ".join("?" * len(self.columns))
        passing = " on conflict do nothing" if self.repeated else ""
        return f'insert into "{self.name}" values ({places}){passing}'  # noqa: S608 - names are ours


Rows = tuple[Table, Iterable[Row]]


def write(
    target: Path,
    tables: Sequence[Table],
    rows: Iterable[Rows],
    version: int,
    verify: Callable[[Path], object],
) -> None:
    """Write rows into a new file and put it in place of `target`.

    Rows come in lots, each of one table, and are numbered as they come: the same ones in the same
    order give the same bytes. `verify` sees the finished file; what it raises leaves `target`
    as it was, as does being killed at any moment.

    Raises:
        StoreError: another build is writing the same target, a row breaks a key or a check, or
            the disk is full.
    """
    from sqlite_utils import Database  # here, as it takes two seconds where pandas is installed

    target = target.resolve()  # a link stays, what it leads to is replaced
    with _place(target) as building:
        with closing(sqlite3.connect(building)) as connection:
            try:
                _fill(Database(connection, execute_plugins=False), tables, rows, version)
            except sqlite3.Error as error:
                raise StoreError(f"{target}: {error}") from error
        verify(building)
        if target.exists():
            shutil.copymode(target, building)
        _sync(building)
        building.replace(target)
        _sync(target.parent)


@contextmanager
def _place(target: Path) -> Iterator[Path]:
    """Yield an empty file beside the target that no other build has; drop it if anything fails.

    Its name is fixed and the lock goes with the build and its processes, so what a killed build
    left behind is taken over by the next one.
    """
    building = target.with_name(target.name + ".building")
    with building.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreError(f"{target}: another build is writing it") from error
        if not building.exists() or not os.path.samestat(os.fstat(lock.fileno()), building.stat()):
            raise StoreError(f"{target}: another build has just written it")
        os.truncate(building, 0)
        try:
            yield building
        except BaseException:
            building.unlink(missing_ok=True)
            raise


def _fill(
    db: "Database",
    tables: Sequence[Table],
    rows: Iterable[Rows],
    version: int,
) -> None:
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
        for table, lot in rows:
            # sqlite-utils makes a dictionary of each row, which takes longer than writing it.
            db.conn.executemany(table.insert(), lot)
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
    def tell(command: str, value: object = None) -> None:
        # The name of a table cannot be a parameter; it comes from schema.py.
        db.execute(f"insert into {name}({name}, rank) values (?, ?)", [command, value])  # noqa: S608

    for option, (filling, _) in _FULL_TEXT.items():
        tell(option, filling)
    tell("rebuild")
    tell("optimize")
    for option, (_, usual) in _FULL_TEXT.items():
        tell(option, usual)
    tell("rank", f"bm25({', '.join(str(weight) for weight in full_text.weights.values())})")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
