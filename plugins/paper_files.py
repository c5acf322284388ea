"""Serves a paper as a file: /paper/ID.json with all its facts, /paper/ID.bib, /paper/ID.ris."""

from functools import partial
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils import tilde_decode
from datasette.utils.asgi import Request, Response

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import paper_downloads, responses
from daily_papers.site.views.paper_answer import PaperAnswer
from daily_papers.site.views.paper_view import paper
from daily_papers.site.views.request_params import NoSuchPaper


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Serve the files."""
    return [
        (r"^/paper/(?P<key>[^/]+)\.json$", paper_json),
        (r"^/paper/(?P<key>[^/]+)\.(?P<kind>bib|ris)$", paper_citation),
    ]


def _key(request: Request) -> str:
    return str(tilde_decode(request.url_vars["key"]))


async def paper_json(request: Request, datasette: Datasette) -> Response:
    """Answer with a paper and all its facts."""
    key = _key(request)

    def make(database: SearchDatabase) -> PaperAnswer:
        if (answer := paper(database, key)) is None:
            raise NoSuchPaper(key)
        return PaperAnswer(paper=answer)

    return await responses.as_json(datasette, make)


async def paper_citation(request: Request, datasette: Datasette) -> Response:
    """Answer with a citation of a paper."""
    key, kind = _key(request), request.url_vars["kind"]

    def make(database: SearchDatabase) -> str:
        paper_url = partial(responses.paper_url, datasette, request)
        citation = paper_downloads.papers(database, [key], kind, paper_url)
        if not citation.strip():
            raise NoSuchPaper(key)
        return citation

    return await responses.as_file(datasette, kind, "paper", make)
