"""Opens the database for pages, makes addresses, and answers with a page, JSON or a file."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from datasette.app import Datasette
from datasette.database import Database
from datasette.utils import tilde_encode
from datasette.utils.asgi import Request, Response

from daily_papers.search.engine import opened
from daily_papers.search.reader import NotSearchable, SearchDatabase
from daily_papers.site.site_settings import SiteSettings, settings
from daily_papers.site.threads import to_thread
from daily_papers.site.views.request_params import BadRequest
from daily_papers.site.views.response_schema import Answer, Error

DATABASE = "papers"
TYPES = {
    "json": "application/json; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "bib": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "db": "application/vnd.sqlite3",
}


T = TypeVar("T")


def open_database(datasette: Datasette) -> SearchDatabase:
    """Return the open database.

    Raises:
        BadRequest: there is none, or `daily-papers build` did not write it.
    """
    try:
        return _opened(datasette.get_database(DATABASE))
    except (KeyError, OSError, NotSearchable) as error:
        raise BadRequest(f"There is nothing to search: no database “{DATABASE}”.") from error


@lru_cache(maxsize=4)
def _opened(database: Database) -> SearchDatabase:
    """Open a database once: it is served as it was then, even if the file is replaced."""
    return opened(Path(database.path or ""))


@lru_cache(maxsize=4)
def site_settings(datasette: Datasette) -> SiteSettings:
    """Return what the publisher sets; raises SettingsError."""
    return settings(datasette.metadata())


def row_url(datasette: Datasette, table: str, key: str) -> str:
    """Return the path of a row's page."""
    return str(datasette.urls.row(DATABASE, table, tilde_encode(key)))


def absolute(datasette: Datasette, request: Request, path: str) -> str:
    """Return a path as a full address."""
    return str(datasette.absolute_url(request, path))


def paper_url(datasette: Datasette, request: Request, key: str) -> str:
    """Return the full address of a paper's page."""
    return absolute(datasette, request, row_url(datasette, "papers", key))


async def read(datasette: Datasette, make: Callable[[SearchDatabase], T]) -> T:
    """Return what `make` reads from the database, in a thread of its own."""
    return await to_thread(make, open_database(datasette))


async def page(
    datasette: Datasette,
    request: Request,
    template: str,
    make: Callable[[SearchDatabase], Mapping[str, Any]],
) -> Response:
    """Answer with a page; for a bad request, the page has a sentence that says what is wrong."""
    status = 200
    try:
        context = await read(datasette, make)
    except BadRequest as problem:
        context, status = {"problem": str(problem)}, problem.status
    query = f"?{request.query_string}" if request.query_string else ""
    shared = {
        "self_query": query,
        "metadata": datasette.metadata(),
        "databases": [name for name in datasette.databases if name != "_internal"],
    }
    html = await datasette.render_template([template], {**context, **shared}, request=request)
    return Response.html(html, status=status)


async def as_json(datasette: Datasette, make: Callable[[SearchDatabase], Answer]) -> Response:
    """Answer with JSON."""
    answer: Answer | Error
    try:
        answer, status = await read(datasette, make), 200
    except BadRequest as problem:
        answer, status = Error(error=str(problem)), problem.status
    return Response(msgspec.json.encode(answer), status, content_type=TYPES["json"])


async def as_file(
    datasette: Datasette, kind: str, name: str, make: Callable[[SearchDatabase], str]
) -> Response:
    """Answer with a file of one of TYPES, which is shown or saved under a name."""
    try:
        body = await read(datasette, make)
    except BadRequest as problem:
        return Response.text(f"{problem}\n", status=problem.status)
    headers = {"content-disposition": f'inline; filename="{name}.{kind}"'}
    return Response(body, content_type=TYPES[kind], headers=headers)
