"""Serves /robots.txt: crawlers may read every page, but not what has no end or costs much."""

from collections.abc import Callable
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Response

# Tools; SQL; filters, orders and pages of tables, search and board, any of which lead to others.
CLOSED = ("/-/", "/papers?", "/papers/*?", "/papers.db", "/search?", "/results?", "/compare?")


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    """Serve the file."""
    return [(r"^/robots\.txt$", robots_txt)]


async def robots_txt(datasette: Datasette) -> Response:
    """Answer with the file."""
    closed = "".join(f"Disallow: {datasette.urls.path(path)}\n" for path in CLOSED)
    return Response.text(f"User-agent: *\n{closed}")
