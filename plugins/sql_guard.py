"""Bounds what SQL that somebody sends may do: it reads, and takes only so much of the machine."""

import gc
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from datasette import hookimpl
from datasette.app import Datasette

from daily_papers.site import compat
from daily_papers.site.http.sql_limits import LimitedRows, interrupted_after, restrict
from daily_papers.site.views import responses


@hookimpl(trylast=True)  # after the plugins that set a connection up
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Datasette) -> None:
    """Restrict connections to our database."""
    if database == responses.DATABASE:
        restrict(conn)


def limited(time_limit: compat.TimeLimit) -> compat.TimeLimit:
    """Return Datasette's limit of time with ours of size."""

    # SQLite interrupts all queries of a connection until the interrupted one ends. Its cursor lives
    # as long as its error, which may be part of a reference cycle.
    failed = set[int]()

    @contextmanager
    def both(conn: sqlite3.Connection, ms: float) -> Iterator[None]:
        if id(conn) in failed:
            gc.collect()
            failed.discard(id(conn))
        row_factory, conn.row_factory = conn.row_factory, LimitedRows()
        try:
            with time_limit(conn, ms), interrupted_after(conn, ms):
                yield
        except BaseException:
            failed.add(id(conn))
            raise
        finally:
            conn.row_factory = row_factory

    return both


compat.limit_queries(limited)
