"""Serves a search as a file: /search.atom, /search.bib, /search.ris and /search.csv.

The parameters are those of the page. Without any, a file has all papers, the newest first.
"""

from functools import partial
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import paper_downloads, responses, search_view


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Serve the files."""
    return [
        (r"^/search\.atom$", atom),
        (r"^/search\.(?P<kind>bib|ris|csv)$", papers_file),
    ]


async def atom(request: Request, datasette: Datasette) -> Response:
    """Answer with the papers of a search as a feed, the newest first."""

    def make(database: SearchDatabase) -> str:
        query = f"?{request.query_string}" if request.query_string else ""
        page_url, self_url = (
            responses.absolute(datasette, request, datasette.urls.path(path) + query)
            for path in ("/search", "/search.atom")
        )
        paper_url = partial(responses.paper_url, datasette, request)
        site_title = responses.site_settings(datasette).title
        search = search_view.parse_request(request.args)
        return paper_downloads.feed(database, search, site_title, page_url, self_url, paper_url)

    return await responses.as_file(datasette, "atom", "daily-papers", make)


async def papers_file(request: Request, datasette: Datasette) -> Response:
    """Answer with the papers of a search as BibTeX, RIS or CSV, at most MOST_EXPORTED."""
    kind = request.url_vars["kind"]

    def make(database: SearchDatabase) -> str:
        search = search_view.parse_request(request.args, search_view.MOST_EXPORTED)
        ids = paper_downloads.paper_ids(database, search)
        if kind == "csv":
            paper_url = partial(responses.paper_url, datasette, request)
            return paper_downloads.csv(database, ids, paper_url)
        return paper_downloads.cite(database, ids, kind)

    return await responses.as_file(datasette, kind, "daily-papers", make)
