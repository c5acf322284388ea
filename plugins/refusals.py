"""Says in a sentence what cannot be answered, and in the log no more than the line of the request.

Datasette writes a traceback into the log for each address that does not exist and each query that
is stopped, and says that the server failed where somebody's SQL needs too much.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Generator
from typing import Any, NamedTuple

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Base400, Request, Response
from datasette.views.base import DatasetteError
from markupsafe import Markup

_ASKED_WRONG: tuple[tuple[type[Exception], str], ...] = (
    (MemoryError, "This needs more memory than a query may take."),
    (sqlite3.Error, "SQLite cannot answer this: {error}."),
    (sqlite3.Warning, "SQLite cannot answer this: {error}."),
    (UnicodeError, "This has letters that are none: {error}."),
    (OverflowError, "A number here is too large: {error}."),
)


class _Refusal(NamedTuple):
    """What is said of an error: with which status, in which sentence, and what else."""

    status: int
    sentence: str
    title: str | None = None
    told: dict[str, Any] = {}


@hookimpl(hookwrapper=True)  # Datasette runs all others too, and its own writes into the log
def handle_exception(
    datasette: Datasette, request: Request, exception: Exception
) -> Generator[None, Any, None]:
    """Answer what is wrong with what was asked; all else is for Datasette to report."""
    outcome = yield
    refusal = _refusal(exception)
    if refusal:
        outcome.force_result([_answer(datasette, request, refusal)])


def _answer(
    datasette: Datasette, request: Request, refusal: _Refusal
) -> Callable[[], Awaitable[Response]]:
    async def answer() -> Response:
        status, sentence, title, told = refusal
        told = {**told, "ok": False, "error": sentence, "status": status, "title": title}
        if request.path.endswith(".json"):
            return Response.json(told, status=status)
        template = datasette.jinja_env.select_template([f"{status}.html", "error.html"])
        shared = {"urls": datasette.urls, "app_css_hash": datasette.app_css_hash()}
        html = await template.render_async({**told, **shared, "menu_links": list})
        return Response.html(html, status=status)

    return answer


def _refusal(exception: Exception) -> _Refusal | None:
    if isinstance(exception, Base400):
        return _Refusal(exception.status, str(exception))
    if isinstance(exception, DatasetteError):
        said = exception.message
        sentence = Markup(said) if exception.message_is_html else str(said)
        return _Refusal(exception.status, sentence, exception.title, exception.error_dict)
    for kind, said in _ASKED_WRONG:
        if isinstance(exception, kind):
            return _Refusal(400, said.format(error=exception))
    return None
