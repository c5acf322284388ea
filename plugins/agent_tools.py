"""Gives agents every canned query as an MCP tool, and an llms.txt that names all there is."""

import base64
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from inspect import Parameter, Signature
from typing import Annotated, Any, TypedDict
from urllib.parse import parse_qsl, urlsplit

import datasette_llms_txt
from datasette import hookimpl
from datasette.app import Datasette
from datasette.database import QueryInterrupted
from datasette.utils import tilde_decode, tilde_encode
from datasette.utils.asgi import Forbidden, Request, Response
from markupsafe import Markup
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import WithJsonSchema

PLUGIN = "agent_tools"  # its settings in metadata.yml
ROWS, MOST_ROWS = 100, 1_000  # in an answer; the setting max_returned_rows is the same
MOST_LETTERS = 10_000  # of an argument; SQLite compares no pattern of more than 50,000 bytes
LIMIT = "limit"
LIMIT_SCHEMA = {
    "type": "integer",
    "description": "Most rows to return.",
    "minimum": 1,
    "maximum": MOST_ROWS,
}
READS = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)


class Rows(TypedDict):
    """What a query answers: `truncated` where it has more rows than were asked for."""

    columns: list[str]
    rows: list[dict[str, Any]]
    truncated: bool


@dataclass(frozen=True)
class Query:
    """A canned query as metadata.yml has it; `examples` are what its description links to."""

    database: str
    name: str
    title: str
    html: str
    sql: str
    params: tuple[str, ...]
    examples: tuple[tuple[str, dict[str, str]], ...]

    @property
    def description(self) -> str:
        """Title and description, in words."""
        return f"{self.title}. {_plain(self.html)}".strip()

    def needs(self, name: str) -> bool:
        """Tell whether the query is no question without a parameter: every example has it."""
        return all(name in values for _, values in self.examples)

    def examples_of(self, name: str) -> dict[str, str]:
        """Return the example values of a parameter, each with what the link to it says."""
        shown: dict[str, str] = {}
        for words, values in self.examples:
            if name in values:
                # A link says what its first parameter means; the others are only there.
                says = words if next(iter(values)) == name else ""
                shown[values[name]] = shown.get(values[name]) or says
        return shown


def canned_queries(datasette: Datasette) -> Iterator[Query]:
    """Yield the canned queries of metadata.yml that read.

    Queries of plugins are left out: Datasette can be asked for them only once it runs, and tools
    are registered before.
    """
    for database in datasette.databases:
        queries = datasette.metadata("queries", database=database, fallback=False) or {}
        for name, query in queries.items():
            # Datasette takes a text for the SQL of a query that has nothing else.
            told = query if isinstance(query, Mapping) else {"sql": query}
            if not told.get("write"):
                yield _query(database, name, told)


def _query(database: str, name: str, told: Mapping[str, Any]) -> Query:
    html = told.get("description_html") or Markup.escape(told.get("description") or "")
    return Query(
        database=database,
        name=name,
        title=told.get("title") or name,
        html=str(html),
        sql=told["sql"],
        params=tuple(told.get("params") or ()),
        examples=tuple(_examples(str(html), f"/{database}/{name}")),
    )


def _examples(html: str, path: str) -> Iterator[tuple[str, dict[str, str]]]:
    for address, words in _LINK.findall(html):
        url = urlsplit(Markup(address).unescape())
        if url.path == path and url.query:
            yield _plain(words), dict(parse_qsl(url.query))


def _plain(html: str) -> str:
    return str(Markup(html).striptags())


def _markdown(html: str) -> str:
    return _plain(_LINK.sub(r"[\2](\1)", html))


_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)


@hookimpl
def register_mcp_tools(datasette: Datasette, mcp: MCPServer) -> None:
    """Register every canned query of metadata.yml under its name, for reading."""
    for query in canned_queries(datasette):
        function = query_tool(datasette, query)
        mcp.add_tool(function, query.name, query.title, query.description, READS)


def query_tool(datasette: Datasette, query: Query) -> Callable[..., Any]:
    """Return the function that answers a query, with the parameters of the query as its own."""

    async def answer(mcp_context: Context, **_: Any) -> Rows:
        asked = mcp_context.request_context
        # As they were sent: the SDK drops arguments that it does not know, and parses texts.
        values, limit = _arguments(query, (asked.params or {}).get("arguments") or {})
        await _check_allowed(datasette, query, asked.request)
        return await _run(datasette, query, values, limit)

    # From these the SDK makes the schema of the arguments.
    answer.__name__ = query.name
    answer.__signature__ = _signature(query)  # type: ignore[attr-defined]
    return answer


def _signature(query: Query) -> Signature:
    own = [
        _parameter(name, _schema(query, name), Parameter.empty if query.needs(name) else "")
        for name in query.params
    ]
    limit = [] if LIMIT in query.params else [_parameter(LIMIT, LIMIT_SCHEMA, ROWS)]
    context = Parameter("mcp_context", Parameter.KEYWORD_ONLY, annotation=Context)
    return Signature([*own, *limit, context], return_annotation=Rows)


def _parameter(name: str, schema: dict[str, Any], default: object) -> Parameter:
    # Any: what the SDK itself says of a wrong value is no sentence.
    annotation = Annotated[Any, WithJsonSchema(schema)]
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _schema(query: Query, name: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", "maxLength": MOST_LETTERS}
    examples = query.examples_of(name)
    if examples:
        shown = [f"“{value}”{_saying(words, value)}" for value, words in examples.items()]
        schema |= {"description": f"For example {', '.join(shown)}.", "examples": list(examples)}
    return schema


def _saying(words: str, value: str) -> str:
    return f" ({words})" if words and words != value else ""


def _arguments(query: Query, given: Mapping[str, Any]) -> tuple[dict[str, str], int]:
    """Return the values of the query's parameters, and how many rows; raises ToolError."""
    known = dict.fromkeys([*query.params, LIMIT])
    unknown = [f"“{name[:80]}”" for name in given if name not in known]
    if unknown:
        raise ToolError(
            f"There is no argument {', '.join(unknown[:5])}; “{query.name}” takes"
            f" {', '.join(known)}."
        )
    values = {name: _text(name, given.get(name)) for name in query.params}
    limit = None if LIMIT in query.params else given.get(LIMIT)
    limit = ROWS if limit is None else limit
    if type(limit) is not int or not 1 <= limit <= MOST_ROWS:
        raise ToolError(f"“{LIMIT}” is a number from 1 to {MOST_ROWS}.")
    return values, limit


def _text(name: str, value: object) -> str:
    if value is None:
        return ""
    text = str(value) if isinstance(value, str | int | float) else None  # models write year: 2024
    if text is None or len(text) > MOST_LETTERS:
        raise ToolError(f"“{name}” is a text of at most {MOST_LETTERS:,} letters.")
    return text.replace("\0", " ")  # SQLite's functions end a text there


async def _check_allowed(datasette: Datasette, query: Query, request: Any) -> None:
    """Refuse what Datasette would not show to who asks; raises ToolError."""
    actor = getattr(request, "scope", {}).get("actor")
    view = [("view-query", (query.database, query.name)), ("view-database", query.database)]
    try:
        await datasette.ensure_permissions(actor, [*view, "view-instance"])
    except Forbidden:
        raise ToolError(f"You may not see “{query.name}”.") from None


async def _run(datasette: Datasette, query: Query, values: dict[str, str], limit: int) -> Rows:
    """Run a query the way Datasette runs it for a page; raises ToolError."""
    database = datasette.get_database(query.database)
    try:
        results = await database.execute(query.sql, values, truncate=True, log_sql_errors=False)
    except QueryInterrupted:
        seconds = datasette.setting("sql_time_limit_ms") / 1000
        raise ToolError(f"This took longer than {seconds:g} seconds; ask for less.") from None
    except (sqlite3.Error, sqlite3.Warning, UnicodeEncodeError) as error:
        raise ToolError(f"SQLite cannot answer this: {error}.") from None
    columns = list(results.columns)
    rows = results.rows[:limit]
    return {
        "columns": columns,
        "rows": [{column: _cell(row[column]) for column in columns} for row in rows],
        "truncated": results.truncated or len(results.rows) > limit,
    }


def _cell(value: Any) -> Any:
    """Return a value as JSON has it; bytes as datasette-mcp's execute_sql gives them."""
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode("ascii")}
    return value


@hookimpl
def register_routes(datasette: Datasette) -> list[tuple[str, Callable[..., Any]]]:
    """Serve llms.txt and its kin before datasette-llms-txt does, from its text and with more."""
    names = "|".join(re.escape(tilde_encode(name)) for name in datasette.databases)
    # For databases only: its own would take any page.md from the plugins that are asked later.
    return [
        (regex.replace("(?P<db>[^/]+)", f"(?P<db>{names})"), _with_more(view))
        for regex, view in datasette_llms_txt.register_routes()
    ]


def _with_more(view: Callable[..., Any]) -> Callable[..., Any]:
    async def answer(request: Request, datasette: Datasette) -> Response:
        asked = {name: tilde_decode(value) for name, value in request.url_vars.items()}
        database = datasette.databases.get(asked.get("db"))
        # The sample rows of a hidden table can be megabytes: it is hidden for what it holds.
        if database and asked.get("table") in await database.hidden_table_names():
            return Response.text("Table not found\n", status=404)
        response = await view(_Described(datasette), request)
        if response.status == 200 and "table" not in asked:
            response.body += "".join(_more(datasette, asked.get("db")))
        return response

    return answer


class _Described:
    """A Datasette whose metadata says in Markdown what it says in HTML: llms.txt reads no HTML."""

    def __init__(self, datasette: Datasette) -> None:
        self._datasette = datasette

    def __getattr__(self, name: str) -> Any:
        return getattr(self._datasette, name)

    def metadata(self) -> Any:
        return _described(self._datasette.metadata())


def _described(metadata: Any) -> Any:
    if not isinstance(metadata, dict):
        return metadata
    html = metadata.get("description_html")
    own = {"description": _markdown(html)} if html else {}
    return own | {name: _described(value) for name, value in metadata.items()}


def _more(datasette: Datasette, database: str | None) -> Iterator[str]:
    """Yield the canned queries, and for the whole site the addresses that metadata.yml names."""
    queries = [one for one in canned_queries(datasette) if database in (None, one.database)]
    if queries:
        yield "\n## Queries\n\n"
    for one in queries:
        url = datasette.urls.query(one.database, one.name)
        yield f"- [{one.database}/{one.name}]({url}): {one.title}. {_markdown(one.html)}\n"
    addresses = (datasette.plugin_config(PLUGIN) or {}).get("addresses") or {}
    if addresses and database is None:
        yield "\n## More addresses\n\n"
        for path, words in addresses.items():
            yield f"- [{path}]({datasette.urls.path(path)}): {words}\n"
