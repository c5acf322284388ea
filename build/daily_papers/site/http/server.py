"""Serves a database with several processes, which are started again when they end or when another
database is put in the place of the file."""

import json
import logging
import os
import signal
import sqlite3
import threading
from contextlib import closing
from copy import deepcopy
from dataclasses import asdict, dataclass, replace
from errno import EACCES, EADDRINUSE
from pathlib import Path
from socket import AF_INET, AF_INET6, IPPROTO_TCP, SO_REUSEADDR, SOL_SOCKET, TCP_NODELAY, socket
from typing import Any

from datasette.inspect import inspect_hash
from uvicorn import Config
from uvicorn.config import LOGGING_CONFIG
from uvicorn.supervisors import Multiprocess, multiprocess

from daily_papers.database import schema

SERVED = "DAILY_PAPERS_SERVED"  # the environment variable that tells a process what to serve
_LOOK = 2.0  # seconds between two looks at the file
_WAITING = 2048  # connections that no process has taken yet
_GRACE = 10  # seconds that answers may still take when the server is stopped
_PATIENCE = 120  # seconds that a process may take to begin: it opens what search reads
_SITE = ("metadata.yml", "plugins", "templates", "static")


class ServeError(Exception):
    """A database or a site that cannot be served."""


@dataclass(frozen=True)
class Served:
    """What is served: a file, the folder of the site, names of hosts, and to whom; and the hash of
    the file and the number of rows of its tables, which are found once for all processes, and by
    what to tell that it is the same file."""

    database: str
    site: str
    hosts: tuple[str, ...]
    is_public: bool
    hash: str = ""
    rows: tuple[tuple[str, int], ...] = ()
    file: str = ""


def serve(served: Served, host: str, port: int, workers: int) -> None:
    """Serve until a signal says to stop.

    Raises:
        ServeError: the database is damaged or of another version, the site is not all there, or
            the address cannot be listened on.
        OSError: there is no such file.
    """
    _check_site(Path(served.site))
    _check_address(host, port)
    _tell(checked(served))
    config = Config(
        "daily_papers.site.http.application:application",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        backlog=1,
        log_config=_log(),
        proxy_headers=served.is_public,
        server_header=False,
        timeout_graceful_shutdown=_GRACE,
        timeout_worker_healthcheck=_PATIENCE,
    )
    bound = config.bind_socket()
    # Else the end of an answer waits 40 ms for the client's word that it has the beginning:
    # asyncio sees to that only for sockets of its own. Connections take it over from here.
    bound.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    multiprocess.Process = _Process  # type: ignore[misc]
    supervisor = Multiprocess(config, sockets=[bound])
    threading.Thread(target=_watch, args=(served,), daemon=True).start()
    supervisor.run()


class _Process(multiprocess.Process):
    """A process whose end is noticed at once, and that leaves connections to the others.

    uvicorn's own keeps both ends of the pipe to it open, and waits for an answer of one that ended
    while it began for as long as it may take to begin.
    """

    def start(self) -> None:
        # A terminal interrupts all processes; this one ends the others, also while they begin.
        handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            super().start()
        finally:
            signal.signal(signal.SIGINT, handler)
        self.child_conn.close()

    def target(self, sockets: list[socket] | None = None) -> None:
        super().target([_Listening(fileno=one.detach()) for one in sockets or ()])


class _Listening(socket):
    """A socket on which connections wait, although asyncio is told that it has room for one only:
    it accepts as many at a time, and the first process to look would take all that wait."""

    def listen(self, _: int = 0, /) -> None:
        super().listen(_WAITING)


def _check_site(site: Path) -> None:
    for name in (*_SITE, "static/vega.js"):
        if not (site / name).exists():
            raise ServeError(f"{site / name} is missing: --site names the folder that has it.")


def _check_address(host: str, port: int) -> None:
    family = AF_INET6 if ":" in host else AF_INET
    try:
        with socket(family) as probe:
            probe.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        is_port = error.errno in (EADDRINUSE, EACCES)
        other = "--port 8002 (make serve PORT=8002)" if is_port else "--host 127.0.0.1"
        problem = f"{host}, port {port}: {error.strerror}. Name another, as in: {other}"
        raise ServeError(problem) from error


def checked(served: Served) -> Served:
    """Return what is served, with what is known of the file after reading all of it."""
    path, file = Path(served.database), identity(served.database)
    try:
        uri = f"{path.resolve(strict=True).as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            _require_sound(connection, path)
            rows = tuple((table.name, _count(connection, table.name)) for table in schema.TABLES)
    except sqlite3.DatabaseError as error:
        problem = f"{path}: not a sound SQLite database ({error}); build it anew."
        raise ServeError(problem) from error
    return replace(served, hash=inspect_hash(path), rows=rows, file=file)


def _require_sound(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("pragma user_version").fetchone()
    if not version:
        raise ServeError(f"{path}: not a database that daily-papers built.")
    if version != schema.MAJOR:
        raise ServeError(
            f"{path}: its schema has version {version}, and this daily-papers serves"
            f" {schema.MAJOR}; build it anew."
        )
    (found,) = connection.execute("pragma quick_check(1)").fetchone()
    if found != "ok":
        raise ServeError(f"{path}: damaged ({' '.join(found.split())}); build it anew.")


def _count(connection: sqlite3.Connection, table: str) -> int:
    (count,) = connection.execute(f'select count(*) from "{table}"').fetchone()  # noqa: S608 - ours
    return int(count)


def _tell(served: Served) -> None:
    os.environ[SERVED] = json.dumps(asdict(served))


def _watch(served: Served) -> None:
    """Have the processes started again, one by one, with a sound file that took the place of the
    one that is served. What is there while they are, they keep open."""
    log = logging.getLogger("uvicorn.error")
    known = identity(served.database)
    pause = threading.Event()
    while not pause.wait(_LOOK):
        found = identity(served.database)
        if found in (known, ""):
            continue
        known = found
        try:
            _tell(checked(served))
        except (ServeError, OSError) as error:
            log.error("The old database is still served: %s", error)
        else:
            log.info("Another database is in place; starting the processes again.")
            os.kill(os.getpid(), signal.SIGHUP)


def identity(path: str) -> str:
    """Return what tells a file from another one that takes its place; nothing if there is none."""
    try:
        stat = Path(path).stat()
    except OSError:
        return ""
    return f"{stat.st_dev} {stat.st_ino} {stat.st_size} {stat.st_mtime_ns}"


def _log() -> dict[str, Any]:
    """Return how uvicorn logs, with the time in front of each line."""
    log = deepcopy(LOGGING_CONFIG)
    log["formatters"]["default"]["fmt"] = "%(asctime)s %(levelname)s %(message)s"
    log["formatters"]["access"]["fmt"] = (
        '%(asctime)s %(client_addr)s "%(request_line)s" %(status_code)s'
    )
    for formatter in ("default", "access"):
        log["formatters"][formatter]["use_colors"] = False
    log["loggers"]["mcp"] = {"level": "WARNING"}  # it tells of sessions that it has not
    return log
