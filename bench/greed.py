"""Faults of clients that want everything: others are answered meanwhile."""

import threading
from contextlib import ExitStack
from pathlib import Path

import dear_requests
from build_cost import memory
from fault_report import Fault
from load_client import LoadResult, Question, start, stop
from public_server import Server
from served_site import behind_nginx, nginx

GREEDY = "127.0.0.2"  # another address of this machine, which others do not have
AT_ONCE, LEAVING = 16, 50  # connections
SECONDS = 20.0
SLOWEST = 1000  # milliseconds that p95 of others' pages may take
MEGABYTE = 1 << 20
MOST_MEMORY = 1000 * MEGABYTE  # of all processes together: what compose.yml gives them
ADDRESSES = 5_000
PAGES = ("/?x={n}", "/search?q=kv+cache", "/papers/papers?_size=50", "/results?metric=memory&x={n}")


def greedy(database: Path) -> Fault:
    """Let one address ask for the dearest of all without a pause."""
    return _others_meanwhile(database, AT_ONCE, leaves=False)


def leaving(database: Path) -> Fault:
    """Let one address ask for the dearest, and never wait for an answer."""
    return _others_meanwhile(database, LEAVING, leaves=True)


def greedy_through_nginx(database: Path) -> Fault:
    """Let one address do so through nginx."""
    return _others_meanwhile(database, AT_ONCE, leaves=False, through_nginx=True)


def leaving_through_nginx(database: Path) -> Fault:
    """Let one address do so through nginx."""
    return _others_meanwhile(database, LEAVING, leaves=True, through_nginx=True)


def _others_meanwhile(
    database: Path, at_once: int, leaves: bool, through_nginx: bool = False
) -> Fault:
    ends = ", and closes at once" if leaves else ""
    way = ", through nginx" if through_nginx else ""
    fault = Fault(f"one address asks for the dearest by {at_once} connections{ends}{way}")
    if through_nginx and not nginx():
        fault.note("nginx is not installed", is_well=False)
        return fault
    with Server(database) as server, ExitStack() as before:
        address = before.enter_context(behind_nginx(server.address, {})) if way else server.address
        dear = [dearest for _, dearest in dear_requests.REQUESTS.values()]
        asking = start(
            Question(address, _numbered(dear), at_once, 600, source=GREEDY, leaves=leaves)
        )
        pages = start(Question(address, _numbered(PAGES), 1, 600, pause=0.1))
        queries = start(
            Question(
                address, _numbered([dear_requests.sql("/papers.json", "select 1")]), 1, 600, pause=1
            )
        )
        most = _most_memory(server, SECONDS)
        others, answers = stop(pages), stop(queries)
        stop(asking)
        _note(fault, others, answers, most)
        fault.result = others
        return fault.end(server)


def _numbered(requests: list[str] | tuple[str, ...]) -> list[tuple[str, list[str]]]:
    """Return requests in rotation, none at an address that was asked for before."""
    paths = (requests[number % len(requests)] for number in range(ADDRESSES))
    return [(dear_requests.different(path, number), []) for number, path in enumerate(paths)]


def _most_memory(server: Server, seconds: float) -> int:
    """Return the most bytes that its processes have in so many seconds."""
    most, is_over = 0, threading.Event()
    threading.Timer(seconds, is_over.set).start()
    while not is_over.wait(0.2):
        most = max(most, memory(server.pid))
    return most


def _note(fault: Fault, pages: LoadResult, queries: LoadResult, most: int) -> None:
    p95 = pages.at(0.95)
    fault.note(f"others' pages: p95 {p95:.0f} ms", is_well=p95 < SLOWEST)
    if pages.count(400):
        fault.note(f"statuses {pages.statuses}", is_well=False)
    answered = queries.count(200, 200)
    sentence = (
        f"others' SQL: {answered} of {queries.answers} answered, p95 {queries.at(0.95):.0f} ms"
    )
    fault.note(sentence, is_well=answered == queries.answers > 0)
    if answered != queries.answers:
        fault.note(f"statuses {queries.statuses}", is_well=False)
    fault.note(f"all processes have at most {most // MEGABYTE} MB", most < MOST_MEMORY)
