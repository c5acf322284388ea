"""Reads every number in a text: `2.55x`, `14–49×`, `from 42GB to 11GB`, `two orders of magnitude`.

One grammar for all of them. What a number means is not decided here.
"""

import re
from typing import NamedTuple

from daily_papers.text import Text
from daily_papers.vocabulary import UNITS
from daily_papers.vocabulary.metrics_units import Unit

_NUMBER = re.compile(r"\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,12})?(?!\d)|\d{1,15}(?:\.\d{1,12})?")
_RANGE = re.compile(r"\s?(?:[-–—−~∼]|\.\.\.?|to(?![^\W\d_]))\s?[~+]?\$?(?=\.?\d)")
_BETWEEN = re.compile(r"\s?and\s(?=\.?\d)")
_TIMES = re.compile(
    r"[\s-]?(?:[×xX](?![^\W_]|\s?\d)|times\b(?! (?:steps?|series)\b))|"
    r"[\s-]?folds?\b(?!\s+(?i:cross))"
)
_POINTS = re.compile(
    r"\s?%?[\s-]?(?:(?:accuracy|absolute|average|AP|F1|BLEU|mAP|score|quality)\s)?(?:percentage[\s-]points?|points?|pts?|pp|p\.p\.)(?!\w)"
    r"|\s?%(?:p\b|[\s-](?:absolute|abs)\b)|\s?absolute\s(?:percentage\s)?points?\b"
)
_PERCENT = re.compile(r"[\s-]?(?:%|percent\b|per\scent\b)")
_SCALE = re.compile(r"[\s-]?(thousand|million|billion|trillion)\b|[\s-]?([kKMBT])(?![^\W_])")
_ATTACHED_SCALE = re.compile(r"[kKMBT](?=[\s-]?[a-z]{3})(?![a-z])")
_UNIT = re.compile(r"[\s-]{0,2}([A-Za-zµμ²^/]+\d?(?:[\s-][A-Za-z/]+){0,2})")
_ORDERS = re.compile(r"[\s-]orders?[\s-](?:of[\s-])?magnitudes?\b", re.IGNORECASE)
_HALF = re.compile(r"half\b(?: (?:the|that of|its|as much|as many)\b)?", re.IGNORECASE)
_SCALE_BEFORE = re.compile(r"(thousand|million|billion|trillion|[kKMBT])\W*\w*\W*\w*$")
_LETTERS = re.compile(r"[A-Za-z]+")
_DOUBLE = re.compile(r" (?:the|that|its|their|as)\b")
_FACTOR = re.compile(
    r"\bfactors? (?:of )?(?:up to |about |over |nearly |around |at least |roughly |"
    r"more than )?[~≈]?$"
)
_ARROW = re.compile(r"\s?([↑↓])")
_DOLLARS = re.compile(r"(?:US)?\$\s?$")
_SIGNS = frozenset("~≈∼<>≤≥⩽⩾±!+−-")
_SIGN = re.compile(r"(?:[~≈∼<>≤≥⩽⩾±!]|(?:^|[\s(])[+−-])\s?$")
_FROM = re.compile(r"\b(?:from|between)\s(?:(?:an?|the|around|about|nearly|roughly|\w+ly)\s){0,2}$")

_SCALES = {
    "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
    "k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12,
}  # fmt: skip
_WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "twenty": 20, "hundred": 100, "single": 1,
}  # fmt: skip
_FOLDS = {
    "twice": 2, "double": 2, "doubling": 2, "triple": 3, "tripling": 3, "quadruple": 4,
    "twofold": 2, "threefold": 3, "fourfold": 4, "fivefold": 5, "tenfold": 10, "thrice": 3,
    "doubled": 2, "tripled": 3,
}  # fmt: skip
_HALVES = frozenset(("half", "halve", "halving", "halved"))
_ARTICLES = frozenset(("a", "an"))  # numbers in "an order of magnitude" only
_WORDED = frozenset((*_WORDS, *_FOLDS, *_HALVES))


class Quantity(NamedTuple):
    """A number as the text states it, at [start, end).

    `value` is the larger end of a range and `low` the smaller, multipliers applied. `unit` is "x",
    "%", "points", "orders", a unit as written, or None for a bare number.
    """

    start: int
    end: int
    value: float
    low: float | None
    unit: str | None
    known: Unit | None = None  # the unit, if it is of the vocabulary
    sign: str = ""  # what stands right before: one of ~ < > + -
    falls: bool | None = None  # for "from A to B": whether B is smaller
    scaled: bool = False  # a multiplier was applied
    worded: bool = False  # written in words


class _Amount(NamedTuple):
    value: float
    unit: str | None
    known: Unit | None
    scaled: bool
    end: int


def find(text: Text) -> list[Quantity]:
    """Return the quantities of a text from left to right, none inside another."""
    found: list[Quantity] = []
    end = 0
    for index in [
        place for place, form in enumerate(text.forms) if form[0] <= "9" or form in _WORDED
    ]:
        form = text.forms[index]
        if form in _ARTICLES and text.forms[index + 1 : index + 2] != ["order"]:
            continue
        place = text.starts[index]
        if place >= end:
            dotted = text.gaps[index].endswith(".") and not text.gaps[index][:-1].endswith(".")
            leads = (
                form[0] <= "9" and dotted and (not index or text.gaps[index] != ".")
            )  # ".5", not "2.5"
            quantity = _at(text.text, place - leads)
            if quantity is not None:
                found.append(quantity)
                end = quantity.end
    return found


def _at(text: str, place: int) -> Quantity | None:
    if text[place].isalpha():
        return _in_words(text, place)
    first = _amount(text, place)
    if first is None:
        return None
    before = text[max(0, place - 40) : place]
    money = _DOLLARS.search(before) if "$" in before else None
    bare = before[: money.start()] if money else before
    signed = _SIGN.search(bare[-3:]) if bare.rstrip()[-1:] in _SIGNS else None
    if money:
        first = first._replace(unit="dollars", known=UNITS.get("dollars"))
    if first.unit is None and "factor" in before and _FACTOR.search(before):
        first = first._replace(unit="x")
    arrow = _ARROW.match(text, first.end)
    quantity = Quantity(
        start=place,
        end=first.end,
        value=first.value,
        low=None,
        unit=first.unit,
        known=first.known,
        sign="-+"[arrow[1] == "↑"] if arrow else signed[0].strip(" (")[:1] if signed else "",
        scaled=first.scaled,
    )
    return _with_second(text, quantity, _is_opened(before))


def _is_opened(before: str) -> bool:
    """Tell whether a number is the first of "from A to B" or "between A and B"."""
    if "from" not in before and "between" not in before:
        return False
    return _FROM.search(before) is not None


def _with_second(text: str, first: Quantity, opened: bool) -> Quantity:
    """Join the other end of a range or a change, if one follows."""
    joint = _RANGE.match(text, first.end) or (opened and _BETWEEN.match(text, first.end))
    second = _amount(text, joint.end()) if joint else None
    if not joint or second is None or (not opened and not _same_kind(first, second)):
        return first
    changes = "to" in joint[0] and (opened or first.value > second.value)
    value = first.value
    if first.unit is None and second.scaled and not first.scaled and value < 1000:
        value *= _scale_of(text, second)
    return first._replace(
        end=second.end,
        value=max(value, second.value),
        low=min(value, second.value),
        unit=second.unit or first.unit,
        known=second.known or first.known,
        falls=second.value < value if changes else None,
        scaled=first.scaled or second.scaled,
    )


def _scale_of(text: str, amount: _Amount) -> float:
    found = _SCALE_BEFORE.search(text[max(0, amount.end - 40) : amount.end])
    return _SCALES[found[1]] if found else 1.0


def _same_kind(first: Quantity, second: _Amount) -> bool:
    if first.scaled and not second.scaled and second.unit in ("%", "x", "points"):
        return False
    return first.unit == second.unit or first.unit is None or second.unit is None


def _amount(text: str, place: int) -> _Amount | None:
    dotted = text[place] == "."
    number = _NUMBER.match(text, place + dotted)
    if number is None or (dotted and not number[0].isdecimal()):  # ".9.9"
        return None
    value = float(number[0].replace(",", "")) if not dotted else float("." + number[0])
    end = number.end()
    for pattern, unit in ((_TIMES, "x"), (_POINTS, "points"), (_PERCENT, "%")):
        found = pattern.match(text, end)
        if found:
            return _Amount(value, unit, None, False, found.end())
    scale = _SCALE.match(text, end) or _ATTACHED_SCALE.match(text, end)
    if scale:
        value *= _SCALES[scale[0].strip().strip("-")]
        end = scale.end()
        times = _TIMES.match(text, end)
        if times:
            return _Amount(value, "x", None, True, times.end())
    elif text[end : end + 1].isalpha() and not _unit(text, end):
        return None  # "3D", "2bit"-like names: no number of its own
    written = _unit(text, end)
    if written:
        return _Amount(value, written[0], written[1], bool(scale), written[2])
    return _Amount(value, None, None, bool(scale), end)


def _unit(text: str, place: int) -> tuple[str, Unit, int] | None:
    """Return the unit that follows a number: as written, as known, and where it ends."""
    found = _UNIT.match(text, place)
    if found is None:
        return None
    written = found[1]
    start = found.start(1)
    while written:
        known = UNITS.get(written)
        if known is not None:
            return written, known, start + len(written)
        cut = max(written.rfind(" "), written.rfind("-"))
        written = written[:cut] if cut > 0 else ""
    return None


def _in_words(text: str, place: int) -> Quantity | None:
    word = _LETTERS.match(text, place)
    if word is None:
        return None
    form = word[0].lower()
    orders = _ORDERS.match(text, word.end())
    if form in _WORDS and orders:
        return Quantity(place, orders.end(), _WORDS[form], None, "orders", worded=True)
    if form in _FOLDS or form.removesuffix("s") in _FOLDS:
        if form in ("double", "triple") and not _DOUBLE.match(text, word.end()):
            return None  # "double quantization"
        value = _FOLDS.get(form) or _FOLDS[form.removesuffix("s")]
        return Quantity(place, word.end(), value, None, "x", worded=True)
    if form in _WORDS and form not in _ARTICLES and form != "single":
        times = _TIMES.match(text, word.end())
        if times:
            return Quantity(place, times.end(), _WORDS[form], None, "x", worded=True)
        unit = _unit(text, word.end()) if text[word.end() : word.end() + 1] != "-" else None
        if unit:
            return Quantity(place, unit[2], _WORDS[form], None, unit[0], unit[1], worded=True)
    if form in ("half", "halve", "halves", "halving", "halved"):
        return _half(text, place)
    return None


def _half(text: str, place: int) -> Quantity | None:
    found = _HALF.match(text, place)
    before = text[max(0, place - 4) : place].lower()
    if found is None:
        end = place + len(_LETTERS.match(text, place)[0])  # type: ignore[index]
        return Quantity(place, end, 50.0, None, "%", worded=True, falls=True)
    if before.endswith(("by ", "in ")) or " " in found[0]:
        return Quantity(
            place, place + 4, 50.0, None, "%", worded=True, falls=before[-3:-1] in ("by", "in")
        )
    return None
