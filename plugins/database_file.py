"""Serves the database file itself, whole or the rest of a broken download, and reports health."""

import os
import sqlite3
from functools import lru_cache
from pathlib import Path
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.database import Database, QueryInterrupted
from datasette.utils.asgi import Forbidden, NotFound, Request, Response
from starlette.datastructures import Headers
from starlette.responses import FileResponse
from starlette.responses import Response as PlainResponse
from starlette.types import Receive, Scope, Send

from daily_papers.site.http import caching
from daily_papers.site.views import responses
from daily_papers.site.views.request_params import BadRequest

_HEALTH_QUERY = (
    "select (select count(*) from topics) as topics, (select max(rowid) from papers) as papers"
)
_CHUNK = 1 << 16  # bytes read at a time: each slow download holds some of them
_OPEN_FILES = Path("/proc/self/fd")  # on Linux, an open file can be read by its number


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Serve both; Datasette's own download does not support ranges."""
    return [(rf"^/{responses.DATABASE}\.db$", database_file), (r"^/health$", health)]


class _Download:
    """The open file, which stays the same even if another file replaces it."""

    def __init__(self, database: Database) -> None:
        path = Path(database.path)
        self._file = path.open("rb")
        self._path = _OPEN_FILES / str(self._file.fileno()) if _OPEN_FILES.is_dir() else path
        self._headers = {"etag": f'"{database.hash}"'}

    async def send(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the file, or the part of it that a Range asks for."""
        if status := self._status(Headers(scope=scope)):
            sentence = "This is not the file that you have.\n" if status == 412 else None
            await PlainResponse(sentence, status, self._headers)(scope, receive, send)
            return
        response = FileResponse(
            self._path,
            headers=self._headers,
            media_type=responses.TYPES["db"],
            filename=f"{responses.DATABASE}.db",
            stat_result=os.fstat(self._file.fileno()),
        )
        response.chunk_size = _CHUNK
        await response(scope, receive, send)

    def _status(self, conditions: Headers) -> int | None:
        """Return the status that the conditions of a request ask for instead of the file."""
        tag = self._headers["etag"]
        if_match = ", ".join(conditions.getlist("if-match"))
        if if_match and not caching.matches(if_match, tag, strong=True):
            return 412
        is_known = caching.matches(", ".join(conditions.getlist("if-none-match")), tag)
        return 304 if is_known else None


@lru_cache(maxsize=4)
def _download(datasette: Datasette) -> _Download:
    return _Download(datasette.get_database(responses.DATABASE))


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
    request: Request, datasette: Datasette, scope: Scope, receive: Receive, send: Send
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
