"""Serves llms.txt and its kin from datasette-llms-txt, with what that leaves out.

Those are descriptions in HTML, canned queries, and the addresses that metadata.yml names.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import datasette_llms_txt
from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils import tilde_decode, tilde_encode
from datasette.utils.asgi import Request, Response

from daily_papers.site.views.canned_queries import canned_queries, markdown

PLUGIN = "llms_txt"  # its settings in metadata.yml


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
    own = {"description": markdown(html)} if html else {}
    return own | {name: _described(value) for name, value in metadata.items()}


def _more(datasette: Datasette, database: str | None) -> Iterator[str]:
    """Yield the canned queries, and for the whole site the addresses that metadata.yml names."""
    queries = [one for one in canned_queries(datasette) if database in (None, one.database)]
    if queries:
        yield "\n## Queries\n\n"
    for one in queries:
        url = datasette.urls.query(one.database, one.name)
        yield f"- [{one.database}/{one.name}]({url}): {one.title}. {markdown(one.html)}\n"
    addresses = (datasette.plugin_config(PLUGIN) or {}).get("addresses") or {}
    if addresses and database is None:
        yield "\n## More addresses\n\n"
        for path, words in addresses.items():
            yield f"- [{path}]({datasette.urls.path(path)}): {words}\n"
