"""Serves papers side by side: /compare, /compare.json, /compare.csv and /compare.md."""

from functools import partial
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import compare_view, endpoints, responses, text_tables
from daily_papers.site.views.compare_view import FEWEST, ComparisonAnswer
from daily_papers.site.views.request_params import MOST_COMPARED, BadRequest
from daily_papers.site.views.request_params import text as text_param


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Serve the page, its JSON and its tables."""
    return [
        (r"^/compare$", compare_page),
        (r"^/compare\.json$", compare_json),
        (r"^/compare\.(?P<kind>csv|md)$", compare_table),
    ]


async def compare_page(request: Request, datasette: Datasette) -> Response:
    """Answer with the comparison, and with the papers that a search offers to add."""

    def make(database: SearchDatabase) -> dict[str, Any]:
        comparison = compare_view.comparison(database, compare_view.parse_ids(request.args))
        text, ids = text_param(request.args, "q"), comparison.ids
        examples = endpoints.papers(database)
        return {
            "comparison": comparison,
            "compare_url": compare_view.page_url,
            "asked": text,
            "offered": compare_view.offered_papers(database, text, ids) if text else [],
            "example": [examples["id"], examples["other"]],
        }

    return await responses.page(datasette, request, "compare.html", make)


def _compared(request: Request, database: SearchDatabase) -> ComparisonAnswer:
    ids = compare_view.parse_ids(request.args)
    if len(ids) < FEWEST:
        raise BadRequest(f"Name {FEWEST} to {MOST_COMPARED} papers, as in /compare.json?id=…&id=….")
    return compare_view.comparison(database, ids)


async def compare_json(request: Request, datasette: Datasette) -> Response:
    """Answer with the comparison as JSON."""
    return await responses.as_json(datasette, partial(_compared, request))


async def compare_table(request: Request, datasette: Datasette) -> Response:
    """Answer with the comparison as CSV or as a Markdown table."""
    kind = request.url_vars["kind"]
    write = {"csv": text_tables.csv_text, "md": text_tables.markdown}[kind]

    def make(database: SearchDatabase) -> str:
        return write(*compare_view.table(_compared(request, database)))

    return await responses.as_file(datasette, kind, "comparison", make)
