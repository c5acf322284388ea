"""Says what a percentage or a multiple is of, where a claim states a share and no change: “12% of
the KV cache”, “10% as much”, “15% overhead”."""

import math
import re
from typing import Protocol

from daily_papers.vocabulary import METRICS

_PARTS = {"%": 0.01, "x": 1.0}  # units of shares, as fractions
# What is left of a metric's amount; other metrics have “as much”.
_AS = {"latency": "as long", "quality": "as good", "speedup": "as fast"}
# A number, and what it is a share of: “98% and 99% of the score”, “42% (34 of 80) of the layers”.
_OF = re.compile(
    r"(?<![\d,])(?P<number>\d[\d,]*+(?:\.\d++)?)\s?(?:%|percent|x|×|times)?(?:\s\([^()]*+\))?"
    r"(?:(?:, and|,| and| or) \d[\d.]*+\s?%)*+\s"
    r"(?P<of>of (?:the |its |their |a )?(?P<whole>[^\d\s,;:()][^,;:()]*))"
)
_SHARE = re.compile(
    r"rate|ratio|budget|sparsity|retention|utili[sz]ation|share|fraction|percent|proportion",
    re.IGNORECASE,
)
_OVERHEAD = re.compile(r"\boverheads?\b", re.IGNORECASE)


class StatedNumber(Protocol):
    """What is read of a claim: columns of the table claims, and `measure`, which pages show."""

    quote: str
    value: float
    value_low: float | None
    unit: str
    effect: str
    factor: float | None
    is_change: int | None
    measured: str | None
    measure: str


def share(metric: str, claim: StatedNumber) -> str:
    """Return what stands behind the amount of a share of a metric, given by its id; empty where the
    claim states none, or where its `measure` says it, as “KV cache budget” does."""
    is_multiple = claim.unit == "x" and claim.effect != "level" and claim.value >= 1
    if claim.unit not in _PARTS or claim.is_change or is_multiple:
        return ""
    relation = _relation(claim)
    if claim.effect != "level" and relation != "left":
        return ""
    if whole := _whole(claim):
        return whole
    if _OVERHEAD.search(claim.quote) and relation != "left":
        return "" if _OVERHEAD.search(claim.measure) else "overhead"
    if relation == "left":
        return "" if _SHARE.search(claim.measure) else _AS.get(metric, "as much")
    return relation


def is_percent_of_amount(metric: str, claim: StatedNumber) -> bool:
    """Tell whether a claim is a percentage of an amount: no memory is 90%."""
    is_amount = METRICS.better.get(metric) == "lower" or metric in ("speedup", "throughput")
    return claim.unit == "%" and claim.effect == "level" and is_amount


def _whole(claim: StatedNumber) -> str:
    """Return the words of the quote that a share is of: “of the original KV cache”."""
    for match in _OF.finditer(claim.quote):
        if math.isclose(float(match["number"].replace(",", "")), claim.value):
            measured, whole = claim.measured or "", match["whole"].rstrip()
            if measured.startswith(whole):  # the quote ends early
                return match["of"].rstrip().removesuffix(whole) + measured
            return match["of"].rstrip()
    return ""


def _relation(claim: StatedNumber) -> str:
    """Return how the factor follows from the number: what is “left”, “more” or “less” by; empty
    where the claim has no factor. Half as much and half less are the same."""
    if claim.factor is None:
        return ""
    stated = [end * _PARTS[claim.unit] for end in (claim.value, claim.value_low) if end]
    ratios = {
        "more": [1 + end for end in stated],
        "less": [1 - end for end in stated if end < 1],
        "left": stated,
    }
    by_effect = {"increase": "more", "decrease": "less", "level": "left"}
    for relation in sorted(ratios, key=lambda each: each != by_effect[claim.effect]):
        for ratio in ratios[relation]:
            if any(math.isclose(claim.factor, end, rel_tol=1e-3) for end in (ratio, 1 / ratio)):
                return relation
    return ""
