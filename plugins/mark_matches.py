"""Shows what matched a search as <mark>: snippets of queries have it between ⟦ and ⟧."""

import re
from typing import Any

from datasette import hookimpl
from markupsafe import Markup, escape

from daily_papers.search.highlight import CLOSE, OPEN

COLUMN = "snippet"


@hookimpl
def prepare_jinja2_environment(env: Any) -> None:
    """Give templates the filter `marked`."""
    env.filters["marked"] = marked


@hookimpl
def render_cell(value: Any, column: str, table: str | None) -> Markup | None:
    """Mark what matched in the snippets of a query."""
    if table is None and column == COLUMN and isinstance(value, str) and OPEN in value:
        return marked(value)
    return None


def marked(text: str) -> Markup:
    """Return text as HTML, escaped, with <mark> in place of ⟦ and ⟧."""
    return Markup(_MARKED.sub(r"<mark>\1</mark>", str(escape(text))))


_MARKED = re.compile(f"{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}")
