"""How the pages reach their database, make addresses, and answer: as a page, as JSON, as a file."""

import asyncio
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from datasette.app import Datasette
from datasette.database import Database
from datasette.utils import tilde_encode
from datasette.utils.asgi import Request, Response

from daily_papers.search.engine import opened
from daily_papers.search.reader import NotSearchable, SearchDatabase
from daily_papers.site.views.request_params import BadRequest

DATABASE = "papers"
SCHEMA_VERSION = 1  # of our JSON: raised where a key goes or changes its meaning
TYPES = {
    "json": "application/json; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "bib": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "db": "application/vnd.sqlite3",
}


class NotHere(Exception):  # noqa: N818 - it is what it is called
    """Something asked for that the database does not have; its text says so in a sentence."""


Made = Mapping[str, Any]
Make = Callable[[SearchDatabase], Made]


def corpus_of(datasette: Datasette) -> SearchDatabase:
    """Return the open database.

    Raises:
        BadRequest: there is none, or it is not one that `daily-papers build` wrote.
    """
    try:
        return _opened(datasette.get_database(DATABASE))
    except (KeyError, OSError, NotSearchable) as error:
        raise BadRequest(f"There is nothing to search: no database “{DATABASE}”.") from error


@lru_cache(maxsize=4)
def _opened(database: Database) -> SearchDatabase:
    """Open a database once: it is served as it was then, whatever takes the place of the file."""
    return opened(Path(database.path or ""))


def row_url(datasette: Datasette, table: str, key: str) -> str:
    """Return the path of a row's page."""
    return str(datasette.urls.row(DATABASE, table, tilde_encode(key)))


def absolute(datasette: Datasette, request: Request, path: str) -> str:
    """Return a path as a full address."""
    return str(datasette.absolute_url(request, path))


async def made(datasette: Datasette, make: Make) -> Made:
    """Return what `make` reads from the database, in a thread of its own."""
    return await asyncio.to_thread(make, corpus_of(datasette))


async def page(datasette: Datasette, request: Request, template: str, make: Make) -> Response:
    """Answer with a page; what makes no sense is answered with the page and a sentence."""
    status = 200
    try:
        context = await made(datasette, make)
    except BadRequest as problem:
        context, status = {"problem": str(problem)}, 400
    query = f"?{request.query_string}" if request.query_string else ""
    shared = {
        "self_query": query,
        "metadata": datasette.metadata(),
        "databases": [name for name in datasette.databases if name != "_internal"],
    }
    html = await datasette.render_template([template], {**context, **shared}, request=request)
    return Response.html(html, status=status)


async def as_json(datasette: Datasette, make: Make) -> Response:
    """Answer with JSON."""
    try:
        context = await made(datasette, make)
    except BadRequest as problem:
        return _refused(problem, 400)
    except NotHere as problem:
        return _refused(problem, 404)
    return Response.json({"ok": True, "schema_version": SCHEMA_VERSION, **context})


async def as_file(
    datasette: Datasette, kind: str, name: str, make: Callable[[SearchDatabase], str]
) -> Response:
    """Answer with a file of one of TYPES, which is shown or saved under a name."""
    try:
        body = await asyncio.to_thread(make, corpus_of(datasette))
    except BadRequest as problem:
        return Response.text(f"{problem}\n", status=400)
    except NotHere as problem:
        return Response.text(f"{problem}\n", status=404)
    headers = {"content-disposition": f'inline; filename="{name}.{kind}"'}
    return Response(body, content_type=TYPES[kind], headers=headers)


def _refused(problem: Exception, status: int) -> Response:
    return Response.json(
        {"ok": False, "schema_version": SCHEMA_VERSION, "error": str(problem)}, status=status
    )
