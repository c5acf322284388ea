"""Limits of the SQL that visitors send: it reads only, and takes a bounded share of the machine.

Datasette stops a query by the clock between two steps of SQLite. A single step, as of randomblob or
a search for one long text in another, can take longer than that: so the length of values is
limited, and with it what a step can cost. https://www.sqlite.org/security.html
"""

import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache, partial

import msgspec

LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 600_000,  # bytes of a value or row
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 200,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 100,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 250_000,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 100,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 200,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 10_000,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
MOST_BYTES = 8_000_000  # of all values of an answer, and of their names, which JSON repeats
MOST_CELLS = 100_000  # of an answer
HEAP = 256 << 20  # bytes that SQLite may take in a process, all its connections together
VISITORS_HEAP = 128 << 20  # of these, where queries of visitors run in a process of their own
VISITORS_BYTES = 192 << 20  # that such a process may take, with this heap and the rows of an answer
_WIDE_FORMAT = re.compile(r"\*|\d{4}")  # a width from an argument, or one of four digits
_UNSAFE_FUNCTIONS = {
    "load_extension",
    "fts3_tokenizer",
    "json_patch",  # compares each key of one object with each of the other: 15 seconds in a step
}
_PRAGMAS = re.compile(  # that Datasette and search need
    "analysis_limit|compile_options|data_version|database_list|encoding|foreign_key_list"
    "|function_list|index_x?info|index_list|module_list|page_count|page_size|recursive_triggers"
    "|schema_version|table_x?info|table_list|user_version",
    re.IGNORECASE,
)


def restrict(connection: sqlite3.Connection) -> None:
    """Let a connection only read, within the limits."""
    for category, limit in LIMITS.items():
        connection.setlimit(category, limit)
    connection.execute(f"pragma hard_heap_limit = {HEAP}")
    connection.execute("pragma temp_store = memory")  # sorting fills no disk; the heap bounds it
    connection.execute("pragma query_only = on")
    connection.execute("pragma cell_size_check = on")
    for name in ("printf", "format"):
        connection.create_function(name, -1, partial(_sqlite_format, name), deterministic=True)
    connection.create_function("instr", 2, _instr, deterministic=True)
    connection.create_function("replace", 3, _replace, deterministic=True)
    for name in ("trim", "ltrim", "rtrim"):
        connection.create_function(name, 1, partial(_trim, name), deterministic=True)
        connection.create_function(name, 2, partial(_trim, name), deterministic=True)
    connection.set_authorizer(_allows)


def lower_heap(most_bytes: int) -> None:
    """Let SQLite take no more than this in this process; a limit is never raised again."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"pragma hard_heap_limit = {most_bytes}")


def _allows(
    action: int, first: str | None, second: str | None, _: str | None, __: str | None
) -> int:
    match action:
        case sqlite3.SQLITE_READ:
            is_allowed = first != "sqlite_stmt"  # it shows the queries of other visitors
        case sqlite3.SQLITE_SELECT | sqlite3.SQLITE_RECURSIVE | sqlite3.SQLITE_CREATE_TABLE:
            is_allowed = True  # full-text search declares its columns so; the file is read-only
        case sqlite3.SQLITE_FUNCTION:
            is_allowed = (second or "").lower() not in _UNSAFE_FUNCTIONS
        case sqlite3.SQLITE_PRAGMA:
            is_allowed = bool(_PRAGMAS.fullmatch(first or ""))
        case sqlite3.SQLITE_INSERT | sqlite3.SQLITE_UPDATE:
            is_allowed = first == "sqlite_master"
        case _:
            is_allowed = False
    return sqlite3.SQLITE_OK if is_allowed else sqlite3.SQLITE_DENY


Value = str | bytes | int | float | None
_thread = threading.local()


def _sqlite_format(name: str, *values: Value) -> Value:
    """Do what SQLite's function does; null, as for what is too long, at once for widths that it
    would fill up for seconds: those of four digits, and those from an argument."""
    if values and _WIDE_FORMAT.search(str(values[0])):
        return None
    return _sqlite(f"{name}({', '.join('?' * len(values))})", values)


def _sqlite(expression: str, values: tuple[Value, ...]) -> Value:
    """Return what SQLite itself makes of an expression, on a connection of this thread."""
    if not hasattr(_thread, "connection"):
        _thread.connection = sqlite3.connect(":memory:")
    row: list[Value] = _thread.connection.execute(f"select {expression}", values).fetchone()
    return row[0]


# These do what SQLite's do, which take as long as both lengths multiplied: with long texts, minutes
# in a single step.


def _instr(whole: Value, part: Value) -> int | None:
    if whole is None or part is None:
        return None
    if isinstance(whole, bytes) and isinstance(part, bytes):
        return whole.find(part) + 1
    return _text(whole).find(_text(part)) + 1


def _replace(whole: Value, old: Value, new: Value) -> Value:
    if whole is None or old is None:
        return None
    text, searched = _text(whole), _text(old)
    if not searched or new is None:
        return None if searched else whole
    put = _text(new)
    longest = LIMITS[sqlite3.SQLITE_LIMIT_LENGTH]
    if len(text) + text.count(searched) * (len(put) - len(searched)) > longest:
        raise sqlite3.DataError("string or blob too big")
    return text.replace(searched, put)


def _trim(name: str, whole: Value, letters: Value = " ") -> str | None:
    if whole is None or letters is None:
        return None
    text, cut = _text(whole), set(_text(letters))
    start, end = 0, len(text)
    while name != "rtrim" and start < end and text[start] in cut:
        start += 1
    while name != "ltrim" and start < end and text[end - 1] in cut:
        end -= 1
    return text[start:end]


def _text(value: Value) -> str:
    """Return a value as SQLite casts it to text."""
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    if isinstance(value, float):
        return str(_sqlite("cast(? as text)", (value,)))
    return str(value)


def refuse(problem: str) -> None:
    """Have the query that calls a function of ours fail with this message: of an error that the
    function raises, SQLite tells no more than that there is one."""
    _thread.problem = problem


_INTERVAL = 0.05  # seconds between two looks at the running queries
_lock = threading.Lock()
_running: dict[object, tuple[float, sqlite3.Connection]] = {}


class _Budget:
    """What an answer may still have: bytes of values and of their names, and cells."""

    def __init__(self) -> None:
        self._bytes, self._cells = MOST_BYTES, MOST_CELLS
        self._names: int | None = None  # bytes of the names of a row
        self.refused: list[sqlite3.Cursor] = []

    def row(self, cursor: sqlite3.Cursor, values: tuple[Value, ...]) -> sqlite3.Row:
        """Return a row of an answer; raises sqlite3.DataError where it has too much."""
        # No cursor is kept: one that is not read to its end would stay open, and count as running.
        if self._names is None:
            self._names = sum(_bytes(column[0]) for column in cursor.description)
        self._bytes -= self._names
        self._bytes -= sum(_bytes(value) for value in values if isinstance(value, str | bytes))
        self._cells -= len(values)
        if self._bytes < 0 or self._cells < 0:
            self.refused.append(cursor)
            most = f"{MOST_BYTES:,} bytes" if self._bytes < 0 else f"{MOST_CELLS:,} cells"
            raise sqlite3.DataError(f"an answer has at most {most}")
        return sqlite3.Row(cursor, values)


def _bytes(value: str | bytes) -> int:
    """Return how many bytes JSON has of a value, or more: of a letter beyond ASCII, it writes at
    most three for each byte."""
    if isinstance(value, bytes) or (value.isascii() and value.isprintable()):
        return len(value)
    return (1 if value.isascii() else 3) * len(msgspec.json.encode(value))


@contextmanager
def limited(connection: sqlite3.Connection, milliseconds: float) -> Iterator[None]:
    """Limit the query of a connection in time, and in size: a long result takes long as JSON.

    SQLite notices an interrupt at each row. It checks Datasette's own limit every thousand steps,
    which are seventy rows, each of which may search all papers.

    Raises sqlite3.DataError for a result with more than MOST_BYTES or MOST_CELLS, and
    sqlite3.OperationalError with the problem that a function of ours refused.
    """
    _start_watch()
    query, row_factory, budget = object(), connection.row_factory, _Budget()
    connection.row_factory = budget.row
    with _lock:
        _running[query] = time.monotonic() + milliseconds / 1000, connection
    _thread.problem = None
    try:
        yield
        if _thread.problem:
            raise sqlite3.OperationalError(_thread.problem)
    finally:
        with _lock:
            del _running[query]
        # A refused query counts as running while its error is kept, and SQLite, once it has
        # interrupted a query of the connection, interrupts all until none runs.
        while budget.refused:
            budget.refused.pop().close()
        connection.row_factory = row_factory


def _watch() -> None:
    while True:
        time.sleep(_INTERVAL)
        with _lock:  # a connection that went on to another query is not interrupted
            now = time.monotonic()
            for end, connection in _running.values():
                if end < now:
                    connection.interrupt()


@cache
def _start_watch() -> None:
    threading.Thread(target=_watch, name="sql-limits", daemon=True).start()
