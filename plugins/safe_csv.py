"""Makes the CSV that Datasette writes safe to open: what a spreadsheet would run becomes text.

Spreadsheets run a cell that begins with = + - or @, and titles and abstracts are other people's
text. Such a cell gets an apostrophe in front; numbers and everything else stay byte for byte.
Who wants the values as they are takes the JSON of the same address, or the database itself.
"""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from datasette import hookimpl

from daily_papers.site.views.text_tables import Defusing

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

_TYPES = (b"text/plain", b"text/csv")


@hookimpl
def asgi_wrapper() -> Callable[[App], App]:
    """Defuse the answers of addresses that end in .csv, while they are sent."""
    return defusing


def defusing(app: App) -> App:
    """Return an ASGI application whose CSV starts no formula."""

    async def wrapped(scope: Message, receive: Receive, send: Send) -> None:
        is_csv = scope["type"] == "http" and scope["path"].endswith(".csv")
        await app(scope, receive, _Answer(send).send if is_csv else send)

    return wrapped


class _Answer:
    """Sends an answer on; defused, if it turns out to be CSV."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._defusing: Defusing | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_csv(message):
            self._defusing = Defusing()
            message = {**message, "headers": _without_length(message["headers"])}
        elif message["type"] == "http.response.body" and self._defusing:
            body = self._defusing.feed(message.get("body", b""))
            if not message.get("more_body", False):
                body += self._defusing.end()
            message = {**message, "body": body}
        await self._send(message)


def _is_csv(start: Message) -> bool:
    return start["status"] == 200 and any(
        name.lower() == b"content-type" and value.startswith(_TYPES)
        for name, value in start["headers"]
    )


def _without_length(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [header for header in headers if header[0].lower() != b"content-length"]
