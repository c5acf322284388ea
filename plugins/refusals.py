"""Answers what cannot be answered with a sentence, and logs no more than the line of the request.

Datasette logs a traceback for each address that does not exist and each query that is stopped, and
reports a failure of the server where the SQL of a visitor needs too much.
"""

import errno
import logging
import re
import sqlite3
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from datasette import hookimpl
from datasette.app import Datasette
from datasette.database import QueryInterrupted
from datasette.utils import tilde_decode
from datasette.utils.asgi import Base400, Request, Response
from datasette.views.base import DatasetteError
from markupsafe import Markup

from daily_papers.database import schema
from daily_papers.site import compat
from daily_papers.site.views import responses
from daily_papers.site.views.canned_queries import canned_queries
from daily_papers.site.views.missing_page import MissingPage, SiteNames, missing_page
from daily_papers.site.views.query_error import named_parameters, near_names, took_too_long
from daily_papers.site.views.request_params import BadRequest

compat.log_failures_briefly()

# What a mistyped address may mean.
PAGES = ("/search", "/days", "/results", "/compare", "/papers", "/api", "/about", "/openapi.json")
_BAD_REQUESTS: tuple[tuple[type[Exception], str], ...] = (
    (MemoryError, "This needs more memory than a query may take."),
    (sqlite3.Error, "SQLite cannot answer this: {error}."),
    (sqlite3.Warning, "SQLite cannot answer this: {error}."),
    (UnicodeError, "This has letters that are none: {error}."),
    (OverflowError, "A number here is too large: {error}."),
)
# What Datasette says of any such page; our own sentences say more.
_NOT_FOUND = re.compile(r"404$|(?:Database|Table|Record) not found")
_NO_TABLE = re.compile("no such table: ")
_FILES = {*responses.TYPES, "blob"}  # endings of addresses that are answered with text
_BAD_ARGUMENTS = (ValueError, TypeError, LookupError, AttributeError, RecursionError)


class _Refusal(NamedTuple):
    """The response to an error: its status and sentence, and what Datasette adds."""

    status: int
    sentence: str
    title: str | None = None
    details: dict[str, Any] = {}


@hookimpl(hookwrapper=True)  # Datasette runs all others too, and its own writes into the log
def handle_exception(
    datasette: Datasette, request: Request, exception: Exception
) -> Generator[None, Any, None]:
    """Answer errors of the client; Datasette reports all others."""
    outcome = yield
    refusal = _refusal(datasette, request, exception)
    if refusal:
        outcome.force_result([_respond(datasette, request, refusal)])


def _respond(
    datasette: Datasette, request: Request, refusal: _Refusal
) -> Callable[[], Awaitable[Response]]:
    async def respond() -> Response:
        status, sentence, title, details = refusal
        route = request.scope.get("url_route", {}).get("kwargs", {})
        content = {**details, "ok": False, "error": sentence, "status": status, "title": title}
        if request.path.endswith(".json"):
            return Response.json(content, status=status)
        if route.get("format") in _FILES:
            return Response.text(f"{sentence}\n", status=status)
        if query := await _query(datasette, request, route):
            content |= {**query, "near": near_names(str(sentence))}
            html = await datasette.render_template("query.html", content, request, "database")
            return Response.html(html, status=status)
        if status == 404:
            with suppress(BadRequest):  # another database
                missing = await _missing(datasette, request)
                is_precise = not _NOT_FOUND.match(str(sentence))
                content["missing"] = (
                    replace(missing, sentence=str(sentence)) if is_precise else missing
                )
        if route.get("database") in datasette.databases:
            content["database"] = route["database"]
            if status == 400 and route.get("table"):
                content["table"] = tilde_decode(route["table"])
        html = await datasette.render_template("error.html", content, request)
        return Response.html(html, status=status)

    return respond


async def _query(
    datasette: Datasette, request: Request, route: Mapping[str, str]
) -> dict[str, Any] | None:
    """Return what the page of a query shows beside its error: its SQL and its parameters; None for
    another page."""
    name, args = route.get("table"), request.args
    if route.get("database") != responses.DATABASE or "pks" in route:
        return None
    if name:
        canned = await datasette.get_canned_query(responses.DATABASE, name, request.actor)
        if canned is None or canned.get("write"):
            return None
        sql, names = canned["sql"], canned.get("params") or named_parameters(canned["sql"])
        query = {"canned_query": name, "metadata": canned}
    elif sql := args.get("sql"):
        names = named_parameters(sql)
        metadata = datasette.metadata(database=responses.DATABASE)
        query = {"metadata": metadata, "editable": True, "allow_execute_sql": True}
    else:
        return None
    values = {name: args.get(name) or "" for name in names if not name.startswith("_")}
    shown = {"database": responses.DATABASE, "query": {"sql": sql}}
    return {**query, **shown, "named_parameter_values": values}


async def _missing(datasette: Datasette, request: Request) -> MissingPage:
    """Return what is missing at the address of a request; BadRequest for another database."""
    responses.open_database(datasette)
    parts = [tilde_decode(part) for part in request.path.split("/") if part]
    queries = [query.name for query in canned_queries(datasette)]
    site = SiteNames(
        {path.strip("/"): datasette.urls.path(path) for path in PAGES},
        {
            name: datasette.urls.table(responses.DATABASE, name)
            for name in (*(table.name for table in schema.TABLES), *queries)
        },
    )
    row_url = partial(responses.row_url, datasette)
    return await responses.read(
        datasette,
        lambda database: missing_page(parts, responses.DATABASE, site, database, row_url),
    )


def _refusal(datasette: Datasette, request: Request, exception: Exception) -> _Refusal | None:
    interrupted = (exception, exception.__context__)  # Datasette's own sentence has a form in it
    if any(isinstance(error, QueryInterrupted) for error in interrupted):
        most = request.args.get("_timelimit") or ""
        limit = datasette.setting("sql_time_limit_ms")
        milliseconds = min(limit, int(most)) if most.isdecimal() else limit
        return _Refusal(400, took_too_long(milliseconds), "Query stopped")
    route = request.scope.get("url_route", {}).get("kwargs", {})
    if "pks" in route and _NO_TABLE.match(str(exception)):
        return _Refusal(404, "Table not found")
    if isinstance(exception, Base400):
        return _Refusal(exception.status, str(exception))
    if isinstance(exception, DatasetteError):
        message = exception.message
        sentence = Markup(message) if exception.message_is_html else str(message)
        # Its 500 stands for an order or a table that does not exist.
        status = 400 if exception.status == 500 else exception.status
        return _Refusal(status, sentence, exception.title, exception.error_dict)
    if isinstance(exception, OSError) and exception.errno == errno.ENAMETOOLONG:
        return _Refusal(404, "There is no such file.")
    for kind, sentence in _BAD_REQUESTS:
        if isinstance(exception, kind):
            return _Refusal(400, sentence.format(error=exception))
    if isinstance(exception, _BAD_ARGUMENTS) and compat.is_raised_by_datasette(exception):
        logging.getLogger("uvicorn.error").warning("Datasette stumbled: %r", exception)
        return _Refusal(400, f"These arguments make no sense together: {exception}.")
    return None
