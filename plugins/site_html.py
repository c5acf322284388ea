"""Gives templates what all pages use, and tables a licence."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any
from urllib.parse import urlencode

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request

from daily_papers.site import compat
from daily_papers.site.views import cells, claim_text, data_version, responses, wrong_fact
from daily_papers.site.views.compare_view import FEWEST
from daily_papers.site.views.request_params import MOST_COMPARED, BadRequest

# A paper's page lists its similar papers; those that it is similar to are mostly the same.
MIRRORED = {("similar_papers", "similar_id")}


@hookimpl
def startup(datasette: Datasette) -> None:
    """Let all pages of a table state licence and source."""
    compat.state_licence_of_tables(datasette)


@hookimpl
def prepare_jinja2_environment(env: Any, datasette: Datasette) -> None:
    """Give templates the publisher's settings, addresses of rows, query strings, and limits."""
    env.globals["site"] = responses.site_settings(datasette)
    env.filters["marked"] = cells.marked
    env.globals["row_url"] = partial(responses.row_url, datasette)
    env.globals["query_string"] = query_string
    env.globals["printed_from"] = partial(printed_from, datasette)
    env.globals["report_url"] = partial(report_url, datasette)
    env.filters["filled_columns"] = claim_text.filled_columns
    env.filters["unrounded"] = claim_text.unrounded
    env.globals["confident"] = claim_text.CONFIDENT
    env.filters["unbroken"] = claim_text.unbroken
    env.filters["likelihood"] = claim_text.likelihood
    env.filters["with_rows"] = partial(with_rows, datasette)
    env.globals["fewest_compared"], env.globals["most_compared"] = FEWEST, MOST_COMPARED


def printed_from(datasette: Datasette, request: Request) -> str:
    """Return what a printed page says of its source: the data, and the address."""
    address = responses.absolute(datasette, request, request.full_path)
    return f"{_data(datasette)}{address}"


@lru_cache(maxsize=4)
def _data(datasette: Datasette) -> str:
    """Return the state of the data as a sentence; nothing where there is no database of ours."""
    try:
        return f"{data_version.sentence(responses.open_database(datasette))} "
    except BadRequest:
        return ""


def report_url(datasette: Datasette, claim: claim_text.StatedClaim) -> str | None:
    """Return the address of the filled-in form for a wrong fact; None where metadata name none."""
    form, version = _form(datasette)
    return wrong_fact.report_url(form, claim, version) if form else None


@lru_cache(maxsize=4)
def _form(datasette: Datasette) -> tuple[str | None, str]:
    """Return the address of the form, and the version of the database."""
    settings = datasette.plugin_config("wrong_facts") or {}
    version = data_version.version(responses.open_database(datasette))
    return settings.get("new_issue_url"), version


def with_rows(
    datasette: Datasette, foreign_key_tables: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the tables that have rows of a row, without hidden ones, each with a `name`; it has
    the column where several columns of a table lead to the row."""
    tables = datasette.metadata("tables", database=responses.DATABASE) or {}
    shown = [
        table
        for table in foreign_key_tables
        if table["count"]
        and not tables.get(table["other_table"], {}).get("hidden")
        and (table["other_table"], table["other_column"]) not in MIRRORED
    ]
    columns = Counter(table["other_table"] for table in shown)
    return [
        {**table, "name": table["other_table"]}
        if columns[table["other_table"]] == 1
        else {**table, "name": f"{table['other_table']}.{table['other_column']}"}
        for table in shown
    ]


def query_string(*pairs: tuple[str, object]) -> str:
    """Return pairs as a query string; those without a value are left out."""
    return "?" + urlencode([(name, str(value)) for name, value in pairs if value not in (None, "")])
