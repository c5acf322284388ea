"""Gives templates what all pages use, and mends what Datasette's own pages leave unlabelled."""

import re
from functools import partial
from typing import Any
from urllib.parse import urlencode

from datasette import hookimpl
from datasette.app import Datasette
from markupsafe import Markup

from daily_papers.site.views import claim_text, responses
from daily_papers.site.views.compare_view import FEWEST
from daily_papers.site.views.request_params import MOST_COMPARED

# What Datasette's templates write, and what a screen reader, a keyboard or a phone needs.
_LABELS = {
    '<select name="_filter_column': "Column",
    '<select name="_filter_op': "Comparison",
    '<input type="text" name="_filter_value': "Value",
    '<select name="_sort"': "Sort",
    '<textarea id="sql-editor"': "SQL",
}
_REGIONS = {
    '<div class="table-wrapper"': "Rows",
    '<pre class="wrapped-sql"': "Definition",
    '<pre id="sql-query"': "SQL",
}
_CROSS = '<span class="unseen">remove</span><span aria-hidden="true">&#x2716;</span>'
_COLUMNS = '<details class="columns-told"><summary>What the columns mean</summary>'
_COLUMN_LIST = re.compile(r'(<dl class="column-descriptions">.*?</dl>)', re.DOTALL)
_HEADING = re.compile(r"<(/?)h3\b")


@hookimpl
def prepare_jinja2_environment(env: Any, datasette: Datasette) -> None:
    """Give templates addresses of rows, numbers as words, and `mended`."""
    env.globals["row_url"] = partial(responses.row_url, datasette)
    env.globals["query_string"] = query_string
    env.globals["fewest_compared"], env.globals["most_compared"] = FEWEST, MOST_COMPARED
    env.filters["said"] = claim_text.number
    env.filters["mended"] = mended


@hookimpl
def render_cell(value: Any) -> str | None:
    """Show whole numbers of columns that may have others without “.0”."""
    if isinstance(value, float) and value.is_integer():
        return claim_text.number(value).replace(",", "")
    return None


def query_string(*pairs: tuple[str, object]) -> str:
    """Return pairs as a query string; those without a value are left out."""
    return "?" + urlencode([(name, str(value)) for name, value in pairs if value not in (None, "")])


def mended(html: Markup) -> Markup:
    """Return a page of Datasette's with labels, regions that take the keyboard, folded columns."""
    text = str(html)
    for tag, label in _LABELS.items():
        text = text.replace(tag, tag.replace(" ", f' aria-label="{label}" ', 1))
    for tag, label in _REGIONS.items():
        text = text.replace(tag, f'{tag} role="region" aria-label="{label}" tabindex="0"')
    text = text.replace("&#x2716;</a>", f"{_CROSS}</a>")
    text = _COLUMN_LIST.sub(rf"{_COLUMNS}\1</details>", text)
    return Markup(_HEADING.sub(r"<\1h2", text))
