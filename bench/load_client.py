"""Asks a server for many addresses over connections that stay open, in a process of its own.

    python bench/load_client.py < question.json > answer.json

It does as little as it can for each answer, so that it is not what is measured; `ceiling` says how
many answers a second it reads from a server that only sends bytes. A request whose connection
breaks is asked again, as a browser does; it is lost if nothing answers it for PATIENCE seconds.
"""

import asyncio
import hashlib
import json
import subprocess
import sys
import time
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import urlsplit

HEADERS = ("Accept-Encoding: gzip", "User-Agent: bench")  # as browsers say
PATIENCE = 30.0  # seconds until a request that nothing answers is lost
PAUSE = 0.05  # seconds between two tries to connect
MILLISECONDS = 1000
SENT = 20_000  # bytes of each answer of the server that only sends bytes
PEAK = 16  # connections, for the ceiling


@dataclass
class Question:
    """What to ask: requests in rotation, each a path and its headers, by so many at once."""

    address: str
    requests: list[tuple[str, list[str]]]
    at_once: int
    seconds: float
    most: int | None = None  # requests, after which it is over before its time
    keeps_bodies: bool = False  # to tell whether an address always answers with the same
    pause: float = 0  # seconds that a connection waits after an answer
    source: str | None = None  # the address of this machine that asks
    leaves: bool = False  # closes the connection once a request is sent


@dataclass
class LoadResult:
    """What was seen: answers by status, milliseconds of each, requests that broke or were lost."""

    statuses: dict[str, int] = field(default_factory=dict)
    milliseconds: list[float] = field(default_factory=list)
    seconds: float = 0
    broken: int = 0
    lost: int = 0
    versions: int = 0  # the most different bodies of one address
    longest_gap: float = 0  # seconds without any answer

    @property
    def answers(self) -> int:
        """Return how many there were."""
        return self.count(0)

    @property
    def rate(self) -> float:
        """Return answers a second that are what was asked for."""
        return self.count(0, 399) / self.seconds if self.seconds else 0

    def at(self, share: float) -> float:
        """Return the milliseconds that this share of answers took at most."""
        taken = sorted(self.milliseconds)
        return taken[min(len(taken) - 1, int(len(taken) * share))] if taken else float("nan")

    def count(self, least: int, most: int = 999) -> int:
        """Return how many answers had a status in a range."""
        return sum(n for status, n in self.statuses.items() if least <= int(status) <= most)


def ask(question: Question) -> LoadResult:
    """Ask in a process of its own, and return what it tells."""
    return finish(start(question))


def start(question: Question) -> subprocess.Popen[str]:
    """Begin to ask."""
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin
    process.stdin.write(f"{json.dumps(asdict(question))}\n")
    process.stdin.flush()
    return process


def finish(process: subprocess.Popen[str]) -> LoadResult:
    """Wait until all is asked."""
    out, _ = process.communicate()
    return LoadResult(**json.loads(out))


def stop(process: subprocess.Popen[str]) -> LoadResult:
    """Have it ask no more, and return what it tells."""
    process.terminate()
    return finish(process)


_Answer = tuple[int, bytes, bool]  # status, body, whether the server then closes the connection


class _Reader(asyncio.Protocol):
    """One connection: reads an answer at a time, by its length or in chunks."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._answer: asyncio.Future[_Answer] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def send(self, request: bytes) -> "asyncio.Future[_Answer]":
        self._answer = asyncio.get_running_loop().create_future()
        if self.transport.is_closing():
            self._answer.set_exception(ConnectionError("closed"))
        else:
            self.transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        answer = _answer(self._buffer)
        if answer and self._answer and not self._answer.done():
            self._buffer.clear()
            self._answer.set_result(answer)

    def connection_lost(self, error: Exception | None) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_exception(error or ConnectionError("closed"))


def _answer(data: bytearray) -> _Answer | None:
    """Return an answer that is all there."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    head, start = bytes(data[:end]).lower(), end + 4
    status = int(head[9:12])
    length_at = head.find(b"\r\ncontent-length:")
    body: bytes | None = b""
    if length_at >= 0:
        whole = start + int(head[length_at + 17 :].split(b"\r\n", 1)[0])
        body = bytes(data[start:whole]) if len(data) >= whole else None
    elif status != 304:
        body = _unchunked(data, start) if data.endswith(b"0\r\n\r\n") else None
    return None if body is None else (status, body, b"\r\nconnection: close" in head)


def _unchunked(data: bytearray, at: int) -> bytes | None:
    parts = []
    while (line := data.find(b"\r\n", at)) >= 0:
        size = int(bytes(data[at:line]) or b"0", 16)
        if len(data) < line + 4 + size:
            return None
        if size == 0:
            return b"".join(parts)
        parts.append(bytes(data[line + 2 : line + 2 + size]))
        at = line + 4 + size
    return None


class _Asking:
    """Asks a question, with all its connections."""

    def __init__(self, question: Question) -> None:
        address = urlsplit(question.address)
        self._host, self._port = str(address.hostname), int(address.port or 80)
        encoded = []
        for path, headers in question.requests:
            lines = [f"GET {path} HTTP/1.1", f"Host: {self._host}", *HEADERS, *headers, "", ""]
            encoded.append((path, "\r\n".join(lines).encode()))
        self._source = (question.source, 0) if question.source else None
        self._requests = islice(cycle(encoded), question.most)
        self._question, self._result = question, LoadResult()
        self._statuses: Counter[str] = Counter()
        self._bodies: dict[str, set[bytes]] = defaultdict(set)
        self._last = time.monotonic()
        self.is_over = asyncio.Event()

    async def run(self) -> LoadResult:
        began = time.monotonic()
        end = asyncio.get_running_loop().call_later(self._question.seconds, self.is_over.set)
        await asyncio.gather(*(self._connection() for _ in range(self._question.at_once)))
        end.cancel()
        self._result.seconds = time.monotonic() - began
        self._result.statuses = dict(self._statuses)
        self._result.versions = max(map(len, self._bodies.values()), default=0)
        return self._result

    async def _connection(self) -> None:
        reader: _Reader | None = None
        for path, request in self._requests:  # of all connections together
            reader = await self._asked(reader, path, request)
            await asyncio.sleep(self._question.pause)
            if self.is_over.is_set():
                break
        if reader:
            reader.transport.close()

    async def _asked(self, reader: _Reader | None, path: str, request: bytes) -> _Reader | None:
        began, loop = time.monotonic(), asyncio.get_running_loop()
        while time.monotonic() - began < PATIENCE:
            try:
                if not reader:
                    _, reader = await loop.create_connection(
                        _Reader, self._host, self._port, local_addr=self._source
                    )
                sent = time.monotonic()
                if self._question.leaves:
                    reader.transport.write(request)
                    reader.transport.close()
                    return None
                status, body, is_last = await asyncio.wait_for(reader.send(request), PATIENCE)
            except (OSError, TimeoutError):
                self._result.broken += 1
                if reader:
                    reader.transport.close()
                reader = None
                await asyncio.sleep(PAUSE)
            else:
                self._note(path, status, body, time.monotonic() - sent)
                if is_last:
                    reader.transport.close()
                return None if is_last else reader
        self._result.lost += 1
        return None

    def _note(self, path: str, status: int, body: bytes, seconds: float) -> None:
        now = time.monotonic()
        self._result.longest_gap = max(self._result.longest_gap, now - self._last)
        self._last = now
        self._statuses[str(status)] += 1
        self._result.milliseconds.append(seconds * MILLISECONDS)
        if self._question.keeps_bodies and status == 200:
            self._bodies[path].add(hashlib.sha256(body).digest())


class _Fixed(_Reader):
    """Answers each piece that comes with the same bytes."""

    _fixed = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (SENT, b"x" * SENT)

    def data_received(self, data: bytes) -> None:
        self.transport.write(self._fixed)


async def _serve_fixed() -> None:
    server = await asyncio.get_running_loop().create_server(_Fixed, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def ceiling(seconds: float) -> LoadResult:
    """Return what this client reads from a server that only sends bytes."""
    command = [sys.executable, str(Path(__file__)), "--fixed"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        address = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        try:
            return ask(Question(address, [("/", [])], PEAK, seconds))
        finally:
            server.terminate()


async def _main() -> None:
    asked = json.loads(sys.stdin.readline())
    asking = _Asking(Question(**asked))
    asyncio.get_running_loop().add_signal_handler(15, asking.is_over.set)
    json.dump(asdict(await asking.run()), sys.stdout)


if __name__ == "__main__":
    asyncio.run(_serve_fixed() if "--fixed" in sys.argv else _main())
