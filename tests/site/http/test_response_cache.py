"""An answer is made once and kept within a bound; what may change or is not complete never is."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from daily_papers.site import compat
from daily_papers.site.http import response_cache
from daily_papers.site.http.response_cache import MEGABYTE, ResponseCache
from tests.conftest import METADATA, ROOT, open_datasette, run_in_thread

Asked = tuple[int, bytes]  # status and body of an answer


class CountingApp:
    """An application that counts what it is asked, and answers with that number."""

    def __init__(
        self, status: int = 200, headers: tuple[tuple[bytes, bytes], ...] = (), size: int = 0
    ) -> None:
        self.count, self.status, self.headers, self.size = 0, status, headers, size
        self.before: Callable[[int], Awaitable[object]] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.count += 1
        count = self.count
        if self.before:
            await self.before(count)
        headers = list(self.headers)
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": bytes(self.size), "more_body": True})
        await send({"type": "http.response.body", "body": b"%d" % count})


async def ask(app: Any, path: str = "/", method: str = "GET", **headers: str) -> Asked:
    """Ask with headers whose names have “_” for “-”."""
    path, _, query = path.partition("?")
    named = {"host": "papers.example", "accept_encoding": "gzip", **headers}
    scope = {
        "type": "http",
        "method": method,
        "scheme": named.pop("scheme", "https"),
        "path": path,
        "query_string": query.encode(),
        "headers": [
            (name.replace("_", "-").encode(), value.encode()) for name, value in named.items()
        ],
    }
    messages: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, send)
    assert [message["type"] for message in messages].count("http.response.start") == 1
    body = b"".join(message.get("body", b"") for message in messages)
    return messages[0]["status"], body.lstrip(b"\0")


def asked(app: Any, *requests: Callable[[], Awaitable[Asked]]) -> list[bytes]:
    """Return the bodies of requests that are made one after the other."""

    async def run() -> list[bytes]:
        return [(await request())[1] for request in requests]

    return run_in_thread(asyncio.run, run())


def twice(app: CountingApp, megabytes: int = 1, path: str = "/", **headers: str) -> int:
    """Ask twice for the same through a cache, and return how often the application was asked."""
    cache = ResponseCache(app, megabytes * MEGABYTE)
    asked(cache, *[lambda: ask(cache, path, **headers)] * 2)
    return app.count


def test_an_answer_is_made_once() -> None:
    assert twice(CountingApp()) == 1
    assert twice(CountingApp(), megabytes=0) == 2


def test_the_key_has_all_that_an_answer_depends_on() -> None:
    app = CountingApp()
    cache = ResponseCache(app, MEGABYTE)
    requests: list[dict[str, str]] = [
        {},
        {"path": "/search"},
        {"path": "/?q=a"},
        {"path": "/?q=a&"},
        {"path": "/?q=A"},
        {"host": "other.example"},
        {"scheme": "http"},
        {"accept_encoding": ""},
    ]
    made = [lambda request=request: ask(cache, **request) for request in requests]
    numbers = [b"%d" % number for number in range(1, len(requests) + 1)]
    assert asked(cache, *made, *made) == numbers * 2
    same = asked(cache, lambda: ask(cache, accept_encoding="br, gzip;q=0.5", user_agent="other"))
    assert same == [b"1"]


@pytest.mark.parametrize(
    "headers", [{"cookie": "a=b"}, {"authorization": "Bearer x"}, {"range": "bytes=0-1"}]
)
def test_requests_whose_headers_change_the_answer_are_passed_on(headers: dict[str, str]) -> None:
    assert twice(CountingApp(), **headers) == 2


@pytest.mark.parametrize(
    "app",
    [
        CountingApp(status=404),
        CountingApp(status=500),
        CountingApp(status=206),
        CountingApp(headers=((b"Set-Cookie", b"a=b"),)),
        CountingApp(headers=((b"etag", b'"of its own"'),)),
        CountingApp(headers=((b"cache-control", b"private"),)),
        CountingApp(headers=((b"vary", b"Accept-Encoding, Accept-Language"),)),
        CountingApp(size=MEGABYTE // response_cache.SHARE),
    ],
    ids=["404", "500", "206", "cookie", "etag", "private", "vary", "large"],
)
def test_what_is_no_lasting_page_is_not_kept(app: CountingApp) -> None:
    assert twice(app) == 2


def test_a_head_request_is_answered_from_what_is_kept_and_keeps_nothing() -> None:
    app = CountingApp()
    cache = ResponseCache(app, MEGABYTE)
    head, get = lambda: ask(cache, method="HEAD"), lambda: ask(cache)
    assert asked(cache, head, get, head, lambda: ask(cache, method="POST")) == [
        b"1",
        b"2",
        b"2",
        b"3",
    ]


def test_the_least_recently_asked_for_go_first_and_the_bound_holds() -> None:
    app = CountingApp(size=20_000)
    cache = ResponseCache(app, MEGABYTE)

    async def visits() -> None:
        for number in range(1_000):
            await ask(cache, f"/?page={number}")
            await ask(cache, "/")  # as home is, again and again
            assert cache.bytes <= MEGABYTE
        assert app.count == 1_001
        await ask(cache, "/?page=999")
        assert app.count == 1_001
        await ask(cache, "/?page=0")
        assert app.count == 1_002

    run_in_thread(asyncio.run, visits())
    assert cache.bytes > MEGABYTE // 2


async def at_once(cache: ResponseCache, app: CountingApp, count: int) -> list[Asked | Exception]:
    """Ask for the same so many times before the first is answered."""
    go = asyncio.Event()
    before = app.before

    async def wait(number: int) -> None:
        await go.wait()
        if before:
            await before(number)

    app.before = wait
    requests = [asyncio.create_task(ask(cache)) for _ in range(count)]
    for _ in range(5):
        await asyncio.sleep(0)
    assert app.count == 1
    go.set()
    return await asyncio.gather(*requests, return_exceptions=True)  # type: ignore[return-value]


def test_those_who_ask_at_once_wait_for_one_answer() -> None:
    app = CountingApp()
    answers = run_in_thread(asyncio.run, at_once(ResponseCache(app, MEGABYTE), app, 20))
    assert answers == [(200, b"1")] * 20
    assert app.count == 1


def test_a_failure_is_only_that_of_who_asked_first() -> None:
    app = CountingApp()

    async def fail(number: int) -> None:
        if number == 1:
            raise RuntimeError("the first fails")

    app.before = fail
    first, *others = run_in_thread(asyncio.run, at_once(ResponseCache(app, MEGABYTE), app, 4))
    assert isinstance(first, RuntimeError)
    assert others == [(200, b"2"), (200, b"3"), (200, b"4")]


def test_nobody_waits_for_an_answer_that_is_not_kept_or_that_was_given_up() -> None:
    app = CountingApp(status=404)
    answers = run_in_thread(asyncio.run, at_once(ResponseCache(app, MEGABYTE), app, 4))
    assert answers == [(404, b"1"), (404, b"2"), (404, b"3"), (404, b"4")]

    app = CountingApp()

    async def give_up() -> Asked:
        cache, started = ResponseCache(app, MEGABYTE), asyncio.Event()

        async def hang(number: int) -> None:
            started.set()
            if number == 1:
                await asyncio.Event().wait()

        app.before = hang
        first = asyncio.create_task(ask(cache))
        await started.wait()
        second = asyncio.create_task(ask(cache))
        await asyncio.sleep(0)
        first.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await first
        return await second

    assert run_in_thread(asyncio.run, give_up()) == (200, b"2")


def test_a_slow_reader_holds_nobody_up() -> None:
    app = CountingApp()

    async def run() -> Asked:
        cache, reads = ResponseCache(app, MEGABYTE), asyncio.Event()
        scope = {"type": "http", "method": "GET", "scheme": "https", "path": "/"}
        scope |= {"query_string": b"", "headers": [(b"host", b"papers.example")]}

        async def never(_: object = None) -> Any:
            reads.set()
            await asyncio.Event().wait()

        slow = asyncio.create_task(cache(scope, never, never))
        await reads.wait()
        answer = await ask(cache, accept_encoding="")
        slow.cancel()
        return answer

    assert run_in_thread(asyncio.run, run()) == (200, b"1")


# The same before the whole site.


class KeptSite:
    """A site in this process that keeps answers; `made` lists the paths that were made."""

    def __init__(self, database: Path, patch: pytest.MonkeyPatch) -> None:
        self.made: list[bytes] = []
        make = ResponseCache._make

        async def noted(cache: ResponseCache, key: response_cache.Key, *arguments: Any) -> None:
            self.made.append(key.path)
            await make(cache, key, *arguments)

        patch.setattr(ResponseCache, "_make", noted)
        plugins = {**METADATA["plugins"], "site_middleware": {"cache_megabytes": 8}}
        self._site = open_datasette(database, metadata={**METADATA, "plugins": plugins})

    def __call__(self, path: str, **headers: str) -> httpx.Response:
        return run_in_thread(asyncio.run, self._site.client.get(path, headers=headers))


@pytest.fixture(scope="module")
def kept(database: Path) -> Iterator[KeptSite]:
    with pytest.MonkeyPatch.context() as patch:
        yield KeptSite(database, patch)


@pytest.mark.parametrize("path", ["/search?q=kv", "/papers/topics?_size=5", "/results.json"])
def test_a_page_comes_from_memory_as_it_was_made(kept: KeptSite, path: str) -> None:
    kept.made.clear()
    first, second = kept(path), kept(path)
    assert len(kept.made) == 1
    assert first.headers["content-encoding"] == "gzip"
    assert (first.content, dict(first.headers)) == (second.content, dict(second.headers))


def test_a_kept_page_is_known_by_its_tag(kept: KeptSite) -> None:
    page = kept("/search?q=kv")
    kept.made.clear()
    for condition in (page.headers["etag"], "*"):
        known = kept("/search?q=kv", **{"if-none-match": condition})
        assert (known.status_code, known.content) == (304, b"")
        assert known.headers["etag"] == page.headers["etag"]
    other = kept("/search?q=kv", **{"if-none-match": 'W/"of another file"'})
    assert (other.status_code, other.content) == (200, page.content)
    assert kept.made == []


@pytest.mark.parametrize(
    "path",
    [
        "/papers.json?sql=select+1",
        "/papers/topics.json?_where=1",
        "/health",
        "/-/versions.json",
        "/papers.db",
        "/static/site.css",
        "/papers/topics.csv?_stream=on",
    ],
)
def test_sql_of_visitors_and_reports_of_the_moment_never_reach_the_cache(
    kept: KeptSite, path: str
) -> None:
    kept.made.clear()
    assert kept(path).status_code == 200
    assert kept.made == []


@pytest.mark.parametrize("path", ["/search?page=0", "/nothing"])
def test_errors_are_made_again(kept: KeptSite, path: str) -> None:
    kept.made.clear()
    kept(path), kept(path)
    assert len(kept.made) == 2


def test_a_page_without_a_facet_that_took_too_long_is_not_kept(
    kept: KeptSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, execute = "/papers/claims?_facet=metric&_size=1", compat._execute

    async def stopped(database: Any, sql: str, *arguments: Any, **options: Any) -> Any:
        if "as value, count(*) as count" in sql:
            raise compat.QueryInterrupted(None, sql, None)
        return await execute(database, sql, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(compat, "_execute", stopped)
        patch.setattr(compat.Database, "execute", compat.Database.execute)  # put back afterwards
        compat.notice_interrupted_queries(response_cache.note_interruption)
        cut = kept(path)
        assert "These facets timed out: metric" in cut.text
        assert "metric" in kept(path.replace("?", ".json?")).json()["facets_timed_out"]
        assert (cut.headers["cache-control"], cut.headers.get("etag")) == ("no-store", None)
    whole = kept(path)
    assert whole.headers["etag"]
    assert "timed out" not in whole.text
    kept.made.clear()
    assert kept(path).content == whole.content
    assert kept.made == []


def test_no_page_says_how_long_its_queries_took(kept: KeptSite) -> None:
    for path in ("/papers/topics", "/papers/papers_by_year", "/papers/topics/kv-cache"):
        assert "Queries took" not in kept(path).text, path


def test_the_option_and_its_bound_are_told() -> None:
    told = " ".join((ROOT / "docs" / "serving.md").read_text(encoding="utf-8").split())
    assert f"{response_cache.MEGABYTES} MB in each process (`--cache-megabytes`; 0 keeps no" in told
    largest = response_cache.MEGABYTES // response_cache.SHARE
    assert f"larger than {largest} MB" in told
