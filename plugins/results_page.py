"""The results board: /results, /results.json and /results.csv."""

from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import responses, results_board, text_tables


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

    def make(corpus: SearchDatabase) -> dict[str, Any]:
        asked = results_board.asked(corpus, request.args)
        shown = results_board.board(corpus, asked)
        return {
            **shown,
            "offers": results_board.offers(corpus, asked),
            "chart_spec": results_board.chart(
                shown, lambda key: responses.row_url(datasette, "papers", key)
            ),
            "asked": asked,
            "orders": results_board.ORDERS,
        }

    return await responses.page(datasette, request, "results.html", make)


async def results_json(request: Request, datasette: Datasette) -> Response:
    """Answer with the claims of a page of the board."""
    return await responses.as_json(
        datasette,
        lambda corpus: results_board.board(corpus, results_board.asked(corpus, request.args)),
    )


async def results_csv(request: Request, datasette: Datasette) -> Response:
    """Answer with the claims of a page of the board as a table."""

    def make(corpus: SearchDatabase) -> str:
        shown = results_board.board(corpus, results_board.asked(corpus, request.args))
        rows = [[row[column] for column in results_board.COLUMNS] for row in shown["claims"]]
        return text_tables.csv_text(results_board.COLUMNS, rows)

    return await responses.as_file(datasette, "csv", "results", make)
