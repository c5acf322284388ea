"""Bounds what SQL that somebody sends may do: it reads, and takes only so much of the machine."""

import sqlite3

from datasette import hookimpl
from datasette.app import Datasette

from daily_papers.site import compat
from daily_papers.site.http.sql_limits import limited, restrict


@hookimpl(trylast=True)  # after the plugins that set a connection up
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Datasette) -> None:
    """Restrict connections to all files; Datasette writes its own tables, in memory."""
    if database in datasette.databases and database != "_internal":
        restrict(conn)


compat.limit_queries(limited)
compat.match_in_linear_time()
