"""Bounds what SQL that somebody sends may do: it reads, and takes only so much of the machine."""

import sqlite3

from datasette import hookimpl
from datasette.app import Datasette

from daily_papers.pages import site
from daily_papers.serving.sql import confine


@hookimpl(trylast=True)  # after the plugins that set a connection up
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Datasette) -> None:
    """Confine connections to our database."""
    if database == site.DATABASE:
        confine(conn)
