"""Serves the page about the data, /about, and /about.json."""

from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import about_view, responses
from daily_papers.site.views.about_view import AboutAnswer


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Serve the page and its JSON."""
    return [(r"^/about$", about_page), (r"^/about\.json$", about_json)]


def _answer(datasette: Datasette, database: SearchDatabase) -> AboutAnswer:
    title = responses.site_settings(datasette).title
    return about_view.about(database, {**datasette.metadata(), "title": title})


async def about_page(request: Request, datasette: Datasette) -> Response:
    """Answer with the page."""

    def make(database: SearchDatabase) -> dict[str, Any]:
        return {"about": _answer(datasette, database)}

    return await responses.page(datasette, request, "about.html", make)


async def about_json(request: Request, datasette: Datasette) -> Response:
    """Answer with JSON; the same as the page."""
    return await responses.as_json(datasette, lambda database: _answer(datasette, database))
