"""Asks a service for one thing after another: with pauses, up to a limit, while it answers."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, TypeVar

from daily_papers.database import atomic
from daily_papers.fetch.client import BusyError, ResponseError, Service, UnavailableError

_PATIENCE = 3  # failures in a row, after which nothing more is requested

Kind = Literal["saved", "there", "empty", "ambiguous", "skipped", "failed"]
Note = Callable[[str], None]


class Named(Protocol):
    """What can be asked for."""

    @property
    def name(self) -> str:
        """Its name in messages."""


Request = TypeVar("Request", bound=Named)


@dataclass(frozen=True)
class FetchResult:
    """What became of a request; `doubt` is a warning about an answer that was taken.

    Of a paper, `ambiguous` means that several answers fit, and `skipped` that it had no answer when
    it was asked for before.
    """

    kind: Kind
    name: str
    text: str
    doubt: str | None = None


def in_turn(
    requests: Iterable[Request],
    known: Callable[[Request], FetchResult | None],
    ask: Callable[[Request], FetchResult],
    service: Service,
    most: int,
) -> Iterator[FetchResult]:
    """Make at most `most` of the requests whose result is not `known`; yield the result of each.

    A known failure ends the run, as does a service that does not answer as it should.
    """
    made = failures = 0
    stop = ""
    for request in requests:
        if (result := known(request)) is not None:
            yield result
            if result.kind == "failed":
                return
            continue
        if made == most:
            stop = f"a run asks for {most} at most; run again for the rest"
        if stop:
            yield not_asked(request.name, stop)
            return
        if made:
            service.sleep(service.pause)
        made += 1
        try:
            yield ask(request)
            failures = 0
        except (ResponseError, UnavailableError) as error:
            yield FetchResult("failed", request.name, str(error))
            failures += 1
            if failures == _PATIENCE or isinstance(error, BusyError):
                stop = "the service does not answer as it should"


def not_asked(name: str, reason: str) -> FetchResult:
    """Return the result of the first request that is not made."""
    return FetchResult("failed", name, f"not asked for, nor is what follows: {reason}")


@contextmanager
def noted(path: Path, forget: bool = False) -> Iterator[tuple[set[str], Note]]:
    """Yield the names noted in a file, one a line, and a function that notes one more.

    The file is locked meanwhile, so that no other fetch saves the same.

    Raises:
        OSError: the folder cannot be written, or another fetch is saving into it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    busy = OSError(f"{path.parent}: another fetch is saving into it")
    with (
        atomic.locked(path, lambda _: busy),
        path.open("a+", encoding="utf-8", errors="replace") as file,
    ):

        def note(name: str) -> None:
            file.write(f"{name}\n")
            file.flush()
            os.fsync(file.fileno())

        if forget:
            file.truncate(0)
        file.seek(0)
        yield set(file.read().split()), note


def save(path: Path, content: bytes) -> None:
    """Put a file in place in one step; what a kill leaves is hidden, so that no build reads it."""
    part = path.with_name(f".{path.name}.part")
    with atomic.replace_file(path, part):
        part.write_bytes(content)
