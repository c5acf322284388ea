"""Gives SQL the search: `search_papers`, which the canned query `search` is made of."""

import json
import sqlite3
from collections.abc import Callable
from functools import partial

from datasette import hookimpl
from datasette.app import Datasette

from daily_papers.search.documents import FACETS
from daily_papers.search.engine import ORDERS, Order, Question, ask
from daily_papers.search.reader import SearchDatabase
from daily_papers.search.results import results
from daily_papers.site.views import responses

MOST_ROWS = 1_000


@hookimpl
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Datasette) -> None:
    """Register search_papers(q, filters, sort, most) → JSON, the best match first."""
    # Datasette also prepares a connection to no database, to tell of versions.
    if database == responses.DATABASE and database in datasette.databases:
        function = partial(search_papers, lambda: responses.corpus_of(datasette))
        conn.create_function("search_papers", 4, function, deterministic=True)


def search_papers(
    corpus: Callable[[], SearchDatabase],
    q: str | None,
    filters: str | None,
    sort: str | None,
    most: int | None,
) -> str:
    """Return a JSON array of the papers that a search finds, in order: id, score, snippet, why.

    `filters` is a JSON object of facet and value, `{"topic": "kv-cache", "year": "2024.."}`;
    empty values do not count. `sort` is newest, discussed, or anything else for relevance. At most
    MOST_ROWS papers are returned; nothing asked finds nothing.
    """
    given = json.loads(filters or "{}")
    chosen = {name: str(given[name]) for name in FACETS if given.get(name)}
    order: Order = next((one for one in ORDERS if one == sort), "relevance")
    question = Question(str(q or ""), {name: [value] for name, value in chosen.items()}, order)
    if not (question.text.strip() or chosen):
        return "[]"
    answer = ask(corpus(), question)
    found = results(corpus(), answer, 0, max(0, min(int(most or 0), MOST_ROWS)))
    return json.dumps(
        [
            {"id": one.row["id"], "score": one.score, "snippet": one.snippet, "why": one.why}
            for one in found
        ]
    )
