"""The home page, and what the row pages of papers, topics, things and organizations show besides
what Datasette gives them."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils import tilde_decode
from datasette.utils.asgi import Request, Response

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import (
    annotate,
    home_view,
    paper_downloads,
    request_params,
    responses,
    subject_views,
)
from daily_papers.site.views.paper_view import facts, paper

Shown = dict[str, Any]
ROWS: dict[str, Callable[[SearchDatabase, str], Shown]] = {
    "topics": subject_views.topic,
    "entities": subject_views.entity,
    "organizations": subject_views.organization,
}


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    """Serve the home page in place of Datasette's, which asks for leave to show every table."""
    return [(r"^/$", home_page)]


async def home_page(request: Request, datasette: Datasette) -> Response:
    """Answer with the home page."""
    at = responses.absolute(datasette, request, datasette.urls.instance())

    def make(corpus: SearchDatabase) -> Shown:
        return {"home": home_view.home(corpus), "absolute_home": at}

    return await responses.page(datasette, request, "index.html", make)


@hookimpl
def extra_template_vars(
    view_name: str, database: str | None, table: str | None, request: Request, datasette: Datasette
) -> Callable[[], Awaitable[Shown]] | None:
    """Return what our templates of these pages show, under one name: paper or subject."""
    if view_name == "row" and database == responses.DATABASE and table == "papers":
        make = partial(_paper, datasette, request)
    elif view_name == "row" and database == responses.DATABASE and table in ROWS:
        make = partial(_subject, ROWS[table], request)
    else:
        return None

    async def found() -> Shown:
        try:
            corpus = responses.corpus_of(datasette)
        except request_params.BadRequest:
            return {}  # another database: Datasette's own page is shown
        return await asyncio.to_thread(make, corpus)

    return found


def _key(request: Request) -> str:
    return str(tilde_decode(request.url_vars["pks"]))


def _subject(
    read: Callable[[SearchDatabase, str], Shown], request: Request, corpus: SearchDatabase
) -> Shown:
    return {"subject": read(corpus, _key(request))}


def _paper(datasette: Datasette, request: Request, corpus: SearchDatabase) -> Shown:
    one = paper(corpus, _key(request))
    if one is None:
        return {}
    at = responses.absolute(datasette, request, responses.row_url(datasette, "papers", one["id"]))
    cited = {
        kind: paper_downloads.papers(corpus, [one["id"]], kind, lambda _: at)
        for kind in ("bib", "ris")
    }
    return {
        "paper": one,
        "marked_title": annotate.segments(one["title"], facts(one, "title")),
        "marked_abstract": annotate.segments(one["abstract"], facts(one, "abstract")),
        "cited": cited,
        "picked": request_params.picked(request.args),
    }
