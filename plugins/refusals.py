"""Says in a sentence what cannot be answered, where Datasette would say that the server failed.

What is asked for is somebody else's: SQL that needs too much, values that no column can have.
"""

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

_SAID: tuple[tuple[type[Exception], str], ...] = (
    (MemoryError, "This needs more memory than a query may take."),
    (sqlite3.Error, "SQLite cannot answer this: {error}."),
    (sqlite3.Warning, "SQLite cannot answer this: {error}."),
    (UnicodeError, "This has letters that are none: {error}."),
    (OverflowError, "A number here is too large: {error}."),
)


@hookimpl
def handle_exception(
    datasette: Datasette, request: Request, exception: Exception
) -> Callable[[], Awaitable[Response]] | None:
    """Answer with status 400 and a sentence."""
    said = next((said for kind, said in _SAID if isinstance(exception, kind)), None)
    if said is None:
        return None
    sentence = said.format(error=exception)

    async def answer() -> Response:
        told: dict[str, Any] = {"ok": False, "error": sentence, "status": 400, "title": None}
        if request.path.endswith(".json"):
            return Response.json(told, status=400)
        html = await datasette.render_template(["400.html", "error.html"], told, request=request)
        return Response.html(html, status=400)

    return answer
