"""A public server under requests that nobody means well: none fails, none hangs, and it goes on.

`--requests N` asks that many times, of Datasette's own routes and of our described addresses; the
same number is always the same request. 10,000 take about five minutes.
"""

import http.client
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import pytest
import requests
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from daily_papers.site.views.endpoints import GROUPS
from tests import fuzzed_requests, raw_http
from tests.conftest import open_datasette, query, served

# Any text may be the id of a paper: without other parameters no request can be wrong.
CASES = [
    pytest.param(endpoint.path, mode, id=f"{endpoint.path}-{mode.value}")
    for group in GROUPS
    for endpoint in group.endpoints
    for mode in GenerationMode
    if mode.is_positive or any(parameter.location == "query" for parameter in group.parameters)
]
HANGS = 5  # seconds
AT_ONCE = 4
UNREAD = b"Invalid HTTP request received."  # says uvicorn, before any of our code
TOO_LONG = 2_500  # letters, each of which may take twelve bytes of the 32 kB that a server takes
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def public(database: Path) -> Iterator[str]:
    """The address of a server for everybody, which is well before and after all tests."""
    with served(database, "--public", "--workers", "2") as address:
        yield address
        assert httpx.get(f"{address}/health").json()["status"] == "ok"


@pytest.fixture(scope="module")
def routes(database: Path) -> fuzzed_requests.Routes:
    """The routes of the site, and names that lead somewhere."""
    sql = (
        "select master.name, info.name from sqlite_master as master, pragma_table_info(master.name)"
        " as info where master.type = 'table' order by master.rowid, cid"
    )
    tables: dict[str, list[str]] = {}
    for table, column in query(database, sql):
        tables.setdefault(table, []).append(column)
    keys = [key for (key,) in query(database, "select id from papers order by id limit 5")]
    return fuzzed_requests.routes_of(open_datasette(database), tables, keys)


def problem(public: str, routes: fuzzed_requests.Routes, number: int) -> str | None:
    """Say what is wrong with the answer to a request, if anything."""
    sent = fuzzed_requests.made(routes, number)
    try:
        answer = raw_http.ask(public, sent, timeout=HANGS)
    except (OSError, http.client.HTTPException) as error:
        return f"request {number}: {error!r} for {sent[:300]!r}"
    if answer.status >= 500:
        return f"request {number}: {answer.status} for {sent[:300]!r}: {answer.text[-300:]}"
    return None


def test_no_request_to_any_route_makes_the_server_fail_or_hang(
    public: str, database: Path, routes: fuzzed_requests.Routes, pytestconfig: pytest.Config
) -> None:
    numbers = range(pytestconfig.getoption("--requests"))
    with ThreadPoolExecutor(AT_ONCE) as threads:
        problems = list(threads.map(partial(problem, public, routes), numbers))
    assert list(filter(None, problems)) == []
    assert "Exception in ASGI application" not in (database.parent / "log").read_text()


def test_the_same_number_is_the_same_request(routes: fuzzed_requests.Routes) -> None:
    first, again = ([fuzzed_requests.made(routes, n) for n in range(50)] for _ in range(2))
    assert first == again


def test_requests_reach_every_route_and_take_every_argument(routes: fuzzed_requests.Routes) -> None:
    made = b"\n".join(fuzzed_requests.made(routes, number) for number in range(3_000))
    assert [name for name in fuzzed_requests.MEANT if f"{name}=".encode() not in made] == []
    for route in routes.routes:
        fixed = max(re.split(r"<.*?>|\{\w+\}", route), key=len)
        assert fixed.encode() in made, route


def described(public: str, mode: GenerationMode) -> Any:
    """What openapi.json says, for requests that keep to it or do not."""
    generation = GenerationConfig(modes=[mode], deterministic=True, max_examples=1)
    projects = ProjectsConfig(default=ProjectConfig(generation=generation))
    config = SchemathesisConfig(projects=projects)
    return schemathesis.openapi.from_url(f"{public}/openapi.json", config=config)


@pytest.mark.parametrize(("path", "mode"), CASES)
def test_answers_are_as_openapi_describes_them(
    public: str, path: str, mode: GenerationMode, pytestconfig: pytest.Config
) -> None:
    operation = described(public, mode)[path]["GET"]
    most = max(5, pytestconfig.getoption("--requests") // len(CASES))

    with requests.Session() as session:

        @hypothesis.settings(
            max_examples=most,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(operation.as_strategy(mode))
        def answered(case: Any) -> None:
            try:
                response = case.call(session=session, timeout=HANGS)
                is_read = response.content != UNREAD
            except requests.RequestException:
                is_read = False
            if not is_read:  # no server reads an address that is longer than all it takes
                assert len(str(case.query)) > TOO_LONG, case.query
                hypothesis.reject()
            case.validate_response(response, checks=CHECKS)

        answered()
