"""What caches may keep, and who is let in; without a server."""

from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from daily_papers.site.http import admission, caching, headers
from daily_papers.site.http.caching import Versions
from tests.conftest import ROOT

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
    assert caching.short_hash(b"ab", b"c") != caching.short_hash(b"a", b"bc")


@pytest.mark.parametrize(
    ("condition", "tag", "weakly", "strongly"),
    [
        ('"a"', '"a"', True, True),
        ('W/"a"', '"a"', True, False),
        ('"a"', 'W/"a"', True, False),
        ('W/"a"', 'W/"a"', True, False),
        ('"x", W/"y" ,"a"', '"a"', True, True),
        ('"x","W/",W/"a"', '"a"', True, False),
        ('"x, a", "y"', '"a"', False, False),
        ('"A"', '"a"', False, False),
        ('w/"a"', '"b"', False, False),
        ("a", '"a"', False, False),
        ("", '"a"', False, False),
        (" * ", '"a"', True, True),
        ('"*"', '"a"', False, False),
    ],
)
def test_tags_are_compared_weakly_or_strongly(
    condition: str, tag: str, weakly: bool, strongly: bool
) -> None:
    assert caching.matches(condition, tag) is weakly
    assert caching.matches(condition, tag, strong=True) is strongly


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
    assert VERSIONS.cache_control(path, query, status) == control


def test_caches_keep_pages_five_minutes_and_what_is_hashed_a_year() -> None:
    pages = "public, max-age=300, stale-while-revalidate=3600, stale-if-error=86400"
    assert VERSIONS.cache_control("/search", "q=kv", 200) == pages
    kept = VERSIONS.cache_control("/papers.db", "_hash=" + "d" * 16, 200)
    assert kept == "public, max-age=31536000, immutable"
    assert VERSIONS.cache_control("/health", "", 200) == "no-store"
    told = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert "| 5 minutes; for an hour more the old page is shown while the new one is" in told
    assert "| addresses with `?_hash=` | a year: " in told


def test_files_are_known_by_name_and_content(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a")
    first = caching.file_hashes(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("x")
    assert caching.file_hashes(tmp_path) == first
    (tmp_path / "a.css").rename(tmp_path / "b.css")
    assert caching.file_hashes(tmp_path) == {"b.css": first["a.css"]}
    (tmp_path / "b.css").write_text("b")
    assert caching.file_hashes(tmp_path)["b.css"] != first["a.css"]


OURS = ["/", "/search", "/results", "/compare", "/api", "/nothing"]
OURS += [f"/papers/{table}/a" for table in ("papers", "topics", "entities", "organizations")]


@pytest.mark.parametrize(
    "path", [*OURS, "/papers", "/papers/papers", "/papers/dumps/a", "/-/plugins"]
)
def test_our_own_pages_run_no_script_that_stands_in_them(path: str) -> None:
    policy = headers.policy(path, "text/html; charset=utf-8")
    assert ("unsafe" not in policy) == (path in OURS)
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in headers.policy(path, "application/json")


def test_only_named_hosts_are_answered_for() -> None:
    admission.check("GET", "papers.example:8001", "/", ["papers.example"])
    admission.check("GET", "Papers.Example", "/", ["papers.example"])
    admission.check("GET", "anything", "/", [])
    name = "papers.example"
    for host in ("evil.example", "", f"{name}.evil", f"{name}@evil", f"{name}:x"):
        with pytest.raises(admission.RequestRefused, match="does not answer for"):
            admission.check("GET", host, "/", ["papers.example"])
    admission.check("GET", "[::1]:8001", "/", [])
    for host in ("[::1", "[evil]", "a]b"):
        with pytest.raises(admission.RequestRefused, match="is no host"):
            admission.check("GET", host, "/", [])


@pytest.mark.parametrize("name", ["patterns", "messages", "allow-debug", "permissions", "Logout"])
def test_tools_of_developers_are_closed_everywhere(name: str) -> None:
    with pytest.raises(admission.RequestRefused) as refused:
        admission.check("GET", "", f"/-/{name}", [], is_public=False)
    assert refused.value.status == 404
    admission.check("GET", "", "/-/threads", [], is_public=False)  # on one's own machine


def test_nothing_is_written() -> None:
    admission.check("POST", "", "/-/mcp", [])
    for method, path in (("POST", "/papers"), ("PUT", "/-/mcp"), ("PATCH", "/"), ("EVIL", "/")):
        with pytest.raises(admission.RequestRefused) as refused:
            admission.check(method, "", path, [])
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
    pairs = parse_qsl(query, keep_blank_values=True)
    assert admission.is_costly(method, path, pairs) == is_costly
