"""Serves the papers of an author as a file: /author/ID.atom, .bib, .ris and .csv."""

from functools import partial
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils import tilde_decode, tilde_encode
from datasette.utils.asgi import Request, Response

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import author_view, paper_downloads, responses
from daily_papers.site.views.atom_feed import tag_uri


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Serve the files."""
    return [(r"^/author/(?P<author>[^/]+)\.(?P<kind>atom|bib|ris|csv)$", author_file)]


async def author_file(request: Request, datasette: Datasette) -> Response:
    """Answer with the papers of an author, at most MOST_IN_FILE."""
    key, kind = str(tilde_decode(request.url_vars["author"])), request.url_vars["kind"]
    paper_url = partial(responses.paper_url, datasette, request)

    def make(database: SearchDatabase) -> str:
        author = author_view.named_author(database, key)
        ids = author_view.paper_ids(database, key)
        if kind == "csv":
            return paper_downloads.csv(database, ids, paper_url)
        if kind == "atom":
            page_url = responses.row_url(datasette, "authors", key)
            self_url = datasette.urls.path(f"/author/{tilde_encode(key)}.atom")
            return paper_downloads.feed_of(
                database,
                ids,
                f"{responses.site_settings(datasette).title}: {author.name}",
                tag_uri("author/", key),
                responses.absolute(datasette, request, page_url),
                responses.absolute(datasette, request, self_url),
                paper_url,
            )
        return paper_downloads.cite(database, ids, kind)

    return await responses.as_file(datasette, kind, "author", make)
