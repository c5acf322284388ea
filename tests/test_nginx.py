"""The cache before the site: a real nginx with our configuration, and a server that counts."""

import gzip
import json
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from urllib.parse import parse_qsl

import httpx
import pytest

from tests.conftest import wait_until
from tests.nginx import TEMPLATE, Nginx, before

HOST, OTHER = "papers.example", "other.example"
LASTING = {"Cache-Control": "public, max-age=300", "Vary": "Accept-Encoding", "ETag": 'W/"1"'}
SHORT = {"Cache-Control": "public, max-age=1, stale-while-revalidate=60", "ETag": 'W/"1"'}
BIG = 64 << 20


class App(ThreadingHTTPServer):
    """A server that counts what it is asked, and answers with what it got."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int = 0) -> None:
        self.asked = Counter[str]()
        self.fails = False
        self.connections = set[socket.socket]()
        super().__init__(("127.0.0.1", port), Handler)
        self.name = f"127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def end(self) -> None:
        """Be gone, for those too who are connected."""
        self.shutdown()
        self.server_close()
        for connection in list(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, *_: object) -> None:
        """Say nothing: clients leave."""


class Handler(BaseHTTPRequestHandler):
    server: App
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        super().finish()

    def do_GET(self) -> None:
        self.server.asked[f"{self.command} {self.path}"] += 1
        path = self.path.split("?")[0]
        if self.server.fails or path == "/broken":
            self.answer(500, LASTING)
        elif path == "/short" and self.headers.get("If-None-Match") == 'W/"1"':
            self.server.asked["304"] += 1
            self.answer(304, SHORT)
        elif path == "/short":
            self.answer(200, SHORT)
        elif path == "/slow":
            time.sleep(0.5)
            self.answer(200, LASTING)
        elif path == "/papers.db":
            self.download()
        elif path == "/stream":
            self.answer(200, {"Cache-Control": "no-store"})
        else:
            self.answer(404 if path == "/missing" else 200, {**LASTING, "Set-Cookie": "a=b"})

    def do_POST(self) -> None:
        self.body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.do_GET()

    def answer(self, status: int, headers: dict[str, str]) -> None:
        got = {name.lower(): value for name, value in self.headers.items()}
        body = json.dumps({"got": got, "sent": getattr(self, "body", "")}).encode()
        if got.get("accept-encoding") == "gzip":
            body, headers = gzip.compress(body), {**headers, "Content-Encoding": "gzip"}
        self.send_response(status)
        sized = {} if status == 304 else {"Content-Length": str(len(body))}
        for name, value in {**headers, **sized}.items():
            self.send_header(name, value)
        self.end_headers()
        if status != 304:
            self.wfile.write(body)

    def download(self) -> None:
        self.send_response(206 if "Range" in self.headers else 200)
        self.send_header("Content-Length", str(BIG))
        self.end_headers()
        for _ in range(BIG >> 16):
            self.wfile.write(b"x" * (1 << 16))
            self.server.asked["sent"] += 1 << 16

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def got_by_app(response: httpx.Response) -> dict[str, str]:
    """Return the headers that the app got."""
    return dict(response.json()["got"])


Ask = Callable[..., httpx.Response]  # ask(path, method, body, Header=value)


def asker(nginx: Nginx) -> Ask:
    single_use = httpx.Limits(max_keepalive_connections=0)
    client = httpx.Client(base_url=nginx.address, timeout=10, limits=single_use, verify=False)

    def ask(
        path: str, method: str = "GET", body: str | None = None, **headers: str
    ) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        defaults = {"Host": HOST, "Accept-Encoding": "identity"}
        return client.request(method, path, content=body, headers={**defaults, **named})

    return ask


@contextmanager
def served(**named: str) -> Iterator[tuple[App, Nginx]]:
    """Run an app, and nginx before it with these settings."""
    with App() as app:
        with before(app.name, **{"DAILY_HOST": HOST, **named}) as nginx:
            yield app, nginx
        app.end()


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[App, Nginx]]:
    named = {"DAILY_HOST": f"{HOST} {OTHER}", "DAILY_PATIENCE": "1s", "DAILY_TRUST": "127.0.0.2"}
    with served(**named) as (app, nginx):
        yield app, nginx


@pytest.fixture
def app(running: tuple[App, Nginx]) -> App:
    app = running[0]
    app.asked.clear()
    app.fails = False
    return app


@pytest.fixture
def nginx(running: tuple[App, Nginx]) -> Nginx:
    return running[1]


@pytest.fixture
def ask(nginx: Nginx) -> Ask:
    return asker(nginx)


# What is kept.


def test_a_page_is_asked_for_once_and_comes_without_cookies(app: App, ask: Ask) -> None:
    first, again = ask("/once?a=1"), ask("/once?a=1")
    assert (first.status_code, first.headers["x-cache"]) == (200, "MISS")
    assert (again.status_code, again.headers["x-cache"]) == (200, "HIT")
    assert first.content == again.content
    assert ask("/once?a=2").headers["x-cache"] == "MISS"
    assert app.asked == {"GET /once?a=1": 1, "GET /once?a=2": 1}
    assert "set-cookie" not in {*first.headers, *again.headers}


def test_a_hundred_who_ask_at_once_are_one_to_the_app(app: App, ask: Ask) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: ask("/slow"), range(100)))
    assert {answer.status_code for answer in answers} == {200}
    assert app.asked == {"GET /slow": 1}


def test_hosts_do_not_share_pages(app: App, ask: Ask) -> None:
    ours, other = ask("/hosts"), ask("/hosts", Host=OTHER)
    assert (got_by_app(ours)["host"], got_by_app(other)["host"]) == (HOST, OTHER)
    assert got_by_app(ask("/hosts", Host=f"{OTHER}:99"))["host"] == OTHER
    assert app.asked == {"GET /hosts": 2}


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "", f"{HOST}.evil.example"])
def test_another_host_is_refused(app: App, ask: Ask, host: str) -> None:
    assert ask("/refused", Host=host).status_code in (400, 421)
    assert not app.asked


def test_packed_and_plain_are_kept_apart(app: App, ask: Ask) -> None:
    for coding in ("gzip", "br, gzip, zstd", "gzip;q=0.5", None, "br", "gzip;q=0", "x-gzip"):
        answer = ask("/packed", Accept_Encoding=coding or "identity")
        is_packed = coding is not None and "gzip" in coding and coding not in ("gzip;q=0", "x-gzip")
        assert answer.headers.get("content-encoding") == ("gzip" if is_packed else None), coding
        assert answer.headers["vary"] == "Accept-Encoding"
        assert got_by_app(answer)["host"] == HOST
    assert app.asked == {"GET /packed": 2}


def test_a_browser_that_has_the_page_gets_no_body(ask: Ask) -> None:
    ask("/known")
    known = ask("/known", If_None_Match='W/"1"')
    assert (known.status_code, known.content, known.headers["x-cache"]) == (304, b"", "HIT")


def test_what_is_out_of_date_is_shown_while_it_is_asked_for_again(app: App, ask: Ask) -> None:
    first = ask("/short")
    time.sleep(2.1)
    assert ask("/short").headers["x-cache"] == "STALE"
    wait_until(lambda: app.asked["304"] == 1)
    wait_until(lambda: ask("/short").headers["x-cache"] == "HIT")
    assert ask("/short").content == first.content
    assert app.asked == {"GET /short": 2, "304": 1}


def test_an_app_that_fails_is_covered_by_what_is_kept(app: App, ask: Ask) -> None:
    ask("/short?fails")
    app.fails = True
    time.sleep(2.1)
    answers = [ask("/short?fails") for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.headers["x-cache"] for answer in answers} <= {"STALE", "UPDATING"}


def test_an_app_that_is_gone_is_covered_by_what_is_kept() -> None:
    with served() as (app, nginx):
        ask = asker(nginx)
        ask("/short")
        app.end()
        time.sleep(2.1)
        assert [ask("/short").status_code for _ in range(3)] == [200, 200, 200]
        assert ask("/never").status_code == 502


def test_an_error_is_not_kept_and_what_is_missing_as_long_as_the_app_says(
    app: App, ask: Ask
) -> None:
    assert [ask("/broken").status_code for _ in range(2)] == [500, 500]
    assert [ask("/missing").status_code for _ in range(2)] == [404, 404]
    assert app.asked == {"GET /broken": 2, "GET /missing": 1}


def test_streams_and_tools_are_not_kept(app: App, ask: Ask) -> None:
    for path in ("/stream", "/-/versions.json", "/health"):
        assert [ask(path).status_code for _ in range(2)] == [200, 200]
        assert app.asked[f"GET {path}"] == 2
    assert [ask("/-/static/app.css").headers["x-cache"] for _ in range(2)] == ["MISS", "HIT"]


# What reaches the app.


def test_no_header_of_a_client_changes_what_others_get(app: App, ask: Ask) -> None:
    strange = {
        "Cookie": "ds_actor=1", "Authorization": "Bearer x", "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https", "X-Forwarded-For": "6.6.6.6", "Forwarded": "host=evil",
        "X-Original-URL": "/-/", "X-Rewrite-URL": "/-/", "X-HTTP-Method-Override": "POST",
        "Accept": "application/evil", "Accept-Language": "xx", "Range": "bytes=0-1",
        "Content-Type": "x/y", "Origin": "http://evil.example", "User-Agent": "<script>",
        "Cache-Control": "no-cache", "Pragma": "no-cache", "Transfer-Encoding-X": "chunked",
        "If-None-Match": "W/\"9\"",
    }  # fmt: skip
    first = ask("/strange", body="GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n", **strange)
    assert first.status_code in (200, 206)
    second = ask("/strange")
    assert second.headers["x-cache"] == "HIT"
    forwarded = {"x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "http"}
    assert got_by_app(second) == {"host": HOST, **forwarded}
    assert ask("/strange", Cookie="another=1").headers["x-cache"] == "HIT"
    assert [ask(f"/after?{turn}").status_code for turn in range(8)] == [200] * 8
    assert {request for request in app.asked if "after" not in request} == {"GET /strange"}


def test_a_proxy_before_it_says_who_asks() -> None:
    with served(DAILY_TRUST="127.0.0.1") as (_, nginx):
        ask = asker(nginx)
        named = {"X-Forwarded-For": "1.1.1.1, 192.0.2.7", "X-Forwarded-Proto": "https"}
        got = got_by_app(ask("/-/tool", **named))
        assert (got["x-forwarded-for"], got["x-forwarded-proto"]) == ("192.0.2.7", "https")
        assert got_by_app(ask("/both", **named))["x-forwarded-proto"] == "https"
        assert got_by_app(ask("/both"))["x-forwarded-proto"] == "http"


def test_agents_post_and_nobody_else_does(app: App, ask: Ask) -> None:
    asked = {"Content-Type": "application/json", "Accept": "text/event-stream"}
    for question in ("one", "two"):
        answer = ask("/-/mcp", "POST", question, Mcp_Session_Id="7", Cookie="a=b", **asked)
        assert answer.json()["sent"] == question
        assert got_by_app(answer)["content-type"] == "application/json"
        assert got_by_app(answer)["accept"] == "text/event-stream"
        assert got_by_app(answer)["mcp-session-id"] == "7"
        assert "cookie" not in got_by_app(answer)
    assert app.asked == {"POST /-/mcp": 2}
    for method in ("POST", "PUT", "DELETE", "PURGE"):
        assert ask("/once", method, "x").status_code == 405
        assert ask("/papers.db", method, "x").status_code == 405
    assert ask("/-/mcp", "POST", "x" * 300_000).status_code == 413
    assert app.asked == {"POST /-/mcp": 2}


# What one client may.

# An argument with each letter plain or encoded, in all ways.
CODED = {letter: (letter, f"%{ord(letter):02x}", f"%{ord(letter):02X}") for letter in "sql_wher"}
SPELT = [
    f"/papers.json?{before}{''.join(letters)}=1"
    for name, before in (("sql", ""), ("_where", "a=b&"))
    for letters in sorted(set(product(*(CODED[letter] for letter in name))))
]


def test_who_asks_too_much_is_asked_to_come_later() -> None:
    with served(DAILY_SQL_RATE="1r/s", DAILY_CONNECTIONS="5") as (app, nginx):
        ask = asker(nginx)
        spelt = [*SPELT[::30], "/-/mcp", "/-/%6dcp", "//-/mcp?a=b"]
        answers = [ask(spelt[turn % len(spelt)]) for turn in range(20)]
        assert [answer.status_code for answer in answers[:11]] == [200] * 11
        refused = answers[-1]
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
        assert refused.headers["cache-control"] == "no-store"
        assert all(ask(f"/page?nosql={turn}").status_code == 200 for turn in range(20))
        with ThreadPoolExecutor(10) as pool:
            slow = list(pool.map(lambda turn: ask(f"/slow?{turn}").status_code, range(10)))
        assert set(slow) == {200, 429}
        assert sum(app.asked[f"GET /slow?{turn}"] for turn in range(10)) == 5


def test_every_spelling_of_sql_counts() -> None:
    conf = TEMPLATE.read_text(encoding="utf-8")
    counted = "|".join(re.findall(r'"~(.+)" \$binary_remote_addr;', conf))
    for path in SPELT:
        assert {"sql", "_where"} & dict(parse_qsl(path.partition("?")[2])).keys(), path
        assert re.search(counted, path), path
    assert not re.search(counted, "/papers.json?nosql=1&a=sql=1")


def test_who_asks_too_often_is_asked_to_come_later() -> None:
    with served(DAILY_RATE="1r/s") as (_, nginx):
        ask = asker(nginx)
        statuses = Counter(ask("/page").status_code for _ in range(120))
        assert statuses[200] >= 101
        assert statuses[429] >= 10


@pytest.mark.parametrize(
    "piece", [b"GET / HTTP/1.1\r\nHost: papers.example\r\nX: ", b"POST /-/mcp HTTP/1.1\r\n"
    b"Host: papers.example\r\nContent-Length: 100\r\n\r\n"], ids=["header", "body"],
)  # fmt: skip
def test_a_slow_client_is_cut_off(app: App, nginx: Nginx, piece: bytes) -> None:
    with socket.create_connection(("127.0.0.1", nginx.port)) as client:
        client.settimeout(4)
        client.sendall(piece)
        began = time.monotonic()
        with suppress(ConnectionResetError):
            while client.recv(1000):
                pass
        assert time.monotonic() - began < 3
    assert not app.asked


def test_a_download_waits_in_the_app_for_a_slow_client(app: App, nginx: Nginx) -> None:
    with socket.create_connection(("127.0.0.1", nginx.port)) as client:
        wanted = f"GET /papers.db HTTP/1.1\r\nHost: {HOST}\r\nRange: bytes=5-\r\n\r\n"
        client.sendall(wanted.encode())
        assert client.recv(1000).startswith(b"HTTP/1.1 206")
        wait_until(lambda: app.asked["sent"] > 0)
        steady = settled(lambda: app.asked["sent"])
    assert steady < BIG // 2, "nginx took it all in"
    stored = [path for path in (nginx.folder / "proxy").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in stored) == 0


def settled(measure: Callable[[], int]) -> int:
    """Return a figure once it stays for a fifth of a second."""
    while (before := measure()) != (time.sleep(0.2), measure())[1]:
        pass
    return before


def test_the_log_says_what_the_cache_did(nginx: Nginx, ask: Ask) -> None:
    ask("/logged?x=1")
    ask("/logged?x=1")
    wait_until(lambda: nginx.log.count('"GET /logged?x=1 HTTP/1.1" 200') == 2)
    first, again = (line for line in nginx.log.splitlines() if "/logged" in line)
    assert first.startswith("127.0.0.1 [20")
    assert " MISS 0." in first
    assert again.split(" 200 ")[1].split()[1:] == ["HIT", "0.000", "-"]
    assert not any(level in nginx.log for level in ("[emerg]", "[alert]", "[crit]"))
