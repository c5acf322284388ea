"""Serves llms.txt and its kin from datasette-llms-txt, with what that leaves out: descriptions in
HTML, canned queries, and the addresses that metadata.yml names."""

from collections.abc import Iterator
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils import tilde_decode
from datasette.utils.asgi import Request, Response

from daily_papers.site import compat
from daily_papers.site.views.canned_queries import canned_queries, markdown

PLUGIN = "llms_txt"  # its settings in metadata.yml


@hookimpl
def register_routes(datasette: Datasette) -> list[tuple[str, compat.View]]:
    """Serve llms.txt and its kin before datasette-llms-txt does."""
    routes = compat.llms_txt_routes(datasette.databases)
    return [(pattern, _completed(view)) for pattern, view in routes]


def _completed(view: compat.View) -> compat.View:
    async def completed(request: Request, datasette: Datasette) -> Response:
        names = {name: tilde_decode(value) for name, value in request.url_vars.items()}
        database = datasette.databases.get(names.get("db"))
        # The sample rows of a hidden table can be megabytes: it is hidden for what it holds.
        if database and names.get("table") in await database.hidden_table_names():
            return Response.text("Table not found\n", status=404)
        metadata = _in_markdown(datasette.metadata())
        response = await view(compat.WithMetadata(datasette, lambda: metadata), request)
        if response.status == 200 and "table" not in names:
            response.body += "".join(_additions(datasette, names.get("db")))
        return response

    return completed


def _in_markdown(metadata: Any) -> Any:
    """Return metadata whose descriptions in HTML, which llms.txt leaves out, are in Markdown."""
    if not isinstance(metadata, dict):
        return metadata
    html = metadata.get("description_html")
    description = {"description": markdown(html)} if html else {}
    return description | {name: _in_markdown(value) for name, value in metadata.items()}


def _additions(datasette: Datasette, database: str | None) -> Iterator[str]:
    """Yield the canned queries, and for the whole site the addresses that metadata.yml names."""
    queries = [query for query in canned_queries(datasette) if database in (None, query.database)]
    if queries:
        yield "\n## Queries\n\n"
    for query in queries:
        url = datasette.urls.query(query.database, query.name)
        yield f"- [{query.database}/{query.name}]({url}): {query.title}. {markdown(query.html)}\n"
    addresses = (datasette.plugin_config(PLUGIN) or {}).get("addresses") or {}
    if addresses and database is None:
        yield "\n## More addresses\n\n"
        for path, description in addresses.items():
            yield f"- [{path}]({datasette.urls.path(path)}): {description}\n"
