"""Sends the database file as it was when serving began, whole or in part."""

import os
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response

from daily_papers.site.http.caching import matches
from daily_papers.site.http.middleware import Message, Receive, Send

_CHUNK = 1 << 18  # bytes read at a time
_OPEN_FILES = Path("/proc/self/fd")  # on Linux, an open file can be read by its number


class Download:
    """An open file to send, which stays the same even if another file replaces it."""

    def __init__(self, path: Path, sha256: str, name: str, media_type: str) -> None:
        """Open the file; browsers save it under `name`. Raises OSError."""
        self._file = path.open("rb")
        self._path = _OPEN_FILES / str(self._file.fileno()) if _OPEN_FILES.is_dir() else path
        self._headers = {"etag": f'"{sha256}"'}
        self._name, self._media_type = name, media_type

    async def send(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer with the file, or the part of it that a Range asks for."""
        if matches(Headers(scope=scope).get("if-none-match", ""), self._headers["etag"]):
            await Response(status_code=304, headers=self._headers)(scope, receive, send)
            return
        response = FileResponse(
            self._path,
            headers=self._headers,
            media_type=self._media_type,
            filename=self._name,
            stat_result=os.fstat(self._file.fileno()),
        )
        response.chunk_size = _CHUNK
        await response(scope, receive, send)
