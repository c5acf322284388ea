"""Checks how many connections a worker keeps open, and for how long."""

import asyncio
import os
import resource
import signal
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from daily_papers.site import compat
from daily_papers.site.http import connections
from daily_papers.site.http.connections import (
    LEAST_READ,
    MOST_UNSENT,
    REQUEST_SECONDS,
    UNREAD_SECONDS,
    Connections,
    most_connections,
)
from tests.conftest import run_in_thread

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


@dataclass(eq=False)
class Client:
    """A connection whose client does as it is told."""

    is_idle: bool = True
    unsent: int = 0
    is_aborted: bool = False
    address: str = ""

    def is_awaited(self) -> bool:
        return self.is_idle and not self.unsent

    def unsent_bytes(self) -> int:
        return self.unsent

    def abort(self) -> None:
        self.is_aborted = True


def opened(most: int, *clients: Client) -> Connections:
    """Return connections of these clients, opened one second after the other."""
    kept = Connections(most)
    for second, client in enumerate(clients):
        kept.opened(client, second)
        kept.changed(client, second)
    return kept


def test_a_new_connection_takes_the_place_of_the_one_that_is_awaited_longest() -> None:
    clients = [Client(is_idle=False), *(Client() for _ in range(4))]
    kept = opened(3, *clients)
    assert [client.is_aborted for client in clients] == [False, True, True, False, False]
    assert len(kept) == 3


def test_an_address_has_only_so_many_connections_and_a_proxy_any_number() -> None:
    most = connections.MOST_OF_ADDRESS
    clients = [Client(address="192.0.2.1") for _ in range(most)]
    kept = opened(1_000, *clients, *(Client() for _ in range(most + 1)))
    assert len(kept) == 2 * most + 1
    further, other = Client(address="192.0.2.1"), Client(address="192.0.2.2")
    kept.opened(further, most)
    kept.opened(other, most)
    assert (further.is_aborted, other.is_aborted) == (True, False)
    kept.closed(further)  # as the transport tells of each
    kept.closed(clients[0])
    kept.opened(clients[0], most)
    assert not clients[0].is_aborted


def test_no_connection_is_opened_while_all_are_answered() -> None:
    clients = [Client(is_idle=False) for _ in range(3)]
    kept = opened(3, *clients)
    assert kept.is_full(3)
    clients[1].is_idle = True
    kept.changed(clients[1], 3)
    assert kept.is_full(3.1), "its request may be on the way"
    assert not kept.is_full(4)
    kept.closed(clients[1])
    assert (len(kept), kept.is_full(4)) == (2, False)


def test_a_client_has_so_long_for_a_whole_request() -> None:
    slow, answered = Client(), Client()
    kept = opened(9, slow, answered)
    answered.is_idle = False
    for second in range(1, int(REQUEST_SECONDS) + 1):
        kept.changed(slow, second)  # a byte of the head
        kept.sweep(second)
    assert not slow.is_aborted
    answered.is_idle = True
    kept.changed(answered, REQUEST_SECONDS)
    kept.sweep(REQUEST_SECONDS + 1)
    assert (slow.is_aborted, answered.is_aborted) == (True, False), "a request begins the time anew"


@pytest.mark.parametrize(
    ("read_a_minute", "is_closed"), [(0, True), (LEAST_READ - 1, True), (LEAST_READ, False)]
)
def test_a_client_that_reads_too_little_of_an_answer_is_closed(
    read_a_minute: int, is_closed: bool
) -> None:
    reader = Client(is_idle=False)
    kept = opened(9, reader)
    reader.unsent = 10 * LEAST_READ
    for second in range(0, 5 * int(UNREAD_SECONDS), int(UNREAD_SECONDS)):
        kept.sweep(second)
        kept.sweep(second + 1)
        reader.unsent -= read_a_minute
    assert reader.is_aborted is is_closed


def test_an_answer_that_grows_while_it_is_read_is_no_reason_to_close() -> None:
    reader = Client(is_idle=False)
    kept = opened(9, reader)
    for second in range(3 * int(UNREAD_SECONDS)):
        reader.unsent = 80_000
        kept.sweep(second)
        kept.has_read(reader)  # until the server may write again
    assert not reader.is_aborted


def test_the_largest_answers_that_are_not_read_give_way_to_memory() -> None:
    sizes = [MOST_UNSENT // 2, MOST_UNSENT // 4, MOST_UNSENT // 8, MOST_UNSENT // 4]
    clients = [Client(is_idle=False) for _ in sizes]
    kept = opened(9, *clients)
    for client, client.unsent in zip(clients, sizes, strict=True):
        kept.changed(client, 9)
    assert [client.is_aborted for client in clients] == [True, False, False, False]


def test_who_does_not_read_gives_way_if_nobody_is_idle() -> None:
    clients = [Client(is_idle=False) for _ in range(4)]
    clients[1].unsent = 99_999
    opened(3, *clients)
    assert [client.is_aborted for client in clients] == [False, True, False, False]


@pytest.mark.parametrize(
    ("soft", "hard", "limit", "most"),
    [
        (1024, 1024, None, 412),
        (256, 4096, 1200, 500),
        (256, 1024, 1024, 412),
        (9999, 9999, None, 500),
        (100, 100, None, 1),
        (1024, resource.RLIM_INFINITY, 1200, 500),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, None, 500),
    ],
)
def test_as_many_connections_are_kept_as_files_may_be_open(
    soft: int, hard: int, limit: int | None, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = []
    monkeypatch.setattr(connections.resource, "getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr(connections.resource, "setrlimit", lambda _, pair: limits.append(pair))
    assert most_connections() == most
    assert limits == ([] if limit is None else [(limit, hard)])


# With uvicorn.


async def slow_app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer after a moment, with 64 MB or the client's address if the path asks for that."""
    await asyncio.sleep(0.2)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    others = {"/large": b"x" * (64 << 20), "/client": scope["client"][0].encode()}
    body = others.get(scope["path"], b"well")
    await send({"type": "http.response.body", "body": body})


def while_serving(
    most: int, asked: Callable[[int, Connections], Awaitable[None]], host: str = "127.0.0.1"
) -> None:
    """Run something with the port of a server that has so many connections."""

    async def run() -> None:
        kept = Connections(most)
        config = uvicorn.Config(slow_app, host, 0, log_config=None, backlog=1, lifespan="off")
        compat.watch_connections(config, kept)
        server = compat.ReadingServer(config)
        sockets = compat.fair_listeners([config.bind_socket()], kept)
        sockets[0].setblocking(False)
        super(type(sockets[0]), sockets[0]).listen(100)
        serving = asyncio.create_task(server.serve(sockets))
        while not server.started:
            await asyncio.sleep(0.01)
        await asked(sockets[0].getsockname()[1], kept)
        server.should_exit = True
        await serving

    run_in_thread(asyncio.run, run())


async def answered(port: int) -> bytes:
    """Return the first line of an answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(REQUEST)
    line = await reader.readline()
    writer.close()
    return line


def test_more_requests_than_connections_wait_in_the_queue_and_are_answered() -> None:
    async def asked(port: int, kept: Connections) -> None:
        lines = await asyncio.gather(*(answered(port) for _ in range(4)))
        assert set(lines) == {b"HTTP/1.1 200 OK\r\n"}

    while_serving(2, asked)


@pytest.mark.skipif(not hasattr(socket, "TCP_INFO"), reason="tells it on Linux alone")
@pytest.mark.parametrize("is_reset", [False, True])
def test_what_its_client_has_closed_already_is_not_accepted(is_reset: bool) -> None:
    bound = socket.create_server(("127.0.0.1", 0), backlog=9)
    port = bound.getsockname()[1]
    (listener,) = compat.fair_listeners([bound], Connections(9))
    with listener:
        closed, kept = (socket.create_connection(("127.0.0.1", port)) for _ in range(2))
        closed.sendall(REQUEST)
        if is_reset:
            closed.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        closed.close()
        with kept:
            with pytest.raises(ConnectionAbortedError):  # for which asyncio goes on
                listener.accept()
            accepted, _ = listener.accept()
            with accepted:
                assert accepted.getpeername() == kept.getsockname()


def test_a_worker_without_memory_ends_so_that_it_is_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(compat.os, "kill", lambda *arguments: sent.append(arguments))
    loop = asyncio.new_event_loop()
    compat._handle_exception(loop, {"message": "no memory", "exception": MemoryError()})
    compat._handle_exception(loop, {"message": "other", "exception": ValueError()})
    loop.close()
    assert sent == [(os.getpid(), signal.SIGTERM)]


def test_an_address_of_ipv4_is_the_same_by_ipv6() -> None:
    async def asked(port: int, kept: Connections) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(REQUEST.replace(b"/", b"/client", 1))
        assert (await reader.read()).endswith(b"\r\n9\r\n127.0.0.1\r\n0\r\n\r\n")
        writer.close()

    while_serving(9, asked, "::")


@pytest.mark.parametrize(
    "sent", [b"", b"GET / HTTP/1.1\r\nX: ", REQUEST[:-2] + b"Content-Length: 9\r\n\r\nx"]
)
def test_a_connection_without_a_whole_request_is_closed(
    sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def asked(port: int, kept: Connections) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        await asyncio.sleep(0.05)
        assert len(kept) == 1
        kept.sweep(asyncio.get_running_loop().time() + REQUEST_SECONDS + 1)
        assert await reader.read() == b""
        writer.close()

    while_serving(9, asked)


def test_a_connection_whose_answer_is_not_read_is_closed() -> None:
    async def asked(port: int, kept: Connections) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(REQUEST.replace(b"/", b"/large", 1))
        await asyncio.sleep(0.5)
        now = asyncio.get_running_loop().time()
        kept.sweep(now)
        kept.sweep(now + REQUEST_SECONDS + 1)
        assert len(kept) == 1
        kept.sweep(now + UNREAD_SECONDS + 1)
        assert len(kept) == 0
        writer.close()

    while_serving(9, asked)
