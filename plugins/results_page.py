"""Serves the results board: /results, /results.json and /results.csv."""

from functools import partial
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import responses, results_board, results_chart, text_tables


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Serve the page, its JSON and its CSV."""
    return [
        (r"^/results$", results_page),
        (r"^/results\.json$", results_json),
        (r"^/results\.csv$", results_csv),
    ]


def _board(request: Request, database: SearchDatabase) -> results_board.ResultsAnswer:
    return results_board.board(database, results_board.parse_request(database, request.args))


async def results_page(request: Request, datasette: Datasette) -> Response:
    """Answer with claims side by side, as a chart and as a table."""

    def make(database: SearchDatabase) -> dict[str, Any]:
        board_request = results_board.parse_request(database, request.args)
        board = results_board.board(database, board_request)
        return {
            "board": board,
            "board_url": board_request.url,
            "metrics": results_board.metrics(database),
            "scales": results_board.scales(database, board.metric),
            "orders": results_board.ORDERS,
            **results_board.options(database, board_request),
            "board_chart": results_chart.board_chart(board),
        }

    return await responses.page(datasette, request, "results.html", make)


async def results_json(request: Request, datasette: Datasette) -> Response:
    """Answer with the claims of a page of the board."""
    return await responses.as_json(datasette, partial(_board, request))


async def results_csv(request: Request, datasette: Datasette) -> Response:
    """Answer with the claims of a page of the board as a table."""
    columns = results_board.COLUMNS

    def make(database: SearchDatabase) -> str:
        claims = _board(request, database).claims
        rows = ([getattr(claim, column) for column in columns] for claim in claims)
        return text_tables.csv_text(columns, rows)

    return await responses.as_file(datasette, "csv", "results", make)
