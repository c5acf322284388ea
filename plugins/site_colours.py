"""Serves /site-colours.css: the colours that metadata.yml sets, over those of the stylesheet."""

from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Response

from daily_papers.site.views import responses


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Serve the stylesheet."""
    return [(r"^/site-colours\.css$", site_colours)]


async def site_colours(datasette: Datasette) -> Response:
    """Answer with the stylesheet; empty where no colour is set."""
    css = responses.site_settings(datasette).colours_css
    return Response(css, content_type="text/css; charset=utf-8")
