"""Fetching: what is requested and saved, against a service that misbehaves in all known ways."""

import fcntl
import gzip
import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
import tracemalloc
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from daily_papers import dumps
from daily_papers.fetch.client import Service
from daily_papers.records import DumpError
from tests import misbehaving_service as service
from tests.conftest import COMMAND, CORPUS, ROOT, build, daily_papers, run_in_thread, wait_until
from tests.fetch.conftest import NOW, SIZE, Fetch
from tests.misbehaving_service import DAY, Answer, Stub, body, day_of, fine, packed, record, status

STOPPED = "not asked for, nor is what follows:"


# What is asked for, and what is saved.


def test_a_day_is_asked_for_by_name_and_saved(stub: Stub, fetch: Fetch) -> None:
    result = fetch("--date", DAY)
    assert (result.exit_code, result.stderr) == (0, "")
    saved = f"{DAY}: {fetch.file()}, 2 papers\n"
    assert result.stdout == f"{saved}saved 1, there 0, empty 0, failed 0\n"
    assert stub.headers["path"] == f"/api/daily_papers?date={DAY}&limit=100"
    assert re.fullmatch(r"daily-papers/\d+\.\d+\.\d+ \(.+\)", stub.headers["user-agent"])
    assert fetch.waits == []


def test_a_file_has_a_key_a_line_by_name_and_records_in_order(stub: Stub, fetch: Fetch) -> None:
    two = record(2)
    two["paper"]["title"] = "Überblick\u2028🙂"
    stub.answer(fine([two, record(1)]))
    assert fetch.saved() == [two, record(1)]
    text = fetch.file().read_text(encoding="utf-8")
    assert text == json.dumps([two, record(1)], indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    assert '      "title": "Überblick\u2028🙂",\n' in text


def test_no_account_and_no_picture_is_saved(stub: Stub, fetch: Fetch) -> None:
    account = {
        "_id": "6419309f22270b3ccf177c77",
        "avatarUrl": "https://cdn-avatars.example/secret.jpeg",
        "fullname": "Sam Secret",
        "name": "secret-handle",
        "user": "secret-handle",
        "type": "user",
        "isPro": True,
        "followerCount": 8,
    }
    lab = {"name": "lab", "fullname": "The Lab", "avatar": "https://secret", "owner": account}
    whole = record(1, organization=lab, submittedBy=account, submitterOrganization=lab)
    whole |= {"mediaUrls": ["https://cdn/secret.mp4"], "thumbnail": "https://secret", "x": account}
    whole["paper"] |= {
        "submittedOnDailyBy": account,
        "organization": lab,
        "upvoters": [account],
        "upvotes": 3,
        "projectPage": account,
        "ai_keywords": ["search", "ranking"],
        "githubRepo": "https://github.com/lab/code",
        "comments": [{"author": account, "text": "secret"}],
    }
    plain = {key: account[key] for key in ("avatarUrl", "fullname", "user")}
    whole["paper"] |= plain | {"submittedBy": "secret-handle"}
    whole["paper"]["authors"][0] |= plain | {"user": account, "status": "verified", "_id": "1"}
    stub.answer(fine([whole]))
    organization = {"name": "lab", "fullname": "The Lab"}
    kept = record(1, organization=organization)
    kept["paper"] |= {
        "organization": organization,
        "ai_keywords": ["search", "ranking"],
        "githubRepo": "https://github.com/lab/code",
    }
    assert fetch.saved() == [kept]


def test_by_default_a_service_gets_a_request_a_second_five_tries_and_may_send_16_mib() -> None:
    default = Service()
    assert (default.pause, default.tries, default.size) == (1, 5, 16 * 2**20)
    assert (default.silence, default.total, default.longest_wait) == (20, 60, 300)


@pytest.mark.parametrize(
    ("arguments", "days"),
    [
        (["--since", "2026-08-18", "--until", DAY], ["2026-08-18", "2026-08-19", DAY]),
        (["--since", "2026-08-30"], ["2026-08-30", "2026-08-31"]),
        (["--date", DAY, "--date", "2026-08-19", "--date", DAY], ["2026-08-19", DAY]),
    ],
    ids=["span", "span that ends yesterday", "days"],
)
def test_days_are_requested_once_in_order_with_pauses(
    stub: Stub, fetch: Fetch, arguments: list[str], days: list[str]
) -> None:
    assert fetch(*arguments).exit_code == 0
    assert stub.requests == days
    assert fetch.waits == [1.0] * (len(days) - 1)


def test_a_second_run_asks_only_for_what_is_missing(stub: Stub, fetch: Fetch) -> None:
    stub.answer(status(404), day="2026-08-19")
    assert fetch("--since", "2026-08-18", "--until", DAY).exit_code == 1
    stub.requests.clear()
    stub.answer(fine(day_of(1, "2026-08-19")), day="2026-08-19")
    before = fetch.file().stat().st_mtime_ns
    result = fetch("--since", "2026-08-18", "--until", DAY)
    assert (result.exit_code, stub.requests) == (0, ["2026-08-19"])
    assert result.stdout.endswith("\nsaved 1, there 2, empty 0, failed 0\n")
    assert fetch.file().stat().st_mtime_ns == before


def test_only_a_cut_file_is_replaced_and_by_a_good_answer_only(stub: Stub, fetch: Fetch) -> None:
    fetch.folder.mkdir()
    fetch.file().write_text('{"mine": 1}')
    assert fetch("--date", DAY).exit_code == 0
    assert (fetch.file().read_text(), stub.requests) == ('{"mine": 1}', [])
    fetch.file().write_text('[{"paper": ')
    stub.answer(status(404), fine(day_of(1)))
    assert fetch("--date", DAY).exit_code == 1
    assert fetch.file().read_text() == '[{"paper": '
    assert fetch.saved() == day_of(1)


@pytest.mark.parametrize("count", [50, 100])
def test_a_day_that_may_be_cut_is_saved_with_a_warning(
    stub: Stub, fetch: Fetch, count: int
) -> None:
    stub.answer(fine(day_of(count)))
    result = fetch("--date", DAY, "--quiet")
    assert (result.exit_code, result.stdout) == (0, "")
    warning = f"exactly {count} papers: the service may have cut its answer there"
    assert result.stderr == f"daily-papers: {DAY}: {warning}\n"
    assert len(json.loads(fetch.file().read_bytes())) == count


def test_an_empty_weekday_is_requested_again_but_no_empty_weekend(stub: Stub, fetch: Fetch) -> None:
    span = ("--since", "2026-08-21", "--until", "2026-08-22")  # Friday, Saturday
    stub.answer(fine([]), day="2026-08-21")
    stub.answer(fine([]), day="2026-08-22")
    result = fetch(*span)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines()[:2] == ["2026-08-21: no papers", "2026-08-22: no papers"]
    assert fetch(*span).exit_code == 0
    assert stub.requests == ["2026-08-21", "2026-08-22", "2026-08-21"]
    assert fetch.files() == []
    with pytest.raises(DumpError, match="no dump in this folder"):
        dumps.find([fetch.folder])


def test_a_day_that_is_not_over_in_utc_is_not_requested(stub: Stub, fetch: Fetch) -> None:
    fetch.now = datetime(2026, 8, 20, 23, 59, tzinfo=UTC)
    result = fetch("--since", "2026-08-19", "--until", "9999-12-31")
    assert (result.exit_code, stub.requests) == (1, ["2026-08-19"])
    assert result.stderr == f"daily-papers: {DAY}: {STOPPED} the day is not over, in UTC\n"
    fetch.now = datetime(2026, 8, 21, tzinfo=UTC)
    assert fetch("--date", DAY).exit_code == 0


def test_no_more_days_are_requested_than_allowed(stub: Stub, fetch: Fetch) -> None:
    span = ("--since", "0001-01-01", "--until", "2026-08-31", "--max", 2)
    stub.answer(fine([]), day="0001-01-01")
    result = fetch(*span)
    assert result.exit_code == 1
    rest = f"{STOPPED} a run asks for 2 at most; run again for the rest"
    assert result.stderr == f"daily-papers: 0001-01-03: {rest}\n"
    fetch(*span)
    assert stub.requests == ["0001-01-01", "0001-01-02", "0001-01-01", "0001-01-03"]


def test_a_search_has_a_file_of_its_own(stub: Stub, fetch: Fetch) -> None:
    for query in ("KV cache: 4-bit?", "KV cache 4 bit", "注意力"):
        stub.answer(fine([record(1), record(2, "2024-01-01")]), day=query)
    queries = ("--query", "KV cache: 4-bit?", "--query", "KV cache 4 bit", "--query", "注意力")
    assert fetch(*queries).exit_code == 0
    assert stub.headers["path"].startswith("/api/papers/search?q=%E6%B3%A8")
    names = [
        re.sub("[0-9a-f]{8}", "HASH", name[len("daily-papers-search-") :]) for name in fetch.files()
    ]
    assert names == ["HASH.json", "kv-cache-4-bit-HASH.json", "kv-cache-4-bit-HASH.json"]
    assert fetch("--query", "注意力").stdout == "saved 0, there 1, empty 0, failed 0\n"
    stub.answer(fine([]), day="nothing")
    assert fetch("--query", "nothing").stdout.startswith("query 'nothing': no papers\n")


def test_a_mirror_may_have_a_path_and_come_from_the_environment(
    stub: Stub, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fetch("--date", DAY, "--base-url", f"{stub.url}/mirror/").exit_code == 0
    assert stub.headers["path"].startswith("/mirror/api/daily_papers?")
    monkeypatch.setenv("DAILY_PAPERS_BASE_URL", stub.url)
    assert daily_papers("fetch", "--date", DAY, "--into", fetch.folder).exit_code == 0


# Services that misbehave.


@pytest.mark.parametrize(
    ("first", "wait"),
    [
        (status(429, Retry_After="7"), 7),
        (status(429, Retry_After="1"), 2),
        (status(429, Retry_After=format_datetime(NOW + timedelta(seconds=90), usegmt=True)), 90),
        (status(503, Retry_After=format_datetime(NOW - timedelta(seconds=90), usegmt=True)), 2),
        (status(429, Retry_After="Sun, 06 Nov 1994 08:49:37 -0000"), 2),
        (status(429, Retry_After="soon"), 2),
        (status(429, Retry_After=f"Sun, 06 Nov 1994 08:49:37 +{'9' * 14}"), 2),
        (status(429, Retry_After=f"Sun, {'9' * 23} Nov 1994 08:49:37 GMT"), 2),
        (status(429, RateLimit='"api";r=0;t=55'), 55),
        (status(500), 2),
        (service.reset, 2),
        (body(b"[", Content_Length="2"), 2),
        (packed(gzip.compress(json.dumps(day_of(9)).encode())[:-9]), 2),
        (service.stall, 2),
    ],
)
def test_transient_failures_are_retried(
    stub: Stub, fetch: Fetch, first: Answer, wait: float
) -> None:
    stub.answer(first, fine(day_of(2)))
    fetch.limits["silence"] = 2 if first is service.stall else 10
    assert fetch.saved() == day_of(2)
    assert fetch.waits == [wait]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (status(503), "the service answered 503, 5 times"),
        (service.reset, "the connection broke, 5 times"),
        (body(b"[", Content_Length="2"), "the answer is cut, or no HTTP, 5 times"),
        (status(301, Location="http://a:b/"), "the answer is cut, or no HTTP, 5 times"),
        (lambda handler: handler.wfile.write(b"Hello"), "the answer is cut, or no HTTP, 5 times"),
        (service.stall, "the service was silent for 0.3 seconds, 5 times"),
        (service.drip, "the answer was not finished after 0.5 seconds, 5 times"),
        (service.drip_headers, "the answer was not finished after 0.5 seconds, 5 times"),
    ],
)
def test_lasting_failures_end_in_an_error(
    stub: Stub, fetch: Fetch, answer: Answer, error: str
) -> None:
    stub.answer(answer)
    fetch.limits |= {"silence": 0.3} if answer is service.stall else {}
    fetch.limits |= {"total": 0.5} if answer in (service.drip, service.drip_headers) else {}
    start = time.monotonic()
    result = fetch("--date", DAY, "--quiet")
    assert (result.exit_code, result.stderr) == (1, f"daily-papers: {DAY}: {error}\n")
    assert fetch.waits == [2, 4, 8, 16]
    assert fetch.files() == []
    assert time.monotonic() - start < 30


TWO_PAPERS = json.dumps(day_of(2)).encode()
BOMB = gzip.compress(b" " * 50_000_000)
WRONG_DAY = "the answer is for another day: "
WRONG_SHAPE = "the answer is JSON, but no list of papers"
INVALID = {
    "HTML": (body(b"\n<!doctype html><p>Sorry", Content_Type="text/html"), "an HTML page"),
    "login": (status(302, Location="/login"), "the answer is an HTML page, not JSON"),
    "another host": (status(302, Location="http://localhost:1/"), "redirects to another host"),
    "another scheme": (status(301, Location="file:///etc/passwd"), "redirects to another host"),
    "circle": (status(307, Location=f"/api/daily_papers?date={DAY}"), "more than 3 redirects"),
    "not found": (status(404), "the service answered 404"),
    "bad request": (status(400), "the service answered 400"),
    "no content": (body(b"", 204), "the service answered 204"),
    "part": (status(206), "the service answered 206"),
    "empty": (body(b""), "the answer is empty"),
    "blank": (body(b" \n"), "the answer is empty"),
    "invalid": (body(b"[{'paper': None}]"), "the answer is no whole JSON"),
    "cut": (body(TWO_PAPERS[:-1]), "the answer is no whole JSON"),
    "length too short": (body(TWO_PAPERS, Content_Length="100"), "the answer is no whole JSON"),
    "not UTF-8": (body(b'["\xff"]'), "the answer is no whole JSON"),
    "deep": (body(b"[" * SIZE), "the answer is no whole JSON"),
    "error": (fine({"error": "overloaded"}), WRONG_SHAPE),
    "null": (fine(None), WRONG_SHAPE),
    "strings": (fine(["a paper"]), WRONG_SHAPE),
    "no paper": (fine([record(), {"title": "x", "summary": "x"}]), WRONG_SHAPE),
    "no abstract": (fine([{"title": "x", "paper": {"id": "1"}}]), WRONG_SHAPE),
    "no id": (fine([{"title": "x", "summary": "x", "paper": {"id": ""}}]), WRONG_SHAPE),
    "authors": (fine([{"title": "x", "summary": "x", "paper": {"id": "1", "authors": ["A"]}}]),
                WRONG_SHAPE),
    "another day": (fine(day_of(3, "2026-08-19")), WRONG_DAY + "2026-08-19"),
    "half another": (fine([*day_of(2), *day_of(2, "2026-08-19")]), WRONG_DAY + "it states several"),
    "no day": (fine([{**record(1, None), "publishedAt": None}]), WRONG_DAY + "it states none"),
    "old, another day": (fine([record(1, None)]), WRONG_DAY + "2026-08-18"),
    "half a character": (body(json.dumps(day_of(1)).replace("A S", "\\ud83d").encode()),
                         "what JSON and Unicode do not allow"),
    "infinity": (body(json.dumps(day_of(1)).replace(": 3", ": 1e999").encode()),
                 "what JSON and Unicode do not allow"),
    "huge": (body(b" " * (SIZE + 1)), f"the answer is larger than {SIZE:,} bytes"),
    "endless": (service.endless, f"the answer is larger than {SIZE:,} bytes"),
    "bomb": (packed(BOMB), f"the answer is larger than {SIZE:,} bytes"),
    "bomb in bomb": (packed(gzip.compress(BOMB)), "the answer is no whole JSON"),
    "wrongly packed": (packed(b"[]"), "the answer is packed wrongly"),
    "not asked for": (packed(zlib.compress(b"[]"), "deflate"), "packed in a way that was not"),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "error"), INVALID.values(), ids=INVALID)
def test_invalid_answers_are_not_saved(
    stub: Stub, fetch: Fetch, answer: Answer, error: str
) -> None:
    stub.answer(answer)
    stub.answer(body(b"<html>Who are you?</html>"), day="/login")
    result = fetch("--date", DAY, "--quiet")
    assert (result.exit_code, result.stdout) == (1, "")
    assert re.fullmatch(rf"daily-papers: {DAY}: [^\n]*{re.escape(error)}[^\n]*\n", result.stderr)
    assert fetch.files() == []
    assert [path.name for path in fetch.folder.iterdir()] == [".daily-papers-empty-days"]
    assert fetch.waits == []


def test_a_bomb_is_never_decompressed_in_memory(stub: Stub, fetch: Fetch) -> None:
    stub.answer(packed(BOMB))
    tracemalloc.start()
    assert fetch("--date", DAY).exit_code == 1
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 10 * 1024 * 1024


FEW_OF_ANOTHER_DAY = [*day_of(2), record(3, "2026-08-19"), record(4, None)]


@pytest.mark.parametrize(
    ("answer", "records"),
    [
        (packed(gzip.compress(json.dumps(day_of(3)).encode())), day_of(3)),
        (status(308, Location="/elsewhere"), day_of(1)),
        (fine(FEW_OF_ANOTHER_DAY), FEW_OF_ANOTHER_DAY),
    ],
    ids=["compressed", "redirected on the same service", "a few papers of another day"],
)
def test_valid_answers_are_saved(
    stub: Stub, fetch: Fetch, answer: Answer, records: list[dict[str, Any]]
) -> None:
    stub.answer(answer)
    stub.answer(fine(day_of(1)), day="/elsewhere")
    assert fetch.saved() == records
    assert stub.headers["accept-encoding"] == "gzip"


def test_an_old_answer_is_of_the_last_day_of_a_listing(stub: Stub, fetch: Fetch) -> None:
    evening = record(1, None, publishedAt="2024-12-10T22:00:00.000Z")
    morning = record(2, None, publishedAt="2024-12-11T01:00:00.000Z")
    for day in ("2024-12-10", "2024-12-11"):
        stub.answer(fine([evening, morning]), day=day)
    result = fetch("--since", "2024-12-10", "--until", "2024-12-11")
    assert result.exit_code == 1
    assert fetch.files() == ["daily-papers-2024-12-11.json"]


def test_a_service_that_does_not_exist_is_reported(stub: Stub, fetch: Fetch) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        result = fetch("--date", DAY, "--base-url", base)
    assert result.exit_code == 1
    message = rf"daily-papers: {DAY}: no connection to 127\.0\.0\.1 \(.*\w.*\), 5 times\n"
    assert re.fullmatch(message, result.stderr)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (status(429, Retry_After="3600"), "the service answered 429 and asks to wait 3600 seconds"),
        (
            status(429, Retry_After="1000000000"),
            "the service answered 429 and asks to wait 1000000000 seconds",
        ),
        (
            status(503, RateLimit="api;r=0;t=9999999999"),
            "the service answered 503 and asks to wait 9999999999 seconds",
        ),
        (status(429), "the service answered 429, 5 times"),
    ],
)
def test_a_busy_service_is_left_alone(stub: Stub, fetch: Fetch, answer: Answer, error: str) -> None:
    stub.answer(answer, day="2026-08-18")
    result = fetch("--since", "2026-08-18", "--until", DAY)
    assert result.exit_code == 1
    assert set(stub.requests) == {"2026-08-18"}
    assert result.stderr.splitlines() == [
        f"daily-papers: 2026-08-18: {error}",
        f"daily-papers: 2026-08-19: {STOPPED} the service does not answer as it should",
    ]


def test_after_three_failures_in_a_row_nothing_more_is_requested(stub: Stub, fetch: Fetch) -> None:
    for day in ("10", "11", "13", "14", "15"):
        stub.answer(status(404), day=f"2026-08-{day}")
    result = fetch("--since", "2026-08-10", "--until", DAY)
    assert result.exit_code == 1
    assert stub.requests == [f"2026-08-{day}" for day in range(10, 16)]
    assert len(result.stderr.splitlines()) == 6
    assert fetch.files() == ["daily-papers-2026-08-12.json"]


# Machines that misbehave.


def test_killed_while_an_answer_comes_it_leaves_nothing(stub: Stub, fetch: Fetch) -> None:
    stub.answer(service.stall, fine(day_of(2)))
    command = [COMMAND, "fetch", "--date", DAY, "--into", fetch.folder, "--base-url", stub.url]
    with subprocess.Popen(command) as running:
        wait_until(lambda: stub.requests)
        running.kill()
    assert fetch.files() == []
    assert fetch.saved() == day_of(2)


def test_killed_while_a_file_is_written_it_leaves_no_dump(stub: Stub, fetch: Fetch) -> None:
    script = (
        "import os, sys, time; from daily_papers.cli import main;"
        "os.fsync = lambda _: time.sleep(60); main(sys.argv[1:])"
    )
    command = [sys.executable, "-c", script, "fetch", "--date", DAY, "--into", fetch.folder]
    part = fetch.folder / f".{fetch.file().name}.part"
    with subprocess.Popen([*command, "--base-url", stub.url]) as running:
        wait_until(lambda: part.exists() and part.stat().st_size)
        running.kill()
    assert fetch.files() == []
    with pytest.raises(DumpError, match="no dump in this folder"):
        dumps.find([fetch.folder])
    assert fetch.saved() == day_of(2)
    assert not part.exists()


def test_a_full_disk_leaves_nothing(fetch: Fetch) -> None:
    with patch.object(os, "fsync", side_effect=OSError(28, "No space left on device")):
        result = fetch("--date", DAY)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "daily-papers: [Errno 28] No space left on device\n"
    assert [path.name for path in fetch.folder.iterdir()] == [".daily-papers-empty-days"]


def test_a_second_fetch_into_the_same_folder_is_refused(stub: Stub, fetch: Fetch) -> None:
    fetch.folder.mkdir()
    with (fetch.folder / ".daily-papers-empty-days").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = fetch("--date", DAY)
    assert (result.exit_code, stub.requests) == (1, [])
    assert result.stderr == f"daily-papers: {fetch.folder}: another fetch is saving into it\n"


# The command line.


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ([], "name days by --date, or by --since and --until, or name a --query"),
        (["--date", DAY, "--query", "x"], "name days by --date"),
        (["--date", DAY, "--until", DAY], "name days by --date"),
        (["--until", DAY], "--until needs --since"),
        (["--since", DAY, "--until", "2026-08-19"], "--since is after --until"),
        (["--date", "2026-02-30"], "'2026-02-30' is no day"),
        (["--date", "yesterday"], "'yesterday' is no day"),
        (["--query", " "], "--query is empty"),
        (["--query", "\udcff"], "surrogates not allowed"),
        (["--date", DAY, "--max", "0"], "--max"),
        (["--date", DAY, "--base-url", "file:///etc"], "must begin with https:// or http://"),
        (["--date", DAY, "--base-url", "https://"], "name a host"),
        (["--date", DAY, "--base-url", "https://a:99999"], "names port 99999; the last is 65535"),
        (["--date", DAY, "--base-url", "https://a:b@c"], "no password"),
        (["--date", DAY, "--base-url", "http://a:b/"], "is no address"),
        (["--date", DAY, "--into", __file__], "is a file"),
    ],
)
def test_wrong_usage_exits_with_2(
    stub: Stub, fetch: Fetch, arguments: list[str], error: str
) -> None:
    result = fetch(*arguments)
    assert result.exit_code == 2
    assert error in result.stderr
    assert (stub.requests, fetch.folder.exists()) == ([], False)


def test_help_names_the_options_and_the_service() -> None:
    text = daily_papers("fetch", "--help").output
    options = {"date", "since", "until", "query", "missing", "again"}
    options |= {"into", "max", "base-url", "quiet"}
    assert options <= set(re.findall(r"--([a-z-]+)", text))
    assert "https://huggingface.co" in text
    assert "DAILY_PAPERS_BASE_URL" in text


def test_the_docs_show_commands_that_work(
    stub: Stub, fetch: Fetch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    commands = re.findall(r"^\.venv/bin/daily-papers (fetch .+)$", page, re.MULTILINE)
    assert len(commands) >= 3
    build(tmp_path / "papers.db", CORPUS, "--unusual")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAILY_PAPERS_BASE_URL", stub.url)
    for command in commands:
        result = run_in_thread(daily_papers, *shlex.split(command))
        assert result.exit_code == 0, result.output
    assert list((tmp_path / "dumps").glob("daily-papers-*.json"))
