"""Reads every number in a text: `2.55x`, `14–49×`, `from 42GB to 11GB`, `two orders of magnitude`.

This is the grammar of numbers alone. `metric_effect` decides what a number measures.
"""

# Longer than others: the whole grammar of numbers on one page.

import re
from typing import NamedTuple

from daily_papers.text import Text
from daily_papers.vocabulary import UNITS
from daily_papers.vocabulary.metrics_units import Unit

_NUMBER = re.compile(
    r"\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,12})?(?!\d)"
    r"|\d{1,3},\d{1,2}(?=\s?(?:%|×|percent\b|(?:ms|GB|MB|dB)\b))"  # "12,5 %"
    r"|\d{1,15}(?:\.\d{1,12})?"
)
_POWER = re.compile(r"10\s?\^\s?\{?(\d{1,2})\}?")
_FRACTION = re.compile(
    r"(one|an?|two|three|four)[-\s](third|quarter|fourth|fifth|sixth|seventh|eighth|ninth|tenth|"
    r"twentieth|fiftieth|hundredth|thousandth)s?\b(?=[-\s](?:of|the|that|as)\b)",
    re.IGNORECASE,
)
_RATIO = re.compile(r"1\s?/\s?(\d{1,4})(?:th\b)?(?=\s(?:of|the|as)\b)")
_SHARED_UNIT = re.compile(r"\s?/\s?|,\s|,?\sand\s")
_ARROWS = r"(?:→|⇒|⟶|➔|--?>|=>)"
_RANGE = re.compile(rf"\s?(?:{_ARROWS}|[-–—−~∼]|\.\.\.?|to(?![^\W\d_]))\s?[~+]?\$?(?=\.?\d)")
_CHANGE = re.compile(rf"\s?(?:to|{_ARROWS})")
_UNCERTAINTY = re.compile(r"\s?\(?\s?(?:±|\+/[-−–])\s?(?=\.?\d)")  # "84.5 ± 0.3%"
_CLOSING = re.compile(r"\s?\)(?:\s?(%))?")
_BETWEEN = re.compile(r"\s?and\s(?=\.?\d)")
_TIMES = re.compile(
    r"[\s-]?(?:[xX](?![^\W_]|\s?\d)|×(?!\s?\d|[A-Z])|times\b(?! (?:steps?|series)\b))|"
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
_HALF = re.compile(r"half\b(?: (?:of|the|that of|its|as much|as many)\b)?", re.IGNORECASE)
_WHICH_HALF = re.compile(r"\b(?:first|second|latter|other|last)\s$")
_NO_VERB = re.compile(r"\s(?:as|of|are|is|from|in|with|and|for)\b|\s?[,.;:)]|\s?$")
_SCALE_BEFORE = re.compile(r"(thousand|million|billion|trillion|[kKMBT])\W*\w*\W*\w*$")
_LETTERS = re.compile(r"[A-Za-z]+")
_DOUBLE = re.compile(r" (?:the|that|its|their|as)\b")
_FACTOR = re.compile(
    r"\bfactors? (?:of )?(?:up to |about |over |nearly |around |at least |roughly |"
    r"more than )?[~≈]?$"
)
_ARROW = re.compile(r"\s?([↑↓])")
_DOLLARS = re.compile(r"(?:(?:US)?\$|\bUSD)\s?$")
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
    "doubled": 2, "tripled": 3, "quadrupled": 4, "quadrupling": 4,
}  # fmt: skip
NUMBER_VERBS = {  # of change, and a number at once: "triples throughput"
    f"{stem}{ending}"
    for stem in ("doubl", "tripl", "quadrupl", "halv")
    for ending in ("e", "es", "ed", "ing")
}
_PARTS = {
    "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10, "twentieth": 20, "fiftieth": 50, "hundredth": 100, "thousandth": 1000,
}  # fmt: skip
_HALVES = frozenset(("half", "halve", "halves", "halving", "halved"))
_COUNTS = "|".join(word for word in _WORDS if len(word) > 2)
_WORD_RANGE = re.compile(
    rf"-?\s(?:to|or)\s({_COUNTS})(?:[-\s]times|[-\s]?fold)\b",
    re.IGNORECASE,
)
_ARTICLES = frozenset(("a", "an"))  # numbers in "an order of magnitude" only
_NUMBER_WORDS = frozenset((*_WORDS, *_FOLDS, *_HALVES))


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
    unit_entry: Unit | None = None  # the unit's entry, if it is in the vocabulary
    sign: str = ""  # what stands right before: one of ~ < > + -
    falls: bool | None = None  # for "from A to B": whether B is smaller
    scaled: bool = False  # a multiplier was applied
    is_verb: bool = False  # it also is the verb of change: "halves the memory"


def find_quantities(text: Text) -> list[Quantity]:
    """Return the quantities of a text from left to right, none inside another."""
    quantities: list[Quantity] = []
    end = 0
    forms = enumerate(text.forms)
    for index in [index for index, form in forms if form[0] <= "9" or form in _NUMBER_WORDS]:
        form, start = text.forms[index], text.starts[index]
        if start < end or (form in _ARTICLES and not _opens_amount(text, index)):
            continue
        gap = text.gaps[index]
        dotted = gap.endswith(".") and not gap[:-1].endswith(".")
        leads = form[0] <= "9" and dotted and (not index or gap != ".")  # ".5", not "2.5"
        if quantity := _quantity_at(text.text, start - leads):
            quantities.append(quantity)
            end = quantity.end
    return _with_shared_units(text.text, quantities)


def _opens_amount(text: Text, index: int) -> bool:
    """Tell whether an article is a number: in "an order of magnitude" and "a quarter of"."""
    following = text.forms[index + 1 : index + 2]
    return following == ["order"] or (bool(following) and following[0] in _PARTS)


def _with_shared_units(text: str, quantities: list[Quantity]) -> list[Quantity]:
    """Give bare numbers the unit that stands behind the last of a list ("18/13/53%", "3.8 and
    1.9 dB")."""
    for index in range(len(quantities) - 2, -1, -1):
        number, following = quantities[index], quantities[index + 1]
        if number.unit is not None or following.unit in (None, "orders") or number.scaled:
            continue
        gap = text[number.end : following.start]
        is_list = "/" in gap or ("." in text[number.start : number.end] and following.unit != "x")
        if is_list and _SHARED_UNIT.fullmatch(gap):
            entry = following.unit_entry
            quantities[index] = number._replace(unit=following.unit, unit_entry=entry)
    return quantities


def _quantity_at(text: str, start: int) -> Quantity | None:
    if text[start].isalpha():
        return _in_words(text, start)
    if ratio := _RATIO.match(text, start):  # "1/20 of the compute"
        share = round(1 / max(1, int(ratio[1])), 4)
        return Quantity(start, ratio.end(), share, None, "x")
    quantity = _number(text, start)
    if quantity is None:
        return None
    before = text[max(0, start - 40) : start]
    money = _DOLLARS.search(before) if "$" in before or "USD" in before else None
    bare = before[: money.start()] if money else before
    signed = _SIGN.search(bare[-3:]) if bare.rstrip()[-1:] in _SIGNS else None
    if money:
        quantity = quantity._replace(unit="dollars", unit_entry=UNITS.get("dollars"))
    if quantity.unit is None and "factor" in before and _FACTOR.search(before):
        quantity = quantity._replace(unit="x")
    quantity = _without_uncertainty(text, quantity)
    arrow = _ARROW.match(text, quantity.end)
    if arrow or signed:
        sign = "-+"[arrow[1] == "↑"] if arrow else signed[0].strip(" (")[:1] if signed else ""
        quantity = quantity._replace(sign=sign)
    # Whether it is the first number of "from A to B" or "between A and B".
    opens = ("from" in before or "between" in before) and _FROM.search(before) is not None
    return _with_second(text, quantity, opens)


def _without_uncertainty(text: str, number: Quantity) -> Quantity:
    """Take the uncertainty behind a number in, whose unit may stand behind it alone."""
    joint = _UNCERTAINTY.match(text, number.end)
    spread = _number(text, joint.end()) if joint else None
    if not joint or not spread:
        return number
    unit, end = spread.unit, spread.end
    if "(" in joint[0]:
        closing = _CLOSING.match(text, end)
        if not closing:
            return number
        unit, end = unit or closing[1], closing.end()
    entry = number.unit_entry if number.unit else spread.unit_entry
    return number._replace(end=end, unit=number.unit or unit, unit_entry=entry)


def _with_second(text: str, first: Quantity, opens: bool) -> Quantity:
    """Join the other end of a range or a change, if one follows."""
    joint = _RANGE.match(text, first.end) or (opens and _BETWEEN.match(text, first.end))
    second = _number(text, joint.end()) if joint else None
    if not joint or second is None or (not opens and not _same_kind(first, second)):
        return first
    value = first.value
    if first.unit_entry is not second.unit_entry or first.unit != second.unit:
        ratio = _ratio_of_units(first, second)
        if ratio is None:
            return first
        value = round(value * ratio, 12)  # "from 3 days to 5 hours"
    is_arrow = "to" not in joint[0]
    changes = bool(_CHANGE.match(joint[0])) and (opens or is_arrow or value > second.value)
    if first.unit is None and second.scaled and not first.scaled and value < 1000:
        scale = _SCALE_BEFORE.search(text[max(0, second.end - 40) : second.end])
        value *= _SCALES[scale[1]] if scale else 1.0
    return first._replace(
        end=second.end,
        value=max(value, second.value),
        low=min(value, second.value),
        unit=second.unit or first.unit,
        unit_entry=second.unit_entry or first.unit_entry,
        falls=second.value < value if changes else None,
        scaled=first.scaled or second.scaled,
    )


def _same_kind(first: Quantity, second: Quantity) -> bool:
    if first.scaled and not second.scaled and second.unit in ("%", "x", "points"):
        return False
    is_one_unit = first.unit == second.unit or first.unit is None or second.unit is None
    return is_one_unit or _ratio_of_units(first, second) is not None


def _ratio_of_units(first: Quantity, second: Quantity) -> float | None:
    """Return how large the first unit is beside the second; 1 where one of them has no entry, and
    None for units that cannot be compared."""
    entry, other = first.unit_entry, second.unit_entry
    if not entry or not other:
        return 1.0
    size, other_size = entry.size_of(first.unit or ""), other.size_of(second.unit or "")
    if size and other_size and entry.metric == other.metric:
        return size / other_size
    return 1.0 if entry is other else None


def _number(text: str, start: int) -> Quantity | None:
    """Read one number with its unit, without what stands before it."""
    dotted = text[start] == "."
    number = _NUMBER.match(text, start + dotted)
    if number is None or (dotted and not number[0].isdecimal()):  # ".9.9"
        return None
    value, end = _value(text, number, dotted)
    for pattern, unit in ((_TIMES, "x"), (_POINTS, "points"), (_PERCENT, "%"), (_ORDERS, "orders")):
        if match := pattern.match(text, end):
            return Quantity(start, match.end(), value, None, unit)
    if scale := _SCALE.match(text, end) or _ATTACHED_SCALE.match(text, end):
        value *= _SCALES[scale[0].strip().strip("-")]
        end = scale.end()
        if times := _TIMES.match(text, end):
            return Quantity(start, times.end(), value, None, "x", scaled=True)
    unit_name, unit_entry, unit_end = _unit(text, end)
    if unit_entry is None and not scale and text[end : end + 1].isalpha():
        return None  # part of a name: "3D", "2bit"
    return Quantity(start, unit_end, value, None, unit_name, unit_entry, scaled=bool(scale))


def _value(text: str, number: re.Match[str], dotted: bool) -> tuple[float, int]:
    """Return the value of digits, and where they end; "10^3" is 1000, "12,5 %" 12.5."""
    if power := _POWER.match(text, number.start()):
        return 10.0 ** int(power[1]), power.end()
    digits = "." + number[0] if dotted else number[0]
    whole, comma, decimals = digits.partition(",")
    if comma and len(decimals) < 3:
        return float(f"{whole}.{decimals}"), number.end()
    return float(digits.replace(",", "")), number.end()


def _unit(text: str, offset: int) -> tuple[str | None, Unit | None, int]:
    """Return the unit at an offset as written, its entry and its end; none ends at the offset."""
    match = _UNIT.match(text, offset)
    written = match[1] if match else ""
    while match and written:
        entry = UNITS.get(written)
        if entry is not None:
            return written, entry, match.start(1) + len(written)
        written = written[: max(written.rfind(" "), written.rfind("-"), 0)]
    return None, None, offset


def _in_words(text: str, start: int) -> Quantity | None:
    word = _LETTERS.match(text, start)
    if word is None:
        return None
    form, end = word[0].lower(), word.end()
    if fraction := _FRACTION.match(text, start):
        count = 1 if fraction[1].lower() in _ARTICLES else _WORDS[fraction[1].lower()]
        share = round(count / _PARTS[fraction[2].lower()], 4)
        return Quantity(start, fraction.end(), share, None, "x")
    if form in _WORDS and (orders := _ORDERS.match(text, end)):
        return Quantity(start, orders.end(), _WORDS[form], None, "orders")
    if fold := _FOLDS.get(form) or _FOLDS.get(form.removesuffix("s")):
        return _fold(text, start, end, fold)
    if form in _HALVES:
        return _half(text, start, end)
    counts = form in _WORDS and form not in _ARTICLES and form != "single"
    return _counted(text, start, end, _WORDS[form]) if counts else None


def _fold(text: str, start: int, end: int, fold: int) -> Quantity | None:
    """Read "twice", "threefold" and "doubles the"; "double quantization", "doubles as" and "triples
    of a graph" are no numbers."""
    form = text[start:end].lower()
    if form in ("double", "triple", "quadruple") and not _DOUBLE.match(text, end):
        return None
    is_verb = form in NUMBER_VERBS
    if is_verb and form.endswith("s") and _NO_VERB.match(text, end):
        return None
    return Quantity(start, end, fold, None, "x", falls=False if is_verb else None, is_verb=is_verb)


def _counted(text: str, start: int, end: int, value: int) -> Quantity | None:
    """Read "six times", "five to six times", "a factor of two" and "three GPUs"."""
    if times := _TIMES.match(text, end):
        return Quantity(start, times.end(), value, None, "x")
    if span := _WORD_RANGE.match(text, end):
        low, high = sorted((value, _WORDS[span[1].lower()]))
        return Quantity(start, span.end(), high, low, "x")
    if _FACTOR.search(text, max(0, start - 40), start):
        return Quantity(start, end, value, None, "x")
    unit, entry, unit_end = _unit(text, end)
    is_unit = unit is not None and text[end : end + 1] != "-"
    return Quantity(start, unit_end, value, None, unit, entry) if is_unit else None


def _half(text: str, start: int, end: int) -> Quantity | None:
    """Read 50 % from "halves" and "by half", 0.5 times from "half the …"; "the first half" is no
    number."""
    noun = _HALF.match(text, start)
    if noun is None:
        return Quantity(start, end, 50.0, None, "%", falls=True, is_verb=True)
    if text[max(0, start - 3) : start].lower() in ("by ", "in "):
        return Quantity(start, start + 4, 50.0, None, "%", falls=True)
    is_share = " " in noun[0] and not _WHICH_HALF.search(text, max(0, start - 8), start)
    return Quantity(start, start + 4, 0.5, None, "x") if is_share else None
