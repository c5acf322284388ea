"""Sends a file as it was when serving began, whole or a part of it."""

import os
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response

from daily_papers.site.http.caching import is_known
from daily_papers.site.http.middleware import Message, Receive, Send

_PIECE = 1 << 18  # bytes read at a time
_OPEN = Path("/proc/self/fd")  # where a system has it, an open file can be read by its number


class Download:
    """A file to send, which stays what it is even if another takes its name."""

    def __init__(self, path: Path, hash_: str, name: str, kind: str) -> None:
        """Open a file of a known hash and media type, to be saved under a name; raises OSError."""
        self._file = path.open("rb")
        self._path = _OPEN / str(self._file.fileno()) if _OPEN.is_dir() else path
        self._headers = {"etag": f'"{hash_}"'}
        self._name, self._kind = name, kind

    async def send(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer with the file, or the part of it that a Range asks for."""
        if is_known(Headers(scope=scope).get("if-none-match", ""), self._headers["etag"]):
            await Response(status_code=304, headers=self._headers)(scope, receive, send)
            return
        answer = FileResponse(
            self._path,
            headers=self._headers,
            media_type=self._kind,
            filename=self._name,
            stat_result=os.fstat(self._file.fileno()),
        )
        answer.chunk_size = _PIECE
        await answer(scope, receive, send)
