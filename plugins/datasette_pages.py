"""Gives the templates of Datasette's own pages what they show beside what Datasette gives them."""

from functools import partial
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette

from daily_papers.site import compat
from daily_papers.site.views import column_links, query_view
from daily_papers.site.views.data_index import data_index
from daily_papers.site.views.query_chart import query_chart
from daily_papers.site.views.row_view import row_lines
from daily_papers.site.views.table_view import table_rows

compat.label_links_without_keys()
compat.raise_errors_of_queries()
compat.parse_json_of_columns_strictly()


@hookimpl
def prepare_jinja2_environment(env: Any, datasette: Datasette) -> None:
    """Give templates the content of the database page, and of the pages of tables and queries."""
    env.globals["data_index"] = data_index
    env.globals["table_rows"] = table_rows
    env.globals["row_lines"] = partial(row_lines, datasette)
    env.globals["column_links"] = column_links.column_links
    env.globals["all_columns_url"] = column_links.all_columns_url
    env.globals["query_chart"] = query_chart
    env.globals["query_form"] = query_view.query_form
    env.globals["is_at_limit"] = query_view.is_at_limit
    env.globals["number_columns"] = query_view.number_columns
    env.globals["all_rows_query"] = query_view.all_rows_query
