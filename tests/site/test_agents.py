"""What agents use: the tools at /-/mcp, through an MCP client, and llms.txt."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from datasette.app import Datasette
from datasette_mcp import create_mcp_server
from mcp import Client
from mcp.types import CallToolResult, Tool

from tests.conftest import METADATA, QUERIES, ROOT, parse_html

DATABASE: dict[str, Any] = METADATA["databases"]["papers"]
ADDRESSES = METADATA.get("plugins", {}).get("llms_txt", {}).get("addresses", {})
EXAMPLES = [
    (name, dict(parse_qsl(urlsplit(unescape(address)).query)))
    for name, query in QUERIES.items()
    for address in re.findall(rf'"(/papers/{name}\?[^"#]*)', query.get("description_html", ""))
    or [""]
]
WITH_PARAMETERS = [name for name, query in QUERIES.items() if query.get("params")]
HOSTILE = {
    "empty": "",
    "quote": '"',
    "quotes": "'\"`",
    "SQL": "'; drop table papers; --",
    "operators": 'NOT OR (NEAR "*',
    "NUL": "zq\0b",
    "NUL only": "\0",
    "markup": "<script>alert(1)</script>",
    "JSON": '{"a": [null]}',
    "line breaks": "a\r\n\r\ndata: b",
    "emoji": "👩\u200d🔬",
    "longest": "é%_" * 3_333,
}


@dataclass(frozen=True)
class Agent:
    """The tools that a client sees, and how it calls one: call(name, **arguments)."""

    tools: dict[str, Tool]
    call: Callable[..., CallToolResult]


@contextmanager
def connected(server: Any) -> Iterator[Agent]:
    """Connect to a server or its address, in a thread: Playwright keeps a loop in this one."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(Client(server)) as client,
    ):
        tools = portal.call(client.list_tools).tools
        yield Agent(
            {tool.name: tool for tool in tools},
            lambda name, **arguments: portal.call(client.call_tool, name, arguments),
        )


@pytest.fixture(scope="module")
def agent(site: str) -> Iterator[Agent]:
    """An agent that uses the site."""
    with connected(f"{site}/-/mcp") as agent:
        yield agent


def content_of(result: CallToolResult) -> dict[str, Any]:
    assert not result.is_error, result.content
    assert result.structured_content
    return result.structured_content


def rows_of(result: CallToolResult) -> list[dict[str, Any]]:
    return list(content_of(result)["rows"])


def error_of(result: CallToolResult) -> str:
    assert result.is_error
    (content,) = result.content
    assert content.type == "text"
    return content.text


@pytest.mark.parametrize("name", QUERIES)
def test_a_canned_query_is_a_tool_described_in_words(agent: Agent, name: str) -> None:
    tool, query = agent.tools[name], QUERIES[name]
    named = dict.fromkeys(re.findall(r"(?<!:):([a-z_]+)", query["sql"]))
    assert list(tool.input_schema["properties"]) == [*named, "limit"]
    assert list(named) == query.get("params", [])
    assert tool.annotations
    assert tool.annotations.read_only_hint
    html = query.get("description_html") or query["description"]
    words = parse_html(html).get_text().split()
    assert tool.title == query["title"]
    assert (tool.description or "").split() == [*f"{query['title']}.".split(), *words]
    for parameter in tool.input_schema["properties"].values():
        assert len(parameter["description"]) > 15


def test_a_parameter_is_required_and_described_as_its_examples_are(agent: Agent) -> None:
    assert agent.tools["claims_against"].input_schema["required"] == ["baseline"]
    assert "required" not in agent.tools["search"].input_schema
    parameter = agent.tools["search"].input_schema["properties"]["sort"]
    assert parameter["examples"][0] == "newest"
    assert parameter["description"].startswith("For example “newest” (newest first)")


@pytest.mark.parametrize(("name", "arguments"), EXAMPLES)
def test_a_tool_gives_the_rows_of_the_page(
    agent: Agent, site: str, name: str, arguments: dict[str, str]
) -> None:
    rows = rows_of(agent.call(name, **arguments, limit=1000))
    page = httpx.get(f"{site}/papers/{name}.json", params={**arguments, "_shape": "array"})
    assert rows == page.json()
    assert rows


def test_an_answer_is_cut_off_at_the_limit_or_100_rows(agent: Agent) -> None:
    whole = content_of(agent.call("claims_on_hardware", hardware="a", limit=1000))
    cut = content_of(agent.call("claims_on_hardware", hardware="a", limit=2))
    assert cut == {**whole, "rows": whole["rows"][:2], "truncated": True}
    assert whole["truncated"] is False
    assert list(whole["rows"][0]) == whole["columns"]

    usual = content_of(agent.call("claims_against", baseline="e"))
    assert (len(usual["rows"]), usual["truncated"]) == (100, True)


def test_an_infinite_number_is_null_as_in_json(agent: Agent) -> None:
    rows = rows_of(agent.call("execute_sql", database="papers", sql="select 9e999 as a, 1.5 as b"))
    assert rows == [{"a": None, "b": 1.5}]


def test_numbers_and_null_are_taken_for_text(agent: Agent) -> None:
    arguments = {"q": "cache", "year": 2024, "topic": None, "limit": None}
    rows = rows_of(agent.call("search", **arguments))
    assert {row["year"] for row in rows} == {2024}


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("name", WITH_PARAMETERS)
def test_a_tool_answers_whatever_is_asked(agent: Agent, name: str, value: str) -> None:
    parameters = QUERIES[name]["params"] if name != "search" else ["q"]  # others have known values
    rows = rows_of(agent.call(name, **dict.fromkeys(parameters, value)))
    if name != "search":  # it reads words in everything
        assert rows == []


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"baseline": "a" * 100_000}, "“baseline” is a text of at most 10,000 letters."),
        ({"baseline": ["vLLM"]}, "“baseline” is a text of at most 10,000 letters."),
        ({"baseline": "vLLM", "limit": 0}, "“limit” must be a number from 1 to 1000."),
        ({"baseline": "vLLM", "limit": 1001}, "“limit” must be a number from 1 to 1000."),
        ({"baseline": "vLLM", "limit": True}, "“limit” must be a number from 1 to 1000."),
        (
            {"baseline": "vLLM", "mcp_context": 1},
            "There is no argument “mcp_context”; “claims_against” takes baseline, limit.",
        ),
    ],
    ids=["long", "list", "no rows", "too many rows", "no number", "unknown"],
)
def test_a_wrong_argument_is_refused_in_a_sentence(
    agent: Agent, arguments: dict[str, Any], error: str
) -> None:
    result = agent.call("claims_against", **arguments)
    assert error_of(result) == f"Error executing tool claims_against: {error}"
    assert re.search(r"baseline\n +Field required", error_of(agent.call("claims_against")))


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("delete from papers", "Statement must be a SELECT"),
        ("attach 'other.db' as other", "Statement must be a SELECT"),
        ("with one as (select 1) delete from papers", "not authorized"),
        ("select 1; delete from papers", "one statement at a time"),
        ("select load_extension('other.so')", "not authorized"),
        ("select missing from papers", "no such column: missing"),
        ("select count(*) from synonyms, synonyms as a, synonyms as b", "time limit"),
    ],
)
def test_sql_that_writes_or_lasts_is_refused_in_words(agent: Agent, sql: str, error: str) -> None:
    assert error in error_of(agent.call("execute_sql", database="papers", sql=sql))


@pytest.fixture(scope="module")
def awkward() -> Iterator[Agent]:
    """An agent of a server with queries such as other people's metadata could have."""
    queries: dict[str, Any] = {
        "plain": "select x'ff00' as bytes, 1.5 as number, null as empty",
        "unsaid": {"sql": "select :a || :b as both", "params": ["a", "b"]},
        "own_limit": {"sql": "select :limit as asked", "params": ["limit"]},
        "escaped": {"sql": "select 1", "description": "Is 1 < 2 & <b>3</b>?"},
        "wrong": {"sql": "select missing"},
        "slow": {
            "sql": "with recursive n(i) as (select 1 union all select i + 1 from n)"
            " select max(i) from n"
        },
        "secret": {"sql": "select 'secret'", "allow": False},
        "writes": {"sql": "create table t (i)", "write": True},
    }
    datasette = Datasette(
        memory=True,
        metadata={"databases": {"_memory": {"queries": queries}}},
        plugins_dir=str(ROOT / "plugins"),
        settings={"sql_time_limit_ms": 50},
    )
    with connected(create_mcp_server(datasette)) as agent:
        yield agent


def test_bytes_are_given_as_execute_sql_gives_them(awkward: Agent) -> None:
    sql = "select x'ff00' as bytes, 1.5 as number, null as empty"
    known = rows_of(awkward.call("execute_sql", database="_memory", sql=sql))
    assert rows_of(awkward.call("plain")) == known
    assert known == [{"bytes": {"base64": "/wA="}, "number": 1.5, "empty": None}]


def test_a_query_is_asked_with_the_parameters_it_has(awkward: Agent) -> None:
    tools = awkward.tools
    assert tools["unsaid"].input_schema["required"] == ["a", "b"]
    assert tools["escaped"].description == "escaped. Is 1 < 2 & <b>3</b>?"
    assert rows_of(awkward.call("own_limit", limit="many")) == [{"asked": "many"}]
    assert "writes" not in tools


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("secret", "You may not see “secret”."),
        ("slow", "This took longer than 0.05 seconds; ask for less."),
        ("wrong", "SQLite cannot answer this: no such column: missing."),
    ],
)
def test_a_query_that_cannot_be_answered_says_why(awkward: Agent, name: str, error: str) -> None:
    text = error_of(awkward.call(name))
    assert text == f"Error executing tool {name}: {error}"


def test_llms_txt_names_tables_and_queries_and_nothing_hidden(site: str) -> None:
    tables = DATABASE["tables"]
    shown = {name for name, table in tables.items() if not table.get("hidden")}
    index = httpx.get(f"{site}/llms.txt").text
    assert set(re.findall(r"\]\(/papers/(\w+)\.md\)", index)) == shown
    listed = index.split("## Queries")[1].split("\n## ")[0]
    assert re.findall(r"^- \[papers/(\w+)\]", listed, re.MULTILINE) == list(QUERIES)
    for name in ("llms.txt", "papers/llms.txt", "papers.md"):
        text = httpx.get(f"{site}/{name}").text
        assert all(f"]({path})" in text for path in (f"/papers/{query}" for query in QUERIES))
        assert all(f"[{table}" not in text for table in set(tables) - shown)


def test_llms_txt_says_what_one_row_of_each_table_is(site: str) -> None:
    index = httpx.get(f"{site}/llms.txt").text
    lines = re.findall(r"^- \[papers/\w+\]\(\S+\.md\): (.*)", index, re.MULTILINE)
    assert len(lines) > 10
    assert all(re.match(r"\d+ rows; One row is a", line) for line in lines)
    assert not re.search(r"</?(p|a|em|code)\b", index)
    table = httpx.get(f"{site}/papers/papers/llms.txt").text
    assert "> One row is a paper" in table
    assert all(f"- `{column}` — " in table for column in DATABASE["tables"]["papers"]["columns"])


def test_every_link_in_llms_txt_leads_somewhere(site: str) -> None:
    index = httpx.get(f"{site}/llms.txt").text
    links = sorted({link.split("#")[0] for link in re.findall(r"\]\((/[^)]*)\)", index)})
    assert {"/search", "/papers.md", "/papers/kv_cache_memory"} <= set(links)
    pages = [link for link in links if link != "/-/mcp"]  # which wants a POST
    assert [link for link in pages if httpx.get(f"{site}{link}").status_code != 200] == []
    assert all(f"]({address})" in index for address in ADDRESSES)


def test_llms_txt_leaves_the_pages_beside_it_alone(site: str) -> None:
    for page in ("/search", "/papers/search", "/papers/papers", "/-/plugins.json"):
        assert httpx.get(f"{site}{page}").status_code == 200
    for page in ("/search.md", "/papers/kv_cache_memory.md", "/papers/none/llms.txt"):
        assert httpx.get(f"{site}{page}").status_code == 404
    # Plugins are loaded in no order, and datasette-llms-txt takes every address that ends in .md.
    assert httpx.get(f"{site}/compare.md").text != "Database not found\n"


def test_llms_txt_has_no_rows_of_a_hidden_table(site: str) -> None:
    hidden = [name for name, table in DATABASE["tables"].items() if table.get("hidden")]
    assert hidden
    for path in (f"{name}{ending}" for name in hidden for ending in (".md", "/llms.txt")):
        assert httpx.get(f"{site}/papers/{path}").status_code == 404
