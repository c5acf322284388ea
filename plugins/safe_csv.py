"""Makes the CSV that Datasette writes safe to open: what a spreadsheet would run becomes text, and
a browser is never told that it is a page.

Spreadsheets run a cell that begins with = + - or @, and titles and abstracts are other people's
text. Such a cell gets an apostrophe in front; numbers and everything else stay byte for byte.
Who wants the values as they are takes the JSON of the same address, or the database itself.
"""

from collections.abc import Callable

from datasette import hookimpl
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from daily_papers.site import compat
from daily_papers.site.views.text_tables import Defusing

compat.write_csv_as_csv()

_TYPES = ("text/plain", "text/csv")


@hookimpl
def asgi_wrapper() -> Callable[[ASGIApp], ASGIApp]:
    """Defuse the responses of addresses that end in .csv, while they are sent."""
    return defusing


def defusing(app: ASGIApp) -> ASGIApp:
    """Return an ASGI application whose CSV starts no formula."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        is_csv = scope["type"] == "http" and scope["path"].endswith(".csv")
        await app(scope, receive, _DefusedResponse(send).send if is_csv else send)

    return wrapped


class _DefusedResponse:
    """Sends a response on; defused, if it turns out to be CSV."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._defusing: Defusing | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            # Datasette writes some names with capitals.
            raw = [(name.lower(), value) for name, value in message["headers"]]
            headers = MutableHeaders(raw=raw)
            if message["status"] == 200 and headers.get("content-type", "").startswith(_TYPES):
                self._defusing = Defusing()
                del headers["content-length"]
                message = {**message, "headers": raw}
        elif message["type"] == "http.response.body" and self._defusing:
            body = self._defusing.feed(message.get("body", b""))
            if not message.get("more_body", False):
                body += self._defusing.end()
            message = {**message, "body": body}
        await self._send(message)
