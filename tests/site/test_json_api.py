"""The page /api and openapi.json against the site: what they say is so, both ways."""

import json
import re
import shlex
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
from daily_papers.site.views.endpoints import GROUPS, Endpoint, Group, Parameter
from daily_papers.site.views.response_schema import COMPONENTS
from daily_papers.site.views.responses import SCHEMA_VERSION
from tests.conftest import ROOT, Get, client, open_datasette, parse_html

ENDPOINTS = [(group, one) for group in GROUPS for one in group.endpoints]
PARAMETERS = [
    (group, one, each)
    for group, one in ENDPOINTS
    for each in group.parameters
    if each.place == "query"
]
# Read because files share the reading of the page, and without effect on them.
UNUSED = {
    "/search.atom": {"sort", "compare"},
    **dict.fromkeys(("/search.csv", "/search.bib", "/search.ris"), {"compare"}),
}
DUO = "duoattention-efficient-long-context-llm-inference-with-retrieval-b19bf0c7"
S2FT = "s2ft-efficient-scalable-and-generalizable-llm-fine-tuning-by-a2404198"
AWKWARD = {
    "/search.json": [
        "",
        "?q=quantizaton+cach",
        "?q=zzzqqq",
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
}


def named(value: Any) -> str | None:
    return value.path if isinstance(value, Endpoint) else getattr(value, "name", "")


@pytest.fixture(scope="module")
def papers(database: Path) -> dict[str, str]:
    """The papers that examples are of."""
    return endpoints.papers(opened(database))


@pytest.fixture(scope="module")
def described(get: Get) -> dict[str, Any]:
    """What openapi.json says."""
    return dict(get("/openapi.json").json())


def media_type(answer: httpx.Response) -> str:
    return answer.headers["content-type"].split(";")[0]


def strict(schema: Any) -> Any:
    """Return a schema whose objects have nothing that is not declared."""
    if isinstance(schema, list):
        return [strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    own = {"additionalProperties": False} if isinstance(schema.get("properties"), dict) else {}
    return {key: strict(value) for key, value in schema.items()} | own


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
    others = [one for one in pm.get_plugins() if Path(getattr(one, "__file__", "/")) not in files]
    ours = pm.subset_hook_caller("register_routes", remove_plugins=others)
    routes = {regex for found in ours(datasette=datasette) for regex, _ in found}
    paths = {path for regex in routes for path in spelled(regex)} - {"/"}  # the home page
    assert paths == {one.path for _, one in ENDPOINTS}


def spelled(regex: str) -> list[str]:
    """Return the paths that a route stands for, with {id} for what varies."""
    path = regex.removeprefix("^").removesuffix("$").replace("\\.", ".")
    path = path.replace("(?P<key>[^/]+)", "{id}")
    if not (kinds := re.search(r"\(\?P<kind>([a-z|]+)\)", path)):
        return [path]
    return [path.replace(kinds[0], kind) for kind in kinds[1].split("|")]


@pytest.mark.parametrize(("group", "one"), ENDPOINTS, ids=named)
def test_an_example_is_answered_as_declared(
    get: Get, papers: dict[str, str], described: dict[str, Any], group: Group, one: Endpoint
) -> None:
    answer = get(one.run(papers))
    assert answer.status_code == 200
    declared = described["paths"][one.path]["get"]["responses"]["200"]["content"]
    assert list(declared) == [media_type(answer)]
    assert len(answer.content) > 50


@pytest.mark.parametrize(
    ("one", "asked"),
    [(one, asked) for _, one in ENDPOINTS for asked in ["example", *AWKWARD.get(one.path, [])]
     if one.schema],
    ids=lambda value: value.path if isinstance(value, Endpoint) else value,
)  # fmt: skip
def test_json_is_what_its_schema_says_and_no_more(
    get: Get, papers: dict[str, str], one: Endpoint, asked: str
) -> None:
    path = one.run(papers) if asked == "example" else one.path + asked
    assert problems(get(path).json(), one.schema) == []


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


@pytest.mark.parametrize(("group", "one"), ENDPOINTS, ids=named)
def test_an_address_reads_the_parameters_declared_and_no_other(
    get: Get, papers: dict[str, str], monkeypatch: pytest.MonkeyPatch, group: Group, one: Endpoint
) -> None:
    read: set[str] = set()

    def recording(method: Callable[..., Any]) -> Callable[..., Any]:
        def recorded(self: MultiParams, name: str, *rest: Any) -> Any:
            read.add(name)
            return method(self, name, *rest)

        return recorded

    for name in ("get", "getlist"):
        monkeypatch.setattr(MultiParams, name, recording(getattr(MultiParams, name)))
    get(one.run(papers))
    ours = {name for name in read if not name.startswith("_")}  # the others are Datasette's
    declared = {each.name for each in group.parameters if each.place == "query"}
    assert ours - UNUSED.get(one.path, set()) == declared


def asked(get: Get, one: Endpoint, **values: Any) -> httpx.Response:
    """Ask an address of papers about caches, with some parameters."""
    return get(f"{one.path}?{urlencode({'q': 'cache', **values}, doseq=True)}")


def refused(answer: httpx.Response, one: Endpoint, said: str) -> None:
    assert answer.status_code == 400
    assert media_type(answer) == one.refusal_type
    if one.kind == "json":
        assert problems(answer.json(), "Error") == []
        assert re.fullmatch(rf"{said}.*\.", answer.json()["error"])
    elif one.kind == "html":
        notice = parse_html(answer.text).find(class_="notice")
        assert re.fullmatch(rf"{said}.*\.", notice.get_text() if notice else "")
    else:
        assert re.fullmatch(rf"{said}.*\.\n", answer.text)


@pytest.mark.parametrize(
    ("group", "one", "each"), [row for row in PARAMETERS if "maximum" in row[2].schema], ids=named
)
def test_a_number_has_the_limits_declared(
    get: Get, group: Group, one: Endpoint, each: Parameter
) -> None:
    most = each.schema["maximum"]
    for wrong in (0, most + 1, -1, "x"):
        answer = asked(get, one, **{"size": 1, each.name: wrong})
        refused(answer, one, f"“{each.name}” is a number from 1 to {most}")
    for right in (each.schema["minimum"], most):
        assert asked(get, one, **{"size": 1, each.name: right}).status_code == 200


@pytest.mark.parametrize(
    ("group", "one", "each"),
    [row for row in PARAMETERS if row[2].schema.get("default") and row[1].kind == "json"],
    ids=named,
)
def test_what_is_not_given_is_as_declared(
    get: Get, group: Group, one: Endpoint, each: Parameter
) -> None:
    assert get(one.path).json()[each.name] == each.schema["default"]


@pytest.mark.parametrize(
    ("group", "one", "each"), [row for row in PARAMETERS if "enum" in row[2].schema], ids=named
)
def test_a_choice_has_the_options_declared(
    get: Get, group: Group, one: Endpoint, each: Parameter
) -> None:
    options = each.schema["enum"]
    refused(asked(get, one, **{each.name: "best"}), one, f"“{each.name}” is one of")
    for option in options:
        assert asked(get, one, **{each.name: option}).status_code == 200


@pytest.mark.parametrize(
    ("group", "one", "each"),
    [row for row in PARAMETERS if row[2].name in FACETS and row[1].path.startswith("/search")],
    ids=named,
)
def test_filters_are_as_many_as_declared(
    get: Get, group: Group, one: Endpoint, each: Parameter
) -> None:
    several = ["serving"] * each.most
    assert asked(get, one, **{each.name: several}).status_code == 200
    answer = asked(
        get, one, **{each.name: several, "topic" if each.name != "topic" else "type": "x"}
    )
    refused(answer, one, f"At most {each.most} filters")


@pytest.mark.parametrize(
    "one", [one for _, one in ENDPOINTS if one.path.startswith("/compare")], ids=named
)
def test_papers_compared_are_as_many_as_declared(get: Get, one: Endpoint) -> None:
    ids = get("/papers.json", sql="select id from papers limit 7", _shape="arrayfirst").json()
    assert get(f"{one.path}?{urlencode([('id', key) for key in ids[:6]])}").status_code == 200
    refused(get(f"{one.path}?{urlencode([('id', key) for key in ids])}"), one, "At most 6 papers")
    refused(get(one.path, id=f"{ids[0]},nothing"), one, "No paper here has the id “nothing”")
    if one.kind != "html":  # the page says how to collect papers
        refused(get(one.path), one, "Name 2 to 6 papers")


def test_values_that_name_nothing_are_refused_on_the_board(get: Get) -> None:
    for _, one in ENDPOINTS:
        if one.path.startswith("/results"):
            refused(get(one.path, metric="nonsense"), one, "“metric” is one of")
            refused(get(one.path, topic="nonsense"), one, "No topic here is called “nonsense”")


def test_a_paper_that_is_not_here_is_not_found_as_declared(
    get: Get, described: dict[str, Any]
) -> None:
    for path, operation in described["paths"].items():
        if "{id}" in path:
            answer = get(path.format(id="nothing"))
            assert answer.status_code == 404
            declared = operation["get"]["responses"]["404"]["content"]
            assert list(declared) == [media_type(answer)]
            said = answer.json()["error"] if answer.text.startswith("{") else answer.text.strip()
            assert said == "No paper here has the id “nothing”."


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
    asked = [shlex.split(command) for command in commands(page)]
    assert len(asked) > len(ENDPOINTS)
    for curl, silent, address, *rest in asked:
        assert (curl, silent) == ("curl", "-s")
        assert rest in ([], ["-o", "copy.db"], ["-o", "claims.csv"])
        assert address.startswith("http://localhost/")
        answer = get(address.removeprefix("http://localhost"))
        assert answer.status_code == 200, address
        if media_type(answer) == "application/json":
            body = answer.json()
            assert body if isinstance(body, list) else body.get("ok", True), address


def test_every_link_on_the_page_leads_somewhere(get: Get, page: BeautifulSoup) -> None:
    for address in addresses(page):
        if address.startswith("#"):
            assert page.find(id=address[1:]), address
        elif address.startswith("/"):
            assert get(address).status_code == 200, address
        else:
            assert urlsplit(address).hostname == "docs.datasette.io"


def test_every_address_is_on_the_page_with_its_parameters_and_limits(
    page: BeautifulSoup, papers: dict[str, str]
) -> None:
    linked, told = addresses(page), commands(page)
    words = " ".join(page.get_text().split())
    for group, one in ENDPOINTS:
        assert one.run(papers) in linked
        assert any(one.run(papers) in command for command in told)
        for each in group.parameters:
            assert f"{each.says} {each.limits[0].upper()}{each.limits[1:]}." in words


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
    examples = [one for one in addresses(page) if one.endswith("_shape=array")]
    assert len(examples) > 15
    assert [one for one in examples if not get(one).json()] == []


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
    (told,) = [json.loads(block) for block in blocks if block.startswith("{")]
    assert told["mcpServers"]["daily-papers"]["url"] == "http://localhost/-/mcp"


def test_headings_are_in_order_and_nothing_is_inline(page: BeautifulSoup) -> None:
    main = page.find("main")
    assert isinstance(main, Tag)
    levels = [int(heading.name[1]) for heading in main.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert all(later <= level + 1 for level, later in zip(levels, levels[1:], strict=False))
    assert not main.find_all(["style", "script"])
    assert not main.find_all(style=True)
    ids = [one["id"] for one in page.find_all(id=True)]
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
    inside = [one for one in addresses(page) if one.startswith("/")]
    assert len(inside) > len(ENDPOINTS)
    assert all(one.startswith("/data/") for one in inside)
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
