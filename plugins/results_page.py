"""The results board: /results, /results.json and /results.csv."""

from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from daily_papers.pages import board, site, tables
from daily_papers.search.corpus import Corpus


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Serve the page, its JSON and its CSV."""
    return [
        (r"^/results$", results_page),
        (r"^/results\.json$", results_json),
        (r"^/results\.csv$", results_csv),
    ]


async def results_page(request: Request, datasette: Datasette) -> Response:
    """Answer with claims side by side, as a chart and as a table."""

    def make(corpus: Corpus) -> dict[str, Any]:
        asked = board.asked(corpus, request.args)
        shown = board.board(corpus, asked)
        return {
            **shown,
            "offers": board.offers(corpus, asked),
            "chart_spec": board.chart(shown, lambda key: site.row_url(datasette, "papers", key)),
            "asked": asked,
            "orders": board.ORDERS,
        }

    return await site.page(datasette, request, "results.html", make)


async def results_json(request: Request, datasette: Datasette) -> Response:
    """Answer with the claims of a page of the board."""
    return await site.as_json(
        datasette, lambda corpus: board.board(corpus, board.asked(corpus, request.args))
    )


async def results_csv(request: Request, datasette: Datasette) -> Response:
    """Answer with the claims of a page of the board as a table."""

    def make(corpus: Corpus) -> str:
        shown = board.board(corpus, board.asked(corpus, request.args))
        rows = [[row[column] for column in board.COLUMNS] for row in shown["claims"]]
        return tables.csv_text(board.COLUMNS, rows)

    return await site.as_file(datasette, "csv", "results", make)
