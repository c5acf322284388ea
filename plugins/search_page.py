"""Serves the page /search, /search.json, and /search/suggest.json for what is being typed."""

from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from daily_papers.search.reader import SearchDatabase
from daily_papers.search.suggest import Suggestion, suggest
from daily_papers.site.views import responses, search_view
from daily_papers.site.views.request_params import BadRequest
from daily_papers.site.views.search_answer import SearchAnswer, Suggested, SuggestionsAnswer

ORDER_NAMES = {"relevance": "relevance", "newest": "newest", "discussed": "most discussed"}
TABLES = {"paper": "papers", "topic": "topics", "organization": "organizations"}


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Serve the page, its JSON and the suggestions."""
    return [
        (r"^/search$", search_page),
        (r"^/search\.json$", search_json),
        (r"^/search/suggest\.json$", suggestions),
    ]


@hookimpl
def startup(datasette: Datasette) -> None:
    """Open the database before the first request: for a million papers it takes two seconds."""
    with suppress(BadRequest):
        responses.open_database(datasette)


def _answer(datasette: Datasette, request: Request, database: SearchDatabase) -> SearchAnswer:
    return search_view.search(
        database,
        search_view.parse_request(request.args),
        lambda key: responses.row_url(datasette, "papers", key),
    )


async def search_page(request: Request, datasette: Datasette) -> Response:
    """Answer a search with a page."""

    def make(database: SearchDatabase) -> dict[str, Any]:
        answer = _answer(datasette, request, database)
        asked = search_view.parse_request(request.args)
        return {
            "search": answer,
            "order_names": ORDER_NAMES,
            "most_exported": search_view.MOST_EXPORTED,
            "files_query": replace(asked, size=search_view.MOST_EXPORTED, compared=()).url(),
        }

    return await responses.page(datasette, request, "search.html", make)


async def search_json(request: Request, datasette: Datasette) -> Response:
    """Answer a search with JSON; the same as the page."""
    return await responses.as_json(
        datasette, lambda database: _answer(datasette, request, database)
    )


async def suggestions(request: Request, datasette: Datasette) -> Response:
    """Answer with completions of what is typed so far."""

    def make(database: SearchDatabase) -> SuggestionsAnswer:
        completions = suggest(database, request.args.get("q") or "")
        return SuggestionsAnswer(
            suggestions=[Suggested(*item, _suggested_url(datasette, item)) for item in completions]
        )

    return await responses.as_json(datasette, make)


def _suggested_url(datasette: Datasette, suggestion: Suggestion) -> str:
    if suggestion.query:
        return str(datasette.urls.path("/search?" + urlencode({"q": suggestion.query})))
    table = TABLES.get(suggestion.kind, "entities")
    return responses.row_url(datasette, table, suggestion.id)
