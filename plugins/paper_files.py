"""Leads to a paper by its id or its arXiv id: /paper/ID is its page, /paper/ID.json all its facts,
/paper/ID.bib and /paper/ID.ris how to cite it."""

from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils import tilde_decode
from datasette.utils.asgi import Request, Response

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import paper_downloads, responses
from daily_papers.site.views.paper_answer import PaperAnswer
from daily_papers.site.views.paper_view import paper, resolve_id
from daily_papers.site.views.request_params import NoSuchPaper


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Serve the files and the page; old arXiv ids have a slash."""
    return [
        (r"^/paper/(?P<key>.+)\.json$", paper_json),
        (r"^/paper/(?P<key>.+)\.(?P<kind>bib|ris)$", paper_citation),
        (r"^/paper/(?P<key>.+)$", paper_page),
    ]


def _key(request: Request) -> str:
    return str(tilde_decode(request.url_vars["key"]))


async def paper_page(request: Request, datasette: Datasette) -> Response:
    """Redirect to the page of a paper."""
    key = _key(request)
    paper_id = await responses.read(datasette, lambda database: resolve_id(database, key))
    return Response.redirect(responses.row_url(datasette, "papers", paper_id))


async def paper_json(request: Request, datasette: Datasette) -> Response:
    """Answer with a paper and all its facts."""
    key = _key(request)

    def make(database: SearchDatabase) -> PaperAnswer:
        if (answer := paper(database, resolve_id(database, key))) is None:
            raise NoSuchPaper(key)
        return PaperAnswer(paper=answer)

    return await responses.as_json(datasette, make)


async def paper_citation(request: Request, datasette: Datasette) -> Response:
    """Answer with a citation of a paper."""
    key, kind = _key(request), request.url_vars["kind"]

    def make(database: SearchDatabase) -> str:
        return paper_downloads.cite(database, [resolve_id(database, key)], kind)

    return await responses.as_file(datasette, kind, "paper", make)
