"""Keeps what was read from dumps and extracted from texts for the next build.

The key of a result is a hash of its input. Each step has a file, named by a hash of the code and
the vocabulary of the step, so no result is ever out of date. A damaged result counts as missing.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from platform import python_version

_MADE_WITH = ("beautifulsoup4", "onnxruntime", "pylatexenc", "pystemmer")  # that results depend on
_PACKAGE = Path(__file__).parents[1]
# The code of each step whose results are kept: its module, and all that this imports. When it
# changes, results of the step are out of date.
STEPS = {
    "reading": (
        "dumps",
        "papers/arxiv.py",
        "papers/arxiv_month.py",
        "papers/author_names.py",
        "papers/cleaning.py",
        "papers/latex",
        "papers/titles.py",
        "pipeline/packing.py",
        "pipeline/reading.py",
        "records.py",
        "text.py",
    ),
    "extraction": (
        "facts",
        "pipeline/extraction.py",
        "pipeline/packing.py",
        "records.py",
        "search/analysis.py",
        "search/documents.py",
        "search/negation.py",
        "search/spelling.py",
        "text.py",
        "vocabulary",
    ),
    "vectors": ("pipeline/vectors.py", "search/__init__.py", "search/encoder"),
}
_HASHED = (".bin", ".onnx", ".py", ".tsv", ".txt", ".yml")
_KEY = 16  # bytes
_MOST_WAITING = 8 << 20  # bytes of values not yet written
_MOST_VERSIONS = 3  # files of a step to keep from other versions of the code, last used first
# Errors of SQLite for a file that is no database, or has other tables than ours.
_DAMAGES = (
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_CONSTRAINT,
    sqlite3.SQLITE_MISMATCH,
)
_PATIENCE = 1  # seconds to wait while another build writes


@cache
def code_hash(step: str | None = None) -> str:
    """Return a hash of the code and the vocabulary of a step, or of the whole package, and of the
    versions of Python and of the packages that results depend on."""
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
    return sorted(file for file in files if file.suffix in _HASHED)


def key_of(*parts: bytes) -> bytes:
    """Return the key of a result that is made from these parts."""
    key = blake2b(digest_size=_KEY)
    for part in parts:
        key.update(len(part).to_bytes(8))
        key.update(part)
    return key.digest()


class Cache(AbstractContextManager["Cache"]):
    """Results of a step by key, in a file of a folder.

    Several builds may use the file at the same time. Without a folder, or if the file cannot be
    used, the cache stays empty.
    """

    def __init__(self, folder: Path | None, step: str) -> None:
        """Open the file, or create it."""
        self.hit_count = 0
        self._waiting: dict[bytes, bytes] = {}
        self._size = 0  # bytes of waiting values
        self._path = folder / f"{step}-{code_hash(step)}.db" if folder else None
        self._db: sqlite3.Connection | None = None
        if folder and self._path:
            with self._guarded():
                folder.mkdir(parents=True, exist_ok=True)
                self._db = self._open(self._path)
                self._path.touch()  # marks it as used; SQLite does not if nothing is added
                _remove_old_versions(self._path, step)

    def __exit__(self, *_: object) -> None:
        """Write waiting values, and close the file."""
        self.flush()
        if self._db:
            self._db.close()

    def get(self, key: bytes) -> bytes | None:
        """Return the value of a key, or None if it is missing or damaged."""
        value = None
        with self._guarded():
            if self._db:
                rows = self._db.execute("select value from kept where key = ?", [key])
                (kept,) = rows.fetchone() or [None]
                if isinstance(kept, bytes) and kept[:_KEY] == _sum(key, kept[_KEY:]):
                    value = kept[_KEY:]
        self.hit_count += value is not None
        return value

    def put(self, key: bytes, value: bytes) -> None:
        """Keep a value; it waits in memory until there are enough to write."""
        if self._db:
            self._waiting[key] = value
            self._size += len(value)
            if self._size >= _MOST_WAITING:
                self.flush()

    def flush(self) -> None:
        """Write waiting values."""
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
        db.text_factory = bytes  # damage can turn a value into text that is not UTF-8
        db.execute("pragma journal_mode = wal")
        db.execute("pragma synchronous = off")  # checksums tell what a crash breaks
        db.execute("create table if not exists kept (key blob primary key, value blob)")
        return db

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Go on without the file if it cannot be used; drop it if it is damaged."""
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            if self._db:
                self._db.close()
            self._db = None
            if self._path and getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGES:
                _remove(self._path)


def _sum(key: bytes, value: bytes) -> bytes:
    """Return the checksum of a value, which is kept before it."""
    return blake2b(value, digest_size=_KEY, key=key).digest()


def _remove_old_versions(path: Path, step: str) -> None:
    """Remove the files of a step's other versions, except the last used ones."""
    versions = [file for file in path.parent.glob(f"{step}-{'?' * 16}.db") if file != path]
    for file in sorted(versions, key=_last_used)[:-_MOST_VERSIONS]:
        _remove(file)


def _last_used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # another build has just removed it
        return 0


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        with suppress(OSError):  # then it stays unused
            path.with_name(path.name + ending).unlink()
