"""Finds the list of papers in an answer of the service, and the day that the answer is of."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from daily_papers.dumps import dates, record_fields, strict_json
from daily_papers.dumps.saved_file import ShownOn
from daily_papers.dumps.strict_json import InvalidValueError, describe
from daily_papers.records import DateBasis, Listing

_DEEPEST = 3  # objects around the list
_LIST_KEYS = ("searchResults", "results", "dailyPapers", "papers", "data")  # in order of precedence
_DATE_KEYS = ("date", "dateString")
_PAPER_KEYS = {"summary", "authors", "publishedAt", "upvotes"}
_LONGEST_DAY = timedelta(days=3)  # a page of Monday lists what was submitted since Friday

_Path = tuple[str, ...]


@dataclass
class Answers:
    """The listings of JSON answers in a text, and the days that the answers state.

    `line_span` maps offsets of a record's beginning and end to line numbers of the file; `decode`
    turns what stands for a record into a record.
    """

    text: str
    line_span: Callable[[int, int], tuple[int, int]]
    decode: Callable[[object], object] = lambda record: record
    listings: list[Listing] = field(default_factory=list)
    shown_on_text: str | None = None
    days: set[str | None] = field(default_factory=set)
    is_one_paper: bool = False  # which says nothing of the day that it was saved

    def add_record(self, record: object, start: int, end: int) -> None:
        """Add the listing of the record at `text[start:end]`."""
        rank = len(self.listings) + 1
        try:
            decoded = self.decode(record)
            listing = record_fields.listing(decoded, rank, *self.line_span(start, end))
        except InvalidValueError as error:
            raise InvalidValueError(f"record {rank}: {error.problem}", start) from error
        self.listings.append(listing)

    def add_list(self, offset: int) -> int:
        """Add the listings of the list at an offset; return the offset behind it."""
        self.is_one_paper = False
        return strict_json.read_list(self.text, offset, self.add_record)

    def add_answer(self, answer: Mapping[str, Any], path: Sequence[str], offset: int) -> None:
        """Add the listings of the list that a path leads to in the answer at an offset."""
        self.shown_on_text, day = stated_day(answer)
        self.days.add(day)
        for key in path:
            offset = strict_json.member_offset(self.text, offset, key)
        self.add_list(offset)

    def shown_on(self, address_day: str | None = None) -> ShownOn:
        """Return the day that the answers or the address state, or else infer it."""
        day = next(iter(self.days)) if len(self.days) == 1 else None
        if day or address_day:
            return self.shown_on_text, day or address_day, "stated"
        return self.shown_on_text, *_infer_day(() if self.is_one_paper else self.listings)


def is_record(value: object) -> bool:
    """Tell whether a value is a record or a paper, and not an object around them."""
    return isinstance(value, dict) and (
        "paper" in value or ({"id", "title"} <= value.keys() and not _PAPER_KEYS.isdisjoint(value))
    )


def list_path(answer: Mapping[str, Any]) -> _Path:
    """Return the keys that lead to the list of papers in an object.

    The page of a search may have the papers of a day beside its results and not show them: the
    results count. An empty list counts only where there is no other.

    Raises:
        InvalidValueError: there is no such list, or the answer states an error.
    """
    lists = list(_lists(answer))
    filled = [(path, values) for path, values in lists if any(map(_may_be_record, values))]
    empty = [(path, values) for path, values in lists if not values and path[-1] in _LIST_KEYS]
    if filled or empty:
        return min(filled or empty, key=_precedence)[0]
    if error := answer.get("error"):
        problem = f"an answer that says what went wrong, {describe(error)}, and has no papers"
        raise InvalidValueError(problem)
    raise InvalidValueError("no list of papers in it")


def _lists(answer: Mapping[str, Any], path: _Path = ()) -> Iterator[tuple[_Path, list[Any]]]:
    for key, child in answer.items():
        if isinstance(child, list):
            yield (*path, key), child
        elif len(path) + 1 < _DEEPEST and isinstance(child, dict) and not is_record(child):
            yield from _lists(child, (*path, key))


def _may_be_record(value: object) -> bool:
    return is_record(value) or (isinstance(value, str) and value.lstrip().startswith("{"))


def _precedence(candidate: tuple[_Path, list[Any]]) -> tuple[int, int, int]:
    path, values = candidate
    rank = _LIST_KEYS.index(path[-1]) if path[-1] in _LIST_KEYS else len(_LIST_KEYS)
    return rank, -len(values), len(path)


def stated_day(answer: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return the day that an answer states: as printed, and as YYYY-MM-DD."""
    text = next((answer[key] for key in _DATE_KEYS if isinstance(answer.get(key), str)), None)
    if not text or len(text) > dates.LONGEST_MOMENT or not text.isprintable():
        return None, None
    return text, dates.iso_day(text)


def _infer_day(listings: Sequence[Listing]) -> tuple[str | None, DateBasis | None]:
    """Infer the day of an answer: the newest day on which a paper was listed.

    There is none if a listing has no such day, or if the days lie more than a weekend apart.
    """
    days = [listing.listed_on for listing in listings if listing.listed_on]
    if not days or len(days) < len(listings):
        return None, None
    first, last = map(date.fromisoformat, (min(days), max(days)))
    return (None, None) if last - first > _LONGEST_DAY else (max(days), "inferred")
