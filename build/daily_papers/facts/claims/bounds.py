"""Reads what bounds a number: "up to 30%", "more than 2x", "~5%", "3% on average"."""

import re

from daily_papers.facts.claims.number_context import Line
from daily_papers.facts.claims.quantities import Quantity
from daily_papers.records import Bound

_SKIPPED = re.compile(
    r"(?:\s|[~≈∼<>≤≥⩽⩾±!+(]|\b(?:an?|the|only|just|a notable|a significant|\(\d\))\s)+$"
)
_AVERAGE = re.compile(r"\s(?:average|mean)\b")
_ON_AVERAGE = re.compile(r"\)?\s*(?:\w+\s){0,2}?on average\b|\s?\((?:on average|average)\)")
_OR_MORE = re.compile(r"\s?(?:\+|or more\b|or higher\b)")
_WINDOW = 48  # characters before a number in which its bound stands
_SIGNS: dict[str, Bound] = {
    **dict.fromkeys("~≈∼±", "about"),
    **dict.fromkeys("<≤⩽!", "up to"),  # "!" is what some captures leave of "≤"
    **dict.fromkeys(">≥⩾", "at least"),
}


def find(line: Line, quantity: Quantity, end: int) -> tuple[Bound | None, int]:
    """Return the bound written beside a number, and where the words before both end.

    `end` is where the list of numbers ends that the number stands in: "average" behind a list
    holds for all of it.
    """
    place = quantity.start - (line.text[quantity.start - 1 : quantity.start] == "$")
    before = line.text[max(line.sentence.start, place - _WINDOW) : place]
    skipped = _SKIPPED.search(before)
    bare = place - (len(before) - skipped.start() if skipped else 0)
    last = line.index(bare)
    found = next((one for one in reversed(line.bounds) if one.last == last), None)
    if found and line.of.ends[last - 1] == bare:
        earlier = next((one for one in line.bounds if one.last == found.first), None)
        if earlier and "(" not in line.gap(found.first):
            found = earlier  # "over 5x on average": the first one written
        return found.value, line.of.starts[found.first]
    if quantity.sign in _SIGNS:
        return _SIGNS[quantity.sign], bare
    after = line.text[quantity.end : min(line.sentence.end, quantity.end + 60)]
    if _ON_AVERAGE.match(after) or _AVERAGE.match(after) or _AVERAGE.match(line.text, end):
        return "average", bare
    return ("at least" if _OR_MORE.match(after) else None), bare
