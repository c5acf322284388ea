"""Serves a database with gunicorn: several worker processes, which are started again when they end
and replaced one by one when another database replaces the file."""

import logging
import os
import select
import signal
import sqlite3
import sys
import threading
import time
import traceback
from dataclasses import dataclass
from errno import EACCES, EADDRINUSE
from pathlib import Path
from socket import AF_INET, AF_INET6, SO_REUSEADDR, SO_SNDBUF, SOL_SOCKET, socket
from typing import TYPE_CHECKING, Any, ClassVar

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.glogging import Logger
from uvicorn.logging import AccessFormatter
from uvicorn_worker import UvicornWorker

from daily_papers.site import site_settings
from daily_papers.site.http import served_database
from daily_papers.site.http.connections import SEND_BUFFER, Connections, most_connections
from daily_papers.site.http.served_database import ServedDatabase, ServeError, inspect_database
from daily_papers.site.metadata_checks import check_metadata
from daily_papers.site.site_settings import SettingsError

if TYPE_CHECKING:  # only workers import it, so that the first process starts fast
    from starlette.types import ASGIApp

_INTERVAL = 2.0  # seconds between two looks at the file
_PARENT_INTERVAL = 0.2  # seconds between two looks whether the first process is alive
_QUEUE = 2048  # connections that wait for a worker
MOST_HEAD = 32_768  # bytes of a request before its body
_GRACE = 10  # seconds that answers may still take when the server is stopped
_TIMEOUT = 120  # seconds that a worker may take to start, or not react, before it is killed
_SHARED_MEMORY = Path("/dev/shm")  # on Linux: writable where nothing else is


@dataclass(frozen=True)
class ServeOptions:
    """The database file, the site folder, the host names answered for (none: any), whether the site
    is public, how many megabytes of answers each process keeps, and the publisher's own metadata.
    """

    database: Path
    site: Path
    hosts: tuple[str, ...]
    is_public: bool
    cache_megabytes: int
    metadata: Path | None = None


def serve(options: ServeOptions, host: str, port: int, workers: int) -> None:
    """Serve until a signal says to stop, then raise SystemExit.

    Raises:
        ServeError: the database is damaged or of another version, the site is not all there, or
            the address cannot be listened on.
        SettingsError: metadata cannot be read, or set what is not allowed.
        OSError: there is no such file.
    """
    for name in ("metadata.yml", "plugins", "templates", "static"):
        if not (options.site / name).exists():
            problem = f"{options.site / name} is missing: --site names the folder that has it."
            raise ServeError(problem)
    database = inspect_database(options.database)
    _check_settings(options)
    listener = _bind(host, port)
    _Server(options, database, listener, workers).run()


def _check_settings(options: ServeOptions) -> None:
    file = options.site / "metadata.yml"
    source = options.metadata or file
    metadata = site_settings.read_metadata(file, options.metadata)
    chosen = site_settings.settings(metadata, source)
    check_metadata(metadata, options.database, source)
    css = (options.site / "static" / "site.css").read_text(encoding="utf-8")
    site_settings.check_contrast(chosen, css, source)


def _bind(host: str, port: int) -> socket:
    listener = socket(AF_INET6 if ":" in host else AF_INET)
    listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    listener.setsockopt(SOL_SOCKET, SO_SNDBUF, SEND_BUFFER)  # of each connection, too
    try:
        listener.bind((host, port))
    except OSError as error:
        is_port = error.errno in (EADDRINUSE, EACCES)
        other = "--port 8002 (make serve PORT=8002)" if is_port else "--host 127.0.0.1"
        problem = f"{host}, port {port}: {error.strerror}. Name another, as in: {other}"
        raise ServeError(problem) from error
    return listener


class _Logger(Logger):  # type: ignore[misc]
    """The log: events on stderr, a line for each request on stdout, each with its time."""

    error_fmt, datefmt = "%(asctime)s %(levelname)s %(message)s", None
    request_fmt = '%(asctime)s %(client_addr)s "%(request_line).500s" %(status_code)s'

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        for handler in self.access_log.handlers:
            handler.setFormatter(AccessFormatter(self.request_fmt, use_colors=False))


class Worker(UvicornWorker):  # type: ignore[misc]
    """A process that answers requests."""

    CONFIG_KWARGS: ClassVar = {  # settings of uvicorn that gunicorn does not have
        "backlog": 1,  # connections that it accepts at a time: see fair_listeners of compat.py
        "proxy_headers": False,
        "server_header": False,
        "h11_max_incomplete_event_size": MOST_HEAD,
        "timeout_graceful_shutdown": _GRACE,
        # uvicorn counts by the clock, and a clock that is set back would stop the heartbeat.
        "timeout_notify": float("-inf"),
    }
    connections: Connections  # set when it has its own process
    sockets: list[socket]

    def init_process(self) -> None:
        """Serve until it is told to stop.

        One that cannot start is tried again, since others may be serving; at the start of the
        server, only where that may help.
        """
        try:
            self._prepare()
            super().init_process()
        except Exception as error:
            is_told = isinstance(error, ServeError | SettingsError | OSError | sqlite3.Error)
            if self.booted or not (is_told or self.age > self.cfg.workers):
                raise  # for which gunicorn stops all workers
            print(f"daily-papers: {error}", file=sys.stderr)
            if not is_told:
                traceback.print_exception(error)
            time.sleep(_INTERVAL)
            sys.exit(1)

    def _prepare(self) -> None:
        from daily_papers.site import compat  # in a worker, where it may take time

        self.notify()  # else gunicorn does not count the time that it takes to start
        self.connections = Connections(most_connections())
        compat.watch_connections(self.config, self.connections)
        self.sockets = compat.fair_listeners(self.sockets, self.connections)
        compat.answer_what_is_accepted()
        threading.Thread(target=_exit_with_parent, args=(self.ppid,), daemon=True).start()

    async def callback_notify(self) -> None:
        """Say that it is alive, which uvicorn does each second, and look at its connections."""
        self.notify()
        self.connections.sweep(time.monotonic())


class PublicWorker(Worker):
    """One that believes a proxy who asks."""

    CONFIG_KWARGS: ClassVar = {**Worker.CONFIG_KWARGS, "proxy_headers": True}


class _Server(BaseApplication):  # type: ignore[misc]
    """The settings and hooks of gunicorn that make our server."""

    def __init__(
        self, options: ServeOptions, database: ServedDatabase, listener: socket, workers: int
    ) -> None:
        self._options, self._database = options, database
        self._listener, self._workers = listener, workers
        self._forking = threading.Lock()  # no fork while the file is read: SQLite forbids it
        self._ready, self._report_ready = os.pipe()
        super().__init__()

    def load_config(self) -> None:
        settings = {
            "bind": f"fd://{self._listener.fileno()}",
            "backlog": _QUEUE,
            "workers": self._workers,
            "worker_class": PublicWorker if self._options.is_public else Worker,
            "timeout": _TIMEOUT,
            "worker_tmp_dir": str(_SHARED_MEMORY) if _SHARED_MEMORY.is_dir() else None,
            "graceful_timeout": _GRACE + 2,  # after workers have had their time
            "keepalive": 5,
            "control_socket_disable": True,
            "logger_class": _Logger,
            "accesslog": "-",
            "when_ready": self._when_ready,
            "post_fork": self._post_fork,
            "post_worker_init": self._post_worker_init,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> "ASGIApp":
        """Return what a worker serves; gunicorn calls this in each worker."""
        from daily_papers.site.http.application import application

        if not self._database.is_current():
            self._database = inspect_database(self._options.database)
        return application(self._options, self._database)

    def _when_ready(self, arbiter: Arbiter) -> None:
        """Start watching the file; gunicorn calls this in the first process, before it forks."""
        # For SIGINT, gunicorn would break answers off.
        signal.signal(signal.SIGINT, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
        acquire, release = self._forking.acquire, self._forking.release
        os.register_at_fork(before=acquire, after_in_parent=release, after_in_child=release)
        threading.Thread(target=self._watch_file, args=(arbiter.log,), daemon=True).start()

    def _post_fork(self, arbiter: Arbiter, worker: UvicornWorker) -> None:
        # Until then a signal goes to the handlers of the first process, and is lost: it would wait
        # for this worker as long as for one that does not stop.
        worker.init_signals()

    def _post_worker_init(self, worker: UvicornWorker) -> None:
        """Report that a worker is ready; gunicorn calls this when it has its application."""
        # A library has set the root log to one that opens files, which fails where too many are
        # open: asyncio, which logs just that there, would end the worker.
        logging.basicConfig(handlers=worker.log.error_log.handlers, force=True)
        os.write(self._report_ready, b".")

    def _watch_file(self, log: Any) -> None:
        """Replace the workers when a sound file replaces the database; they keep the old one open
        until then."""
        current = self._database.file_id
        while True:
            time.sleep(_INTERVAL)
            file_id = served_database.file_id(self._options.database)
            if file_id in (current, ""):
                continue
            current = file_id
            try:
                with self._forking:
                    self._database = inspect_database(self._options.database)
            except Exception as error:  # of which this has not to end, whatever it is
                log.error("The old database is still served: %s", error)
            else:
                log.info("Another database is in place; starting the processes again.")
                self._replace_workers()

    def _replace_workers(self) -> None:
        """Start a worker and then stop the oldest, as often as there are workers: the signals make
        them one more and one less."""
        for _ in range(self._workers):
            while select.select([self._ready], [], [], 0)[0]:
                os.read(self._ready, 1024)  # of workers that started before
            os.kill(os.getpid(), signal.SIGTTIN)
            os.read(self._ready, 1)
            os.kill(os.getpid(), signal.SIGTTOU)


def _exit_with_parent(parent: int) -> None:
    """End when the first process was killed: a worker would go on answering, and keep the port from
    a server that is started in its place."""
    while os.getppid() == parent:
        time.sleep(_PARENT_INTERVAL)
    os.kill(os.getpid(), signal.SIGTERM)
