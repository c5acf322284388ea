"""The page /api and openapi.json describe the site as it is."""

import json
import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
from bs4 import BeautifulSoup, Tag
from datasette.app import Datasette
from datasette.plugins import pm
from datasette.utils import MultiParams
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from daily_papers.search.documents import FACETS
from daily_papers.search.engine import opened
from daily_papers.site.views import endpoints, search_view
from daily_papers.site.views.endpoint_types import Endpoint, Group, Parameter
from daily_papers.site.views.endpoints import GROUPS
from daily_papers.site.views.openapi import COMPONENTS
from daily_papers.site.views.response_schema import SCHEMA_VERSION
from tests.conftest import ROOT, Get, client, execute, open_datasette, parse_html

ENDPOINTS = [(group, endpoint) for group in GROUPS for endpoint in group.endpoints]
PARAMETERS = [
    (endpoint, parameter)
    for group, endpoint in ENDPOINTS
    for parameter in group.parameters
    if parameter.location == "query"
]
# Read because files parse the request as the page does; they have no effect on files.
UNUSED = {
    "/search.atom": {"sort", "compare"},
    **dict.fromkeys(("/search.csv", "/search.bib", "/search.ris"), {"compare"}),
}
DAY = "2026-08-20"
DUO = "duoattention-efficient-long-context-llm-inference-with-retrieval-b19bf0c7"
S2FT = "s2ft-efficient-scalable-and-generalizable-llm-fine-tuning-by-a2404198"
AWKWARD = {
    "/search.json": [
        "",
        "?q=quantizaton+cach",
        "?q=zzzqqq",
        "?q=what+cuts+KV+cache+memory",
        "?q=%22cache+the+of+mamba+key%22",
        "?q=cache&topic=kv-cache&topic=nonsense&year=2024&sort=newest&exact=1&size=3&page=2",
        f"?q=mamba&compare={DUO}&compare={S2FT}&page=99",
    ],
    "/search/suggest.json": ["", "?q=a", "?q=flashatt", "?q=nvidia"],
    "/results.json": [
        "?size=500",
        "?metric=memory&unit=%25",
        "?metric=other&sort=newest",
        "?baseline=nonsense&page=3",
        "?topic=kv-cache&sort=smallest",
    ],
    "/compare.json": [f"?id={DUO},{S2FT}"],
    "/paper/{id}.json": [],
    "/days/{period}.json": [],
    "/days.json": ["?year=2026"],
}


def label(value: Any) -> str | None:
    return value.path if isinstance(value, Endpoint) else getattr(value, "name", "")


def each_endpoint(*paths: str) -> pytest.MarkDecorator:
    """Run a test for the addresses that begin so."""
    endpoints = [endpoint for _, endpoint in ENDPOINTS if endpoint.path.startswith(paths)]
    return pytest.mark.parametrize("endpoint", endpoints, ids=label)


def each_parameter(is_tested: Callable[[Endpoint, Parameter], object]) -> pytest.MarkDecorator:
    """Run a test for some parameters of all addresses."""
    rows = [row for row in PARAMETERS if is_tested(*row)]
    return pytest.mark.parametrize(("endpoint", "parameter"), rows, ids=label)


@pytest.fixture(scope="module")
def authored(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seeds, which name no author, with one."""
    path = Path(shutil.copy(database, tmp_path_factory.mktemp("authored") / "papers.db"))
    execute(
        path,
        "insert into authors values ('team-foo-7', 'Team Foo 7')",
        "insert into authorships select min(id), 1, 'team-foo-7' from papers",
    )
    return path


@pytest.fixture(scope="module")
def get(authored: Path) -> Get:
    return client(open_datasette(authored))


@pytest.fixture(scope="module")
def papers(authored: Path) -> dict[str, str]:
    """The papers and the author that examples are of."""
    return endpoints.papers(opened(authored))


@pytest.fixture(scope="module")
def described(get: Get) -> dict[str, Any]:
    """What openapi.json says."""
    return dict(get("/openapi.json").json())


def media_type(answer: httpx.Response) -> str:
    return answer.headers["content-type"].split(";")[0]


def strict(schema: Any) -> Any:
    """Return a schema whose objects have nothing that is not declared."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {"additionalProperties": False} if isinstance(schema.get("properties"), dict) else {}
    return {key: strict(value) for key, value in schema.items()} | closed


def problems(body: Any, name: str) -> list[str]:
    whole = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": strict(COMPONENTS)}}
    return [
        f"{error.json_path}: {error.message[:200]}"
        for error in Draft202012Validator(whole).iter_errors(body)
    ]


# --- the addresses


def test_every_route_of_ours_is_declared_and_no_other(get: Get) -> None:
    datasette = Datasette(plugins_dir=str(ROOT / "plugins"))
    # llms_txt.py serves the routes of datasette-llms-txt.
    files = set((ROOT / "plugins").glob("*.py")) - {ROOT / "plugins" / "llms_txt.py"}
    foreign = [plugin for plugin in pm.get_plugins()
               if Path(getattr(plugin, "__file__", "/")) not in files]  # fmt: skip
    hook = pm.subset_hook_caller("register_routes", remove_plugins=foreign)
    routes = {regex for added in hook(datasette=datasette) for regex, _ in added}
    of_pages = {"/", "/site-colours.css", "/robots.txt"}  # home, and what belongs to all pages
    paths = {path for regex in routes for path in expanded(regex)} - of_pages
    assert paths == {endpoint.path for _, endpoint in ENDPOINTS}


def expanded(regex: str) -> list[str]:
    """Return the paths that a route stands for, with {id} for what varies."""
    path = regex.removeprefix("^").removesuffix("$").replace("\\.", ".")
    path = re.sub(
        r"\(\?P<(period|author)>\[[^]]+\]\+\)", r"{\1}", path.replace("(?P<key>.+)", "{id}")
    )
    if not (kinds := re.search(r"\(\?P<kind>([a-z|]+)\)", path)):
        return [path]
    return [path.replace(kinds[0], kind) for kind in kinds[1].split("|")]


@each_endpoint("")
def test_an_example_is_answered_as_declared(
    get: Get, papers: dict[str, str], described: dict[str, Any], endpoint: Endpoint
) -> None:
    answer = get(endpoint.url(papers))
    responses = described["paths"][endpoint.path]["get"]["responses"]
    if endpoint.redirects:
        assert answer.status_code == 302
        assert "200" not in responses
        assert responses["302"]["headers"].keys() == {"Location"}
        answer = get(answer.headers["location"])
    else:
        assert list(responses["200"]["content"]) == [media_type(answer)]
    assert answer.status_code == 200
    assert len(answer.content) > 50


@pytest.mark.parametrize(
    ("endpoint", "query"),
    [(endpoint, query) for _, endpoint in ENDPOINTS if endpoint.answer
     for query in ["example", *AWKWARD.get(endpoint.path, [])]],
    ids=lambda value: value.path if isinstance(value, Endpoint) else value,
)  # fmt: skip
def test_json_is_what_its_schema_says_and_no_more(
    get: Get, papers: dict[str, str], endpoint: Endpoint, query: str
) -> None:
    path = endpoint.url(papers) if query == "example" else endpoint.path + query
    assert endpoint.answer
    assert problems(get(path).json(), endpoint.answer.__name__) == []


def test_every_paper_is_what_its_schema_says(get: Get) -> None:
    ids = get("/papers.json", sql="select id from papers", _shape="arrayfirst").json()
    for key in ids[::8]:
        assert problems(get(f"/paper/{key}.json").json(), "PaperAnswer") == [], key


def test_a_schema_refuses_what_is_not_so(get: Get) -> None:
    body = get("/search.json", q="cache", size="1").json()
    assert problems(body, "SearchAnswer") == []
    assert problems({**body, "more": 1}, "SearchAnswer")
    assert problems({**body, "count": "1"}, "SearchAnswer")
    assert problems({key: body[key] for key in body if key != "ok"}, "SearchAnswer")
    body["results"][0]["topics"] = [{"id": "a"}]
    assert problems(body, "SearchAnswer")


# --- the parameters


@pytest.mark.parametrize(("group", "endpoint"), ENDPOINTS, ids=label)
def test_an_address_reads_the_parameters_declared_and_no_other(
    get: Get,
    papers: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    group: Group,
    endpoint: Endpoint,
) -> None:
    read: set[str] = set()

    def recording(method: Callable[..., Any]) -> Callable[..., Any]:
        def recorded(self: MultiParams, name: str, *rest: Any) -> Any:
            read.add(name)
            return method(self, name, *rest)

        return recorded

    for name in ("get", "getlist"):
        monkeypatch.setattr(MultiParams, name, recording(getattr(MultiParams, name)))
    get(endpoint.url(papers))
    ours = {name for name in read if not name.startswith("_")}  # the others are Datasette's
    declared = {parameter.name for parameter in group.parameters if parameter.location == "query"}
    assert ours - UNUSED.get(endpoint.path, set()) == declared


def ask(get: Get, endpoint: Endpoint, **values: Any) -> httpx.Response:
    """Ask an address of papers about caches, with some parameters."""
    return get(f"{path_of(endpoint)}?{urlencode({'q': 'cache', **values}, doseq=True)}")


def path_of(endpoint: Endpoint) -> str:
    """Return the path of an address, which may be of a period."""
    return endpoint.path.format(period=DAY)


def refused(answer: httpx.Response, endpoint: Endpoint, problem: str) -> None:
    assert answer.status_code == 400
    assert media_type(answer) == endpoint.refusal_type
    text, end = answer.text, "\n"
    if endpoint.kind == "json":
        assert problems(answer.json(), "Error") == []
        text, end = answer.json()["error"], ""
    elif endpoint.kind == "html":
        notice = parse_html(text).find(class_="notice")
        text, end = notice.get_text() if notice else "", ""
    assert re.fullmatch(rf"{problem}.*\.{end}", text)


@each_parameter(lambda _, parameter: "maximum" in parameter.schema)
def test_a_number_has_the_limits_declared(
    get: Get, endpoint: Endpoint, parameter: Parameter
) -> None:
    name, most = parameter.name, parameter.schema["maximum"]
    for wrong in (0, most + 1, -1, "x"):
        answer = ask(get, endpoint, **{"size": 1, name: wrong})
        refused(answer, endpoint, f"“{name}” must be a number from 1 to {most}")
    for right in (parameter.schema["minimum"], most):
        assert ask(get, endpoint, **{"size": 1, name: right}).status_code == 200


@each_parameter(
    lambda endpoint, parameter: parameter.schema.get("default") and endpoint.kind == "json"
)
def test_what_is_not_given_is_as_declared(
    get: Get, endpoint: Endpoint, parameter: Parameter
) -> None:
    assert get(path_of(endpoint)).json()[parameter.name] == parameter.schema["default"]


@each_parameter(lambda _, parameter: "enum" in parameter.schema)
def test_a_choice_has_the_options_declared(
    get: Get, endpoint: Endpoint, parameter: Parameter
) -> None:
    name, options = parameter.name, parameter.schema["enum"]
    problem = f"“{name}” must be one of {', '.join(options)}"
    refused(ask(get, endpoint, **{name: "none"}), endpoint, problem)
    for option in options:
        assert ask(get, endpoint, **{name: option}).status_code == 200


@each_parameter(
    lambda endpoint, parameter: parameter.name in FACETS and endpoint.path.startswith("/search")
)
def test_filters_are_as_many_as_declared(
    get: Get, endpoint: Endpoint, parameter: Parameter
) -> None:
    several = {parameter.name: ["serving"] * parameter.most}
    assert ask(get, endpoint, **several).status_code == 200
    another = "topic" if parameter.name != "topic" else "type"
    answer = ask(get, endpoint, **several, **{another: "x"})
    refused(answer, endpoint, f"At most {parameter.most} filters")


@each_endpoint("/compare")
def test_papers_compared_are_as_many_as_declared(get: Get, endpoint: Endpoint) -> None:
    ids = get("/papers.json", sql="select id from papers limit 7", _shape="arrayfirst").json()
    assert ask(get, endpoint, id=ids[:6]).status_code == 200
    refused(ask(get, endpoint, id=ids), endpoint, "At most 6 papers")
    nothing = get(endpoint.path, id=f"{ids[0]},nothing")
    refused(nothing, endpoint, "No paper here has the id “nothing”")
    if endpoint.kind != "html":  # the page says how to add papers
        refused(get(endpoint.path), endpoint, "Name 2 to 6 papers")


@each_endpoint("/results")
def test_values_that_name_nothing_are_refused_on_the_board(get: Get, endpoint: Endpoint) -> None:
    refused(get(endpoint.path, metric="nonsense"), endpoint, "“metric” must be one of")
    topic = get(endpoint.path, topic="nonsense")
    refused(topic, endpoint, "No topic here is called “nonsense”")


def test_a_paper_that_is_not_here_is_not_found_as_declared(
    get: Get, described: dict[str, Any]
) -> None:
    for path, operation in described["paths"].items():
        if "{id}" in path:
            answer = get(path.format(id="nothing"))
            assert answer.status_code == 404
            declared = operation["get"]["responses"]["404"]["content"]
            assert list(declared) == [media_type(answer)]
            if media_type(answer) == "text/html":
                sentence = parse_html(answer.text).select(".error-box")[0].get_text()
            else:
                is_json = answer.text.startswith("{")
                sentence = answer.json()["error"] if is_json else answer.text.strip()
            assert sentence == "No paper here has the id “nothing”."


def test_exact_corrects_nothing(get: Get) -> None:
    assert get("/search.json", q="quantizaton").json()["count"]
    assert not get("/search.json", q="quantizaton", exact="1").json()["count"]


def test_a_page_beyond_the_last_place_is_refused(get: Get) -> None:
    size = search_view.MOST_PAGE
    most = search_view.MOST_PLACE // size
    assert get("/search.json", size=str(size), page=str(most)).status_code == 200
    assert get("/search.json", size=str(size), page=str(most + 1)).status_code == 400


# --- openapi.json


def test_the_description_is_valid_and_of_this_site(described: dict[str, Any]) -> None:
    assert list(OpenAPIV31SpecValidator(described).iter_errors()) == []
    assert described["servers"] == [{"url": "http://localhost"}]
    assert described["info"]["title"] == "Daily Papers"
    assert "not verified" in described["info"]["description"]
    assert described["components"]["schemas"] == json.loads(json.dumps(COMPONENTS))


# --- the page


@pytest.fixture(scope="module")
def page(get: Get) -> BeautifulSoup:
    """The page /api."""
    answer = get("/api")
    assert answer.status_code == 200
    return parse_html(answer.text)


def commands(page: BeautifulSoup) -> list[str]:
    texts = [block.get_text() for block in page.select("main pre")]
    return [text for text in texts if text.startswith("curl")]


def addresses(page: BeautifulSoup) -> list[str]:
    return [str(link["href"]) for link in page.select("main a[href]")]


def test_every_command_on_the_page_works(get: Get, page: BeautifulSoup) -> None:
    split = [shlex.split(command) for command in commands(page)]
    assert len(split) > len(ENDPOINTS)
    for curl, silent, address, *rest in split:
        assert (curl, silent) in {("curl", "-s"), ("curl", "-sL")}
        assert rest in ([], ["-o", "copy.db"], ["-o", "claims.csv"])
        assert address.startswith("http://localhost/")
        answer = get(address.removeprefix("http://localhost"))
        assert answer.status_code == (302 if silent == "-sL" else 200), address
        if media_type(answer) == "application/json":
            body = answer.json()
            assert body if isinstance(body, list) else body.get("ok", True), address


def test_every_link_on_the_page_leads_somewhere(get: Get, page: BeautifulSoup) -> None:
    for address in addresses(page):
        if address.startswith("#"):
            assert page.find(id=address[1:]), address
        elif address.startswith("/"):
            is_paper = address.startswith("/paper/") and "." not in address
            is_redirect = is_paper or address.startswith(("/days/today", "/days/newest"))
            assert get(address).status_code == (302 if is_redirect else 200), address
        else:
            assert urlsplit(address).hostname == "docs.datasette.io"


def test_every_address_is_on_the_page_with_its_parameters_and_limits(
    page: BeautifulSoup, papers: dict[str, str]
) -> None:
    linked, examples = addresses(page), "\n".join(commands(page))
    words = " ".join(page.get_text().split())
    for group, endpoint in ENDPOINTS:
        assert endpoint.url(papers) in linked
        assert endpoint.url(papers) in examples
        for parameter in group.parameters:
            limits = parameter.limits[0].upper() + parameter.limits[1:]
            assert f"{parameter.description} {limits}." in words


def test_every_table_and_query_is_on_the_page(
    page: BeautifulSoup, metadata: dict[str, Any]
) -> None:
    database = metadata["databases"]["papers"]
    linked = addresses(page)
    for name, table in database["tables"].items():
        assert (f"/papers/{name}" in linked) is not table.get("hidden", False)
    words = " ".join(page.get_text().split())
    for name, query in database["queries"].items():
        assert f"/papers/{name}" in linked
        if params := query.get("params"):
            assert f"takes {', '.join(params)}; for example" in words


def test_examples_of_queries_have_rows(get: Get, page: BeautifulSoup) -> None:
    examples = [path for path in addresses(page) if path.endswith("_shape=array")]
    assert len(examples) > 15
    assert [path for path in examples if not get(path).json()] == []


def test_the_page_says_what_is_promised(page: BeautifulSoup) -> None:
    words = " ".join(page.get_text().split())
    assert f'"schema_version": {SCHEMA_VERSION}' in words
    assert "no key goes and none changes its meaning" in words
    assert "gets an apostrophe in front" in words
    assert "http://localhost/-/mcp" in words
    facts = page.find(id="facts")
    assert isinstance(facts, Tag)
    assert facts.name == "h2"


def test_what_an_agent_is_to_be_configured_with_is_json(page: BeautifulSoup) -> None:
    blocks = [block.get_text() for block in page.select("main pre")]
    (settings,) = [json.loads(block) for block in blocks if block.startswith("{")]
    assert settings["mcpServers"]["daily-papers"]["url"] == "http://localhost/-/mcp"


def test_headings_are_tokenize_and_nothing_is_inline(page: BeautifulSoup) -> None:
    main = page.find("main")
    assert isinstance(main, Tag)
    levels = [int(heading.name[1]) for heading in main.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert all(later <= level + 1 for level, later in zip(levels, levels[1:], strict=False))
    assert not main.find_all(["style", "script"])
    assert not main.find_all(style=True)
    ids = [element["id"] for element in page.find_all(id=True)]
    assert len(ids) == len(set(ids))


def test_limits_of_datasette_are_those_it_is_served_with(database: Path) -> None:
    settings = {"sql_time_limit_ms": 250, "max_returned_rows": 77, "default_page_size": 7}
    get = client(open_datasette(database, **settings))
    words = " ".join(parse_html(get("/api").text).get_text().split())
    assert "at most 77 rows; a page of a table has 7 unless" in words
    assert "stopped after 0.25 s" in words


def test_a_site_in_a_folder_says_its_own_addresses(database: Path) -> None:
    get = client(open_datasette(database, base_url="/data/"))
    page = parse_html(get("/api").text)
    inside = [path for path in addresses(page) if path.startswith("/")]
    assert len(inside) > len(ENDPOINTS)
    assert all(path.startswith("/data/") for path in inside)
    assert all("http://localhost/data/" in command for command in commands(page))
    assert get("/openapi.json").json()["servers"] == [{"url": "http://localhost/data"}]


def test_without_a_database_the_page_says_so_and_the_addresses_are_described() -> None:
    get = client(open_datasette())
    page = get("/api")
    assert page.status_code == 400
    assert "There is nothing to search" in page.text
    assert "/paper/ID.json" in get("/openapi.json").text
    for address in ("/", "/results", "/compare", "/search.atom", "/paper/x.json", "/paper/x.bib"):
        assert get(address).status_code == 400, address
