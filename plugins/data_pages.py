"""Serves the home page, and adds to Datasette's row pages of papers, subjects and dumps what our
templates show."""

from collections.abc import Awaitable, Callable
from functools import partial
from itertools import chain
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils import tilde_decode
from datasette.utils.asgi import Request, Response

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import (
    author_view,
    home_view,
    news_view,
    paper_downloads,
    responses,
    subject_views,
)
from daily_papers.site.views.annotate import segments
from daily_papers.site.views.dump_view import problems
from daily_papers.site.views.paper_links import paper_links
from daily_papers.site.views.paper_view import facts, listed_days, paper
from daily_papers.site.views.request_params import BadRequest
from daily_papers.site.views.subject_views import Subject

Context = dict[str, Any]  # of a template
SUBJECTS: dict[str, Callable[[SearchDatabase, str], Subject]] = {
    "topics": subject_views.topic,
    "metrics": subject_views.metric,
    "entities": subject_views.entity,
    "organizations": subject_views.organization,
    "authors": author_view.author,
}


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    """Serve the home page in place of Datasette's, which checks permissions of every table."""
    return [(r"^/$", home_page)]


async def home_page(request: Request, datasette: Datasette) -> Response:
    """Answer with the home page."""

    def make(database: SearchDatabase) -> Context:
        return {"home": home_view.home(database), "news": news_view.news(database)}

    return await responses.page(datasette, request, "index.html", make)


@hookimpl
def extra_template_vars(
    view_name: str, database: str | None, table: str | None, request: Request, datasette: Datasette
) -> Callable[[], Awaitable[Context]] | None:
    """Return what our templates of row pages show, under one name: paper, problems or subject."""
    make: Callable[[SearchDatabase], Context]
    if view_name != "row" or database != responses.DATABASE:
        return None
    if table == "papers":
        make = partial(_paper, request)
    elif table == "dumps":
        make = partial(_dump, request)
    elif table in SUBJECTS:
        make = partial(_subject, SUBJECTS[table], request)
    else:
        return None

    async def context() -> Context:
        try:
            return await responses.read(datasette, make)
        except BadRequest:
            return {}  # another database: Datasette's own page is shown

    return context


def _key(request: Request) -> str:
    return str(tilde_decode(request.url_vars["pks"]))


def _subject(
    read: Callable[[SearchDatabase, str], Subject], request: Request, database: SearchDatabase
) -> Context:
    return {"subject": read(database, _key(request))}


def _dump(request: Request, database: SearchDatabase) -> Context:
    return {"problems": problems(database, _key(request))}


def _paper(request: Request, database: SearchDatabase) -> Context:
    answer = paper(database, _key(request))
    if answer is None:
        return {}
    marks = {"title": facts(answer, "title"), "abstract": facts(answer, "abstract")}
    return {
        "paper": answer,
        "links": paper_links(answer),
        "listed_days": listed_days(answer),
        "marked_kinds": {fact.kind for fact in chain(*marks.values())},
        "marked_title": segments(answer.title, marks["title"]),
        "marked_abstract": segments(answer.abstract, marks["abstract"]),
        "citations": {
            kind: paper_downloads.cite(database, [answer.id], kind) for kind in ("bib", "ris")
        },
    }
