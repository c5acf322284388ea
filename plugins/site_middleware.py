"""Puts the middleware before all pages: hosts, limits, caching, headers, gzip.

Sites served by the command `datasette` set it up in metadata.yml:
`plugins: site_middleware: {public: true, hosts: [papers.example.org], cache_megabytes: 64}`.
"""

import asyncio
import json
import threading
from collections.abc import Callable
from contextlib import closing
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.database import Database
from starlette.types import ASGIApp

from daily_papers.pipeline import cache
from daily_papers.site import compat
from daily_papers.site.http.caching import HASH_LETTERS, Versions, file_hashes, short_hash
from daily_papers.site.http.middleware import SiteMiddleware
from daily_papers.site.http.response_cache import MEGABYTE, note_interruption
from daily_papers.site.views import responses
from daily_papers.site.views.canned_queries import canned_queries
from daily_papers.site.views.query_error import named_parameters

PLUGIN = "site_middleware"

compat.notice_interrupted_queries(note_interruption)


@hookimpl(trylast=True)  # so that it wraps what other plugins wrap
def asgi_wrapper(datasette: Datasette) -> Callable[[ASGIApp], ASGIApp]:
    """Wrap the application."""
    config = datasette.plugin_config(PLUGIN) or {}
    hosts = frozenset(str(name).lower() for name in config.get("hosts") or ())
    is_public = bool(config.get("public"))
    cache_bytes = int(config.get("cache_megabytes", 0)) * MEGABYTE
    names = _own_names(datasette)
    return lambda app: SiteMiddleware(
        app, versions(datasette), hosts, is_public, cache_bytes, names
    )


def _own_names(datasette: Datasette) -> frozenset[str]:
    """Return the columns of all tables and the parameters of all queries."""
    sql = """
        select distinct columns.name
        from sqlite_master as tables
        join pragma_table_info(tables.name) as columns
        where tables.sql not like 'create virtual%'
    """
    names = {name for query in canned_queries(datasette) for name in named_parameters(query.sql)}
    for database in datasette.databases.values():
        with closing(database.connect()) as connection:
            names |= {name for (name,) in connection.execute(sql)}
    return frozenset(names)


@hookimpl
def prepare_jinja2_environment(env: Any, datasette: Datasette) -> None:
    """Give templates the addresses of files and of the database that caches keep for good."""
    current = versions(datasette)
    hashed = current.hashed if current else str
    env.globals["hashed"] = lambda path: datasette.urls.path(hashed(path))


@hookimpl
def startup(datasette: Datasette) -> Callable[[], Any]:
    """Open all connections to the file: it is served as it is now, even if another replaces it."""

    async def connect() -> None:
        for database in datasette.databases.values():
            if database.path and not database.is_mutable:
                await _connect(database, datasette.setting("num_sql_threads"))

    return connect


async def _connect(database: Database, threads: int) -> None:
    barrier = threading.Barrier(max(threads, 1))  # each thread opens a connection and waits
    waits = (database.execute_fn(lambda _: barrier.wait()) for _ in range(barrier.parties))
    await asyncio.gather(*waits)


@lru_cache(maxsize=4)
def versions(datasette: Datasette) -> Versions | None:
    """Return the versions of what is served; None for a database that may change."""
    database = datasette.databases.get(responses.DATABASE)
    if database is None or database.is_mutable or not database.path:
        return None
    data = str(database.hash)
    colours = responses.site_settings(datasette).colours_css
    files = {
        f"/{responses.DATABASE}.db": data[:HASH_LETTERS],
        "/site-colours.css": short_hash(colours.encode()),
    }
    mounts, folders = compat.site_folders(datasette)
    for mount, folder in mounts:
        files |= {f"/{mount}/{path}": value for path, value in file_hashes(Path(folder)).items()}
    config = json.dumps([datasette.metadata(), datasette.settings_dict()], default=str)
    hashes = [str(file_hashes(folder)) for folder in folders]
    code = [cache.code_hash(), version("datasette"), config, *hashes, *files.values()]
    return Versions(data, short_hash(*map(str.encode, code)), files)
