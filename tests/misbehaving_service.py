"""A service that answers as it is told, in every way that services misbehave."""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

DAY = "2026-08-20"  # a Thursday

Answer = Callable[[BaseHTTPRequestHandler], None]


def record(number: int = 1, day: str | None = DAY, **more: Any) -> dict[str, Any]:
    """One paper as the service answers it, with nobody's account."""
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


# How a service can answer.


def body(content: bytes, status: int = 200, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in {"Content-Length": str(len(content)), **named}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def fine(records: object) -> Answer:
    return body(json.dumps(records).encode(), Content_Type="application/json")


def status(code: int, **headers: str) -> Answer:
    return body(b"[]", code, **headers)


def packed(content: bytes, way: str = "gzip") -> Answer:
    return body(content, Content_Encoding=way)


def reset(handler: BaseHTTPRequestHandler) -> None:
    """Half an answer, then a reset."""
    body(json.dumps(day_of(2)).encode()[:100], Content_Length="4000")(handler)
    handler.wfile.flush()
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.connection.shutdown(socket.SHUT_RD)
    handler.connection.close()


def drip(handler: BaseHTTPRequestHandler) -> None:
    """An answer without end, a little at a time."""
    body(b"[", Content_Length="1000000")(handler)
    forever(lambda: handler.wfile.write(b" "))


def drip_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.0 200 OK\r\nX-Slow: ")
    forever(lambda: handler.wfile.write(b"y"))


def forever(write: Callable[[], object]) -> None:
    try:
        for _ in range(200):  # 10 seconds; the client is to leave long before
            write()
            time.sleep(0.05)
    except OSError:
        pass


def stall(handler: BaseHTTPRequestHandler) -> None:
    """Half an answer, then nothing."""
    body(json.dumps(day_of(2)).encode()[:100], Content_Length="4000")(handler)
    handler.wfile.flush()
    handler.connection.settimeout(10)
    handler.connection.recv(1)


def endless(handler: BaseHTTPRequestHandler) -> None:
    """An answer that says nothing of its size, as fast as it goes."""
    handler.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n[")
    try:
        for _ in range(1000):
            handler.wfile.write(b" " * 100_000)
    except OSError:
        pass


class Stub(ThreadingHTTPServer):
    """A service that answers as it is told: one answer after the other, the last for ever."""

    daemon_threads = True

    def __init__(self) -> None:
        self.told: dict[str, list[Answer]] = {}
        self.asked: list[str] = []
        self.headers: dict[str, str] = {}
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"

    def tell(self, *answers: Answer, day: str = DAY) -> None:
        self.told[day] = list(answers)

    def handle_error(self, *_: object) -> None:
        """Say nothing: clients leave."""


class Handler(BaseHTTPRequestHandler):
    server: Stub

    def do_GET(self) -> None:
        split = urlsplit(self.path)
        asked = parse_qs(split.query)
        key = (asked.get("date") or asked.get("q") or [split.path])[0]
        self.server.asked.append(key)
        self.server.headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.headers["path"] = self.path
        told = self.server.told.get(key, [fine(day_of(2, key))])
        (told.pop(0) if len(told) > 1 else told[0])(self)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def misbehaving() -> Iterator[Stub]:
    """Run a service in a thread."""
    with Stub() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()
