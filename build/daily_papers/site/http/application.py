"""Makes what each worker serves: Datasette with our site, over the file that is served.

The first process imports none of this, so that it starts fast.
"""

import asyncio
import gc
import logging
import sys
import warnings

from starlette.types import ASGIApp

from daily_papers.site.compat import ServedDatasette, UnchangingDatabase
from daily_papers.site.http import sql_limits
from daily_papers.site.http.datasette_settings import SETTINGS
from daily_papers.site.http.killable_process import Answering, KillableProcess
from daily_papers.site.http.served_database import ServedDatabase
from daily_papers.site.http.server import ServeOptions
from daily_papers.site.site_settings import read_metadata
from daily_papers.site.views.responses import DATABASE, open_database


def application(options: ServeOptions, database: ServedDatabase) -> ASGIApp:
    """Return the ASGI application, with everything opened before the first request.

    Raises SystemExit where another file replaced the database meanwhile, and SettingsError.
    """
    metadata = read_metadata(options.site / "metadata.yml", options.metadata)
    middleware = {
        "hosts": options.hosts,
        "public": options.is_public,
        "cache_megabytes": options.cache_megabytes,
    }
    metadata["plugins"] = {**metadata.get("plugins", {}), "site_middleware": middleware}
    counts = {table: {"count": count} for table, count in database.row_counts.items()}
    size = database.path.stat().st_size
    datasette = ServedDatasette(
        DATABASE,
        immutables=[str(database.path)],
        inspect_data={DATABASE: {"hash": database.sha256, "tables": counts, "size": size}},
        metadata=metadata,
        plugins_dir=str(options.site / "plugins"),
        template_dir=str(options.site / "templates"),
        static_mounts=[("static", str(options.site / "static"))],
        settings=SETTINGS,
        cors=options.is_public,  # there is nothing here that is not for everybody
    )
    # A change of a template shows at once only where no answer is kept.
    datasette.jinja_env.auto_reload = not options.cache_megabytes
    _run_queries_apart(datasette)
    asyncio.run(datasette.invoke_startup())
    if not database.is_current():
        # Some readers of the file may have the old one, and some the new: start again.
        logging.getLogger("uvicorn.error").info("Another database came in between.")
        sys.exit(1)
    _log_faults_alone()
    app: ASGIApp = datasette.app()
    gc.collect()
    gc.freeze()  # else the collector looks again and again at what stays: tens of milliseconds
    return app


def _is_fault(record: logging.LogRecord) -> bool:
    """Tell whether a record of the server for agents is none of what a client asked for wrongly."""
    error = record.exc_info[1] if record.exc_info else None
    while error and not isinstance(error, ValueError):
        error = error.__cause__
    return error is None


def _log_faults_alone() -> None:
    """Log nothing that libraries say of clients."""
    logging.getLogger("mcp").setLevel(logging.WARNING)  # it logs each request as a lost session
    for name in ("mcp.server.runner", "mcp.shared.jsonrpc_dispatcher"):
        logging.getLogger(name).addFilter(_is_fault)
    # What Datasette had begun when its client went is no fault, nor is writing to that client.
    warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
    logging.getLogger("asyncio").setLevel(logging.ERROR)


def _run_queries_apart(datasette: ServedDatasette) -> None:
    """Have the queries of visitors run in a process of its own, which shares what search holds."""
    database: UnchangingDatabase = datasette.get_database(DATABASE)
    search = open_database(datasette)

    def prepare() -> Answering:
        sql_limits.lower_heap(sql_limits.VISITORS_HEAP)
        search.reopen()
        return database.answering()

    database.process = KillableProcess(prepare, sql_limits.VISITORS_BYTES)
