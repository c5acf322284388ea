"""Serves the results board: /results, /results.json and /results.csv."""

from contextlib import suppress
from functools import partial
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import (
    board_request,
    responses,
    results_board,
    results_chart,
    text_tables,
)
from daily_papers.site.views.canned_queries import canned_queries
from daily_papers.site.views.claim_columns import claim_columns
from daily_papers.site.views.request_params import BadRequest

# What “best” is, only papers say.
ORDER_NAMES = {order: order for order in board_request.ORDERS} | {"best": "best claimed"}


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Serve the page, its JSON and its CSV."""
    return [
        (r"^/results$", results_page),
        (r"^/results\.json$", results_json),
        (r"^/results\.csv$", results_csv),
    ]


def _board(request: Request, database: SearchDatabase) -> results_board.ResultsAnswer:
    return results_board.board(database, board_request.parse_request(database, request.args))


@hookimpl(trylast=True)
def startup(datasette: Datasette) -> None:
    """Read the columns of claims before the first request."""
    with suppress(BadRequest):
        claim_columns(responses.open_database(datasette))


async def results_page(request: Request, datasette: Datasette) -> Response:
    """Answer with claims side by side, as a chart and as a table."""

    def make(database: SearchDatabase) -> dict[str, Any]:
        asked = board_request.parse_request(database, request.args)
        board = results_board.board(database, asked)
        return {
            "board": board,
            "board_url": asked.url,
            "order_names": ORDER_NAMES,
            "board_chart": results_chart.board_chart(board),
            "queries_beside": [
                query
                for query in canned_queries(datasette)
                if query.is_beside(asked.metric, asked.topic)
            ],
            "most_claims": board_request.MOST_PAGE,
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
