"""The page /search, its JSON twin, and /search/suggest.json for what is being typed."""

from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from daily_papers.search.reader import SearchDatabase
from daily_papers.search.suggest import suggest
from daily_papers.site.views import responses, search_view
from daily_papers.site.views.request_params import BadRequest

ORDER_NAMES = {"relevance": "relevance", "newest": "newest", "discussed": "most discussed"}


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
    """Open the database before the first question: over a million papers it takes two seconds."""
    with suppress(BadRequest):
        responses.corpus_of(datasette)


def _answer(datasette: Datasette, request: Request, corpus: SearchDatabase) -> dict[str, Any]:
    asked = search_view.asked(request.args)
    return search_view.answered(
        corpus, asked, lambda key: responses.row_url(datasette, "papers", key)
    )


async def search_page(request: Request, datasette: Datasette) -> Response:
    """Answer a search with a page."""

    def make(corpus: SearchDatabase) -> dict[str, Any]:
        shown = _answer(datasette, request, corpus)
        picked = urlencode([("compare", one) for one in shown["picked"]])
        return {**shown, "names": ORDER_NAMES, "picked_query": f"?{picked}" if picked else ""}

    return await responses.page(datasette, request, "search.html", make)


async def search_json(request: Request, datasette: Datasette) -> Response:
    """Answer a search with JSON; the same as the page."""
    return await responses.as_json(datasette, lambda corpus: _answer(datasette, request, corpus))


async def suggestions(request: Request, datasette: Datasette) -> Response:
    """Return what may be meant by what is typed so far."""

    def make(corpus: SearchDatabase) -> dict[str, Any]:
        found = suggest(corpus, request.args.get("q") or "")
        shown = [{**one._asdict(), "url": _suggested_url(datasette, one)} for one in found]
        return {"suggestions": shown}

    return await responses.as_json(datasette, make)


def _suggested_url(datasette: Datasette, one: Any) -> str:
    if one.kind == "paper":
        return responses.row_url(datasette, "papers", one.id)
    chosen = {"topic": one.id, "organization": one.id, "hardware": one.name, "model": one.name}
    said = {one.kind: chosen[one.kind]} if one.kind in chosen else {"q": one.name}
    return str(datasette.urls.path("/search?" + urlencode(said)))
