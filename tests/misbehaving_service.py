"""A service with scripted answers, in all ways in which services misbehave."""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

DAY = "2026-08-20"  # a Thursday

Answer = Callable[[BaseHTTPRequestHandler], None]


def record(number: int = 1, day: str | None = DAY, **more: Any) -> dict[str, Any]:
    """Return a paper as the service answers it, without accounts."""
    paper = {
        "id": f"2608.{number:05}",
        "authors": [{"name": "Ada Example", "hidden": False}],
        "publishedAt": "2026-08-19T00:00:00.000Z",
        "title": f"A Small Change {number}",
        "summary": "We show that a small change helps.\nIt is tested.",
        "upvotes": 3,
    }
    if day:
        paper["submittedOnDailyAt"] = f"{day}T00:00:00.000Z"
    return {"paper": paper, "publishedAt": "2026-08-18T20:00:00.000Z", "numComments": 1, **more}


def day_of(count: int, day: str = DAY) -> list[dict[str, Any]]:
    return [record(number, day) for number in range(count)]


def body(content: bytes, status: int = 200, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content_Length": str(len(content)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def fine(records: object) -> Answer:
    return body(json.dumps(records).encode(), Content_Type="application/json")


def status(code: int, **headers: str) -> Answer:
    return body(b"[]", code, **headers)


def packed(content: bytes, encoding: str = "gzip") -> Answer:
    return body(content, Content_Encoding=encoding)


def half(handler: BaseHTTPRequestHandler) -> None:
    body(json.dumps(day_of(2)).encode()[:100], Content_Length="4000")(handler)


def reset(handler: BaseHTTPRequestHandler) -> None:
    """Half an answer, then a reset."""
    half(handler)
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.connection.shutdown(socket.SHUT_RD)
    handler.connection.close()


def repeated(start: bytes, piece: bytes, times: int, pause: float = 0) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        with suppress(OSError):  # the client is to leave long before the end
            handler.wfile.write(b"HTTP/1.0 200 OK\r\n" + start)
            for _ in range(times):
                handler.wfile.write(piece)
                time.sleep(pause)

    return answer


# An answer that does not state its size, as fast as it goes; and two a little at a time.
endless = repeated(b"\r\n[", b" " * 100_000, 1000)
drip = repeated(b"Content-Length: 1000000\r\n\r\n[", b" ", 200, pause=0.05)
drip_headers = repeated(b"X-Slow: ", b"y", 200, pause=0.05)


def stall(handler: BaseHTTPRequestHandler) -> None:
    """Half an answer, then nothing."""
    half(handler)
    handler.connection.settimeout(10)
    handler.connection.recv(1)


class Stub(ThreadingHTTPServer):
    """A service with scripted answers for each day: one after another, the last one for ever."""

    daemon_threads = True

    def __init__(self) -> None:
        self.script: dict[str, list[Answer]] = {}
        self.requests: list[str] = []
        self.headers: dict[str, str] = {}
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"

    def answer(self, *answers: Answer, day: str = DAY) -> None:
        self.script[day] = list(answers)

    def handle_error(self, *_: object) -> None:
        """Print nothing: clients leave."""


class Handler(BaseHTTPRequestHandler):
    server: Stub

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        params = parse_qs(url.query)
        key = (params.get("date") or params.get("q") or [url.path])[0]
        self.server.requests.append(key)
        self.server.headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.headers["path"] = self.path
        day = key if "q" not in params else DAY
        answers = self.server.script.get(key, [fine(day_of(2, day))])
        (answers.pop(0) if len(answers) > 1 else answers[0])(self)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def misbehaving() -> Iterator[Stub]:
    """Run a service in a thread."""
    with Stub() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()
