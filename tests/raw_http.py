"""HTTP as bytes: sends what no client library would, and reads one answer."""

import http.client
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from urllib.parse import urlsplit

NAME = "papers.example"  # of the host, unless a test asks for another


@dataclass(frozen=True)
class Answer:
    """An answer, and how many seconds it took."""

    status: int
    headers: Message
    body: bytes
    seconds: float

    def __getitem__(self, name: str) -> str:
        """Return a header, or nothing."""
        return str(self.headers.get(name, ""))

    @property
    def text(self) -> str:
        """Return the body as text."""
        return self.body.decode("utf-8", errors="replace")


def request(
    target: str | bytes,
    *headers: str | bytes,
    method: str = "GET",
    host: str = NAME,
    body: bytes = b"",
) -> bytes:
    """Return a request as it is sent; target and headers may be any bytes."""
    lines = [_bytes(method) + b" " + _bytes(target) + b" HTTP/1.1"]
    lines += [f"Host: {host}".encode()] if host else []
    lines += [_bytes(header) for header in headers]
    lines += [b"Content-Length: %d" % len(body)] if body else []
    return b"\r\n".join([*lines, b"Connection: close", b"", body])


def ask(address: str, sent: bytes, timeout: float = 30) -> Answer:
    """Send a request on a connection of its own; raises OSError or HTTPException for no answer."""
    parts = urlsplit(address)
    began = time.monotonic()
    with socket.create_connection((parts.hostname, parts.port), timeout) as connection:
        # A server that refuses does not read to the end: its answer is there already.
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(sent)
        method = sent.partition(b" ")[0].decode("latin-1")
        response = http.client.HTTPResponse(connection, method=method)
        response.begin()
        body = response.read()
    return Answer(response.status, response.headers, body, time.monotonic() - began)


def get(address: str, target: str | bytes, *headers: str | bytes, host: str = NAME) -> Answer:
    """Ask for an address with GET."""
    return ask(address, request(target, *headers, host=host))


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()
