"""A search as a file: /search.atom, /search.bib, /search.ris and /search.csv.

They take what the page takes. Nothing asked is all papers, the newest first.
"""

from collections.abc import Callable, Sequence
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import paper_downloads, responses, search_view
from daily_papers.site.views.search_view import MOST_EXPORTED


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Serve the files."""
    return [
        (r"^/search\.atom$", atom),
        (r"^/search\.(?P<kind>bib|ris|csv)$", papers_file),
    ]


def _paper_url(datasette: Datasette, request: Request) -> Callable[[str], str]:
    return lambda key: responses.absolute(
        datasette, request, responses.row_url(datasette, "papers", key)
    )


async def atom(request: Request, datasette: Datasette) -> Response:
    """Answer with the papers of a search as a feed, the newest first."""

    def make(corpus: SearchDatabase) -> str:
        asked = search_view.asked(request.args)
        query = f"?{request.query_string}" if request.query_string else ""
        page, own = (
            responses.absolute(datasette, request, datasette.urls.path(path) + query)
            for path in ("/search", "/search.atom")
        )
        return paper_downloads.feed(corpus, asked, page, own, _paper_url(datasette, request))

    return await responses.as_file(datasette, "atom", "daily-papers", make)


async def papers_file(request: Request, datasette: Datasette) -> Response:
    """Answer with the papers of a search as BibTeX, RIS or CSV, at most MOST_EXPORTED."""
    kind = request.url_vars["kind"]

    def make(corpus: SearchDatabase) -> str:
        asked = search_view.asked(request.args, MOST_EXPORTED)
        ids: Sequence[str] = paper_downloads.found_ids(corpus, asked)
        return paper_downloads.papers(corpus, ids, kind, _paper_url(datasette, request))

    return await responses.as_file(datasette, kind, "daily-papers", make)
