"""Gives SQL the functions that search needs."""

import sqlite3

from datasette import hookimpl

from daily_papers.search import match_expression


@hookimpl
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Register match_expression(text): what a person types → the operand of FTS5's `match`."""
    conn.create_function("match_expression", 1, match_expression, deterministic=True)
