"""Checks the database file before it is served, and notices when another file replaces it."""

import os
import sqlite3
import stat
from contextlib import closing
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from daily_papers.database import schema


class ServeError(Exception):
    """A database, site folder or address that cannot be served."""


@dataclass(frozen=True)
class ServedDatabase:
    """A sound database file: what all workers need to know of it, read once.

    `sha256` is the hash of its bytes, `row_counts` has the rows of each table, and `file_id` tells
    the file from one that replaces it.
    """

    path: Path
    sha256: str
    row_counts: dict[str, int]
    file_id: str

    def is_current(self) -> bool:
        """Tell whether the path still names this file."""
        return file_id(self.path) == self.file_id


def inspect_database(path: Path) -> ServedDatabase:
    """Read all of a database file and return what is known of it.

    Raises:
        ServeError: the file is damaged, or its schema has another version.
        OSError: there is no such file.
    """
    current = file_id(path)  # before reading: a file that replaces it meanwhile has another
    if not current and path.exists():  # a pipe would never end
        raise ServeError(f"{path}: not a regular file.")
    try:
        # Path.resolve raises a RuntimeError for a loop of links before Python 3.13.
        uri = f"{Path(os.path.realpath(path, strict=True)).as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            _require_sound(connection, path)
            sql = 'select count(*) from "{}"'
            counts = {
                table.name: int(connection.execute(sql.format(table.name)).fetchone()[0])
                for table in schema.TABLES
            }
    except sqlite3.DatabaseError as error:
        problem = f"{path}: not a sound SQLite database ({error}); build it anew."
        raise ServeError(problem) from error
    with path.open("rb") as file:
        return ServedDatabase(path, file_digest(file, "sha256").hexdigest(), counts, current)


def _require_sound(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("pragma user_version").fetchone()
    if not version:
        raise ServeError(f"{path}: not a database that daily-papers built.")
    if version != schema.MAJOR:
        raise ServeError(
            f"{path}: its schema has version {version}, and this daily-papers serves"
            f" {schema.MAJOR}; build it anew."
        )
    (result,) = connection.execute("pragma quick_check(1)").fetchone()
    if result != "ok":
        raise ServeError(f"{path}: damaged ({' '.join(result.split())}); build it anew.")


def file_id(path: Path) -> str:
    """Return what tells a file from one that replaces it; nothing if there is no regular file."""
    try:
        status = path.stat()
    except OSError:
        return ""
    if not stat.S_ISREG(status.st_mode):
        return ""
    return f"{status.st_dev} {status.st_ino} {status.st_size} {status.st_mtime_ns}"
