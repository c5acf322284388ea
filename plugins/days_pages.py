"""Serves the pages of days, ISO weeks and months: /days/2026-08-20, /days/2026-W34, /days/2026-08,
each also as JSON."""

from functools import partial
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import days_view, periods, request_params, responses
from daily_papers.site.views.days_answer import PeriodAnswer


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Serve the pages and their JSON."""
    return [
        (r"^/days/(?P<period>[^/.]+)$", period_page),
        (r"^/days/(?P<period>[^/.]+)\.json$", period_json),
    ]


def _url(datasette: Datasette, period: str) -> str:
    return str(datasette.urls.path(f"/days/{period}"))


def _answer(datasette: Datasette, request: Request, database: SearchDatabase) -> PeriodAnswer:
    period = periods.parse(request.url_vars["period"])
    return days_view.period_page(
        database,
        period,
        request_params.number(request.args, "page", 1, days_view.MOST_PAGES),
        request_params.number(request.args, "size", days_view.PAGE, days_view.MOST_PAGE),
        partial(_url, datasette),
        partial(responses.row_url, datasette, "papers"),
    )


async def period_page(request: Request, datasette: Datasette) -> Response:
    """Answer with the papers of a period."""

    def make(database: SearchDatabase) -> dict[str, Any]:
        return {"period": _answer(datasette, request, database)}

    return await responses.page(datasette, request, "day.html", make)


async def period_json(request: Request, datasette: Datasette) -> Response:
    """Answer with the papers of a period as JSON."""
    return await responses.as_json(datasette, partial(_answer, datasette, request))
