"""What nobody may do to a public server: write, read what is not offered, exhaust it, or change
what others see. SECURITY.md says what is promised; these try to break it.
"""

import contextlib
import filecmp
import gzip
import itertools
import json
import re
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, quote_plus, urlsplit

import pytest

from tests import raw_http
from tests.attacks import COSTLY, COUNTING, OUTSIDE, WRITES
from tests.conftest import QUERIES, served
from tests.raw_http import NAME, Answer, get, request
from tests.site.test_agents import connected

LASTS = 4  # seconds that an answer may take, whatever is asked; SQL has one of them
HEALTHY = '"status": "ok"'
GIGABYTE = 1 << 20  # in the units of ps
MOST_MEMORY = GIGABYTE * 3 // 2  # of all processes: two, each with what search reads and a heap


@pytest.fixture(scope="module")
def folder(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the database, and a file that is none of the site's."""
    folder = tmp_path_factory.mktemp("public")
    (folder / "papers.db").write_bytes(database.read_bytes())
    with closing(sqlite3.connect(folder / "other.db")) as other:
        other.executescript("create table secrets as select 'hidden-word' as word")
    return folder


@pytest.fixture(scope="module")
def public(folder: Path) -> Iterator[str]:
    """The address of a server for everybody, which answers for one name, and is well at the end."""
    hosts = ("--allow-host", NAME, "--allow-host", "127.0.0.1")
    options = ("--public", "--workers", "2", *hosts)
    with served(folder / "papers.db", *options) as address:
        yield address
        assert HEALTHY in get(address, "/health").text


@pytest.fixture(scope="module")
def parent(public: str) -> int:
    """The id of the process that the server's processes are children of."""
    command = ["pgrep", "-o", "-f", f"serve .*--port {public.rpartition(':')[2]} --public"]
    return int(subprocess.check_output(command))


def memory(parent: int) -> int:
    """Return the kilobytes that the server's processes hold."""
    listed = subprocess.check_output(["ps", "-o", "rss=", "--ppid", str(parent)])
    return sum(map(int, listed.split()))


def steady(answer: Answer) -> str:
    """Return a body without how long its queries took."""
    return re.sub(r'took [\d.]+ms|"query_ms": [\d.]+', "", answer.text)


def faceted(address: str, path: str, *headers: str) -> Answer:
    """Get a page with all its facets: on a busy machine one may take longer than it may."""
    for _ in range(20):
        answer = get(address, path, *headers)
        if not re.search(r'"facets-timed-out"|"facets_timed_out": \["', answer.text):
            return answer
    raise AssertionError(f"{path}: facets are too slow")


# Addresses that take SQL: path, parameter, what is around the SQL, and what follows.
WAYS = {
    "json": ("/papers.json?sql=", "{}", "&_shape=array"),
    "page": ("/papers?sql=", "{}", "&_shape=array"),
    "csv": ("/papers.csv?sql=", "{}", "&_shape=array"),
    "stream": ("/papers.csv?sql=", "{}", "&_stream=on"),
    "where": ("/papers/papers.json?_where=", "1 in ({})", ""),
    "bracketed": ("/papers/papers.json?_where=", "1) or 1 in ({}", ""),
    "parameter": ("/papers/claims_against.json?baseline=", "x) or ({}", ""),
}


def sql(address: str, query: str, way: str = "json") -> Answer:
    path, around, rest = WAYS[way]
    return get(address, path + quote_plus(around.replace("{}", query)) + rest)


# --- what changes, or reads what is not offered


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", WRITES)
def test_nothing_is_written_or_read_beside_the_database(
    public: str, folder: Path, name: str, way: str
) -> None:
    def sizes() -> dict[str, int]:
        return {path.name: path.stat().st_size for path in folder.iterdir() if path.name != "log"}

    before = sizes()
    answer = sql(public, WRITES[name], way)
    if way == "parameter":  # a value, and no SQL: it is looked for, and not found
        assert json.loads(answer.text)["rows"] == []
    else:
        assert answer.status in (400, 403, 404), answer.text[:300]
        assert answer["cache-control"] in ("no-store", "public, max-age=60")
    assert not re.search("root:|hidden-word", answer.text)
    assert sizes() == before


def test_the_database_is_what_it_was(public: str, folder: Path, database: Path) -> None:
    for query in WRITES.values():
        sql(public, query)
    assert filecmp.cmp(folder / "papers.db", database, shallow=False)


def test_agents_may_read_and_no_more(public: str) -> None:
    with connected(f"{public}/-/mcp") as agent:
        for name, query in WRITES.items():
            answer = agent.call("execute_sql", database="papers", sql=query)
            assert answer.is_error, name
        for name, query in itertools.islice(COSTLY.items(), 0, None, 12):
            answer = agent.call("execute_sql", database="papers", sql=query)
            assert answer.is_error or answer.structured_content, name
        rows = agent.call("execute_sql", database="papers", sql="select count(*) as n from papers")
        assert rows.structured_content


def test_agents_may_ask_whichever_process(public: str) -> None:
    for _ in range(10):
        sent = b'{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}'
        kinds = ("Content-Type: application/json", "Accept: application/json, text/event-stream")
        answer = raw_http.ask(public, request("/-/mcp", *kinds, method="POST", body=sent))
        assert answer.status == 200
        assert "execute_sql" in answer.text
        assert not answer["mcp-session-id"]


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_path_leads_out_of_the_site(public: str, path: str) -> None:
    answer = get(public, path)
    assert answer.status in (301, 302, 400, 403, 404), (path, answer.status)
    assert not re.search("root:x:|hidden-word|SQLite format|^import |^title: ", answer.text)
    assert not answer["location"].startswith("//")


# --- what takes too much


@pytest.fixture(scope="module")
def costly(public: str, parent: int) -> dict[str, tuple[Answer, int]]:
    """The answers to costly queries, three at a time, each with the memory that was held then."""

    def asked(query: str) -> tuple[Answer, int]:
        return sql(public, query), memory(parent)

    with ThreadPoolExecutor(3) as threads:
        return dict(zip(COSTLY, threads.map(asked, COSTLY.values()), strict=True))


@pytest.mark.parametrize("name", COSTLY)
def test_no_query_takes_long_or_much(costly: dict[str, tuple[Answer, int]], name: str) -> None:
    answer, memory_used = costly[name]
    assert answer.status in (200, 400, 414), answer.text[:300]
    assert answer.seconds < LASTS, answer.text[:300]
    assert memory_used < MOST_MEMORY


@pytest.mark.parametrize("way", ["page", "csv", "stream", "where"])
def test_nor_by_another_way(public: str, way: str) -> None:
    for name in ("counting", "texts", "instr again", "like", "brackets", "search"):
        answer = sql(public, COSTLY[name], way)
        assert answer.status in (200, 400, 414), name
        assert answer.seconds < LASTS, name


@pytest.mark.parametrize(
    "path",
    [
        f"/papers/lineage.json?method={quote('%' * 5_000)}",
        f"/papers/claims_against.json?baseline={'a' * 9_000}",
        f"/papers/papers.json?abstract__like={quote('%a_' * 2_000)}",
        f"/papers/papers.json?abstract__glob={quote('*[a-z]' * 2_000)}",
        f"/papers/papers.json?_searchmode=raw&_search={quote('a* b* c* d* e* f* g* h*')}",
        f"/papers/search.json?q={quote('a* ' * 5_000)}",
        f"/search.json?q={quote('a* OR ' * 3_000)}",
        f"/search.json?q={quote('(' * 10_000)}",
        f"/search/suggest.json?q={'a' * 20_000}",
        "/papers/claims.json?" + "&".join(f"_facet={column}" for column in
                                          ("sentence", "quote", "id", "subject", "value", "start")),
        "/papers/papers.json?_facet_array=topics&_facet_array=models&_facet_date=published_on",
        "/papers/papers.csv?_stream=on&_size=max",
        "/papers/papers?_size=1000000",
        f"/compare?{'&'.join(f'id={number}' for number in range(3_000))}",
        f"/paper/{'~41' * 5_000}.json",
    ],
)  # fmt: skip
def test_no_argument_takes_long(public: str, path: str) -> None:
    answer = get(public, path)
    assert answer.status in (200, 302, 400, 404, 414, 431), answer.text[:300]
    assert answer.seconds < LASTS


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("_size=1&" + "&".join(["_facet=quote"] * 1_230), 400),
        ("&".join(["_facet=quote"] * 9), 400),
        ("&".join(["%5Ffacet=quote"] * 9), 400),
        ("&".join(f"_facet{kind}=quote" for kind in ("", "_array", "_date") * 3), 400),
        ("&".join(["_col=id"] * 41), 400),
        ("&".join(f"x{number}=1" for number in range(251)), 400),
        ("&" * 30_000, 400),
        ("_where=1&" + "&".join(["_where=1"] * 40), 400),
        (f"quote__contains={'a' * 4_001}", 414),
        (f"_where={'1' * 4_001}", 414),
        (f"_search={'the+' * 200}", 400),
        ("_size=1&_facet_size=max&" + "&".join(["_facet=quote"] * 8), 200),
        ("&".join(["_nocol=quote"] * 40), 200),
    ],
)
def test_parameters_are_counted_before_they_are_read(public: str, query: str, status: int) -> None:
    answer = get(public, f"/papers/claims.json?{query}")
    assert answer.status == status, answer.text[:300]
    assert answer.seconds < LASTS


@pytest.mark.parametrize(
    "path",
    [
        "/papers.json?sql=select+1&_timelimit=-1000",
        "/papers/papers.json?_where=1&_timelimit=-1000",
        "/papers.blob?sql=select+1+as+a&_blob_column=a",
        "/papers.blob?sql=select+1.5+as+a&_blob_column=a&_blob_hash=a",
        *(
            f"/papers/papers.json?_through={quote(value)}"
            for value in ('{"table": [], "column": "id", "value": 1}',
                          '{"table": "claims", "column": {}, "value": 1}',
                          '{"table": "claims", "column": "id", "value": {}}',
                          '{"table": "claims"}', '{"a":' + "[" * 3_900, "5", "[" * 3_900)
        ),
    ],
)  # fmt: skip
def test_arguments_of_the_wrong_kind_are_refused(public: str, path: str) -> None:
    assert get(public, path).status == 400


@pytest.mark.parametrize("condition", ["1) or (1", "1) or (1 -- ", "1) or 1 or (1/*", "')' or (1"])
@pytest.mark.parametrize("path", ["papers.csv?_stream=on&", "papers.json?", "papers?"])
def test_a_condition_does_not_reach_out_of_its_brackets(
    public: str, condition: str, path: str
) -> None:
    """It would hold for rows of pages before, so that a stream would begin again without an end."""
    answer = get(public, f"/papers/{path}_where={quote_plus(condition)}")
    assert answer.status == 400


@pytest.mark.parametrize("condition", ["1 or 1", "title > '(' or 1 -- :)", "1 /* ) */ or (1)"])
def test_a_stream_has_each_row_once_whatever_its_condition(public: str, condition: str) -> None:
    answer = get(
        public, f"/papers/papers.csv?_stream=on&_size=1&_col=id&_where={quote_plus(condition)}"
    )
    ids = [line.partition(",")[0] for line in answer.text.splitlines()[1:]]
    assert len(ids) == len(set(ids)) == 325


def test_a_stream_is_refused_where_its_end_could_not_be_told(public: str) -> None:
    sent = request("/papers/topics.csv?_stream=on").replace(b"HTTP/1.1", b"HTTP/1.0")
    assert raw_http.ask(public, sent).status == 400


@pytest.mark.parametrize("trace", ["_trace=1", "%5Ftrace=1", "_trac%65=1"])
@pytest.mark.parametrize("path", ["/papers/papers.csv?_size=1", "/papers.csv?sql=select+1"])
def test_csv_is_never_a_page(public: str, path: str, trace: str) -> None:
    """As a page, an error of a later part of a stream would run what the address has in it."""
    for stream in ("", "&_stream=on"):
        answer = get(public, f"{path}&{trace}{stream}")
        assert answer["content-type"] == "text/plain; charset=utf-8"
        assert "<" not in answer.text.splitlines()[0]
        assert "unsafe" not in answer["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/papers/papers.csv?_stream=on",
        "/papers/papers.csv?%5Fstream=on",
        "/papers.json?sql=select+datetime('now')",
        "/papers.json?sql=select+CURRENT_TIMESTAMP",
        "/papers.csv?s%71l=select+abs(random())",
        "/papers/papers?_where=strftime/**/('%25s','now')>0",
    ],
)
def test_what_is_of_the_moment_or_a_stream_is_kept_by_nobody(public: str, path: str) -> None:
    answer = get(public, path)
    assert (answer.status, answer["cache-control"], answer["etag"]) == (200, "no-store", "")
    assert get(public, path, "If-None-Match: *").status == 200


@pytest.mark.parametrize("path", ["/papers.csv", "/papers.csv?nosuch=1", "/papers.csv?sql=selec"])
def test_csv_of_nothing_is_refused(public: str, path: str) -> None:
    answer = get(public, path)
    assert (answer.status, answer["cache-control"]) == (400, "no-store")


@pytest.mark.parametrize("parameter", ["_where=1", "sql=select+1", "_where=1&_trace=1"])
def test_a_canned_query_is_asked_with_sql_beside_it(public: str, parameter: str) -> None:
    for name in ("lineage.json?method=Mamba", "papers_by_year.json?", "search.json?q=cache"):
        answer = get(public, f"/papers/{name}&{parameter}")
        assert answer.status in (200, 400), answer.text[:300]
        assert "rows" in answer.text or "no parameter" in answer.text


@pytest.mark.parametrize("name", QUERIES)
def test_a_canned_query_that_is_stopped_says_so(public: str, name: str) -> None:
    answer = get(public, f"/papers/{name}?_timelimit=1&q=a&baseline=a&method=a&hardware=a")
    assert answer.status in (200, 400)


def test_a_row_id_is_no_key(public: str) -> None:
    answer = get(public, "/papers?sql=select+rowid+as+id,+title+from+papers+limit+3")
    assert answer.status == 200


def test_agents_that_send_slowly_leave_queries_to_others(public: str) -> None:
    head = request("/-/mcp", "Content-Type: application/json", method="POST", body=b"x" * 100)[:-99]
    port = int(public.rpartition(":")[2])
    with contextlib.ExitStack() as slow:
        for _ in range(12):
            connection = slow.enter_context(socket.create_connection(("127.0.0.1", port)))
            connection.sendall(head)
        answers = [sql(public, f"select {number}") for number in range(6)]
    assert {answer.status for answer in answers} == {200}
    assert max(answer.seconds for answer in answers) < LASTS


def test_readers_that_do_not_read_leave_queries_to_others(public: str) -> None:
    most = "select hex(zeroblob(250000)) as x from papers limit 15"  # 7.5 MB
    port = int(public.rpartition(":")[2])
    with contextlib.ExitStack() as slow:
        for number in range(8):
            connection = slow.enter_context(socket.create_connection(("127.0.0.1", port)))
            connection.sendall(request(f"/papers.json?sql={quote_plus(most)}--{number}"))
        answers = [sql(public, f"select {number}") for number in range(6)]
    assert {answer.status for answer in answers} == {200}
    assert max(answer.seconds for answer in answers) < LASTS


def test_agents_follow_no_session(public: str) -> None:
    for method in ("GET", "HEAD", "DELETE"):
        sent = request("/-/mcp", "Accept: text/event-stream", method=method)
        answer = raw_http.ask(public, sent)
        assert (answer.status, answer["allow"]) == (405, "POST, OPTIONS")


def test_the_queries_of_agents_are_stopped_as_all_are(public: str) -> None:
    with connected(f"{public}/-/mcp") as agent:
        began = time.monotonic()
        query = COSTLY["patterns of a row"]
        assert agent.call("execute_sql", database="papers", sql=query).is_error
        assert time.monotonic() - began < LASTS


def test_many_costly_queries_at_once_leave_pages_and_memory(public: str, parent: int) -> None:
    hard = [COSTLY[name] for name in ("join", "blobs", "texts", "search")]
    with ThreadPoolExecutor(12) as threads:
        asked = [threads.submit(sql, public, hard[n % len(hard)]) for n in range(12)]
        pages = [get(public, "/papers/topics") for _ in range(20)]
        during = memory(parent)
        statuses = {query.result().status for query in asked}
    assert statuses <= {200, 400, 429}
    assert {page.status for page in pages} == {200}
    assert max(page.seconds for page in pages) < LASTS
    assert max(during, memory(parent)) < MOST_MEMORY


def test_the_head_of_a_request_has_a_size(public: str) -> None:
    for length, status in ((30_000, 200), (45_000, 400)):
        assert raw_http.ask(public, request(f"/?x={'a' * length}")).status == status
        assert raw_http.ask(public, request("/", f"X: {'a' * length}")).status == status


@pytest.mark.parametrize("path", ["/static/", "/-/static/", "/papers/papers/", "/paper/", "/"])
def test_a_path_has_a_size(public: str, path: str) -> None:
    answer = get(public, path + "a/" * 1_000)
    assert (answer.status, "at most 2,000 letters" in answer.text) == (414, True)


def test_a_body_has_a_size(public: str) -> None:
    sent = request("/-/mcp", "Content-Type: application/json", method="POST", body=b"x" * (2 << 20))
    assert raw_http.ask(public, sent).status == 413


def test_a_body_has_a_length(public: str) -> None:
    """Each piece of one that has none would take time to read, however small it is."""
    head = request("/-/mcp", "Transfer-Encoding: chunked", method="POST")
    answer = raw_http.ask(public, head + b"1\r\nx\r\n" * 1_000 + b"0\r\n\r\n")
    assert (answer.status, "needs a Content-Length" in answer.text) == (400, True)


def test_a_request_has_so_many_headers(public: str) -> None:
    assert raw_http.ask(public, request("/health", *["A: b"] * 80)).status == 200
    many = request("/health", *["A: b"] * 120)
    behind = request("/health").replace(b"Connection: close\r\n", b"") + many
    for sent in (many, behind):
        with socket.create_connection(("127.0.0.1", urlsplit(public).port), LASTS) as client:
            client.sendall(sent)
            answers = client.makefile("rb").read()
        assert b"A request has at most 100 headers." in answers


# --- what changes an answer that others get

PAGES = (
    "/", "/search?q=kv+cache", "/search.json?q=kv+cache", "/search.atom?q=cache", "/openapi.json",
    "/papers", "/papers/papers", "/papers/papers.json", "/papers/papers.csv",
    "/papers/topics/kv-cache",
    "/results", "/api", "/papers.db", "/static/site.css", "/papers/lineage?method=Mamba",
    "/llms.txt",
    "/papers?sql=select+1",
)  # fmt: skip
EVIL = "evil.example"


@pytest.mark.parametrize(
    "host",
    [EVIL, f"{NAME}.{EVIL}", f"{NAME}@{EVIL}", f"{EVIL}/{NAME}", "", f"{NAME}.",
     f"{NAME} {EVIL}", f"{NAME}:80@{EVIL}", "[::1", "127.0.0.2", f"{NAME}:x", "%00",
     f"{NAME},{EVIL}", "<script>"],
)  # fmt: skip
def test_another_host_is_refused(public: str, host: str) -> None:
    answer = get(public, "/", host=host)
    assert answer.status == 400
    assert answer["content-type"].startswith("text/plain")
    assert answer["cache-control"] == "no-store" or answer["connection"] == "close"


def test_the_host_is_known_with_a_port_and_in_capitals(public: str) -> None:
    for host in (f"{NAME}:8443", NAME.upper()):
        assert get(public, "/", host=host).status == 200


def test_two_hosts_are_refused(public: str) -> None:
    assert get(public, "/", f"Host: {EVIL}").status == 400
    answer = get(public, f"http://{EVIL}/")
    assert (answer.status, answer["location"]) == (400, "")


@pytest.mark.parametrize("path", PAGES)
def test_no_header_of_a_client_changes_what_others_get(public: str, path: str) -> None:
    plain = faceted(public, path)
    assert plain.status == 200
    for header in (
        f"X-Forwarded-Host: {EVIL}", f"Forwarded: host={EVIL};proto=gopher", f"X-Host: {EVIL}",
        f"X-Original-URL: /{EVIL}", f"X-Rewrite-URL: /{EVIL}", f"X-Forwarded-Prefix: /{EVIL}",
        f"X-Forwarded-Server: {EVIL}", "X-Forwarded-Port: 1", f"Origin: https://{EVIL}",
        f"Referer: https://{EVIL}/", "X-HTTP-Method-Override: DELETE", "Accept-Language: xx",
        "Cookie: ds_actor=x; ds_messages=y; ds_csrftoken=z", "Authorization: Bearer dstok_x",
        "X-Forwarded-For: 6.6.6.6", "User-Agent: <script>", "Cache-Control: no-cache",
    ):  # fmt: skip
        answer = faceted(public, path, header)
        assert (answer.status, steady(answer)) == (200, steady(plain)), header
        for name in ("etag", "cache-control", "vary", "content-type", "location"):
            assert answer[name] == plain[name], (header, name)
    assert EVIL not in plain.text


@pytest.mark.parametrize(
    "target",
    ["/search?q=a%0d%0aX-Made:%20x", "/papers/papers%0d%0aX-Made:%20x", "/%0d%0aX-Made:%20x/",
     "/papers/lineage?method=%0d%0aX-Made:x&_format=json", "/papers/papers/x%0d%0aX-Made:x.json",
     "/:memory:/%0d%0aX-Made:x", "/papers/papers.json?_next=%0d%0aX-Made:x",
     "/papers.csv?sql=select+1&_dl=%0aX-Made:x"],
)  # fmt: skip
def test_no_address_makes_a_header(public: str, target: str) -> None:
    answer = get(public, target)
    assert "x-made" not in {name.lower() for name in answer.headers}
    assert answer.status < 500


def test_header_lines_of_no_header_are_refused(public: str) -> None:
    lengths = (b"Content-Length: -1", b"Content-Length: 1, 2")
    for line in (b"X\r\n : y", b"X y: z", b": z", b"X: a\0b", *lengths):
        assert get(public, "/", line).status == 400


@pytest.mark.parametrize("path", PAGES)
def test_an_address_has_one_tag_and_only_its_own_is_known(public: str, path: str) -> None:
    first = faceted(public, path)
    assert first["etag"]
    assert get(public, path)["etag"] == first["etag"]  # of each of the processes
    known = get(public, path, f"If-None-Match: {first['etag']}")
    assert (known.status, known.body) == (304, b"")
    others = [get(public, other_path)["etag"] for other_path in PAGES if other_path != path]
    assert first["etag"] not in others
    answer = faceted(public, path, f"If-None-Match: {', '.join(others)}")
    assert (answer.status, steady(answer)) == (200, steady(first))


def test_a_tag_is_not_of_another_scheme_or_query(public: str) -> None:
    tag = get(public, "/search?q=cache")["etag"]
    for path in ("/search?q=Cache", "/search?q=cache&", "/search?q=cache&page=2", "/search"):
        assert get(public, path, f"If-None-Match: {tag}").status == 200
    secure = get(public, "/search?q=cache", "X-Forwarded-Proto: https")
    assert secure["etag"] != tag or steady(secure) == steady(get(public, "/search?q=cache"))


@pytest.mark.parametrize("path", PAGES)
def test_packed_and_plain_answers_are_the_same(public: str, path: str) -> None:
    plain, packed = get(public, path), get(public, path, "Accept-Encoding: gzip")
    if packed["content-encoding"] == "gzip":
        packed = replace(packed, body=gzip.decompress(packed.body))
        assert "accept-encoding" in packed["vary"].lower()
    assert steady(packed) == steady(plain)
    assert packed["etag"] == plain["etag"]


@pytest.mark.parametrize("accepted", ["gzip;q=0", "br, GZIP ; q=0.0, identity", "identity"])
def test_who_takes_no_gzip_gets_none(public: str, accepted: str) -> None:
    assert get(public, "/papers/papers", "Accept-Encoding: gzip")["content-encoding"] == "gzip"
    assert not get(public, "/papers/papers", f"Accept-Encoding: {accepted}")["content-encoding"]


@pytest.mark.parametrize("path", [*PAGES, "/nowhere", "/health", "/papers/papers?_size=x"])
def test_head_is_get_without_the_body(public: str, path: str) -> None:
    whole, head = get(public, path), raw_http.ask(public, request(path, method="HEAD"))
    assert (head.status, head.body) == (whole.status, b"")
    of_head, of_whole = (
        {name.lower(): value for name, value in answer.headers.items() if name.lower() != "date"}
        for answer in (head, whole)
    )
    assert of_head == of_whole


@pytest.mark.parametrize(
    ("asked", "status"),
    [("bytes=0-99", 206), ("bytes=-100", 206), ("bytes=100-", 206), ("bytes=0-0,-1", 206),
     ("bytes=99-1", (200, 400, 416)), ("bytes=999999999999-", 416), ("bytes=x", (200, 400)),
     ("bytes=" + ",".join(f"{n}-{n + 1}" for n in range(0, 6_000, 3)), (200, 206, 400, 416)),
     ("bytes=" + ",".join(["0-"] * 500), (200, 206, 400, 416)), ("lines=0-1", (200, 400))],
)  # fmt: skip
def test_a_range_is_a_part_of_the_file_and_never_more(
    public: str, folder: Path, asked: str, status: int | tuple[int, ...]
) -> None:
    whole = (folder / "papers.db").read_bytes()
    answer = get(public, "/papers.db", f"Range: {asked}")
    assert answer.status in (status if isinstance(status, tuple) else (status,))
    assert len(answer.body) <= len(whole) + 200_000
    if asked == "bytes=0-99":
        assert answer.body == whole[:100]
    if asked == "bytes=-100":
        assert answer.body == whole[-100:]
    assert get(public, "/papers.db", f"Range: {asked}", 'If-Range: "x"').body == whole


# --- what every answer has

ANSWERS = {
    "page": (request("/"), 200),
    "table": (request("/papers/papers"), 200),
    "json": (request("/search.json?q=cache"), 200),
    "file": (request("/papers.db", "Range: bytes=0-9"), 206),
    "health": (request("/health"), 200),
    "tools": (request("/-/versions"), 200),
    "static": (request("/static/site.css"), 200),
    "theirs": (request("/-/static/app.css"), 200),
    "redirect": (request("/papers/papers/"), 302),
    "wrong": (request("/search?size=x"), 400),
    "wrong SQL": (request("/papers?sql=selec"), 400),
    "too long": (request(f"/papers?sql={quote(f'{COUNTING} select max(i) from n')}"), 400),
    "host": (request("/", host=EVIL), 400),
    "missing": (request("/nowhere"), 404),
    "missing file": (request("/static/nothing.js"), 404),
    "method": (request("/", method="POST", body=b"x"), 405),
    "strange method": (request("/", method="BREW"), 405),
    "agent": (request("/-/mcp"), 405),
    "large": (request("/-/mcp", method="POST", body=b"x" * (2 << 20)), 413),
}  # fmt: skip
ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
}


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_has_the_headers_and_no_cookie(public: str, name: str) -> None:
    sent, status = ANSWERS[name]
    answer = raw_http.ask(public, sent)
    assert answer.status == status
    require_headers(answer)


def require_headers(answer: Answer) -> None:
    assert {name: answer[name] for name in ALWAYS} == ALWAYS
    policy = answer["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "camera=()" in answer["permissions-policy"]
    assert answer["cache-control"]
    assert not answer["set-cookie"]
    assert not answer["server"]
    assert len(answer.headers.get_all("content-security-policy", [])) == 1


def test_too_many_queries_are_told_so_with_all_headers(public: str) -> None:
    query = f"{COUNTING} select max(i) from (select i from n limit 200000)"
    with ThreadPoolExecutor(120) as threads:
        answers = list(threads.map(lambda n: sql(public, f"{query} -- {n}"), range(120)))
    refused = [answer for answer in answers if answer.status == 429]
    assert refused
    assert {answer.status for answer in answers} <= {200, 400, 429}
    assert all(int(answer["retry-after"]) > 0 for answer in refused)
    require_headers(refused[0])
    assert get(public, "/papers/topics").status == 200


def test_our_pages_run_no_script_of_anybody_else(public: str) -> None:
    for path in ("/", "/search", "/papers/papers/x", "/results", "/api", "/compare"):
        assert "unsafe" not in get(public, path)["content-security-policy"], path


DEVELOPER_TOOLS = ("messages", "logout", "permissions", "allow-debug", "auth-token", "patterns")
TOOLS = ("threads", "databases", *DEVELOPER_TOOLS)


@pytest.mark.parametrize("name", TOOLS)
def test_tools_of_an_owner_are_nobodys(public: str, name: str) -> None:
    sent = [request(path) for path in (f"/-/{name}", f"/-/{name}.json", f"/-/{name}?token=x")]
    sent.append(request(f"/-/{name}", method="POST", body=b"message=x&message_type=1"))
    for answer in (raw_http.ask(public, question) for question in sent):
        assert answer.status == 404
        require_headers(answer)


@pytest.mark.parametrize("name", ["settings", "metadata", "plugins", "actor", "versions"])
def test_the_other_tools_tell_no_secret(public: str, folder: Path, name: str) -> None:
    answer = get(public, f"/-/{name}.json")
    assert answer.status == 200
    assert not re.search(r"secret|passw|/home/|/root/|/tmp/", answer.text, re.IGNORECASE)
    assert str(folder) not in answer.text
    require_headers(answer)
