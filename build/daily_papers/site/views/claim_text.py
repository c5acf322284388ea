"""Writes a claim in words: the amount with its unit, and which way the measured thing went."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Annotated

from msgspec import Meta, Struct

from daily_papers.site.views.claim_shares import is_percent_of_amount, share
from daily_papers.vocabulary import METRICS

FACTOR = "factor"  # the scale of claims that have one
CONFIDENT = 50  # percent; claims of at least this confidence are shown before others
# Percent from which a claim is so likely right, after the scale of the IPCC.
# Source: https://www.ipcc.ch/site/assets/uploads/2017/08/AR5_Uncertainty_Guidance_Note.pdf
_LIKELIHOODS = {
    99: "almost certainly right",
    90: "very likely right",
    66: "likely right",
    33: "as likely right as wrong",
    10: "likely wrong",
    0: "very likely wrong",
}
# What is written behind the number; other units as they are.
_UNITS = {"x": "×", "%": "%", "orders": " orders of magnitude", "score": ""}
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=[%×]|[mµn]?s\b|[A-Z][A-Za-z]{0,2}\b)")
_FASTER = {"increase": "faster", "decrease": "slower", "level": ""}
_HIGHER = {"increase": "higher", "decrease": "lower", "level": ""}
_PER_ENERGY = re.compile(r"(?:/|\bper )(?:[WJ]\b|watt|joule)")
_EFFICIENT = re.compile(rf"[Ee]fficien|{_PER_ENERGY.pattern}")
# What falls is not the compression.
_FALL = re.compile(r"compression|reduction|savings?\b", re.IGNORECASE)


class ClaimInWords(Struct, kw_only=True):
    """What a claim states, as columns of the table claims and in words."""

    id: str
    quote: str
    sentence: str
    value: float
    value_low: float | None
    unit: str
    metric: str
    measured: str | None
    effect: str
    bound: str | None
    factor: float | None
    factor_bound: str | None
    baseline: str | None
    hardware: str | None
    better: str | None
    is_change: int | None
    confidence: Annotated[int, Meta(description="How likely the claim is right, in percent.")]
    amount: Annotated[str, Meta(description="Value, unit and bound in words.")] = ""
    direction: Annotated[
        str,
        Meta(
            description="Which way it went, in a word; empty for what is reached or kept, and where"
            " the amount says it, as in “from 42 to 11 GB”."
        ),
    ] = ""
    times: Annotated[
        str, Meta(description="Factor and its bound in words, rounded to two digits.")
    ] = ""
    stated: Annotated[
        str,
        Meta(
            description="Amount and direction in words, or what it is a share of: “12% of the KV"
            " cache”, “10% as much”; the quote where nothing says of what."
        ),
    ] = ""
    measure: Annotated[
        str, Meta(description="What is measured: in the paper's words, or else the metric's name.")
    ] = ""

    def put_into_words(self, metric: str, metric_name: str) -> None:
        """Put the number into words; the metric is given by its id and its name."""
        self.amount = amount(self)
        self.times = times(self)
        is_named = self.measured and not _is_of_another(metric, self.measured)
        self.measure = measure(self.measured if is_named else None, metric_name, self.effect)
        shared = share(metric, self)
        is_unknown = not shared and self.measure == metric_name
        if self.measured and self.measured in shared and metric not in ("other", "quality"):
            self.measure = metric_name
        if not self.is_change and not shared:
            self.direction = (_FASTER if metric == "speedup" else _HIGHER)[self.effect]
        if self.is_turned(metric) and self.measure == metric_name:
            if _EFFICIENT.search(f"{self.quote} {self.unit}"):
                self.measure = f"{metric_name} efficiency"
            elif self.effect == "increase":
                self.direction = self.direction and "better"
        self.stated = f"{self.amount} {shared or self.direction}".rstrip()
        if is_unknown and is_percent_of_amount(metric, self):
            self.stated = f"“{self.quote}”"

    def is_turned(self, metric: str) -> bool:
        """Tell whether more is better of what is measured, though less is of its metric: an energy
        efficiency, a compression ratio."""
        is_rate = self.better == "higher" or _PER_ENERGY.search(self.unit) is not None
        return is_rate and METRICS.better.get(metric) == "lower"


class StatedClaim(ClaimInWords, kw_only=True):
    """A row of the table claims with the name of its metric, its amount and its direction."""

    paper_id: str
    field: str
    start: int
    end: int
    subject: str | None
    is_improvement: int | None
    dataset_id: str | None
    model_id: str | None
    hardware_id: str | None
    baseline_id: str | None
    metric_name: str
    scale: Annotated[str, Meta(description="Id of its scale on the results board.")] = ""

    def __post_init__(self) -> None:
        """Put the number into words."""
        self.put_into_words(self.metric, self.metric_name)
        self.scale = scale(self)


class PaperClaim(StatedClaim, kw_only=True):
    """A claim with its paper; PAPER_CLAIM selects it from claims, metrics and papers."""

    claim_id: str
    paper: Annotated[str, Meta(description="Name of what the paper introduces, else its title.")]
    title: str
    year: int | None
    published_on: str | None
    has_code: int
    dataset: Annotated[str | None, Meta(description="Name of the dataset that it is for.")]
    model: Annotated[str | None, Meta(description="Name of the model that it is for.")]


# From the table claims, which may be joined to another before.
PAPER_CLAIM = """
    select claims.*, claims.id as claim_id, metrics.name as metric_name,
        coalesce(papers.name, papers.title) as paper,
        papers.title, papers.year, papers.published_on, papers.has_code,
        (select name from entities where id = claims.dataset_id) as dataset,
        (select name from entities where id = claims.model_id) as model
    from {claims}
    join metrics on metrics.id = claims.metric
    join papers on papers.id = claims.paper_id
"""


class Claim(StatedClaim, kw_only=True):
    """A number that a paper states as its own result: a row of the table claims, with words.

    Spans count characters (Unicode code points) of the field from 0; end is exclusive.
    """

    dataset: Annotated[str | None, Meta(description="Name of the dataset that it is for.")]
    model: Annotated[str | None, Meta(description="Name of the model that it is for.")]
    number: Annotated[int, Meta(description="Position among the paper's claims, from 1.")]
    words: Annotated[str, Meta(description="The claim in words.")] = ""

    def __post_init__(self) -> None:
        """Put the claim into words."""
        super().__post_init__()
        self.words = words(self)


def likelihood(confidence: int) -> str:
    """Return in words how likely a claim of a confidence (0–100) is right."""
    return next(text for least, text in _LIKELIHOODS.items() if confidence >= least)


def with_doubt(text: str, confidence: int) -> str:
    """Return what is told of a claim, with a line on its confidence (0–100) where that is low."""
    if confidence >= CONFIDENT:
        return text
    return f"{text}\nconfidence {confidence}%: {likelihood(confidence)}"


def unbroken(text: str | None) -> str:
    """Return a text for a page, in which no line ends between a number and its unit: 80 GB."""
    return _BEFORE_UNIT.sub("\N{NO-BREAK SPACE}", text or "")


def number(value: float) -> str:
    """Return a number as people write it: 137, 2.7, 0.0004, 249,960."""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.10f}".rstrip("0").rstrip(".") if abs(value) >= 1e-9 else f"{value:g}"


def short_number(value: float) -> str:
    """Return a number in at most three digits, whole ones in full: 8.33, 15.9, 4,000."""
    if value == int(value):
        return number(value)
    return number(round(value) if abs(value) >= 100 else float(f"{value:.3g}"))


def in_unit(unit: str) -> str:
    """Return what a scale of a unit is in: “in ×”, “in %”, “as a score”."""
    if unit == "score":
        return "as a score"
    return f"in {({'x': '×', 'orders': 'orders of magnitude'}).get(unit, unit)}"


def amount(claim: ClaimInWords) -> str:
    """Return what a claim states: `up to 2.7×`, `1.9–38.8×`, `from 42 to 11 GB`."""
    unit = _UNITS.get(claim.unit, f" {claim.unit}")
    bound = {None: "", "average": "on average "}.get(claim.bound, f"{claim.bound} ")
    high = number(claim.value)
    if claim.value_low is None:
        unit = " order of magnitude" if (claim.unit, high) == ("orders", "1") else unit
        return f"{bound}{high}{unit}"
    low = number(claim.value_low)
    if not claim.is_change:
        return f"{bound}{low}–{high}{unit}"
    before, after = (low, high) if claim.effect == "increase" else (high, low)
    before += unit if unit == "%" else ""
    if claim.bound == "average":
        return f"{bound}from {before} to {after}{unit}"
    return f"from {before} to {bound}{after}{unit}"


def times(claim: ClaimInWords, is_exact: bool = False) -> str:
    """Return the factor of a claim: `at least 5×`; empty where it has none.

    A factor that the paper states keeps its digits; one that was computed is rounded.
    """
    if claim.factor is None:
        return ""
    is_stated = claim.unit == "x" and claim.factor == claim.value
    text = f"{number(claim.factor if is_stated or is_exact else rounded(claim.factor))}×"
    return f"{claim.factor_bound} {text}" if claim.factor_bound else text


def unrounded(claim: ClaimInWords) -> str:
    """Return the factor of a claim as the table has it, `8.333×`; empty where it is shown so."""
    exact = f"{number(claim.factor)}×" if claim.factor is not None else ""
    return "" if times(claim).endswith(exact) else exact


def rounded(factor: float) -> float:
    """Return a factor in two digits: 8.3, 0.98, 17; from 1 to 2 in three: 1.09. What is not 1 does
    not become 1."""
    digits = 2 if 0.1 <= factor < 2 else 1 if 2 <= factor < 10 else 0
    if factor < 0.1:
        return float(f"{factor:.2g}")
    near = round(factor + 1e-9, digits)  # 0.995 is a little less in binary
    return factor if near == 1 else near


def filled_columns(claims: Iterable[StatedClaim]) -> set[str]:
    """Return the names of the fields that any of some claims has, so that no column is empty."""
    return {field for claim in claims for field in claim.__struct_fields__ if getattr(claim, field)}


def scale(claim: StatedClaim) -> str:
    """Return the id of the scale of a claim: what it shares with those that one axis fits."""
    if claim.factor is not None:
        return FACTOR
    return f"{claim.effect}/{claim.better or 'any'}/{claim.unit}"


@lru_cache(maxsize=4096)
def _is_of_another(metric: str, measured: str) -> bool:
    return METRICS.is_of_another(metric, measured)


def measure(measured: str | None, metric_name: str, effect: str) -> str:
    """Return what is measured, in the paper's words where they say more than the metric's name, and
    do not name the decrease itself."""
    if not measured or measured.casefold() in metric_name.casefold():
        return metric_name
    if effect == "decrease" and _FALL.search(measured):
        return metric_name
    return measured[:1].upper() + measured[1:]


def words(claim: StatedClaim) -> str:
    """Return a claim in words: `Throughput: up to 2.7× higher, than vLLM, on A100`."""
    than = "than" if claim.direction else "against"
    conditions = ((than, claim.baseline), ("on", claim.hardware), ("for", claim.subject))
    return ", ".join(
        [
            f"{claim.measure}: {claim.stated}",
            *(f"{word} {condition}" for word, condition in conditions if condition),
        ]
    )
