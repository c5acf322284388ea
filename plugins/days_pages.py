"""Serves /days, a calendar, and the pages of days, ISO weeks and months: /days/2026-08-20,
/days/2026-W34, /days/2026-08; also as JSON. plugins/days_files.py serves them as files."""

from functools import partial
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import days_link, days_view, periods, request_params, responses
from daily_papers.site.views.days_answer import DaysAnswer, PeriodAnswer


@hookimpl(tryfirst=True)  # “today” is no period of days_files.py
def register_routes() -> list[tuple[str, Any]]:
    """Serve the pages and their JSON."""
    return [
        (r"^/days$", days_page),
        (r"^/days\.json$", days_json),
        (r"^/days/today$", newest_day),
        (r"^/days/newest$", newest_day),
        (r"^/days/today\.(?P<kind>json|csv|bib|atom)$", newest_day),
        (r"^/days/newest\.(?P<kind>json|csv|bib|atom)$", newest_day),
        (r"^/days/(?P<period>[^/.]+)$", period_page),
        (r"^/days/(?P<period>[^/]+)\.json$", period_json),
    ]


def _url(datasette: Datasette, period: str) -> str:
    return str(datasette.urls.path(f"/days/{period}"))


def _calendar(datasette: Datasette, request: Request, database: SearchDatabase) -> DaysAnswer:
    return days_view.days_of_year(
        database,
        request_params.number(request.args, "year", 0, days_view.MOST_YEAR) or None,
        partial(_url, datasette),
        partial(responses.row_url, datasette, "dumps"),
    )


async def days_page(request: Request, datasette: Datasette) -> Response:
    """Answer with the calendar of a year."""

    def make(database: SearchDatabase) -> dict[str, Any]:
        days = _calendar(datasette, request, database)
        most = max((day.paper_count for day in days.days), default=1)
        weeks = {
            month.id: list(days_view.weeks_of_month(month.id, days.days, partial(_url, datasette)))
            for month in days.months
        }
        return {"days": days, "weeks": weeks, "most": most}

    return await responses.page(datasette, request, "days.html", make)


async def days_json(request: Request, datasette: Datasette) -> Response:
    """Answer with the days of a year as JSON."""
    return await responses.as_json(datasette, partial(_calendar, datasette, request))


async def newest_day(request: Request, datasette: Datasette) -> Response:
    """Lead to the newest day on which papers were listed, or its file; or else to the calendar,
    which is no CSV or BibTeX."""
    kind = request.url_vars.get("kind", "")
    newest = await responses.read(datasette, days_link.newest)
    path = f"/days/{newest.id}" if newest else "/days"
    ending = f".{kind}" if kind and (newest or kind in ("json", "atom")) else ""
    query = f"?{request.query_string}" if request.query_string else ""
    return Response.redirect(f"{datasette.urls.path(path + ending)}{query}")


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
        period = _answer(datasette, request, database)
        title = f"Papers by topic: {period.name}"
        return {"period": period, "chart_spec": days_view.topics_chart(period.topics, title)}

    return await responses.page(datasette, request, "day.html", make)


async def period_json(request: Request, datasette: Datasette) -> Response:
    """Answer with the papers of a period as JSON."""
    return await responses.as_json(datasette, partial(_answer, datasette, request))
