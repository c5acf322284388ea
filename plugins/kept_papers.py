"""Gives templates the papers to compare, which are in the address, and links that keep them."""

import re
from functools import partial
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from daily_papers.site.views import compare_links, compare_view
from daily_papers.site.views.request_params import BadRequest, compared_ids

COMPARISON = "/compare"


@hookimpl
def prepare_jinja2_environment(env: Any, datasette: Datasette) -> None:
    """Give templates the ids, links to add and remove a paper, and a filter for links."""
    env.globals["compared_ids"] = ids
    env.globals["compare_urls"] = compare_urls
    env.globals["clear_compared_url"] = clear_url
    env.filters["keep_compared"] = pass_context(partial(keep, datasette))


@pass_context
def ids(context: Context) -> tuple[str, ...]:
    """Return the ids of the papers to compare that the page's address has."""
    request = context.get("request")
    if request is None or not re.search("(?:id|compare)=", request.query_string):
        return ()
    if request.path.endswith(COMPARISON):
        try:
            return tuple(compare_view.parse_ids(request.args))
        except BadRequest:
            return ()
    return compared_ids(request.args)


@pass_context
def compare_urls(context: Context, paper_id: str) -> tuple[str | None, str | None]:
    """Return the links that add a paper and remove it, of which one or both are None."""
    return compare_links.toggle_urls(context["request"].query_string, ids(context), paper_id)


@pass_context
def clear_url(context: Context) -> str:
    """Return the link to the same page without papers to compare."""
    return compare_links.clear_url(context["request"].query_string)


def keep(datasette: Datasette, context: Context, html: str) -> Markup:
    """Return HTML of which the links keep the papers to compare."""
    compared = ids(context)
    if not compared:
        return Markup(html)
    is_comparison = context["request"].path.endswith(COMPARISON)
    return compare_links.keep(html, compared, datasette.urls.instance(), is_comparison)
