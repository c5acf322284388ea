"""Bounds what SQL that somebody sends may do: it reads, and takes only so much of the machine."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from datasette import database as datasettes
from datasette import hookimpl, utils
from datasette.app import Datasette

from daily_papers.site.http.sql_limits import Counted, confine, stopped_after
from daily_papers.site.views import responses


@hookimpl(trylast=True)  # after the plugins that set a connection up
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Datasette) -> None:
    """Confine connections to our database."""
    if database == responses.DATABASE:
        confine(conn)


@contextmanager
def _limited(conn: sqlite3.Connection, ms: float) -> Iterator[None]:
    usual, conn.row_factory = conn.row_factory, Counted()
    try:
        with utils.sqlite_timelimit(conn, ms), stopped_after(conn, ms):
            yield
    finally:
        conn.row_factory = usual


datasettes.sqlite_timelimit = _limited
