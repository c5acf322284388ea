"""What caches may keep, and who is let in; without a server."""

import asyncio
from pathlib import Path

import pytest

from daily_papers.serving import caching, gate, headers
from daily_papers.serving.caching import Versions

VERSIONS = Versions("d" * 64, "c" * 16, {"/papers.db": "d" * 16, "/static/site.css": "5" * 16})
PAGE = ("papers.example", "https", "/search", "q=kv")


def test_a_tag_changes_with_data_code_host_scheme_path_and_arguments() -> None:
    others = [
        VERSIONS.etag("evil.example", *PAGE[1:]),
        VERSIONS.etag(PAGE[0], "http", *PAGE[2:]),
        VERSIONS.etag(*PAGE[:2], "/results", PAGE[3]),
        VERSIONS.etag(*PAGE[:3], "q=kv&page=2"),
        Versions("e" * 64, "c" * 16, {}).etag(*PAGE),
        Versions("d" * 64, "b" * 16, {}).etag(*PAGE),
    ]
    tag = VERSIONS.etag(*PAGE)
    assert tag == VERSIONS.etag(*PAGE)
    assert len({tag, *others}) == 1 + len(others)
    assert tag.startswith('W/"')  # it may be compressed or not


def test_parts_of_a_hash_are_told_apart() -> None:
    assert caching.short_hash(b"ab", b"c") != caching.short_hash(b"a", b"bc")


@pytest.mark.parametrize(
    ("path", "query", "status", "control"),
    [
        ("/", "", 200, caching.PAGES),
        ("/papers.db", "", 200, caching.PAGES),
        ("/papers.db", "_hash=" + "d" * 16, 200, caching.FOREVER),
        ("/papers.db", "_hash=" + "e" * 16, 200, caching.PAGES),  # of another database
        ("/static/site.css", "_hash=" + "5" * 16, 200, caching.FOREVER),
        ("/static/site.css", "_hash=" + "d" * 16, 200, caching.PAGES),
        ("/search", "_hash=" + "d" * 16, 200, caching.PAGES),
        ("/papers.json", "sql=select+1", 200, caching.PAGES),
        ("/papers.json", "sql=select+1", 400, caching.NEVER),  # it may have been stopped
        ("/search", "q=kv", 429, caching.NEVER),
        ("/nothing", "", 404, "public, max-age=60"),
        ("/-/static/app.css", "abc", 200, "public, max-age=3600"),
        ("/-/static/nothing.css", "", 404, caching.NEVER),
        ("/-/threads", "", 200, caching.NEVER),
        ("/health", "", 200, caching.NEVER),
        ("/search", "", 500, caching.NEVER),
    ],
)
def test_only_what_stays_is_kept_for_good(path: str, query: str, status: int, control: str) -> None:
    assert VERSIONS.control(path, query, status) == control


def test_a_browser_may_have_one_of_several_tags() -> None:
    tag = VERSIONS.etag(*PAGE)
    assert caching.is_known(f'"x", {tag}', tag)
    assert not caching.is_known('"x"', tag)
    assert not caching.is_known("", tag)


def test_files_are_known_by_name_and_content(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a")
    first = caching.hash_of_files(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("x")
    assert caching.hash_of_files(tmp_path) == first
    (tmp_path / "a.css").rename(tmp_path / "b.css")
    renamed = caching.hash_of_files(tmp_path)
    (tmp_path / "b.css").write_text("b")
    assert len({first, renamed, caching.hash_of_files(tmp_path)}) == 3


@pytest.mark.parametrize(
    ("path", "is_strict"),
    [
        *((path, True) for path in ("/", "/search", "/results", "/compare", "/api", "/nothing")),
        *((f"/papers/{one}/a", True) for one in ("papers", "topics", "entities", "organizations")),
        *((path, False) for path in ("/papers", "/papers/papers", "/papers/dumps/a", "/-/plugins")),
    ],
)
def test_our_own_pages_run_no_script_that_stands_in_them(path: str, is_strict: bool) -> None:
    policy = headers.policy(path, "text/html; charset=utf-8")
    assert ("unsafe" not in policy) == is_strict
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in headers.policy(path, "application/json")


def test_only_named_hosts_are_answered_for() -> None:
    gate.check("GET", "papers.example:8001", "/", ["papers.example"])
    gate.check("GET", "Papers.Example", "/", ["papers.example"])
    gate.check("GET", "anything", "/", [])
    for host in (
        "evil.example",
        "",
        "papers.example.evil",
        "papers.example@evil",
        "papers.example:x",
    ):
        with pytest.raises(gate.Refused, match="does not answer for"):
            gate.check("GET", host, "/", ["papers.example"])


def test_nothing_is_written() -> None:
    gate.check("POST", "", "/-/mcp", [])
    for method, path in (("POST", "/papers"), ("PUT", "/-/mcp"), ("PATCH", "/"), ("EVIL", "/")):
        with pytest.raises(gate.Refused) as refused:
            gate.check(method, "", path, [])
        assert refused.value.status == 405


@pytest.mark.parametrize(
    ("method", "path", "query", "is_costly"),
    [
        ("GET", "/papers.json", "sql=select+1", True),
        ("GET", "/papers/papers", "_where=1", True),
        ("GET", "/papers", "%73ql=select+1", True),
        ("GET", "/papers", "sql", True),
        ("POST", "/-/mcp", "", True),
        ("GET", "/search", "q=sql", False),
        ("GET", "/papers/papers", "year=2024", False),
    ],
)
def test_sql_of_who_asks_is_costly(method: str, path: str, query: str, is_costly: bool) -> None:
    assert gate.is_costly(method, path, query) == is_costly


def test_costly_queries_take_turns_and_too_many_are_sent_away() -> None:
    async def storm() -> tuple[int, int, int]:
        turns, now, most, refused = gate.Turns(), 0, 0, 0

        async def one() -> None:
            nonlocal now, most, refused
            try:
                async with turns.turn():
                    now += 1
                    most = max(most, now)
                    await asyncio.sleep(0)
                    now -= 1
            except gate.Refused as problem:
                assert problem.status == 429
                refused += 1

        await asyncio.gather(*(one() for _ in range(100)))
        served = 0
        async with turns.turn():  # all places are free again
            served = 1
        return most, refused, served

    most, refused, served = asyncio.run(storm())
    assert most == gate.AT_ONCE
    assert 0 < refused < 100
    assert served == 1


def test_who_waits_too_long_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "PATIENCE", 0.01)

    async def wait() -> int:
        turns = gate.Turns()
        taken = [turns.turn() for _ in range(gate.AT_ONCE)]
        for one in taken:
            await one.__aenter__()
        with pytest.raises(gate.Refused) as refused:
            async with turns.turn():
                pass
        return refused.value.status

    assert asyncio.run(wait()) == 429
