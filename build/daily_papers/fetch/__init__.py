"""Saves a service's answers as dumps, one file a day or a search: whole, or not at all."""

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Literal, TextIO

from daily_papers.database import atomic
from daily_papers.fetch import validation
from daily_papers.fetch.client import Refused, Service, Unavailable

_LIMIT = 100  # papers asked for; a service may give fewer
_CUTS = (50, _LIMIT)  # where services were seen to stop
_PATIENCE = 3  # failures in a row, after which nothing more is asked for
# Days without papers, one a line; `build` passes over hidden files. It serves as the lock too.
_EMPTY_DAYS = ".daily-papers-empty-days"


@dataclass(frozen=True)
class Wanted:
    """One answer to have: what messages call it, its file's stem, how to ask, and for which day."""

    name: str
    stem: str
    path: str
    parameters: Mapping[str, str]
    day: date | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of one that was wanted; `doubt` is what a reader of a saved file should know."""

    kind: Literal["saved", "there", "empty", "failed"]
    name: str
    text: str
    doubt: str | None = None


def plan(
    dates: Sequence[date],
    since: date | None,
    until: date | None,
    queries: Sequence[str],
    today: date,
) -> Iterable[Wanted]:
    """Return what to ask for, in the order of days: days, or a span of them, or searches.

    Without `until` a span ends on the last day that is over.

    Raises:
        ValueError: none or several of the three are given, a span ends before it begins, or a
            query is empty or no text.
    """
    if (bool(dates), bool(since or until), bool(queries)).count(True) != 1:
        raise ValueError("name days by --date, or by --since and --until, or name a --query")
    if queries:
        return [_search(query) for query in dict.fromkeys(queries)]
    if dates:
        return [_day(one) for one in sorted(set(dates))]
    if since is None:
        raise ValueError("--until needs --since")
    until = until or max(since, today - timedelta(days=1))
    if since > until:
        raise ValueError("--since is after --until")
    return (_day(since + timedelta(days=number)) for number in range((until - since).days + 1))


def _day(day: date) -> Wanted:
    parameters = {"date": day.isoformat(), "limit": str(_LIMIT)}
    return Wanted(str(day), f"daily-papers-{day}", "/api/daily_papers", parameters, day)


def _search(query: str) -> Wanted:
    if not query.strip():
        raise ValueError("--query is empty")
    words = "-".join(re.findall(r"[a-z0-9]+", query.lower()))[:40].strip("-")
    stem = "-".join(filter(None, ["daily-papers-search", words, _hash(query)]))
    parameters = {"q": query, "limit": str(_LIMIT)}
    return Wanted(f"query {query!r}", stem, "/api/papers/search", parameters)


def _hash(query: str) -> str:
    return sha256(query.encode()).hexdigest()[:8]


def fetch(wanted: Iterable[Wanted], folder: Path, service: Service, most: int) -> Iterator[Outcome]:
    """Ask for what is not in the folder yet, at most `most`, and save it; yield what became of it.

    A day counts as over when the next one has begun in UTC; before, it is not asked for. An empty
    weekend is noted and not asked for again; an empty weekday is, as it may be the service's slip.

    Raises:
        OSError: the folder cannot be written, or another fetch is saving into it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    asked = failures = 0
    stop = ""
    with _empty_days(folder) as (empty, note):
        for one in wanted:
            if (known := _known(one, folder, empty)) is not None:
                yield known
                continue
            if one.day and one.day >= service.now().date():
                stop = "the day is not over, in UTC"
            elif asked == most:
                stop = f"{most} were; run again for the rest"
            if stop:
                yield Outcome("failed", one.name, f"not asked for, nor is what follows: {stop}")
                return
            if asked:
                service.sleep(service.pause)
            asked += 1
            try:
                yield _save(one, folder, service, note)
                failures = 0
            except (Refused, Unavailable) as error:
                yield Outcome("failed", one.name, str(error))
                failures += 1
                if failures == _PATIENCE or getattr(error, "until_later", False):
                    stop = "the service does not answer as it should"


def _known(one: Wanted, folder: Path, empty: set[str]) -> Outcome | None:
    """Return how it is there already; a file that is no whole JSON is as good as none."""
    path = folder / f"{one.stem}.json"
    if path.exists():
        try:
            json.loads(path.read_bytes())
        except (ValueError, RecursionError):
            return None
        return Outcome("there", one.name, str(path))
    return Outcome("there", one.name, "no papers") if one.name in empty else None


def _save(one: Wanted, folder: Path, service: Service, note: Callable[[str], None]) -> Outcome:
    """Ask for it, and save the answer if it is what it should be.

    Raises:
        Refused, Unavailable: it is not, or there is none.
    """
    records = validation.read(service.get(one.path, one.parameters))
    if not records:
        if one.day and one.day.isoweekday() > 5:
            note(one.name)
        return Outcome("empty", one.name, "no papers")
    if one.day:
        validation.require_day(records, one.day)
    path = folder / f"{one.stem}.json"
    part = path.with_name(f".{path.name}.part")  # hidden: one left by a kill is not read as a dump
    with atomic.replace_file(path, part):
        part.write_bytes(validation.printed(records))
    count = len(records)
    doubt = f"exactly {count} papers: the service may have cut its answer there"
    text = f"{path}, {count} paper{'s' * (count != 1)}"
    return Outcome("saved", one.name, text, doubt if count in _CUTS else None)


@contextmanager
def _empty_days(folder: Path) -> Iterator[tuple[set[str], Callable[[str], None]]]:
    """Yield the days known to be empty and a function that notes one; lock the folder meanwhile."""

    def refuse(_: str) -> OSError:
        return OSError(f"{folder}: another fetch is saving into it")

    path = folder / _EMPTY_DAYS
    with (
        atomic.locked(path, refuse),
        path.open("a+", encoding="utf-8", errors="replace") as file,
    ):
        file.seek(0)
        yield set(file.read().split()), lambda day: _note(file, day)


def _note(file: TextIO, day: str) -> None:
    file.write(f"{day}\n")
    file.flush()
    os.fsync(file.fileno())
