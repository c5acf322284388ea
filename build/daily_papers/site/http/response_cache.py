"""Keeps answers in memory: the file that a process serves never changes, so that the answer of an
address is made once.

A cache belongs to one process, and with it to one version of data and code: the server starts other
processes for another file.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import NamedTuple

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MEGABYTE = 1 << 20
MEGABYTES = 64  # of a process, unless the command says otherwise
SHARE = 32  # an answer that takes more than this part of the cache is not kept
OVERHEAD = 2_000  # bytes that an answer counts beside its key, headers and body
_PRIVATE = ("cookie", "authorization")  # of who asks
_CONDITIONAL = ("range", "if-range", "if-match", "if-modified-since", "if-unmodified-since")
_OWN_CONDITIONS = ("etag", "last-modified", "set-cookie")  # of answers that depend on more

# Of the answer that is made: whether a query of it was stopped at its time limit.
_is_cut: ContextVar[list[bool] | None] = ContextVar("is_cut", default=None)


def begin_answer() -> None:
    """Note that an answer is being made from here on, in this task and those that it starts."""
    _is_cut.set([False])


def is_cut() -> bool:
    """Tell whether the answer that is being made lacks something."""
    noted = _is_cut.get()
    return bool(noted and noted[0])


def note_interruption() -> None:
    """Note that the answer that is being made lacks something, as a facet that took too long: the
    next time it may be complete."""
    noted = _is_cut.get()
    if noted is not None:
        noted[0] = True


class Key(NamedTuple):
    """Everything that an answer depends on, beside data and code."""

    scheme: bytes
    host: bytes
    root_path: bytes
    path: bytes
    query: bytes
    is_compressed: bool

    @property
    def size(self) -> int:
        """Return its bytes."""
        return sum(map(len, self[:5]))


@dataclass(frozen=True)
class KeptAnswer:
    """The messages of a complete answer with status 200, and the bytes that they take."""

    messages: tuple[Message, ...]
    size: int

    async def send(self, send: Send) -> None:
        """Send it."""
        for message in self.messages:  # which `send` must not change
            await send(message)


class ResponseCache:
    """An ASGI application before another one, whose answers it keeps. The least recently asked for
    go first."""

    def __init__(self, app: ASGIApp, most_bytes: int) -> None:
        """Take the application, and how many bytes may be kept; with 0, nothing is."""
        self._app, self._most = app, most_bytes
        self._kept: OrderedDict[Key, KeptAnswer] = OrderedDict()
        self._making: dict[Key, asyncio.Event] = {}
        self.bytes = 0

    def find(self, scope: Scope) -> KeptAnswer | None:
        """Return the answer to a request, if it is kept."""
        key = _key(scope) if self._most else None
        kept = self._kept.get(key) if key else None
        if key and kept:
            self._kept.move_to_end(key)
        return kept

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request: from memory, or after whoever is making the same."""
        key = _key(scope) if self._most else None
        if key is None:
            await self._app(scope, receive, send)
            return
        if making := self._making.get(key):
            await making.wait()
        if kept := self.find(scope):
            await kept.send(send)
        elif making or scope["method"] == "HEAD":  # what was not kept, each has made for itself
            await self._app(scope, receive, send)
        else:
            await self._make(key, scope, receive, send)

    async def _make(self, key: Key, scope: Scope, receive: Receive, send: Send) -> None:
        self._making[key] = done = asyncio.Event()
        recorder = _Recorder(send, self._most // SHARE - key.size - OVERHEAD, done)
        try:
            await self._app(scope, receive, recorder.send)
            if recorder.is_complete and not is_cut():
                self._keep(key, recorder.messages)
        finally:  # also where it failed or was stopped: those who wait then try themselves
            del self._making[key]
            done.set()
        await recorder.pass_on()

    def _keep(self, key: Key, messages: Sequence[Message]) -> None:
        answer = KeptAnswer(tuple(messages), key.size + OVERHEAD + sum(map(_size, messages)))
        self._kept[key] = answer
        self.bytes += answer.size
        while self.bytes > self._most:
            self.bytes -= self._kept.popitem(last=False)[1].size


class _Recorder:
    """Holds an answer back until it is complete; one that cannot be kept is passed on at once."""

    def __init__(self, send: Send, most_bytes: int, done: asyncio.Event) -> None:
        self._send, self._left, self._done = send, most_bytes, done
        self.messages: list[Message] = []
        self.is_complete = self._is_passed_on = False

    async def send(self, message: Message) -> None:
        if self._is_passed_on:
            await self._send(message)
            return
        is_start = message["type"] == "http.response.start"
        is_body = message["type"] == "http.response.body"
        self.messages.append(message)
        self._left -= _size(message)
        if self._left < 0 or not (is_body or (is_start and _may_be_kept(message))):
            self._done.set()  # nobody needs to wait for it
            await self.pass_on()
        self.is_complete = is_body and not message.get("more_body") and not self._is_passed_on

    async def pass_on(self) -> None:
        """Send what was held back, and then all that follows."""
        messages, self.messages, self._is_passed_on = self.messages, [], True
        for message in messages:
            await self._send(message)


def _key(scope: Scope) -> Key | None:
    """Return the key of a request; None where the answer depends on more than that."""
    headers = Headers(scope=scope)
    if scope["method"] not in ("GET", "HEAD"):
        return None
    if any(name in headers for name in (*_PRIVATE, *_CONDITIONAL)):
        return None
    path = scope["path"].encode(errors="surrogatepass")
    return Key(
        scope["scheme"].encode(),
        headers.get("host", "").encode("latin-1"),
        scope.get("root_path", "").encode(errors="surrogatepass"),
        (scope.get("raw_path") or b"") + b"\0" + path,
        scope["query_string"],
        "gzip" in headers.get("accept-encoding", ""),
    )


def _may_be_kept(start: Message) -> bool:
    headers = Headers(raw=[(name.lower(), value) for name, value in start.get("headers", ())])
    control = headers.get("cache-control", "")
    varies = {name.strip().lower() for name in headers.get("vary", "").split(",")}
    return (
        start["status"] == 200
        and not any(name in headers for name in _OWN_CONDITIONS)
        and not ("private" in control or "no-store" in control)
        and varies <= {"", "accept-encoding", *_PRIVATE}  # requests that have these are passed on
    )


def _size(message: Message) -> int:
    headers = sum(len(name) + len(value) for name, value in message.get("headers", ()))
    return headers + len(message.get("body", b""))
