"""The server as a whole: several processes over one file, which end, begin and change file."""

import hashlib
import os
import resource
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import httpx
import psutil
import pytest
from datasette.utils import format_bytes
from gunicorn.config import Config
from uvicorn_worker import UvicornWorker

from daily_papers.site.http import server
from daily_papers.site.http.connections import FILES, MOST_CONNECTIONS, RESERVED_FILES
from tests.conftest import (
    COMMAND,
    build,
    daily_papers,
    execute,
    free_port,
    served,
    wait_until,
)

PATIENCE = 60  # seconds
MOST_FILES = FILES * MOST_CONNECTIONS + RESERVED_FILES
ENDLESS = "with recursive n (i) as (values (1) union all select i from n) select count(*) from n"


@pytest.fixture(scope="module")
def replaceable(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the database that may be replaced."""
    return Path(shutil.copy(database, tmp_path_factory.mktemp("served") / "papers.db"))


@pytest.fixture(scope="module")
def public(replaceable: Path) -> Iterator[str]:
    """The address of a server for everybody, with two processes."""
    with served(replaceable, "--public", "--workers", "2", "--allow-host", "127.0.0.1") as address:
        yield address


def worker_pids(database: Path) -> list[int]:
    """Return the ids of the workers that serve a database: the children of the first process."""
    servers = [
        process
        for process in psutil.process_iter(["cmdline", "create_time", "ppid"])
        if str(database) in (process.info["cmdline"] or ())
    ]
    first = min(servers, key=lambda process: float(process.info["create_time"]))
    return [process.pid for process in servers if process.info["ppid"] == first.pid]


def test_says_that_it_is_well(public: str, database: Path) -> None:
    answer = httpx.get(f"{public}/health")
    sha256 = hashlib.sha256(database.read_bytes()).hexdigest()
    well = {"status": "ok", "papers": 325, "searchable": 325, "sha256": sha256}
    assert answer.json() == well
    assert answer.headers["cache-control"] == "no-store"


def test_a_page_is_known_by_its_tag(public: str) -> None:
    page = httpx.get(f"{public}/search?q=kv")
    tag = page.headers["etag"]
    known = httpx.get(f"{public}/search?q=kv", headers={"if-none-match": tag})
    assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", tag)
    other = httpx.get(f"{public}/search?q=cache", headers={"if-none-match": tag})
    assert other.status_code == 200
    assert page.headers["vary"] == "Accept-Encoding"
    assert page.headers["content-encoding"] == "gzip"
    assert page.text == httpx.get(f"{public}/search?q=kv", headers={"accept-encoding": ""}).text


def test_every_answer_has_each_header_once(public: str) -> None:
    for path in ("/", "/papers/papers", "/papers.json?sql=select+1", "/nothing", "/search?page=0"):
        names = [name for name, _ in httpx.get(public + path).headers.multi_items()]
        assert len(names) == len(set(names)), names
        assert {"content-security-policy", "x-content-type-options", "cache-control"} < set(names)


def test_what_a_page_loads_may_be_kept_for_good(public: str) -> None:
    page = httpx.get(f"{public}/").text
    addresses = [part.split('"')[0] for part in page.split('="/static/')[1:]]
    assert len(addresses) > 3
    for address in addresses:
        kept = httpx.get(f"{public}/static/{address}").headers["cache-control"]
        assert kept.endswith("immutable"), address


def test_the_file_comes_whole_or_in_parts(public: str, database: Path) -> None:
    whole = httpx.get(f"{public}/papers.db")
    assert whole.content == database.read_bytes()
    assert "content-encoding" not in whole.headers
    wanted = {"range": "bytes=100-199", "if-range": whole.headers["etag"]}
    part = httpx.get(f"{public}/papers.db", headers=wanted)
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert part.headers["cache-control"] == whole.headers["cache-control"]
    known = httpx.get(f"{public}/papers.db", headers={"if-none-match": whole.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    changed = {**wanted, "if-range": '"another"'}
    assert httpx.get(f"{public}/papers.db", headers=changed).content == whole.content


def test_the_database_page_tells_the_size_of_the_file(public: str, database: Path) -> None:
    """A server that has inspected the file said “0 bytes”."""
    assert (
        f"({format_bytes(database.stat().st_size)}, SQLite)" in httpx.get(f"{public}/papers").text
    )


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("if-none-match", 'W/"{}"', 304),
        ("if-none-match", '"x", W/"{}"', 304),
        ("if-none-match", "*", 304),
        ("if-none-match", '"x", W/"y"', 206),
        ("if-range", '"{}"', 206),
        ("if-range", 'W/"{}"', 200),
        ("if-match", '"{}"', 206),
        ("if-match", "*", 206),
        ("if-match", 'W/"{}"', 412),
        ("if-match", '"x"', 412),
    ],
)
def test_conditions_of_a_download_compare_tags_as_http_says(
    public: str, name: str, value: str, status: int
) -> None:
    tag = httpx.head(f"{public}/papers.db").headers["etag"].strip('"')
    wanted = {"range": "bytes=0-9", name: value.format(tag)}
    assert httpx.get(f"{public}/papers.db", headers=wanted).status_code == status


def test_a_page_of_any_tag_is_known_if_there_is_such_a_page(public: str) -> None:
    known = httpx.get(f"{public}/search?q=kv", headers={"if-none-match": "*"})
    assert (known.status_code, known.content) == (304, b"")
    assert "content-length" not in known.headers
    assert known.headers["etag"] == httpx.get(f"{public}/search?q=kv").headers["etag"]
    assert httpx.get(f"{public}/nothing", headers={"if-none-match": "*"}).status_code == 404


def test_a_process_that_is_killed_is_started_again(public: str, replaceable: Path) -> None:
    wait_until(lambda: len(worker_pids(replaceable)) == 2)
    first = set(worker_pids(replaceable))
    os.kill(min(first), signal.SIGKILL)
    wait_until(lambda: len(now := set(worker_pids(replaceable))) == 2 and len(now - first) == 1)
    assert httpx.get(f"{public}/health").json()["status"] == "ok"


@pytest.mark.parametrize(
    ("age", "error", "status"),
    [(1, ImportError("no"), None), (1, OSError("no"), 1), (3, ImportError("no"), 1)],
)
def test_a_process_that_cannot_start_stops_no_others(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    age: int,
    error: Exception,
    status: int | None,
) -> None:
    def init_process(_: UvicornWorker) -> None:
        raise error

    monkeypatch.setattr(UvicornWorker, "init_process", init_process)
    monkeypatch.setattr(server, "_INTERVAL", 0)
    monkeypatch.setattr(server.Worker, "_prepare", lambda _: None)
    worker = object.__new__(server.Worker)
    worker.age, worker.booted, worker.cfg = age, False, Config()
    worker.cfg.set("workers", 2)
    with pytest.raises(SystemExit if status else ImportError) as raised:
        worker.init_process()
    assert getattr(raised.value, "code", None) == status  # for others gunicorn stops all
    assert ("daily-papers: no" in capfd.readouterr().err) == bool(status)


def idle(address: str, count: int) -> list[socket.socket]:
    """Return connections that send nothing."""
    port = int(address.rpartition(":")[2])
    return [socket.create_connection(("127.0.0.1", port), PATIENCE) for _ in range(count)]


def test_idle_connections_do_not_take_the_place_of_pages(public: str, replaceable: Path) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    workers = set(worker_pids(replaceable))
    with ExitStack() as stack:
        for client in idle(public, 2 * MOST_CONNECTIONS + 400):
            stack.enter_context(client)
        for path in ("/", "/search?q=cache", "/health"):
            assert httpx.get(public + path).status_code == 200
        files = [psutil.Process(pid).num_fds() for pid in workers]
        assert max(files) < MOST_CONNECTIONS + RESERVED_FILES
    assert set(worker_pids(replaceable)) == workers


def test_a_worker_without_file_descriptors_does_not_end(public: str, replaceable: Path) -> None:
    workers = worker_pids(replaceable)
    log = replaceable.with_name("log")
    logged = log.read_text().count("out of system resource")
    wait_until(lambda: max(psutil.Process(pid).num_fds() for pid in workers) < 40)
    for pid in workers:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (50, MOST_FILES))
    with ExitStack() as stack:
        for client in idle(public, 100):
            stack.enter_context(client)
        wait_until(lambda: log.read_text().count("out of system resource") > logged)
    for pid in workers:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (MOST_FILES, MOST_FILES))
    assert httpx.get(f"{public}/health", timeout=PATIENCE).status_code == 200
    assert worker_pids(replaceable) == workers


def test_no_worker_answers_after_its_parent_was_killed(database: Path) -> None:
    port = free_port()
    command = [COMMAND, "serve", database, "--port", str(port), "--workers", "2"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as server:
        wait_until(lambda: is_listening(port))
        assert httpx.get(f"http://127.0.0.1:{port}/health", timeout=PATIENCE).status_code == 200
        server.kill()
    wait_until(lambda: not is_listening(port))


def is_listening(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as client:
        return client.connect_ex((host, port)) == 0


def test_ipv6_is_listened_on(database: Path) -> None:
    port = free_port()
    command = [COMMAND, "serve", database, "--host", "::1", "--port", str(port)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        wait_until(lambda: is_listening(port, "::1"))
        server.send_signal(signal.SIGINT)
    assert server.returncode == 0


def test_another_sound_file_is_taken_up_and_a_damaged_one_is_not(
    public: str, replaceable: Path, corpus: Path
) -> None:
    def papers() -> int:
        return int(httpx.get(f"{public}/health").json()["papers"])

    tag = httpx.get(f"{public}/").headers["etag"]
    pages = ("/", "/search?q=cache", "/papers/claims")
    kept = {path: {httpx.get(public + path).text for _ in range(4)} for path in pages}
    damaged = replaceable.with_name("damaged.db")
    damaged.write_bytes(replaceable.read_bytes()[:300_000])
    damaged.replace(replaceable)
    log = replaceable.with_name("log")
    wait_until(lambda: "The old database is still served" in log.read_text())
    for path in ("/", "/papers/papers?_sort_desc=title", "/search?q=cache", "/results"):
        assert httpx.get(public + path).status_code == 200
    assert papers() == 325
    assert len(httpx.get(f"{public}/papers.db").content) > 300_000

    build(replaceable, corpus)
    wait_until(
        lambda: {papers() for _ in range(20)} != {325} and 325 not in {papers() for _ in range(20)}
    )
    again = httpx.get(f"{public}/", headers={"if-none-match": tag})
    assert again.status_code == 200  # what caches have is of the old one
    assert not any(httpx.get(public + path).text in kept[path] for path in pages)


@pytest.mark.parametrize("damage", ["cut", "turned", "empty", "text", "older"])
def test_a_damaged_database_is_refused_with_a_sentence(
    database: Path, tmp_path: Path, damage: str
) -> None:
    own = Path(shutil.copy(database, tmp_path / "papers.db"))
    content = own.read_bytes()
    turned = bytearray(content)
    for offset in range(4096, len(content), 40_960):
        turned[offset] ^= 0xFF  # the kind of a page
    damaged = {"cut": content[: len(content) // 2], "turned": turned, "empty": b""}
    if damage == "older":
        execute(own, "pragma user_version = 1")
    else:
        own.write_bytes(damaged.get(damage, b"no database " * 1000))
    command = [COMMAND, "serve", own, "--port", "0"]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"daily-papers: {own}: ")
    assert refused.stderr.count("\n") == 1


def test_what_cannot_be_served_is_said_with_a_way_out(database: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        used = daily_papers("serve", database, "--port", port)
    assert used.stderr == (
        f"daily-papers: 127.0.0.1, port {port}: Address already in use. Name another, as in:"
        " --port 8002 (make serve PORT=8002)\n"
    )
    foreign = daily_papers("serve", database, "--host", "192.0.2.1", "--port", 0)
    assert foreign.stderr.startswith("daily-papers: 192.0.2.1, port 0: ")
    assert foreign.stderr.endswith("Name another, as in: --host 127.0.0.1\n")
    siteless = daily_papers("serve", database, "--site", tmp_path)
    assert "metadata.yml is missing" in siteless.stderr
    assert [result.exit_code for result in (used, foreign, siteless)] == [1, 1, 1]


@pytest.mark.parametrize("seconds", [0.3, 0.8, 1.3])
def test_an_interrupt_ends_all_processes_and_leaves_no_traceback(
    database: Path, seconds: float
) -> None:
    """A terminal sends it to every process, also to those that begin."""

    heed = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    command = [COMMAND, "serve", database, "--port", str(free_port())]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=heed
    ) as server:
        assert server.stderr
        next(line for line in server.stderr if "Booting worker" in line)  # the others follow
        time.sleep(seconds)
        os.killpg(server.pid, signal.SIGINT)
        _, said = server.communicate(timeout=60)
    assert "Traceback" not in said


def test_stops_when_it_is_told_to_and_lets_answers_end(database: Path, tmp_path: Path) -> None:
    port = free_port()
    log = tmp_path / "log"
    command = [COMMAND, "serve", database, "--port", str(port), "--workers", "2"]
    with log.open("wb") as out:
        server = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    try:
        wait_until(lambda: log.read_text().count("startup complete") == 2)
        answer = httpx.get(f"http://127.0.0.1:{port}/papers.json?sql={ENDLESS}", timeout=PATIENCE)
        assert answer.status_code == 400
        server.send_signal(signal.SIGTERM)
        assert server.wait(PATIENCE) == 0
    finally:
        server.kill()
    said = log.read_text()
    assert '"GET /papers.json?sql=' in said
    assert "Traceback" not in said
