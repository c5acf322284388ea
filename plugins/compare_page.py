"""Papers side by side: /compare, /compare.json, /compare.csv and /compare.md."""

from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from daily_papers.pages import comparison, site, tables
from daily_papers.pages.given import MOST_COMPARED, BadRequest
from daily_papers.search.corpus import Corpus


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

    def make(corpus: Corpus) -> dict[str, Any]:
        shown = comparison.comparison(corpus, comparison.ids(request.args))
        return {**shown, "fewest": comparison.FEWEST, "most": MOST_COMPARED}

    return await site.page(datasette, request, "compare.html", make)


def _compared(corpus: Corpus, request: Request) -> dict[str, Any]:
    ids = comparison.ids(request.args)
    if len(ids) < comparison.FEWEST:
        raise BadRequest(
            f"Name {comparison.FEWEST} to {MOST_COMPARED} papers, as in /compare.json?id=…&id=…."
        )
    return comparison.comparison(corpus, ids)


async def compare_json(request: Request, datasette: Datasette) -> Response:
    """Answer with the comparison as JSON."""
    return await site.as_json(datasette, lambda corpus: _compared(corpus, request))


async def compare_table(request: Request, datasette: Datasette) -> Response:
    """Answer with the comparison as CSV or as a Markdown table."""
    kind = request.url_vars["kind"]
    write = {"csv": tables.csv_text, "md": tables.markdown}[kind]
    return await site.as_file(
        datasette,
        kind,
        "comparison",
        lambda corpus: write(*comparison.table(_compared(corpus, request))),
    )
