"""Registers the SQL function `search_papers`, which the canned query `search` uses."""

import json
import re
import sqlite3
from collections.abc import Callable
from functools import partial

from datasette import hookimpl
from datasette.app import Datasette

from daily_papers.search.documents import FACETS
from daily_papers.search.engine import ORDERS, Order, Question, ask
from daily_papers.search.reader import SearchDatabase
from daily_papers.search.results import results
from daily_papers.site.http.sql_limits import refuse
from daily_papers.site.views import responses

MOST_ROWS = 1_000
_YEARS = re.compile(r"[\d.]+")


@hookimpl
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Datasette) -> None:
    """Register search_papers(q, filters, sort, most) → JSON, the best match first."""
    # Datasette also prepares a connection without a database, to report versions.
    if database == responses.DATABASE and database in datasette.databases:
        function = partial(search_papers, lambda: responses.open_database(datasette))
        conn.create_function("search_papers", 4, function, deterministic=True)


def search_papers(
    database: Callable[[], SearchDatabase],
    q: str | None,
    filters: str | None,
    sort: str | None,
    most: int | None,
) -> str:
    """Return a JSON array of the papers that a search finds, in order: id, score, snippet, why.

    `filters` is a JSON object of facet and value or values, `{"year": ["2024..", "undated"]}`;
    empty ones do not count. `sort` is one of ORDERS, or empty for relevance. At most MOST_ROWS
    papers are returned; without text and filters, none. An unknown sort or filter is refused.
    """
    values = json.loads(filters or "{}")
    chosen = {name: _texts(values[name]) for name in FACETS if values.get(name)}
    order: Order = next((name for name in ORDERS if name == (sort or "").strip()), "relevance")
    if (sort or "").strip() not in ("", *ORDERS):
        refuse(f"“sort” must be one of {', '.join(ORDERS)}")
    question = Question(str(q or ""), chosen, order)
    if not (question.text.strip() or chosen):
        return "[]"
    answer = ask(database(), question)
    for unknown in answer.unknown_filters:
        is_year = unknown.facet == "year" and _YEARS.fullmatch(unknown.value)  # without a paper
        if unknown.facet in chosen and not is_year:
            refuse(f"no {unknown.facet} here is called “{unknown.value}”")
    page = results(database(), answer, 0, max(0, min(int(most or 0), MOST_ROWS)))
    return json.dumps(
        [
            {"id": hit.row["id"], "score": hit.score, "snippet": hit.snippet, "why": hit.why}
            for hit in page
        ]
    )


def _texts(value: object) -> list[str]:
    return [str(item) for item in (value if isinstance(value, list) else [value])]
