"""A paper as a file: /paper/ID.json with all that its page shows, /paper/ID.bib, /paper/ID.ris."""

from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils import tilde_decode
from datasette.utils.asgi import Request, Response

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import paper_downloads, responses
from daily_papers.site.views.paper_view import paper


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Serve the files, and the short address of a paper's page."""
    return [
        (r"^/paper/(?P<key>[^/]+)\.json$", paper_json),
        (r"^/paper/(?P<key>[^/]+)\.(?P<kind>bib|ris)$", paper_citation),
    ]


def _key(request: Request) -> str:
    return str(tilde_decode(request.url_vars["key"]))


async def paper_json(request: Request, datasette: Datasette) -> Response:
    """Answer with a paper and all its facts."""
    key = _key(request)

    def make(corpus: SearchDatabase) -> dict[str, Any]:
        found = paper(corpus, key)
        if found is None:
            raise responses.NotHere(f"No paper here has the id “{key[:80]}”.")
        return {"paper": found}

    return await responses.as_json(datasette, make)


async def paper_citation(request: Request, datasette: Datasette) -> Response:
    """Answer with a citation of a paper."""
    key, kind = _key(request), request.url_vars["kind"]

    def make(corpus: SearchDatabase) -> str:
        at = responses.absolute(datasette, request, responses.row_url(datasette, "papers", key))
        written = paper_downloads.papers(corpus, [key], kind, lambda _: at)
        if not written.strip():
            raise responses.NotHere(f"No paper here has the id “{key[:80]}”.")
        return written

    return await responses.as_file(datasette, kind, "paper", make)
