"""Reads the bound of a number: "up to 30%", "more than 2x", "~5%", "3% on average"."""

import re

from daily_papers.facts.claims.number_context import NumberList
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


def find_bound(numbers: NumberList, quantity: Quantity) -> tuple[Bound | None, int]:
    """Return the bound written beside a number of a list, and the offset where the words before
    both end; "average" behind the list holds for all of it."""
    line = numbers.line
    start = quantity.start - (line.text[quantity.start - 1 : quantity.start] == "$")
    before = line.text[max(line.sentence.start, start - _WINDOW) : start]
    skipped = _SKIPPED.search(before)
    bare = start - (len(before) - skipped.start() if skipped else 0)
    last = line.word_at(bare)
    bound = next((match for match in reversed(line.bounds) if match.last == last), None)
    if bound and line.source.ends[last - 1] == bare:
        earlier = next((match for match in line.bounds if match.last == bound.first), None)
        if earlier and "(" not in line.gap(bound.first):
            bound = earlier  # "over 5x on average": the first one written
        return bound.value, line.source.starts[bound.first]
    if quantity.sign in _SIGNS:
        return _SIGNS[quantity.sign], bare
    after = line.text[quantity.end : min(line.sentence.end, quantity.end + 60)]
    if _ON_AVERAGE.match(after) or _AVERAGE.match(after) or _AVERAGE.match(line.text, numbers.end):
        return "average", bare
    return ("at least" if _OR_MORE.match(after) else None), bare
