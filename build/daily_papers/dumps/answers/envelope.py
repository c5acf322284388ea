"""Finds the records in an answer of the service, or in what archives make of answers, and the day
that the answer is of.

Records stand in a list, in a list in an object, or in an object by their ids or days.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from daily_papers.dumps import dates
from daily_papers.dumps.answers.field_values import VALUE_KEYS, UnexpectedValueError, parse_arxiv_id
from daily_papers.dumps.answers.json_values import InvalidValueError, describe
from daily_papers.dumps.answers.record_fields import LIST_KEYS, Context, is_record
from daily_papers.dumps.answers.record_keys import fields_of, normalized
from daily_papers.records import DateBasis, Listing

_DEEPEST_LIST = 3  # objects around a list
_DATE_KEYS = ("date", "datestring", "day")
_DESCRIPTIONS = ("meta", "metadata", "info", "header")
_LONGEST_DAY = timedelta(days=3)  # a page of Monday lists what was submitted since Friday
_SHORTEST_DAY = 8  # characters; a key of four digits is a year or an id
_OF_PAPER = {"id", "abstract", "authors", "upvotes"}

_DETAILS = ("metadata", "meta", "attributes", "info", "details", "data", "_source")

_Path = tuple[str, ...]


def context_inside(answer: Mapping[str, Any], context: Context) -> Context:
    """Return the context of what is inside an answer."""
    return Context(stated_day(answer)[1] or context.day, context.key)


def keyed_contexts(answer: Mapping[str, Any], context: Context) -> dict[str, Context]:
    """Return the contexts of the values that an object holds by their days, ids or titles, or under
    keys that say nothing; none if it holds them otherwise."""
    contexts = {key: keyed_context(key, value, context) for key, value in answer.items()}
    keyed = {key: inside for key, inside in contexts.items() if inside}
    is_of_paper = not _OF_PAPER.isdisjoint(fields_of(answer))
    lists = (value for value in answer.values() if isinstance(value, list))
    if keyed or is_of_paper or any(map(holds_records, lists)):
        return keyed
    return {
        key: context if is_record(value) else Context(context.day, title=key)
        for key, value in answer.items()
        if is_record(value) or _is_title_of(key, value)
    }


def _is_title_of(key: str, value: object) -> bool:
    """Tell whether a key is the title of a record that has none."""
    fields = fields_of(value) if isinstance(value, dict) else set()
    return " " in key.strip() and "title" not in fields and len(fields & _OF_PAPER) > 1


def keyed_context(key: str, value: object, context: Context) -> Context | None:
    """Return the context of a value if its key is the day or the id of what it holds."""
    if not isinstance(value, dict | list):
        return None
    if (day := dates.iso_day(key)) and len(key) >= _SHORTEST_DAY:
        return Context(day, context.key)
    with suppress(UnexpectedValueError):
        return Context(context.day, parse_arxiv_id(key))
    return None


def unwrapped(value: object, depth: int = 0) -> object:
    """Return the record in an object around it, with what else that states, such as {"row": {…}} of
    a dataset, {"id": …, "attributes": {…}} or {"cursor": …, "node": {…}}; any other value as it
    is."""
    if not isinstance(value, dict) or is_record(value) or depth > _DEEPEST_LIST:
        return value
    if any(isinstance(child, list) and any(map(is_record, child)) for child in value.values()):
        return value
    inner = {
        key: record
        for key, child in value.items()
        if isinstance(child, dict)
        and isinstance(record := unwrapped(child, depth + 1), dict)
        and is_record(record)
    }
    if len(inner) != 1 or any(keyed_context(key, inner[key], Context()) for key in inner):
        return value
    ((key, record),) = inner.items()
    around = {name: child for name, child in value.items() if name != key}
    if not {"abstract", "authors"}.isdisjoint(fields_of(around)) and key not in _DETAILS:
        return value  # an object of something else that has a title, such as a journal
    return {**around, **record} if fields_of(around) else record


def table_rows(value: object) -> list[dict[str, Any]]:
    """Return the records of a table that is stored by columns, as pandas writes it; none of other
    values: {"title": ["A", "B"], …}, {"title": {"0": "A", "1": "B"}, …} or
    {"columns": ["title", …], "data": [["A", …], …]}."""
    if not isinstance(value, dict):
        return []
    names, rows = value.get("columns"), value.get("data")
    if isinstance(names, list) and isinstance(rows, list) and all(map(_is_text, names)):
        lists = [row for row in rows if isinstance(row, list)]
        return [dict(zip(names, row, strict=False)) for row in lists if len(row) == len(names)]
    if not all(isinstance(column, list | dict) for column in value.values()):
        return []
    columns = {
        key: column if isinstance(column, dict) else dict(enumerate(column))
        for key, column in value.items()
    }
    titles: dict[Any, Any] = next(
        (columns[key] for key in columns if fields_of([key]) == {"title"}), {}
    )
    same = {key: column for key, column in columns.items() if column.keys() == titles.keys()}
    if set(map(normalized, map(str, titles))) <= VALUE_KEYS:  # {"title": {"S": "A"}, …}
        return []
    if not all(map(_is_text, titles.values())) or _OF_PAPER.isdisjoint(fields_of(same)):
        return []
    return [{key: column[row] for key, column in same.items()} for row in titles]


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def list_path(answer: Mapping[str, Any]) -> _Path:
    """Return the keys that lead to the list of papers in an object.

    The page of a search may have the papers of a day beside its results and not show them: the
    results count. An empty list counts only where there is no other.

    Raises:
        InvalidValueError: there is no such list, or the answer states an error.
    """
    lists = list(_lists(answer))
    filled = [(path, values) for path, values in lists if any(map(_may_be_record, values))]
    empty = [(path, values) for path, values in lists if not values and path[-1] in LIST_KEYS]
    if filled or empty:
        return min(filled or empty, key=_precedence)[0]
    if error := answer.get("error"):
        problem = f"an answer that says what went wrong, {describe(error)}, and has no papers"
        raise InvalidValueError(problem)
    is_of_paper = not _OF_PAPER.isdisjoint(fields_of(answer))
    raise InvalidValueError("no title in it" if is_of_paper else "no list of papers in it")


def _lists(answer: Mapping[str, Any], path: _Path = ()) -> Iterator[tuple[_Path, list[Any]]]:
    """Yield the paths of lists, and of objects that hold their values by ids or days."""
    for key, child in answer.items():
        if isinstance(child, list):
            yield (*path, key), child
        elif isinstance(child, dict) and not is_record(child):
            if keyed_contexts(child, Context()):
                yield (*path, key), [*child.values()]
            elif len(path) + 1 < _DEEPEST_LIST:
                yield from _lists(child, (*path, key))


def _may_be_record(value: object) -> bool:
    if isinstance(value, str):
        return value.lstrip().startswith("{")
    if is_record(unwrapped(value)):
        return True
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(
        is_record(child) or (isinstance(child, list) and any(map(is_record, child)))
        for child in inner
    )


def holds_records(value: object) -> bool:
    """Tell whether a list, or a list in an object, has records."""
    lists = [value] if isinstance(value, list) else []
    if isinstance(value, dict):
        lists = [values for _, values in _lists(value)]
    return any(any(map(_may_be_record, values)) for values in lists)


def _precedence(candidate: tuple[_Path, list[Any]]) -> tuple[int, int, int]:
    path, values = candidate
    rank = LIST_KEYS.index(path[-1]) if path[-1] in LIST_KEYS else len(LIST_KEYS)
    return rank, -len(values), len(path)


def stated_day(answer: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return the day that an answer states, itself or in an object that describes it: as printed,
    and as YYYY-MM-DD."""
    described = [answer.get(key) for key in _DESCRIPTIONS]
    for values in [answer, *(inner for inner in described if isinstance(inner, dict))]:
        named = {normalized(key): value for key, value in values.items() if _is_text(value)}
        text = next(filter(None, map(named.get, _DATE_KEYS)), "")
        if text and len(text) <= dates.LONGEST_MOMENT and text.isprintable():
            return text, dates.iso_day(text)
    return None, None


def statements_of_day(key: str, value: object) -> dict[str, object]:
    """Return the member of an answer by which `stated_day` would know its day; {} for others."""
    name = normalized(key)
    if name in _DATE_KEYS and _is_text(value):
        return {name: value}
    return {key: value} if key in _DESCRIPTIONS and isinstance(value, dict) else {}


def states_no_day(answer: Mapping[str, Any]) -> bool:
    """Tell whether an answer says that it is of no day."""
    return any(value is None and normalized(key) in _DATE_KEYS for key, value in answer.items())


def infer_day(listings: Sequence[Listing]) -> tuple[str | None, DateBasis | None]:
    """Infer the day of an answer: the newest day on which a paper was listed.

    There is none if a listing has no such day, or if the days lie more than a weekend apart.
    """
    days = [listing.listed_on for listing in listings if listing.listed_on]
    if not days or len(days) < len(listings):
        return None, None
    first, last = map(date.fromisoformat, (min(days), max(days)))
    return (None, None) if last - first > _LONGEST_DAY else (max(days), "inferred")
