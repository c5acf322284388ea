"""Gives the templates of Datasette's own pages what they show beside what Datasette gives them."""

from typing import Any

from datasette import hookimpl

from daily_papers.site.views import query_view
from daily_papers.site.views.data_index import data_index


@hookimpl
def prepare_jinja2_environment(env: Any) -> None:
    """Give templates the content of the database page, and of the pages of queries."""
    env.globals["data_index"] = data_index
    env.globals["query_form"] = query_view.query_form
    env.globals["first_rows"] = query_view.first_rows
    env.globals["all_rows_query"] = query_view.all_rows_query
