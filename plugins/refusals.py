"""Says in a sentence what cannot be answered, and in the log no more than the line of the request.

Datasette writes a traceback into the log for each address that does not exist and each query that
is stopped, and says that the server failed where somebody's SQL needs too much.
"""

import errno
import logging
import sqlite3
import traceback
from collections.abc import Awaitable, Callable, Generator
from typing import Any, NamedTuple

from datasette import hookimpl
from datasette.app import Datasette
from datasette.database import QueryInterrupted
from datasette.utils.asgi import Base400, Request, Response
from datasette.views.base import DatasetteError
from markupsafe import Markup

_ASKED_WRONG: tuple[tuple[type[Exception], str], ...] = (
    (QueryInterrupted, "This took longer than a query may take; ask for less."),
    (MemoryError, "This needs more memory than a query may take."),
    (sqlite3.Error, "SQLite cannot answer this: {error}."),
    (sqlite3.Warning, "SQLite cannot answer this: {error}."),
    (UnicodeError, "This has letters that are none: {error}."),
    (OverflowError, "A number here is too large: {error}."),
)
_MISREAD = (ValueError, TypeError, LookupError)


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
        # What it calls its own failure is an order or a table that is none.
        status = 400 if exception.status == 500 else exception.status
        return _Refusal(status, sentence, exception.title, exception.error_dict)
    if isinstance(exception, OSError) and exception.errno == errno.ENAMETOOLONG:
        return _Refusal(404, "There is no such file.")
    for kind, words in _ASKED_WRONG:
        if isinstance(exception, kind):
            return _Refusal(400, words.format(error=exception))
    if isinstance(exception, _MISREAD) and _is_datasettes(exception):
        logging.getLogger("uvicorn.error").warning("Datasette stumbled: %r", exception)
        return _Refusal(400, f"These arguments make no sense together: {exception}.")
    return None


def _is_datasettes(exception: Exception) -> bool:
    """Tell whether Datasette's own code stumbled, as it does over arguments of the wrong kind."""
    frames = [frame for frame, _ in traceback.walk_tb(exception.__traceback__)]
    names = [str(frame.f_globals.get("__name__", "")).partition(".")[0] for frame in frames]
    ours = [place for place, name in enumerate(names) if name == "daily_papers"]
    theirs = [place for place, name in enumerate(names) if name == "datasette"]
    return bool(theirs) and theirs[-1] > max(ours, default=-1)
