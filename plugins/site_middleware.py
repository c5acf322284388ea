"""Puts the middleware before all pages: hosts, limits, caching, headers, gzip.

Who serves with `datasette` itself may set it up in metadata.yml, as
`plugins: site_middleware: {public: true, hosts: [papers.example.org]}`.
"""

import asyncio
import json
import threading
from collections.abc import Callable
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.database import Database

from daily_papers.pipeline import cache
from daily_papers.site.http.caching import (
    HASH_LETTERS,
    Versions,
    files_of,
    hash_of_files,
    short_hash,
)
from daily_papers.site.http.middleware import App, Front
from daily_papers.site.views import responses

PLUGIN = "site_middleware"


@hookimpl(trylast=True)  # so that it wraps what other plugins wrap
def asgi_wrapper(datasette: Datasette) -> Callable[[App], App]:
    """Wrap the application."""
    given = datasette.plugin_config(PLUGIN) or {}
    hosts = frozenset(str(one).lower() for one in given.get("hosts") or ())
    return lambda app: Front(app, versions(datasette), hosts, bool(given.get("public")))


@hookimpl
def prepare_jinja2_environment(env: Any, datasette: Datasette) -> None:
    """Give templates the addresses of files and of the database that caches keep for good."""
    known = versions(datasette)
    env.globals["hashed"] = lambda path: datasette.urls.path(known.hashed(path) if known else path)


@hookimpl
def startup(datasette: Datasette) -> Callable[[], Any]:
    """Open the file as often as it will be read: it is served as it is now, whatever is put in its
    place later."""

    async def connect() -> None:
        for database in datasette.databases.values():
            if database.path and not database.is_mutable:
                await _connect(database, datasette.setting("num_sql_threads"))

    return connect


async def _connect(database: Database, threads: int) -> None:
    together = threading.Barrier(max(threads, 1))  # a thread holds no connection of another

    def wait(_: object) -> None:
        together.wait()

    await asyncio.gather(*(database.execute_fn(wait) for _ in range(max(threads, 1))))


@lru_cache(maxsize=4)
def versions(datasette: Datasette) -> Versions | None:
    """Return the versions of what is served; None for a database that may change."""
    database = datasette.databases.get(responses.DATABASE)
    if database is None or database.is_mutable or not database.path:
        return None
    data = str(database.hash)
    files = {f"/{responses.DATABASE}.db": data[:HASH_LETTERS]}
    for mount, folder in datasette.static_mounts:
        for path, file in files_of(Path(folder)):
            files[f"/{mount}/{path}"] = short_hash(file.read_bytes())
    told = json.dumps([datasette.metadata(), datasette.settings_dict()], default=str)
    folders = (datasette.template_dir, datasette.plugins_dir)
    beside = [hash_of_files(Path(folder)) for folder in folders if folder]
    code = [cache.code_hash(), version("datasette"), told, *beside, *files.values()]
    return Versions(data, short_hash(*map(str.encode, code)), files)
