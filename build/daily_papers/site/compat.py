"""All that reaches into the insides of other libraries.

Each piece says what it reaches into and why. tests/site/test_compat.py compares these insides with
the installed versions, and fails for an upgrade that moves them.
"""

# More than 300 lines, because all of it stands on one page.

import asyncio
import base64
import math
import os
import re
import signal
import socket as sockets
import sqlite3
import sys
import time
import traceback
from asyncio import selector_events
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from errno import EMFILE
from functools import partial, wraps
from pathlib import Path
from socket import socket
from types import CoroutineType
from typing import Any
from urllib.parse import parse_qsl, urlencode

import h11
import msgspec
from datasette import app as datasette_app
from datasette import database as datasette_database
from datasette import handle_exception as datasette_failures
from datasette import renderer as datasette_renderer
from datasette import utils as datasette_utils
from datasette.app import Datasette
from datasette.database import Database, QueryInterrupted, Results
from datasette.plugins import pm
from datasette.utils import (
    LimitedWriter,
    WriteLimitExceeded,
    escape_sqlite,
    path_with_replaced_args,
    sqlite_timelimit,
    tilde_decode,
    tilde_encode,
)
from datasette.utils.asgi import BadRequest, Request
from datasette.views import base as datasette_base
from datasette.views import database as datasette_queries
from datasette.views import table as datasette_table
from datasette.views.base import DatasetteError, DataView
from datasette.views.database import QueryView
from datasette.views.table import TableView
from datasette_llms_txt import register_routes as register_llms_txt_routes
from datasette_mcp import _MCPState, _serialize_cell, _states, create_mcp_server
from jinja2 import Environment, Template
from jinja2.runtime import Context as JinjaContext
from mcp.server.mcpserver import Context
from uvicorn.config import Config
from uvicorn.middleware.proxy_headers import _TrustedHosts
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import Server
from uvicorn_worker import _workers

from daily_papers.site import table_pages
from daily_papers.site.http.admission import brings_sql
from daily_papers.site.http.connections import Connections
from daily_papers.site.http.killable_process import Answering, KillableProcess, ProcessEnded
from daily_papers.site.http.turns import client_of
from daily_papers.site.http.work import StreamBroken
from daily_papers.site.lookup_cache import LookupCache
from daily_papers.site.threads import finished, to_thread
from daily_papers.site.views.query_error import named_parameters
from daily_papers.site.views.query_view import ROWS, first_rows

View = Callable[..., Any]
MOST_TABLE_LETTERS = 4_000  # of an address; each link of a table's page repeats them
SECONDS_TO_STOP = 0.25  # beyond its limit, after which a query that does not stop is killed
SECONDS_TO_ROOM = 0.1  # until a listener that was full looks again
MOST_READ = 8_192  # bytes at a time of what comes
MOST_HEADERS = 100  # of a request
MOST_JSON = 200_000  # letters of an answer that `_json` parses
SECONDS_TO_READ = 0.2  # for a request whose connection was just accepted


class ServedDatasette(Datasette):  # type: ignore[misc]
    """A Datasette that serves one file, which does not change, under a name.

    The constructor of Datasette 0.65 calls add_database for each file, and then builds an
    application with all plugins: a later `add_database(database, name)` is too late for them.
    For each page it reads the schema in some twenty queries, and copies all metadata for each
    permission that it checks: here it does so once for a table. It has Jinja compile templates to
    coroutines, which take 1.6 times as long as functions.
    """

    def __init__(self, name: str, **options: Any) -> None:
        """Take the name, and what Datasette takes."""
        self._name = name
        self._allow_blocks = LookupCache()
        self._has_schemas = False
        super().__init__(**options)
        self.jinja_env: Environment = self.jinja_env.overlay(enable_async=False)
        self.jinja_env.template_class = SyncTemplate
        self.jinja_env.context_class = WaitingContext

    def add_database(
        self, db: Database, name: str | None = None, route: str | None = None
    ) -> Database:
        """Add a database; a file gets the name, and its schema is read once."""
        if not db.is_mutable:
            db = UnchangingDatabase(self, db.path, is_mutable=False)
        return super().add_database(db, name or self._name, route)

    async def refresh_schemas(self) -> None:
        """Read the schemas of all databases once."""
        if not self._has_schemas:
            await super().refresh_schemas()
            self._has_schemas = True

    def _table_permission_allows(self, database: str, table: str) -> list[Any]:
        """Return the `allow` blocks of a table; plugins may give others each time."""
        if pm.hook.get_metadata.get_hookimpls():
            return list(super()._table_permission_allows(database, table))
        blocks = self._allow_blocks.get((database, table))
        if blocks is None:
            blocks = super()._table_permission_allows(database, table)
            self._allow_blocks.put((database, table), blocks)
        return list(blocks)


_loop: ContextVar[asyncio.AbstractEventLoop] = ContextVar("loop")


class SyncTemplate(Template):
    """A template without coroutines, for Datasette 0.65, which awaits what it renders.

    It renders in a thread, which waits for what few functions of a page are coroutines.
    """

    async def render_async(self, *args: Any, **kwargs: Any) -> str:
        """Return the page."""
        _loop.set(asyncio.get_running_loop())  # each thread of to_thread has what is set here
        return await to_thread(self.render, *args, **kwargs)


class WaitingContext(JinjaContext):
    """A context of Jinja 3.1 for a template without coroutines, which may call them."""

    def call(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Return what a function returns; a coroutine runs in the loop of the request."""
        answer = super().call(function, *args, **kwargs)
        if isinstance(answer, CoroutineType):
            return asyncio.run_coroutine_threadsafe(answer, _loop.get()).result()
        return answer


_execute = Database.execute


class UnchangingDatabase(Database):  # type: ignore[misc]
    """A database of Datasette 0.65 whose file does not change: its schema is read once.

    The queries of a request that brings SQL run in `process`, if there is one.
    """

    process: KillableProcess | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Take what Datasette's has."""
        super().__init__(*arguments, **options)
        self._lookups = LookupCache()

    async def execute(
        self, sql: str, params: Any = None, truncate: bool = False, **options: Any
    ) -> Results:
        """Run a query; one of Datasette's or ours for the schema is run once.

        What fails is told to who asked, and not to the log: the SQL may be of a visitor.
        """
        options["log_sql_errors"] = False

        async def run() -> Results:
            if self.process and brings_sql.get():
                return await self._execute_apart(self.process, sql, params, truncate, options)
            return await Database.execute(self, sql, params, truncate, **options)

        if truncate or not sql.lstrip().startswith(SCHEMA_QUERIES):
            return await run()
        values = params.items() if isinstance(params, Mapping) else params or ()
        return await self._lookups.read((sql, *values), run)

    async def _execute_apart(
        self, process: KillableProcess, sql: str, params: Any, truncate: bool, options: Any
    ) -> Results:
        if isinstance(params, Mapping):
            params = dict(_values(params, named_parameters(sql)))
        limit = min(options.get("custom_time_limit") or math.inf, self.ds.sql_time_limit_ms)
        try:
            names, rows, truncated = await process.ask(
                (sql, params, truncate, options), max(0, limit) / 1000 + SECONDS_TO_STOP
            )
        except TimeoutError as error:
            raise QueryInterrupted(error, sql, params) from error
        except ProcessEnded as error:
            raise MemoryError from error
        if not names:  # of a statement without rows
            return Results(rows, truncated, None)
        # The rows of Datasette's own views have names from a cursor.
        quoted = (name.replace('"', '""') for name in names)
        nothing = ", ".join(f'null as "{name}"' for name in quoted)
        with closing(sqlite3.connect(":memory:")) as connection:
            cursor = connection.execute(f"select {nothing}")
            rows = [sqlite3.Row(cursor, row) for row in rows]
            return Results(rows, truncated, cursor.description)

    async def execute_fn(self, fn: Callable[[sqlite3.Connection], Any]) -> Any:
        """Run a function with a connection; one that is cancelled ends when its thread does."""
        return await finished(super().execute_fn(fn))

    def answering(self) -> Answering:
        """Open a connection in a new process, and return what runs queries with it there."""
        self._read_connection, self.ds.executor = self.connect(), None
        self.ds._prepare_connection(self._read_connection, self.name)
        runner = asyncio.Runner()

        def answer(question: Any) -> Any:
            sql, params, truncate, options = question
            results = runner.run(_execute(self, sql, params, truncate, **options))
            names = [column[0] for column in results.description or ()]
            return names, [tuple(row) for row in results.rows], results.truncated

        return answer


def _values(params: Mapping[str, Any], names: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """Return the values of parameters: Datasette's mapping makes some of them from the request."""
    for name in names:
        with suppress(KeyError):
            yield name, params[name]


_execute_apart = UnchangingDatabase._execute_apart
# What Datasette's and our queries for the schema begin with; those of visitors do not.
SCHEMA_QUERIES = (
    "select name from sqlite_master",
    "select 1 from sqlite_master",
    "select sql from sqlite_master",
    "select name from pragma_table_xinfo",
    "select 1 from pragma_table_list",
)
# Methods of a database that return what the schema has: of a table, or of all.
SCHEMA_METHODS = (
    *("table_columns", "table_column_details", "primary_keys", "foreign_keys_for_table"),
    *("fts_table", "get_all_foreign_keys", "hidden_table_names", "label_column_for_table"),
)


def _read_once(name: str) -> Callable[..., Any]:
    method = getattr(Database, name)

    @wraps(method)
    async def read(self: UnchangingDatabase, *arguments: Any) -> Any:
        return await self._lookups.read((name, *arguments), partial(method, self, *arguments))

    return read


for _name in SCHEMA_METHODS:
    setattr(UnchangingDatabase, _name, _read_once(_name))


def limit_queries(
    limit: Callable[[sqlite3.Connection, float], AbstractContextManager[None]],
) -> None:
    """Have Datasette 0.65 run each query of a database under this limit, too.

    Database.execute calls the sqlite_timelimit of its module; there is no hook around a query.
    """

    @contextmanager
    def both(conn: sqlite3.Connection, ms: float) -> Iterator[None]:
        with limit(conn, ms), sqlite_timelimit(conn, ms):
            yield

    datasette_database.sqlite_timelimit = both


def match_in_linear_time() -> None:
    """Have Datasette 0.65, and datasette-mcp, match SQL and names of columns in time that grows as
    these do.

    Their own expressions try the blanks behind a comment, and the letters of a name, in as many
    ways as there are of them, squared, while nobody else is answered.
    """
    datasette_utils.allowed_sql_res[:] = [_SELECT]
    datasette_utils.css_class_re = re.compile(r"[a-zA-Z][_a-zA-Z0-9-]*$")


_SELECT = re.compile(
    r"(?:\s++|--[^\n]*+\n|/\*(?s:.*?)\*/)*+(?:explain\s++(?:query\s++plan\s++)?+)?+(?:select|with)\b"
)


def notice_interrupted_queries(notice: Callable[[], None]) -> None:
    """Have Datasette 0.65 call this, in the task of the request, for each query that it stops.

    Its views show a page without the facet, the count or the labels that took too long.
    """

    def noticing(method: Callable[..., Awaitable[Results]]) -> Callable[..., Awaitable[Results]]:
        @wraps(method)
        async def execute(*arguments: Any, **options: Any) -> Results:
            try:
                return await method(*arguments, **options)
            except QueryInterrupted:
                notice()
                raise

        return execute

    Database.execute = noticing(_execute)
    setattr(UnchangingDatabase, _execute_apart.__name__, noticing(_execute_apart))


def page_tables_without_loss() -> None:
    """Have Datasette 0.65 show tables with `PagedTableView`, in place of the view it imports."""
    datasette_app.TableView = PagedTableView


_as_csv = DataView.as_csv


def write_csv_as_csv() -> None:
    """Have Datasette 0.65 write CSV whatever is asked: with `_trace`, it puts that into a page,
    and there writes errors as they are; and what is too long ends with a sentence as if whole.
    The headers tell of other rows."""

    async def as_csv(view: DataView, request: Request, database: str) -> Any:
        make, headers = view.data, dict[str, str]()

        async def first_page(*arguments: Any, **options: Any) -> Any:
            answer = await make(*arguments, **options)
            if isinstance(answer, tuple):
                headers.update(_of_other_rows(answer[0]))
            return answer

        view.data = first_page
        csv = await _as_csv(view, _without(request, "_trace"), database)
        view.data = make
        if not request.args.get("_stream"):
            csv.headers = {**csv.headers, **headers}
        return csv

    DataView.as_csv = as_csv
    datasette_base.LimitedWriter = _BreakingWriter


def _of_other_rows(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if content.get("next_url"):
        yield "link", f'<{content["next_url"]}>; rel="next"'
    if content.get("truncated"):
        yield "x-truncated", "true"


class _BreakingWriter(LimitedWriter):  # type: ignore[misc]
    async def write(self, data: Any) -> None:
        try:
            await super().write(data)
        except WriteLimitExceeded as error:
            raise StreamBroken from error


def parse_json_of_columns_strictly() -> None:
    """Have Datasette 0.65 leave what is no JSON in a column of `_json` as text: its own way takes
    NaN and Infinity for JSON, and writes them. Millions of brackets take seconds: it is bounded."""

    def converted(rows: Iterable[Any], columns: Sequence[str], names: Iterable[str]) -> list[Any]:
        parsed = {number for number, column in enumerate(columns) if column in set(names)}
        letters = sum(
            len(row[number]) for row in rows for number in parsed if isinstance(row[number], str)
        )
        if letters > MOST_JSON:
            raise BadRequest(f"“_json” takes at most {MOST_JSON:,} letters of an answer.")
        return [
            [_parsed(value) if number in parsed else value for number, value in enumerate(row)]
            for row in rows
        ]

    datasette_renderer.convert_specific_columns_to_json = converted


def _parsed(value: object) -> object:
    if isinstance(value, str):
        with suppress(msgspec.MsgspecError, RecursionError):
            return msgspec.json.decode(value)
    return value


def label_links_without_keys() -> None:
    """Have Datasette 0.65 link labels of other rows without their keys behind, which are long."""
    datasette_table.LINK_WITH_LABEL = '<a href="{base_url}{database}/{table}/{link_id}">{label}</a>'


class PagedTableView(TableView):  # type: ignore[misc]
    """Shows tables in pages that lose and repeat no row, as HTML, JSON and CSV.

    The view of Datasette 0.65 orders the first page by the sort column alone, and loses rows where
    its values are equal or null. It makes the query of a page within a method of 480 lines. So that
    method makes a first page each time, from a database that runs a query of ours in its place.
    """

    async def data(
        self,
        request: Request,
        default_labels: bool = False,
        _next: str | None = None,
        _size: int | str | None = None,
    ) -> Any:
        """Return what Datasette's method returns, for our page of rows."""
        route, table = (tilde_decode(request.url_vars[name]) for name in ("database", "table"))
        database = next((db for db in self.ds.databases.values() if db.route == route), None)
        _check_conditions(request)
        if database is None or not await database.table_exists(table):  # but a view or a query
            return await super().data(request, default_labels, _next, _size)
        if len(request.query_string) > MOST_TABLE_LETTERS:
            problem = f"Parameters of a table have at most {MOST_TABLE_LETTERS:,} letters together."
            raise DatasetteError(problem, title="Too long", status=414)
        if request.args.get("_stream"):
            _size = "max"  # each page costs much the same, however few rows it has
        page = _TablePage(database, table, _next or request.args.get("_next"))
        first_page = _without(request, "_next") if page.token else request
        view = PagedTableView(_WithPage(self.ds, page))
        try:
            answer = await TableView.data(view, first_page, default_labels, None, _size)
        except Exception as error:
            if _next:  # of a stream that has begun, which would end with the error as its last row
                raise StreamBroken from error
            raise
        if page.query:  # else it is a redirection
            path = path_with_replaced_args(request, {"_next": page.next})
            next_url = self.ds.absolute_url(request, self.ds.urls.path(path)) if page.next else None
            answer[0].update(query=page.query, next=page.next, next_url=next_url)
            answer[0]["facets_timed_out"] = _known_to(answer[1], "facets_timed_out")
        return answer

    async def sortable_columns_for_table(self, database: str, table: str, use_rowid: bool) -> Any:
        """Return the columns but the hidden ones of virtual tables, whose values are no data."""
        hidden = "select name from pragma_table_xinfo(:table) where hidden = 1"
        rows = await self.ds.databases[database].execute(hidden, {"table": table})
        columns = await super().sortable_columns_for_table(database, table, use_rowid)
        return columns - {name for (name,) in rows.rows}


def _known_to(function: Any, name: str) -> Any:
    """Return what a function of Datasette has of the one that made it."""
    return function.__closure__[function.__code__.co_freevars.index(name)].cell_contents


def _check_conditions(request: Request) -> None:
    for condition in request.args.getlist("_where"):
        if not table_pages.is_closed(condition):
            raise BadRequest("A bracket of “_where” opens or closes nothing.")
    for through in request.args.getlist("_through"):
        try:
            msgspec.json.decode(through, type=_Through)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise BadRequest(f"“_through” is not what it has to be: {error}.") from error


class _Through(msgspec.Struct):
    """What Datasette takes for a row of another table, and looks up by its names."""

    table: str
    column: str
    value: str | int | float | bool | None


def _without(request: Request, parameter: str) -> Request:
    pairs = parse_qsl(request.query_string, keep_blank_values=True)
    query = urlencode([(name, value) for name, value in pairs if name != parameter])
    return Request({**request.scope, "query_string": query.encode("latin-1")}, request.receive)


@dataclass
class _TablePage:
    """A database that has, for the query of a table's first page, the rows after `token`.

    `query` and `next` are set by then: what was run, and the token of the next page. A token has
    the keys of a row, behind whatever else; Datasette's own has the value of its sort column first.
    """

    database: Database
    table: str
    token: str | None
    query: Mapping[str, Any] | None = None
    next: str | None = None

    def __getattr__(self, name: str) -> Any:
        """Return what the database has."""
        return getattr(self.database, name)

    async def execute(
        self, sql: str, params: Any = None, truncate: bool = False, **options: Any
    ) -> Results:
        """Run a query; only that of the page is one that may be truncated."""
        if not truncate:
            return await self.database.execute(sql, params, **options)
        page, keys = await self._page_query(sql)
        after, last = await self._after(page, keys) if self.token else ([], {})
        self.query = {"sql": page.sql(after), "params": {**params, **last}}
        rows: list[sqlite3.Row] = []
        for conditions in [[condition] for condition in after] or [[]]:
            sql = page.sql(conditions, page.limit - len(rows))
            results = await self.database.execute(sql, self.query["params"], True, **options)
            rows += results.rows
            if len(rows) >= page.limit:
                break
        shown = rows[: page.limit - 1]  # the last is there to tell whether there is a next page
        if shown and len(shown) < len(rows):
            self.next = table_pages.token(shown[-1][key] for key in keys)
        return Results(shown, False, results.description)

    async def _page_query(self, sql: str) -> tuple[table_pages.PageQuery, Sequence[str]]:
        """Return the query of the page, taken apart, and the columns that tell rows apart."""
        without_rowid = "select 1 from pragma_table_list(:table) where schema = 'main' and wr"
        is_keyed = (await self.database.execute(without_rowid, {"table": self.table})).rows
        keys = await self.database.primary_keys(self.table) or ["rowid"]
        quoted = [escape_sqlite(key) for key in keys]
        tie_breakers = quoted if is_keyed else ["rowid"]
        return table_pages.parse(sql, escape_sqlite(self.table), quoted, tie_breakers), keys

    async def _after(
        self, page: table_pages.PageQuery, keys: Sequence[str]
    ) -> tuple[list[str], dict[str, table_pages.Value]]:
        """Return the conditions for rows behind that of the token, and their parameters."""
        table, quoted = escape_sqlite(self.table), [escape_sqlite(key) for key in keys]
        with suppress(ValueError):
            sql, params = table_pages.find_row(str(self.token), table, quoted, page.columns)
            if row := (await self.database.execute(sql, params)).first():
                return page.after(tuple(row))
        raise BadRequest("“_next” is no row of this table; begin with the first page.")


@dataclass
class _WithPage:
    """A Datasette that gives its view of tables a page for a database."""

    datasette: Datasette
    page: _TablePage

    def __getattr__(self, name: str) -> Any:
        """Return what Datasette has."""
        return getattr(self.datasette, name)

    def get_database(self, name: str | None = None, route: str | None = None) -> Any:
        """Return the page where a route is asked for, as only the view does."""
        return self.page if route else self.datasette.get_database(name)


def raise_errors_of_queries() -> None:
    """Have Datasette 0.65 show queries with `FirstRowsQueryView`, and find their parameters so.

    Its own way takes what stands in a text behind “--” or “:” for a comment or a parameter.
    """

    async def derive(_: Database, sql: str) -> list[str]:
        return named_parameters(sql)

    datasette_queries.derive_named_parameters = derive
    datasette_queries.QueryView = datasette_table.QueryView = FirstRowsQueryView


_OBJECTS = ("objects", "object", "array")  # shapes of JSON


class FirstRowsQueryView(QueryView):  # type: ignore[misc]
    """Runs queries; raises the error of one that fails; makes cells of those rows that are shown.

    The view of Datasette 0.65 returns errors; its CSV leaves them out, and is empty. It ignores
    parameters that a canned query does not have. And it asks all plugins for each cell of 1,000
    rows, which takes longer than most queries.
    """

    async def data(self, request: Request, sql: str, **options: Any) -> Any:
        """Return what Datasette's method returns; raises DatasetteError."""
        if options.get("canned_query") and not options.get("write"):
            names = options.get("named_parameters") or named_parameters(sql)
            unknown = [name for name in request.args if name not in names and name[:1] != "_"]
            if names and unknown:
                problem = (
                    f"“{unknown[0]}” is no parameter of this query; it has {', '.join(names)}."
                )
                raise DatasetteError(problem, title="Unknown parameter", status=400)
        answer = await super().data(request, sql, **options)
        is_json = request.path.endswith(".json")
        if isinstance(answer, tuple) and answer[0].get("error") and not is_json:
            raise DatasetteError(answer[0]["error"], title="Invalid SQL", status=400)
        if is_json and isinstance(answer, tuple) and request.args.get("_shape") in _OBJECTS:
            _require_names(answer[0].get("columns") or ())
        if not isinstance(answer, tuple):
            return answer
        content, page_content, *others = answer
        if request.path.endswith(".csv"):
            content["rows"] = [tuple(map(_without_bytes, row)) for row in content["rows"]]
        return content, partial(_of_first_rows, request, content["rows"], page_content), *others


def _require_names(columns: Sequence[str]) -> None:
    """Raise DatasetteError for two columns of one name: an object has one value of them."""
    for name, count in Counter(columns).items():
        if count > 1:
            problem = f"{count} columns are named “{name}”: name them apart, or leave “_shape” out."
            raise DatasetteError(problem, title="Invalid SQL", status=400)


def _without_bytes(value: Any) -> Any:
    """Return base64 for bytes, for which Datasette writes an address that has the whole SQL."""
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value


async def _of_first_rows(
    request: Request, rows: list[sqlite3.Row], page_content: Callable[[], Awaitable[Any]]
) -> Any:
    """Return what Datasette's function returns for a page, which it makes of this very list."""
    every = rows[:]
    rows[:] = first_rows(rows, request.args.get(ROWS), request.query_string)
    try:
        return await page_content()
    finally:
        rows[:] = every


def log_failures_briefly() -> None:
    """Have Datasette 0.65 log the traceback of a failure without what variables held, which may be
    of other visitors, and takes seconds to print where the package rich is there."""
    datasette_failures.rich = None


def is_raised_by_datasette(exception: Exception) -> bool:
    """Tell whether Datasette's own code raised this, as it does for arguments of the wrong kind.

    Datasette 0.65 has no type for that. The last frame of its modules comes after those of ours.
    """
    frames = traceback.walk_tb(exception.__traceback__)
    packages = [str(frame.f_globals.get("__name__")).partition(".")[0] for frame, _ in frames]
    last = {package: index for index, package in enumerate(packages)}
    return last.get("datasette", -1) > last.get("daily_papers", -1)


def site_folders(datasette: Datasette) -> tuple[list[tuple[str, str]], list[Path]]:
    """Return the static mounts of Datasette 0.65, and its folders of templates and plugins.

    It keeps what the constructor took in attributes that its documentation does not name.
    """
    folders = (datasette.template_dir, datasette.plugins_dir)
    return datasette.static_mounts, [Path(folder) for folder in folders if folder]


def state_licence_of_tables(datasette: Datasette) -> None:
    """Give every table the licence and the source of the site.

    Datasette 0.65 does so, in place, when the page of a table is first asked for. Until then pages
    of its rows have none in their footer, so that two processes answer the same page differently.
    """
    for database in (datasette.metadata("databases") or {}).values():
        for table in database.get("tables", {}).values():
            datasette.update_with_inherited_metadata(table)


def answer_agents_without_sessions(datasette: Datasette) -> None:
    """Have datasette-mcp 0.3 answer each request by itself: sessions are known to one worker only.

    The state that it would make at its own start is put where it looks for it.
    """
    server = create_mcp_server(datasette)
    app = server.streamable_http_app(
        streamable_http_path="/", json_response=True, stateless_http=True, host="0.0.0.0"
    )
    _states.setdefault(datasette, _MCPState(server=server, app=app))


def sent_arguments(context: Context[Any, Any]) -> Mapping[str, Any]:
    """Return the arguments of an MCP tool as they were sent.

    The SDK, mcp 2, drops arguments that a tool does not have, and parses texts.
    """
    return (context.request_context.params or {}).get("arguments") or {}


def give_agents_numbers_of_json() -> None:
    """Have datasette-mcp 0.3 give null for an infinite number: JSON has none.

    Its module is found by its name: imported before Datasette, it would register no plugin.
    """
    sys.modules[create_mcp_server.__module__]._serialize_cell = _finite  # type: ignore[attr-defined]


def _finite(value: object) -> object:
    is_infinite = isinstance(value, float) and not math.isfinite(value)
    return None if is_infinite else _serialize_cell(value)


def llms_txt_routes(databases: Iterable[str]) -> list[tuple[str, View]]:
    """Return the routes of datasette-llms-txt 0.3 for these databases, as patterns and views.

    Its own patterns take any page.md from the plugins that are asked later.
    """
    names = "|".join(re.escape(tilde_encode(name)) for name in databases)
    return [
        (pattern.replace("(?P<db>[^/]+)", f"(?P<db>{names})"), view)
        for pattern, view in register_llms_txt_routes()
    ]


@dataclass
class WithMetadata:
    """A Datasette with other metadata, for datasette-llms-txt 0.3, which calls metadata() alone."""

    datasette: Datasette
    metadata: Callable[[], Any]

    def __getattr__(self, name: str) -> Any:
        """Return what Datasette has."""
        return getattr(self.datasette, name)


def fair_listeners(listeners: Iterable[Any], connections: Connections) -> list[socket]:
    """Return the listening sockets of a gunicorn 27 worker as sockets that keep their queue, and
    accept only as many connections as there may be.

    asyncio accepts as many connections at a time as its `backlog`, and the first worker to look
    would take all that wait. Its backlog is set to 1, which would shorten the queue, too.
    """
    return [_Listener(connections, listener.detach()) for listener in listeners]


class _Listener(socket):
    def __init__(self, connections: Connections, descriptor: int) -> None:
        super().__init__(fileno=descriptor)
        self._connections = connections

    def listen(self, _: int = 0, /) -> None:
        """Keep listening: gunicorn has set the length of the queue."""

    def accept(self) -> tuple[socket, Any]:
        """Accept a connection; for these errors, asyncio looks again after a moment, or at once."""
        if self._connections.is_full(time.monotonic()):
            raise _FullError(EMFILE, "no other connection may be opened")
        accepted, address = super().accept()
        if _is_closed_by_client(accepted):  # thousands may be, before those that wait
            accepted.close()
            raise ConnectionAbortedError
        return accepted, address


def _is_closed_by_client(connection: socket) -> bool:
    """Tell whether uvicorn would answer nothing, at a hundred times the price of knowing that."""
    if not hasattr(sockets, "TCP_INFO"):  # as on macOS
        return False
    return connection.getsockopt(sockets.IPPROTO_TCP, sockets.TCP_INFO, 1)[0] in _CLOSED


_CLOSED = (7, 8)  # states of Linux: CLOSE, by a reset, and CLOSE_WAIT


class _FullError(OSError):
    """There are as many connections as there may be."""


selector_events.constants.ACCEPT_RETRY_DELAY = SECONDS_TO_ROOM  # type: ignore[attr-defined]


def _handle_exception(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    exception = context.get("exception")
    if isinstance(exception, MemoryError):  # nothing would be read any more
        os.kill(os.getpid(), signal.SIGTERM)
    if not isinstance(exception, _FullError):  # which is no reason for a log
        loop.default_exception_handler(context)


def answer_what_is_accepted() -> None:
    """Have uvicorn-worker 0.4 stop with `ReadingServer`, in place of the server it imports."""
    _workers.Server = ReadingServer


class ReadingServer(Server):
    """A server that, when it stops, answers the requests of connections that it has accepted.

    uvicorn 0.54 closes each connection that it has read nothing of, so that a request that comes in
    just then is lost.
    """

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Start as uvicorn does."""
        asyncio.get_running_loop().set_exception_handler(_handle_exception)
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Accept no more, read what is there, and then stop as uvicorn does."""
        for server in self.servers:
            server.close()
        await asyncio.sleep(SECONDS_TO_READ)
        await super().shutdown(sockets)


def watch_connections(config: Config, connections: Connections) -> None:
    """Have uvicorn 0.54 count the connections of a worker, and close those that keep it waiting.

    It has no limit of time for a request that comes, or for an answer that is not read.
    """
    proxies = _TrustedHosts(config.forwarded_allow_ips or "")
    config.http = partial(WatchedProtocol, connections, proxies)  # type: ignore[assignment]


_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_CHUNKED = re.compile(rb"\ntransfer-encoding\s*:", re.IGNORECASE)


def _problem_of_head(received: bytes) -> str | None:
    head = _END_OF_HEAD.split(received, maxsplit=1)[0]
    if head.count(b"\n") > MOST_HEADERS:
        return f"A request has at most {MOST_HEADERS} headers."
    if _CHUNKED.search(head):  # each chunk would take as long as a header
        return "The body of a request needs a Content-Length."
    return None


class WatchedProtocol(H11Protocol):
    """The HTTP protocol of uvicorn 0.54, which tells `connections` what happens to it."""

    def __init__(
        self, connections: Connections, proxies: _TrustedHosts, *arguments: Any, **options: Any
    ) -> None:
        """Take the connections, the proxies that say who asks, and what uvicorn's has."""
        self._connections, self._proxies, self.address = connections, proxies, ""
        self._problem: str | None = None  # of the head of a request
        super().__init__(*arguments, **options)

    def is_awaited(self) -> bool:
        """Tell whether a request is awaited, or its rest, and all answers before it are sent."""
        return self.conn.their_state in (h11.IDLE, h11.SEND_BODY) and not self.unsent_bytes()

    def unsent_bytes(self) -> int:
        """Return how many bytes wait in the process until the client reads."""
        return self.transport.get_write_buffer_size()

    def abort(self) -> None:
        """Close at once, without sending what is left."""
        self.transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count it, and have heads looked at before h11 takes its time to read them."""
        super().connection_made(transport)
        next_event = self.conn.next_event

        def checked_event() -> Any:
            if self.conn.their_state is h11.IDLE:
                self._problem = _problem_of_head(self.conn.trailing_data[0])
                if self._problem:
                    raise h11.RemoteProtocolError(self._problem)
            return next_event()

        self.conn.next_event = checked_event  # type: ignore[method-assign]
        if self.client and "." in self.client[0]:  # by IPv6, an address of IPv4 is ::ffff:…
            self.client = self.client[0].rpartition(":")[2], self.client[1]
        if self.client and self.client[0] not in self._proxies:
            self.address = client_of({"client": self.client})
        self._connections.opened(self, self.loop.time())

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._connections.closed(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read, and look whether that was a whole request.

        h11 bounds only a head that is not complete yet: what comes at once may be of any size.
        """
        for start in range(0, len(data), MOST_READ):
            if not self.transport.is_closing():
                super().data_received(data[start : start + MOST_READ])
        self._connections.changed(self, self.loop.time())

    def send_400_response(self, msg: str) -> None:
        """Say what is wrong with a request, and close."""
        super().send_400_response(self._problem or msg)

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        self._connections.changed(self, self.loop.time())

    def pause_writing(self) -> None:
        """Take note that the client has to read first."""
        super().pause_writing()
        self._connections.changed(self, self.loop.time())

    def resume_writing(self) -> None:
        """Take note that the client reads."""
        super().resume_writing()
        self._connections.has_read(self)
