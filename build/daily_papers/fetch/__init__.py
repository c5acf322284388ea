"""Asks a service for days or searches, and saves each valid answer as a dump, in one step."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

from daily_papers.dumps import saved_file
from daily_papers.fetch import loop, validation
from daily_papers.fetch.client import Service
from daily_papers.fetch.loop import FetchResult, Note, not_asked

_LIMIT = 100  # papers requested; a service may give fewer
_CUTS = (50, _LIMIT)  # counts at which services have cut their answers
# Days without papers, one a line; `build` skips hidden files. The file is also the lock.
_EMPTY_DAYS = ".daily-papers-empty-days"


@dataclass(frozen=True)
class FetchRequest:
    """A request to make: its name in messages, the stem of its file, path, parameters, and day."""

    name: str
    stem: str
    path: str
    parameters: Mapping[str, str]
    day: date | None = None


def plan(
    dates: Sequence[date],
    since: date | None,
    until: date | None,
    queries: Sequence[str],
    today: date,
) -> Iterable[FetchRequest]:
    """Return the requests for days, in their order, for a span of days, or for searches.

    Without `until` a span ends yesterday.

    Raises:
        ValueError: none or several of the three are named, a span ends before it begins, or a
            query is empty or cannot be encoded.
    """
    if (bool(dates), bool(since or until), bool(queries)).count(True) != 1:
        raise ValueError("name days by --date, or by --since and --until, or name a --query")
    if queries:
        return [_search(query) for query in dict.fromkeys(queries)]
    if dates:
        return map(_day, sorted(set(dates)))
    if since is None:
        raise ValueError("--until needs --since")
    until = until or max(since, today - timedelta(days=1))
    if since > until:
        raise ValueError("--since is after --until")
    return (_day(since + timedelta(days=number)) for number in range((until - since).days + 1))


def _day(day: date) -> FetchRequest:
    parameters = {"date": day.isoformat(), "limit": str(_LIMIT)}
    return FetchRequest(str(day), f"daily-papers-{day}", "/api/daily_papers", parameters, day)


def _search(query: str) -> FetchRequest:
    if not query.strip():
        raise ValueError("--query is empty")
    words = "-".join(re.findall(r"[a-z0-9]+", query.lower()))[:40].strip("-")
    digest = sha256(query.encode()).hexdigest()[:8]
    stem = "-".join(filter(None, ["daily-papers-search", words, digest]))
    parameters = {"q": query, "limit": str(_LIMIT)}
    return FetchRequest(f"query {query!r}", stem, "/api/papers/search", parameters)


def fetch(
    requests: Iterable[FetchRequest], folder: Path, service: Service, most: int
) -> Iterator[FetchResult]:
    """Make at most `most` of the requests whose file is missing; yield the result of each.

    A day is over when the next one has begun in UTC; it is not requested before. An empty weekend
    is noted and not requested again; an empty weekday is, as it may be the service's mistake.

    Raises:
        OSError: the folder cannot be written, or another fetch is saving into it.
    """
    with loop.noted(folder / _EMPTY_DAYS) as (empty, note):

        def known(request: FetchRequest) -> FetchResult | None:
            if (result := _saved_before(request, folder, empty)) is not None:
                return result
            is_open = request.day and request.day >= service.now().date()
            return not_asked(request.name, "the day is not over, in UTC") if is_open else None

        def ask(request: FetchRequest) -> FetchResult:
            return _save(request, folder, service, note)

        yield from loop.in_turn(requests, known, ask, service, most)


def _saved_before(request: FetchRequest, folder: Path, empty: set[str]) -> FetchResult | None:
    """Return the result of an earlier run, if there is one; a file that is cut is none."""
    path = folder / f"{request.stem}.json"
    if not path.exists():
        return FetchResult("there", request.name, "no papers") if request.name in empty else None
    try:
        json.loads(saved_file.read(path))
    except (ValueError, RecursionError):
        return None
    return FetchResult("there", request.name, str(path))


def _save(request: FetchRequest, folder: Path, service: Service, note: Note) -> FetchResult:
    """Make a request and save the answer; raise ResponseError if it is invalid, UnavailableError if
    there is none."""
    records = validation.read(service.get(request.path, request.parameters))
    if not records:
        if request.day and request.day.isoweekday() > 5:
            note(request.name)
        return FetchResult("empty", request.name, "no papers")
    if request.day:
        validation.require_day(records, request.day)
    path = folder / f"{request.stem}.json"
    loop.save(path, validation.printed(records))
    count = len(records)
    doubt = f"exactly {count} papers: the service may have cut its answer there"
    text = f"{path}, {count} paper{'s' * (count != 1)}"
    return FetchResult("saved", request.name, text, doubt if count in _CUTS else None)
