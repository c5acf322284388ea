"""Keeps what was read out of dumps and texts between builds; without it, all is read again.

A result goes by a hash of what it was made of, and by a hash of the code and the vocabulary that
made it: so it is never out of date. What is damaged counts as missing.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Any

_MADE_WITH = ("beautifulsoup4", "pylatexenc", "pystemmer")  # that say what a text comes to
_PACKAGE = Path(__file__).parents[1]
# The code by which a result goes out of date, of each step whose results are kept: its module, and
# all that this imports.
STEPS = {
    "reading": (
        "dumps",
        "papers/cleaning.py",
        "papers/latex_cleanup.py",
        "papers/latex_symbols.py",
        "papers/titles.py",
        "pipeline/packing.py",
        "pipeline/reading.py",
        "records.py",
    ),
    "extraction": (
        "facts",
        "pipeline/extraction.py",
        "pipeline/packing.py",
        "records.py",
        "search/analysis.py",
        "search/documents.py",
        "text.py",
        "vocabulary",
    ),
}
_KEY = 16  # bytes
_MOST_WAITING = 8 << 20  # bytes of values not yet written
_MOST_VERSIONS = 3  # files of a step kept of other versions of the code, the last used ones
# What SQLite says of a file that is none of its own, or holds other tables than ours.
_DAMAGES = (
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_CONSTRAINT,
    sqlite3.SQLITE_MISMATCH,
)
_PATIENCE = 1  # seconds to wait for another build that writes


@cache
def code_hash(step: str | None = None) -> str:
    """Return the hash of the code and the vocabulary of a step, or of the whole package, and of
    what they read with."""
    code = blake2b(digest_size=8)
    for path in _files(STEPS[step] if step else (".",)):
        code.update(f"{path.relative_to(_PACKAGE)}\0".encode())
        code.update(blake2b(path.read_bytes()).digest())
    code.update(f"{python_version()}\0".encode())  # its HTML parser, its Unicode
    for name in _MADE_WITH:
        code.update(f"{name} {version(name)}\0".encode())
    return code.hexdigest()


def _files(names: Iterable[str]) -> list[Path]:
    paths = (_PACKAGE / name for name in names)
    files = (file for path in paths for file in (path.rglob("*") if path.is_dir() else [path]))
    return sorted(file for file in files if file.suffix in (".py", ".yml"))


def key_of(*parts: bytes) -> bytes:
    """Return the key of what is made of these parts."""
    key = blake2b(digest_size=_KEY)
    for part in parts:
        key.update(len(part).to_bytes(8))
        key.update(part)
    return key.digest()


class Cache(AbstractContextManager["Cache"]):
    """Results of a step by key, in a file of a folder; without a folder, it never has any.

    Several builds may use one. Whatever goes wrong with the file, the cache goes without it.
    """

    def __init__(self, folder: Path | None, step: str) -> None:
        """Open the file, or begin it."""
        self.hit_count = 0
        self._waiting: dict[bytes, bytes] = {}
        self._size = 0  # of what waits
        self._path = folder / f"{step}-{code_hash(step)}.db" if folder else None
        self._db: sqlite3.Connection | None = None
        if folder and self._path:
            with self._guarded():
                folder.mkdir(parents=True, exist_ok=True)
                self._db = self._open(self._path)
                self._path.touch()  # SQLite does not where all is known
                _remove_others(self._path, step)

    def __exit__(self, *_: object) -> None:
        """Write what is waiting, and close the file."""
        self.flush()
        if self._db:
            self._db.close()

    def get(self, key: bytes) -> bytes | None:
        """Return what is kept under a key, sound as it was, or None."""
        value = None
        with self._guarded():
            if self._db:
                row = self._db.execute("select value from kept where key = ?", [key]).fetchone()
                value = self._sound(key, row[0]) if row else None
        self.hit_count += value is not None
        return value

    def put(self, key: bytes, value: bytes) -> None:
        """Keep a value."""
        if self._db:
            self._waiting[key] = value
            self._size += len(value)
            if self._size >= _MOST_WAITING:
                self.flush()

    def flush(self) -> None:
        """Write what is waiting."""
        rows = [(key, _sum(key, value) + value) for key, value in self._waiting.items()]
        self._waiting.clear()
        self._size = 0
        with self._guarded():
            if self._db and rows:
                with self._db:
                    self._db.executemany("insert or replace into kept values (?, ?)", rows)

    @staticmethod
    def _open(path: Path) -> sqlite3.Connection:
        db = sqlite3.connect(path, timeout=_PATIENCE)
        db.text_factory = bytes  # what has become text by damage may not be UTF-8
        db.execute("pragma journal_mode = wal")
        db.execute("pragma synchronous = off")  # what a crash breaks is found out, and made again
        db.execute("create table if not exists kept (key blob primary key, value blob)")
        return db

    @staticmethod
    def _sound(key: bytes, kept: Any) -> bytes | None:
        if not isinstance(kept, bytes) or kept[:_KEY] != _sum(key, kept[_KEY:]):
            return None
        return kept[_KEY:]

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Go on without the file if it cannot be used; drop it if it is damaged."""
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            if self._db:
                self._db.close()
            self._db = None
            if self._path and _is_damaged(error):
                _remove(self._path)


def _is_damaged(error: Exception) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _DAMAGES


def _sum(key: bytes, value: bytes) -> bytes:
    return blake2b(value, digest_size=_KEY, key=key).digest()


def _remove_others(path: Path, step: str) -> None:
    """Remove the files of a step's old versions, but the last used ones."""
    others = [file for file in path.parent.glob(f"{step}-{'?' * 16}.db") if file != path]
    for file in sorted(others, key=_last_used)[:-_MOST_VERSIONS]:
        _remove(file)


def _last_used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # another build has just removed it
        return 0


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        with suppress(OSError):  # it stays, and is of no use
            path.with_name(path.name + ending).unlink()
