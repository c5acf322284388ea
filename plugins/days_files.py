"""Serves days, weeks and months as files: /days/2026-08-20.csv, .bib and .atom, and /days.atom."""

from functools import partial
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import (
    days_downloads,
    days_view,
    listed_papers,
    periods,
    request_params,
    responses,
)
from daily_papers.site.views.days_answer import ListedPaper
from daily_papers.site.views.periods import Period


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Serve the files."""
    return [
        (r"^/days\.atom$", newest_atom),
        (r"^/days/(?P<period>[^/]+)\.atom$", period_atom),
        (r"^/days/(?P<period>[^/]+)\.(?P<kind>csv|bib)$", period_file),
    ]


def _papers(
    request: Request, database: SearchDatabase, usual_size: int
) -> tuple[Period, list[ListedPaper]]:
    period = periods.parse(request.url_vars["period"])
    size = request_params.number(request.args, "size", usual_size, days_downloads.MOST_EXPORTED)
    page = request_params.number(request.args, "page", 1, days_view.MOST_PAGES)
    return period, listed_papers.papers(database, period, size, (page - 1) * size)


def _addresses(datasette: Datasette, request: Request, path: str) -> days_downloads.FeedAddresses:
    query = f"?{request.query_string}" if request.query_string else ""
    page_url, self_url = (
        responses.absolute(datasette, request, datasette.urls.path(address))
        for address in (path, f"{path}.atom{query}")
    )
    return days_downloads.FeedAddresses(
        page_url, self_url, partial(responses.paper_url, datasette, request)
    )


async def period_file(request: Request, datasette: Datasette) -> Response:
    """Answer with the papers of a period as CSV or BibTeX."""
    kind = request.url_vars["kind"]

    def make(database: SearchDatabase) -> str:
        period, papers = _papers(request, database, days_downloads.MOST_EXPORTED)
        if kind == "bib":
            return days_downloads.bibtex(database, period, papers)
        return days_downloads.csv(papers, partial(responses.paper_url, datasette, request))

    return await responses.as_file(datasette, kind, request.url_vars["period"], make)


async def period_atom(request: Request, datasette: Datasette) -> Response:
    """Answer with the papers of a period as a feed."""
    title = responses.site_settings(datasette).title

    def make(database: SearchDatabase) -> str:
        period, papers = _papers(request, database, days_downloads.FEED)
        addresses = _addresses(datasette, request, f"/days/{period.id}")
        return days_downloads.feed(database, period, papers, title, addresses)

    return await responses.as_file(datasette, "atom", request.url_vars["period"], make)


async def newest_atom(request: Request, datasette: Datasette) -> Response:
    """Answer with the papers of the newest days as a feed."""
    title = responses.site_settings(datasette).title

    def make(database: SearchDatabase) -> str:
        size = request_params.number(
            request.args, "size", days_downloads.FEED, days_downloads.MOST_EXPORTED
        )
        addresses = _addresses(datasette, request, "/days")
        return days_downloads.newest_feed(database, size, title, addresses)

    return await responses.as_file(datasette, "atom", "days", make)
