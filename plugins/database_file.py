"""Serves the database file itself, whole or the rest of a broken download, and reports health."""

import sqlite3
from functools import lru_cache
from pathlib import Path
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.database import QueryInterrupted
from datasette.utils.asgi import Forbidden, NotFound, Request, Response

from daily_papers.site.http.file_download import Download
from daily_papers.site.views import responses
from daily_papers.site.views.request_params import BadRequest

_HEALTH_QUERY = (
    "select (select count(*) from topics) as topics, (select max(rowid) from papers) as papers"
)


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Serve both; Datasette's own download does not support ranges."""
    return [(rf"^/{responses.DATABASE}\.db$", database_file), (r"^/health$", health)]


@lru_cache(maxsize=4)
def _download(datasette: Datasette) -> Download:
    database = datasette.get_database(responses.DATABASE)
    path, name = Path(str(database.path)), f"{responses.DATABASE}.db"
    return Download(path, str(database.hash), name, responses.TYPES["db"])


@hookimpl
def startup(datasette: Datasette) -> None:
    """Open the file, as all other readers of it do."""
    if _is_offered(datasette):
        _download(datasette)


def _is_offered(datasette: Datasette) -> bool:
    database = datasette.databases.get(responses.DATABASE)
    return bool(
        database
        and database.path
        and not database.is_mutable
        and datasette.setting("allow_download")
    )


async def database_file(
    request: Request, datasette: Datasette, scope: Any, receive: Any, send: Any
) -> None:
    """Answer with the file, or with a part of it."""
    if not _is_offered(datasette):
        raise NotFound("The database is not offered for download.")
    for action in ("view-database-download", "view-database"):
        if not await datasette.permission_allowed(
            request.actor, action, responses.DATABASE, default=True
        ):
            raise Forbidden(action)
    await _download(datasette).send(scope, receive, send)


async def health(datasette: Datasette) -> Response:
    """Answer 200 where a query of the database succeeds within its time, else 503."""
    try:
        result = await datasette.get_database(responses.DATABASE).execute(_HEALTH_QUERY)
        search = responses.open_database(datasette)
    except (KeyError, sqlite3.Error, QueryInterrupted, BadRequest) as error:
        return Response.json({"status": "failing", "error": str(error)}, status=503)
    return Response.json(
        {
            "status": "ok",
            "papers": result.first()["papers"],
            "searchable": search.paper_count,
            "sha256": datasette.get_database(responses.DATABASE).hash,
        }
    )
