"""Turns a claim into the factor by which the paper is better, so that claims can be compared.

80 % less memory, memory that is 5× smaller and "only 20 % of the memory" all are a factor of 5.
docs/facts.md says what has no factor.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Context, Decimal
from typing import NamedTuple

from daily_papers.records import Better, Bound, Claim
from daily_papers.vocabulary import METRICS

Factor = tuple[float | None, Bound | None]

_NO_FACTOR: Factor = (None, None)
_REACH = 60  # characters on either side of the number that are read
_DIGITS = Context(prec=4)  # decimal, so that every machine rounds the same
_TURNED: Mapping[Bound | None, Bound] = {"up to": "at least", "at least": "up to"}

# How a ratio of after to before follows from what is stated, as a fraction: 0.8 for 80 %.
_Form = Callable[[Decimal], Decimal]


def _times(stated: Decimal) -> Decimal:
    return stated


def _divided(stated: Decimal) -> Decimal:
    return 1 / stated


def _more(stated: Decimal) -> Decimal:
    return 1 + stated


def _less(stated: Decimal) -> Decimal:
    return 1 - stated


_FALLING = (_divided, _less)

# Words of bound and emphasis between a number and the words that are read.
_BETWEEN = re.compile(
    r"(?:(?:\b(?:up to|at most|at least|over|more than|less than|fewer than|under|below|about|"
    r"around|roughly|approximately|nearly|almost|an average of|on average|an additional|an?|the|"
    r"mere|as (?:little|few|low|much|many|high) as)|[~≈<>≤≥(])\s{0,2})+$"
)
_TO = re.compile(r"(?<!compared )(?<!relative )\bto(?: only| just| merely)?$")
_BY = re.compile(r"\bby(?: only| just)?$")
_FROM = re.compile(r"(?:\b(?P<noun>\w+)\s)?\bfrom$")  # "gains from 20 % to 40 %" are a range
_RANGED = re.compile(
    r"rang|vary|varie|(?:gain|improvement|reduction|drop|speedup)s$|sav(?:es?|ings?)$"
)
_KEPT = re.compile(
    r"\b(?:only|just|merely|us(?:e|es|ed|ing)|with|at|in|requir\w+|needs?|needing|consum\w+|keep\w*|"
    r"kept|retain\w*|maintain\w*|preserv\w+|activat\w+|tak(?:es?|ing))$"
)
_DROPPED = re.compile(
    r"\b(?:drop\w*|prun\w+|remov\w+|skip\w*|discard\w*|eliminat\w+|reduc\w+|sav\w+|cut\w*|compress\w*|"
    r"evict\w*|omit\w*|avoid\w*)$"
)
_OVERHEAD = re.compile(r"overheads?(?: \w+){0,3}$")
_ONLY = re.compile(r"\b(?:only|just|merely|mere)(?: \w+)?$")
_WORSE = re.compile(r"\b(?:worse|drop|degrad|declin|los[se])")
_PART = re.compile(r"account|constitut|compris|spen[dt]|dominat|make up|manipulat|occup")
_RETAINED = re.compile(r"[\s-](?:[\w-]+[\s-]){1,3}?(?:retention|budget)")
# What is trained of a model is no smaller model.
_TRAINED = re.compile(r"\b(?:train|tun|fine-tun|updat)(?:s|es|ed|ing)?(?: only| just)?$")
_TRAINABLE = re.compile(r"(?: of)?(?: \w+)? trainable\b")
_KEPT_SCORE = re.compile(
    r"\s?of (?:[\w.'’-]+ ){0,4}?(?:performance|accuracy|accuracies|quality|scores?|capabilit)"
)
_CEILING = re.compile(r"\s?of (?:the |its )?(?:\w+ )?(?:peak|theoretical|ideal|maxim|roof)")
_OF = re.compile(r"\s?(?:of|as (?:much|many)|the|that of|compared)\b")
_SMALLER = re.compile(
    r"(?:[\s-](?!and\b|or\b|while\b|with\b)\w+){0,3}?[\s-](?:less|fewer|lower|smaller|shorter|cheaper|lighter|reduc\w+|decrease\w*|"
    r"sav(?:ed|ings?)|compress\w+|cuts?|drop)\b"
)
_LARGER = re.compile(
    r"(?:[\s-](?!and\b|or\b|while\b|with\b)\w+){0,3}?[\s-](?:more|higher|larger|longer|greater|slower|faster|extra|additional|"
    r"overhead|increase\w*|gains?|improv\w+|speed-?ups?|speed up|boost)\b"
)
_SHRINKING = re.compile(r"compress|reduc|saving|smaller|lower|fewer|less\b|shrink|decreas|cut")
_COMPARED = re.compile(r"\s?(?:better|worse)\b(?:\s(?:than|performance))?")
_PAIR = re.compile(r"→|⇒|⟶|➔|->|=>|\bto\b|\binstead of\b|\bvs\b|\bversus\b")


class _Words(NamedTuple):
    """The text before a number, the number as written, and the text behind it."""

    before: str
    number: str
    after: str


def times_better(claim: Claim, text: str, start: int, end: int) -> Factor:
    """Return by which factor the paper is better, to four digits, and its bound.

    The factor is above 1 where it is better, below where it is worse, and None where the words do
    not settle it. The claim's number stands at text[start:end]; a range gives its better end. The
    bound is turned where a larger number is a smaller factor.
    """
    better = claim.better
    if better is None or _is_unknown(claim):
        return _NO_FACTOR
    words = _words(text, start, end)
    if claim.is_change:
        return _of_change(claim, better)
    form = _form(claim, better, words)
    if form is None:
        return _NO_FACTOR
    ends = filter(None, (claim.value, claim.value_low))
    stated = [_fraction(value, claim.unit) for value in ends]
    ratios = [form(value) for value in stated if form is not _less or value < 1]
    if len(ratios) < len(stated) or not stated:
        return _NO_FACTOR  # nothing is left of it
    factors = sorted(ratios if better == "higher" else [1 / ratio for ratio in ratios])
    is_turned = (form in _FALLING) == (better == "higher")
    bound = _TURNED.get(claim.bound, claim.bound) if is_turned else claim.bound
    if len(factors) > 1:
        bound = bound or "up to"
    return float(_DIGITS.plus(factors[0 if bound == "at least" else -1])), bound


def _fraction(value: float, unit: str) -> Decimal:
    exact = Decimal(repr(value))
    if unit == "orders":
        return Decimal(10) ** exact
    return exact / 100 if unit == "%" else exact


def is_change(claim: Claim, falls: bool | None, text: str, start: int, end: int) -> bool | None:
    """Return whether a claim's two numbers, text[start:end], are states before and after, as in
    "from 42 GB to 11 GB", and not the ends of a range; None where it has one number.

    `falls` tells that the larger number stands first, which no range does.
    """
    if claim.value_low is None:
        return None
    words = _words(text, start, end)
    if claim.effect == "level" or claim.unit in ("x", "orders", "points"):
        return False
    if not _PAIR.search(words.number) or _BY.search(words.before):
        return False
    if falls:
        return True
    opening = _FROM.search(words.before)
    if opening:
        return not _RANGED.match(opening["noun"] or "")
    return claim.unit != "%" or not re.search(r"\bto\b", words.number)


def _words(text: str, start: int, end: int) -> _Words:
    before = text[max(0, start - _REACH) : start].rstrip()
    return _Words(_BETWEEN.sub("", before).rstrip(), text[start:end], text[end : end + _REACH])


def _of_change(claim: Claim, better: Better) -> Factor:
    low, high = Decimal(repr(claim.value_low)), Decimal(repr(claim.value))
    if low <= 0:
        return _NO_FACTOR
    is_improvement = (claim.effect == "increase") == (better == "higher")
    factor = high / low if is_improvement else low / high
    # The bound stands before the first number, which is the smaller one of what rises.
    bound = _TURNED.get(claim.bound, claim.bound) if better == "higher" else claim.bound
    return float(_DIGITS.plus(factor)), bound


def _form(claim: Claim, better: Better, words: _Words) -> _Form | None:
    """Return how the ratio follows from the number, or None where the words do not settle it."""
    if claim.unit == "%":
        if claim.effect == "level" and _KEPT_SCORE.match(words.after):
            return _times
        if claim.metric in ("quality", "perplexity") and not _is_relative(claim, words):
            return None
        return _percent_form(claim, words)
    return _times_form(claim, better, words) if claim.unit in ("x", "orders") else None


def _is_unknown(claim: Claim) -> bool:
    """Return whether a claim may be good where its direction says bad: a score that fell may be one
    that is better when lower; larger models and more tokens may be what a paper makes possible."""
    if claim.metric == "quality" and (claim.effect, claim.better) == ("decrease", "higher"):
        is_named = METRICS.is_named("quality", claim.quote)
        return not is_named and not _WORSE.search(claim.quote)
    is_amount = claim.metric in ("model_size", "tokens")
    return is_amount and (claim.effect, claim.better) == ("increase", "lower")


def _is_relative(claim: Claim, words: _Words) -> bool:
    """Return whether percents of a score are of the score before, and cannot be points."""
    if claim.effect == "level":
        return False
    since_number_before = re.split(r"\d", words.before)[-1]
    near = f"{since_number_before} {words.after[:25]}".lower()
    if claim.value > 100 or "relative" in near or _COMPARED.match(words.after):
        return True
    return claim.metric == "perplexity" or METRICS.is_no_percentage(claim.quote)


def _percent_form(claim: Claim, words: _Words) -> _Form | None:
    kept = _KEPT.search(words.before) and _OF.match(words.after)
    if claim.effect == "increase":
        return _times if _TO.search(words.before) and _OF.match(words.after) else _more
    is_overhead = _OVERHEAD.search(words.before)
    if claim.effect == "decrease":
        if _TO.search(words.before):
            return None if is_overhead else _times
        return _times if kept else _less
    if is_overhead:
        return _more
    if _TO.search(words.before):
        return _times
    if _SMALLER.match(words.after) or _DROPPED.search(words.before):
        return _less
    if _LARGER.match(words.after):
        return _more
    if _TRAINED.search(words.before) or _TRAINABLE.match(words.after):
        return None
    if _PART.search(words.before) or _CEILING.match(words.after):
        return None
    shares = _OF.match(words.after), _RETAINED.match(words.after), _ONLY.search(words.before)
    return _times if any(shares) else None


def _times_form(claim: Claim, better: Better, words: _Words) -> _Form | None:
    is_part = claim.unit == "x" and claim.value < 1  # "one-fifth of"
    if claim.effect == "increase":
        is_added = is_part and (better == "lower" or _BY.search(words.before))
        return _more if is_added else _times
    if claim.effect == "decrease":
        if is_part and claim.value_low is not None:
            return None
        if _BY.search(words.before):
            return _less if is_part else _divided
        if not is_part:
            return None if _TO.search(words.before) else _divided
        return _times if _TO.search(words.before) or _OF.match(words.after) else None
    if better == "higher" or is_part:
        return _times
    if _SHRINKING.search(claim.quote):
        return _divided
    return _times if _OF.match(words.after) or _LARGER.match(words.after) else None
