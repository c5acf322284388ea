"""Papers side by side: /compare, /compare.json, /compare.csv and /compare.md."""

from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import compare_view, responses, text_tables
from daily_papers.site.views.request_params import MOST_COMPARED, BadRequest


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Serve the page, its JSON and its tables."""
    return [
        (r"^/compare$", compare_page),
        (r"^/compare\.json$", compare_json),
        (r"^/compare\.(?P<kind>csv|md)$", compare_table),
    ]


async def compare_page(request: Request, datasette: Datasette) -> Response:
    """Answer with the comparison; with fewer than FEWEST papers, with how to collect them."""

    def make(corpus: SearchDatabase) -> dict[str, Any]:
        shown = compare_view.comparison(corpus, compare_view.ids(request.args))
        return {**shown, "fewest": compare_view.FEWEST, "most": MOST_COMPARED}

    return await responses.page(datasette, request, "compare.html", make)


def _compared(corpus: SearchDatabase, request: Request) -> dict[str, Any]:
    ids = compare_view.ids(request.args)
    if len(ids) < compare_view.FEWEST:
        raise BadRequest(
            f"Name {compare_view.FEWEST} to {MOST_COMPARED} papers, as in /compare.json?id=…&id=…."
        )
    return compare_view.comparison(corpus, ids)


async def compare_json(request: Request, datasette: Datasette) -> Response:
    """Answer with the comparison as JSON."""
    return await responses.as_json(datasette, lambda corpus: _compared(corpus, request))


async def compare_table(request: Request, datasette: Datasette) -> Response:
    """Answer with the comparison as CSV or as a Markdown table."""
    kind = request.url_vars["kind"]
    write = {"csv": text_tables.csv_text, "md": text_tables.markdown}[kind]
    return await responses.as_file(
        datasette,
        kind,
        "comparison",
        lambda corpus: write(*compare_view.table(_compared(corpus, request))),
    )
