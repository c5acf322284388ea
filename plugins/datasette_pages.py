"""Gives the templates of Datasette's own pages what they show beside what Datasette gives them."""

from typing import Any

from datasette import hookimpl

from daily_papers.site.views.data_index import data_index


@hookimpl
def prepare_jinja2_environment(env: Any) -> None:
    """Give templates the content of the database page."""
    env.globals["data_index"] = data_index
