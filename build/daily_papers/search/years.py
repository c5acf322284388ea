"""Reads the years of filters, and says how several combine."""

import re
from collections.abc import Iterable, Sequence

_RANGE = re.compile(r"(?=\D*[0-9])(?P<first>[0-9]{4})?\s*(?:\.\.+|-|–|to)\s*(?P<last>[0-9]{4})?")
_BOUND = re.compile(r"(?P<sign>[<>])(?P<equal>=?)\s*(?P<year>[0-9]{4})")
_END = 10_000


def year_range(value: str) -> range | None:
    """Return the years of 2024..2025, 2024.., >=2024, >2024, <=2024 or <2024; None for others."""
    if span := _RANGE.fullmatch(value.strip()):
        return range(int(span["first"] or 0), int(span["last"] or _END - 1) + 1)
    if bound := _BOUND.fullmatch(value.strip()):
        year, after = int(bound["year"]), bound["sign"] == ">"
        year += after != bool(bound["equal"])  # > and <= divide after the year, >= and < before it
        return range(year, _END) if after else range(year)
    return None


def alternatives(values: Iterable[str]) -> list[list[str]]:
    """Group the values of a filter: the groups are alternatives, and all of a group must hold.
    Bounds such as >=2022 and <2025 form a group, any other value is one by itself."""
    groups, bounds = list[list[str]](), list[str]()
    for value in values:
        years = year_range(value)
        if years and (years.start == 0 or years.stop == _END):
            bounds.append(value)
        else:
            groups.append([value])
    return [*groups, bounds] if bounds else groups


def with_year(values: Sequence[str], year: str) -> list[str]:
    """Return chosen years and one more, which takes the place of ranges that include it."""
    wider = [
        value
        for group in alternatives(values)
        if year.isdecimal() and all(int(year) in (year_range(bound) or ()) for bound in group)
        for value in group
    ]
    return [*(value for value in values if value not in wider), year]
