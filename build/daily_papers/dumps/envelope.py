"""Finds the papers in what the service answers, wherever it has them, and the day it is of."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from daily_papers.dumps.strict_json import Wrong, shown
from daily_papers.records import DateBasis, Listing

ERROR = "error"
_DEEPEST = 3  # objects around the list
_FOUND = ("searchResults", "results", "dailyPapers", "papers", "data")  # the first is shown first
_DATES = ("date", "dateString")
_PARTS = {"summary", "authors", "publishedAt", "upvotes"}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")
_LONGEST_DAY = timedelta(days=3)  # a page of Monday lists what was submitted since Friday


def is_record(found: object) -> bool:
    """Tell whether a value is a record or a paper alone, and not something around them."""
    if not isinstance(found, dict):
        return False
    return "paper" in found or ({"id", "title"} <= found.keys() and bool(_PARTS & found.keys()))


def papers_in(answer: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the keys that lead to the list of papers in an object.

    A page of a search may have what it found beside the papers of a day, which it does not show:
    then it is what it found. An empty list counts where there is no other.

    Raises:
        Wrong: there is no such list, or the answer says what went wrong.
    """
    lists = list(_lists(answer))
    filled = [(path, one) for path, one in lists if any(map(_may_be_record, one))]
    named = [(path, one) for path, one in lists if not one and path[-1] in _FOUND]
    if not (filled or named):
        error = answer.get(ERROR)
        if error:
            raise Wrong(f"an answer that says what went wrong, {shown(error)}, and has no papers")
        raise Wrong("no list of papers in it")
    return min(filled or named, key=_order)[0]


def _lists(answer: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    level: list[tuple[tuple[str, ...], Mapping[str, Any]]] = [((), answer)]
    for _ in range(_DEEPEST):
        below: list[tuple[tuple[str, ...], Mapping[str, Any]]] = []
        for path, one in level:
            for key, inside in one.items():
                if isinstance(inside, list):
                    yield (*path, key), inside
                elif isinstance(inside, dict) and not is_record(inside):
                    below.append(((*path, key), inside))
        level = below


def _may_be_record(found: object) -> bool:
    return is_record(found) or (isinstance(found, str) and found.lstrip().startswith("{"))


def _order(found: tuple[tuple[str, ...], list[Any]]) -> tuple[int, int]:
    path, papers = found
    return (_FOUND.index(path[-1]) if path[-1] in _FOUND else len(_FOUND)), -len(papers)


def day_stated(answer: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return the day that an answer says it is of: as it prints it, and as YYYY-MM-DD."""
    printed = next((answer[key] for key in _DATES if isinstance(answer.get(key), str)), None)
    if not printed or len(printed) > 40 or not printed.isprintable():
        return None, None
    try:
        return printed, date.fromisoformat(printed[:10]).isoformat() if _DAY.match(
            printed
        ) else None
    except ValueError:  # no such day
        return printed, None


def day_of(listings: Sequence[Listing]) -> tuple[str | None, DateBasis | None]:
    """Infer the day of an answer that does not say it: the newest day that something was listed.

    It is left open where the answer is not of one day: where something has no such day, or days
    lie more than a weekend apart.
    """
    days = [one.listed_on for one in listings if one.listed_on]
    if not days or len(days) < len(listings):
        return None, None
    first, last = min(days), max(days)
    if date.fromisoformat(last) - date.fromisoformat(first) > _LONGEST_DAY:
        return None, None
    return last, "inferred"
