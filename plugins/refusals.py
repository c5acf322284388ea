"""Says in a sentence what cannot be answered, where Datasette would say that the server failed.

What is asked for is somebody else's: SQL that needs too much, values that no column can have.
"""

import errno
import sqlite3
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

from datasette import handle_exception as datasettes
from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from datasette.views.base import DatasetteError

# Where rich is installed, Datasette would take a second to print each page that is not there.
datasettes.rich = None

_SAID: tuple[tuple[type[Exception], str], ...] = (
    (MemoryError, "This needs more memory than a query may take."),
    (sqlite3.Error, "SQLite cannot answer this: {error}."),
    (sqlite3.Warning, "SQLite cannot answer this: {error}."),
    (UnicodeError, "This has letters that are none: {error}."),
    (OverflowError, "A number here is too large: {error}."),
)

_MISREAD = (ValueError, TypeError, LookupError)
_OURS = "daily_papers"


@hookimpl
def handle_exception(
    datasette: Datasette, request: Request, exception: Exception
) -> Callable[[], Awaitable[Response]] | None:
    """Answer with status 400 or 404 and a sentence."""
    if isinstance(exception, OSError) and exception.errno == errno.ENAMETOOLONG:
        return _answering(datasette, request, 404, "There is no such file.")
    sentence = _said(exception)
    return _answering(datasette, request, 400, sentence) if sentence else None


def _said(exception: Exception) -> str | None:
    """Return what to say of what was asked; None where the failure is the server's."""
    for kind, said in _SAID:
        if isinstance(exception, kind):
            return said.format(error=exception)
    if isinstance(exception, DatasetteError) and exception.status == 500:
        return str(exception.message)  # that an order or a table is none, as its own words say
    if isinstance(exception, _MISREAD) and _is_datasettes(exception):
        traceback.print_exception(exception)
        return f"These arguments make no sense together: {exception}."
    return None


def _is_datasettes(exception: Exception) -> bool:
    """Tell whether Datasette's own code stumbled, as it does over arguments of the wrong kind."""
    frames = [frame for frame, _ in traceback.walk_tb(exception.__traceback__)]
    names = [str(frame.f_globals.get("__name__", "")).partition(".")[0] for frame in frames]
    ours = [place for place, name in enumerate(names) if name == _OURS]
    theirs = [place for place, name in enumerate(names) if name == "datasette"]
    return bool(theirs) and theirs[-1] > max(ours, default=-1)


def _answering(
    datasette: Datasette, request: Request, status: int, sentence: str
) -> Callable[[], Awaitable[Response]]:
    async def answer() -> Response:
        told: dict[str, Any] = {"ok": False, "error": sentence, "status": status, "title": None}
        if request.path.endswith(".json"):
            return Response.json(told, status=status)
        templates = [f"{status}.html", "error.html"]
        html = await datasette.render_template(templates, told, request=request)
        return Response.html(html, status=status)

    return answer
