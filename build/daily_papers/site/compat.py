"""All that reaches into the insides of other libraries.

Each piece says what it reaches into and why. tests/site/test_compat.py compares these insides with
the installed versions, and fails for an upgrade that moves them.
"""

import re
import sqlite3
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from typing import Any

from datasette import database as datasette_database
from datasette.app import Datasette
from datasette.database import Database
from datasette.utils import sqlite_timelimit, tilde_encode
from datasette_llms_txt import register_routes as register_llms_txt_routes
from datasette_mcp import _MCPState, _states, create_mcp_server
from mcp.server.mcpserver import Context

View = Callable[..., Any]


class NamedDatasette(Datasette):  # type: ignore[misc]
    """A Datasette that serves a file of any name as `name`, as metadata.yml and the pages expect.

    The constructor of Datasette 0.65 calls add_database for each file, and then builds an
    application with all plugins: a later `add_database(database, name)` is too late for them.
    """

    def __init__(self, name: str, **options: Any) -> None:
        """Take the name, and what Datasette takes."""
        self._name = name
        super().__init__(**options)

    def add_database(
        self, db: Database, name: str | None = None, route: str | None = None
    ) -> Database:
        """Add a database; a file gets the name."""
        return super().add_database(db, name or self._name, route)


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


async def error_page(datasette: Datasette, context: Mapping[str, Any]) -> str:
    """Render the template for `context["status"]` as Datasette 0.65 does in handle_exception.

    Its plugin hook can only be replaced as a whole, and writes a traceback into the log.
    """
    template = datasette.jinja_env.select_template([f"{context['status']}.html", "error.html"])
    shared = {"urls": datasette.urls, "app_css_hash": datasette.app_css_hash()}
    return str(await template.render_async({**context, **shared, "menu_links": list}))


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


def fair_listeners(listeners: Iterable[Any]) -> list[socket]:
    """Return the listening sockets of a gunicorn 27 worker as sockets that keep their queue.

    asyncio accepts as many connections at a time as its `backlog`, and the first worker to look
    would take all that wait. Its backlog is set to 1, which would shorten the queue, too.
    """
    return [_Listener(fileno=listener.detach()) for listener in listeners]


class _Listener(socket):
    def listen(self, _: int = 0, /) -> None:
        """Keep listening: gunicorn has set the length of the queue."""
