"""Decides whether a number is a result or a setup, by its unit and how it is presented."""

import re

from daily_papers.facts.claims.metric_effect import Measurement
from daily_papers.facts.claims.number_context import MarkedSentence
from daily_papers.facts.claims.quantities import Quantity
from daily_papers.records import Claim, Effect

_RELATIVE = frozenset(("x", "%", "points", "orders"))
_ARTICLES = r"(?:(?:an?|the|only|just|merely|about|around|less than|single|consumer)\s){0,2}$"
_REACHED = re.compile(
    r"\b(?:only|just|merely|as little as|less than|within|under|(?<!up )to|sav\w+|single|achiev\w+|"
    r"reach\w+|takes|requir\w+|consum\w+|in|at|"
    r"(?:latency|time|throughput|footprint|memory|speed|power|cost|area|usage|consumption) of)\s"
    + _ARTICLES
)
_BY = re.compile(r"\bby\s(?:(?:about|around|over|up to|nearly)\s)?\$?$")
# Rates, energy and area are measured, hardly ever set.
_MEASURED_METRICS = frozenset(("throughput", "energy", "area"))
_MEASURED_REACHED = re.compile(
    r"\b(?:within|under|less than|fewer than|up to|attain\w+|sustain\w+|deliver\w+|takes?|taking|"
    r"spend\w+|over|exceed\w+|(?:speeds?|latency|power|consumption|footprint|cost|throughput) of|"
    r"saving|saves|reduc\w+|costs?|with|on a single|per|by)\s"
    r"(?:(?:an?|the|only|just|merely|about|around|approximately|less than|nearly|over|more than|"
    r"larger than|single|~)\s?){0,3}$"
)
_LONG_VERB = re.compile(
    r"\b(?:extend\w*|scal\w+|support\w*|handl\w+|up to|as long as|enabl\w+|process\w*|reach\w*|"
    r"over|larger than|longer than|more than|generaliz\w+|extrapolat\w+|decoding with|"
    r"retrieval)\b[^.;]{0,60}$"
)
_LONG_BEHIND = re.compile(
    r"[-\s]?(?:tokens?[-\s])?(?:long[-\s])?(?:context|sequence|window|lengths?\b|inputs?\b|tokens\b)|[.,]?$"
)
_LONG_BEFORE = re.compile(
    r"\b(?:context|sequence|input|length)[\w\s-]{0,24}\b(?:up to|as long as|from|to|of|beyond|"
    r"reaching)\s(?:over\s|about\s)?$"
)
_TRAINED = re.compile(r"\b(?:train|pretrain|pre-train|dataset|corpus|data)\w*\b")
_SHORTEST_CONTEXT = 1000  # tokens
_LONGEST_CONTEXT = 100_000_000


def is_result(
    line: MarkedSentence, quantity: Quantity, measurement: Measurement, listed: Claim | None
) -> bool:
    """Tell whether a number with this unit is a result.

    Relative numbers are; scores need a metric; amounts need words that present them as reached, or
    a result of the same unit before them in one list (`listed`).
    """
    if quantity.unit in _RELATIVE:
        return True
    if quantity.unit is None:
        decimal = "." in line.text[quantity.start : quantity.end] or quantity.low is not None
        return measurement.metric in ("quality", "perplexity") and decimal
    if quantity.unit_entry is None or quantity.unit_entry.unit == "GPUs":
        return False
    # The filter for sizes of models has let only those pass that are few, or trainable.
    if (listed and listed.unit == quantity.unit) or quantity.unit_entry.unit == "parameters":
        return True
    # "from 80 GB to 20 GB"; a change of tokens is one of the input more often.
    is_amount = quantity.unit_entry.metric != "tokens"
    if quantity.falls is not None and is_amount and line.changes_before(quantity.start):
        return True
    before = line.text[max(line.sentence.start, quantity.start - 50) : quantity.start]
    if _REACHED.search(before) or (measurement.effect != "level" and _BY.search(before)):
        return True
    is_measured = quantity.unit_entry.metric in _MEASURED_METRICS
    return is_measured and _MEASURED_REACHED.search(before) is not None


def read_context_length(line: MarkedSentence, quantity: Quantity) -> Measurement | None:
    """Read a length of context that is reached ("scales to 128K context")."""
    unit, value = quantity.unit, quantity.value
    if unit not in (None, "tokens", "token") or value % 1 or value < _SHORTEST_CONTEXT:
        return None
    before = line.text[max(line.sentence.start, quantity.start - 90) : quantity.start]
    behind = line.text[quantity.end : line.sentence.end]
    if unit is not None:
        if value > _LONGEST_CONTEXT or _TRAINED.search(before):
            return None
    elif not (_LONG_BEFORE.search(before[-60:]) or _LONG_BEHIND.match(behind)):
        return None
    if not _LONG_VERB.search(before):
        return None
    effect: Effect = "increase" if quantity.falls is False else "level"
    return Measurement("context_length", effect, "higher", quantity.start, quantity.end)
