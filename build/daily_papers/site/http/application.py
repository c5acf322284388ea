"""What each process of a server runs: Datasette with our site, over the file that is served.

The process that starts the others imports none of this, so that it begins at once.
"""

import asyncio
import json
import logging
import multiprocessing
import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import yaml
from datasette.app import Datasette
from datasette.database import Database

from daily_papers.site.http.datasette_settings import SETTINGS
from daily_papers.site.http.middleware import App
from daily_papers.site.http.server import SERVED, Served, checked, identity
from daily_papers.site.views.responses import DATABASE


class _Site(Datasette):  # type: ignore[misc]
    """A Datasette that serves a file of any name as `papers`: metadata.yml and the pages know it by
    that."""

    def add_database(
        self, db: Database, name: str | None = None, route: str | None = None
    ) -> Database:
        return super().add_database(db, name or DATABASE, route)


def application() -> App:
    """Return what a process serves."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    served = Served(**json.loads(os.environ[SERVED]))
    if identity(served.database) != served.file:
        served = checked(served)  # it was put in place just now
    site = Path(served.site)
    metadata = yaml.safe_load((site / "metadata.yml").read_text(encoding="utf-8"))
    front = {"hosts": served.hosts, "public": served.is_public}
    metadata["plugins"] = {**metadata.get("plugins", {}), "site_middleware": front}
    counts = {table: {"count": count} for table, count in served.rows}
    datasette = _Site(
        immutables=[served.database],
        inspect_data={DATABASE: {"hash": served.hash, "tables": counts, "size": 0}},
        metadata=metadata,
        plugins_dir=str(site / "plugins"),
        template_dir=str(site / "templates"),
        static_mounts=[("static", str(site / "static"))],
        settings=SETTINGS,
        cors=served.is_public,  # there is nothing here that is not for everybody
    )
    _start(datasette)
    if identity(served.database) != served.file:
        # Some readers of the file may have the old one, and some the new: begin again.
        logging.getLogger("uvicorn.error").info("Another database came in between.")
        sys.exit(1)
    app: App = datasette.app()
    return app


def _end_with_parent() -> None:
    """End when the process that started this one is killed: else it would go on answering, and
    keep the port from a server that is started in its place."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _start(datasette: Datasette) -> None:
    """Have everything opened before the first question comes; the loop of the server runs already,
    in this thread."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, datasette.invoke_startup()).result()
