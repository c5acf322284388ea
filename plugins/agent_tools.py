"""Gives agents every canned query as an MCP tool."""

import base64
import math
import sqlite3
from collections.abc import Callable, Mapping
from inspect import Parameter, Signature
from typing import Annotated, Any, TypedDict

from datasette import hookimpl
from datasette.app import Datasette
from datasette.database import QueryInterrupted
from datasette.utils.asgi import Forbidden
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import WithJsonSchema

from daily_papers.site import compat
from daily_papers.site.http.datasette_settings import SETTINGS
from daily_papers.site.views.canned_queries import Query, canned_queries

ROWS, MOST_ROWS = 100, int(SETTINGS["max_returned_rows"])  # in an answer
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
    """The result of a query: `truncated` where it has more rows than the limit."""

    columns: list[str]
    rows: list[dict[str, Any]]
    truncated: bool


@hookimpl(tryfirst=True)
def register_routes(datasette: Datasette) -> list[tuple[str, Any]]:
    """Answer agents without sessions, before datasette-mcp sets itself up."""
    compat.give_agents_numbers_of_json()
    compat.answer_agents_without_sessions(datasette)
    return []


@hookimpl
def register_mcp_tools(datasette: Datasette, mcp: MCPServer) -> None:
    """Register every canned query of metadata.yml under its name, for reading."""
    for query in canned_queries(datasette):
        function = query_tool(datasette, query)
        mcp.add_tool(function, query.name, query.title, query.description, READS)


def query_tool(datasette: Datasette, query: Query) -> Callable[..., Any]:
    """Return the function of a tool: it takes the parameters of the query and returns its rows."""

    async def answer(mcp_context: Context, **_: Any) -> Rows:
        values, limit = _arguments(query, compat.sent_arguments(mcp_context))
        await _check_allowed(datasette, query, mcp_context.request_context.request)
        return await _run(datasette, query, values, limit)

    # From these the SDK makes the schema of the arguments.
    answer.__name__ = query.name
    answer.__signature__ = _signature(query)  # type: ignore[attr-defined]
    return answer


def _signature(query: Query) -> Signature:
    params = [
        _parameter(name, _schema(query, name), Parameter.empty if query.needs(name) else "")
        for name in query.params
    ]
    limit = [] if LIMIT in query.params else [_parameter(LIMIT, LIMIT_SCHEMA, ROWS)]
    context = Parameter("mcp_context", Parameter.KEYWORD_ONLY, annotation=Context)
    return Signature([*params, *limit, context], return_annotation=Rows)


def _parameter(name: str, schema: dict[str, Any], default: object) -> Parameter:
    # Any: the SDK's own errors for a wrong value are not sentences.
    annotation = Annotated[Any, WithJsonSchema(schema)]
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _schema(query: Query, name: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", "maxLength": MOST_LETTERS}
    examples = query.examples_of(name)
    if examples:
        quoted = ", ".join(_quoted(value, label) for value, label in examples.items())
        schema |= {"description": f"For example {quoted}.", "examples": list(examples)}
    return schema


def _quoted(value: str, label: str) -> str:
    return f"“{value}” ({label})" if label and label != value else f"“{value}”"


def _arguments(query: Query, sent: Mapping[str, Any]) -> tuple[dict[str, str], int]:
    """Return the values of the query's parameters, and how many rows; raises ToolError."""
    names = dict.fromkeys([*query.params, LIMIT])
    unknown = [f"“{name[:80]}”" for name in sent if name not in names]
    if unknown:
        raise ToolError(
            f"There is no argument {', '.join(unknown[:5])}; “{query.name}” takes"
            f" {', '.join(names)}."
        )
    values = {name: _text(name, sent.get(name)) for name in query.params}
    limit = None if LIMIT in query.params else sent.get(LIMIT)
    limit = ROWS if limit is None else limit
    if type(limit) is not int or not 1 <= limit <= MOST_ROWS:
        raise ToolError(f"“{LIMIT}” must be a number from 1 to {MOST_ROWS}.")
    return values, limit


def _text(name: str, value: object) -> str:
    if value is None:
        return ""
    text = str(value) if isinstance(value, str | int | float) else None  # models write year: 2024
    if text is None or len(text) > MOST_LETTERS:
        raise ToolError(f"“{name}” is a text of at most {MOST_LETTERS:,} letters.")
    return text.replace("\0", " ")  # SQLite's functions end a text there


async def _check_allowed(datasette: Datasette, query: Query, request: Any) -> None:
    """Raise ToolError for a query that Datasette would not show to this actor."""
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
    return None if isinstance(value, float) and not math.isfinite(value) else value
