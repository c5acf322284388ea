"""Limits of what a claim can say, such as no decrease by 200 %, each as a rule and as a query.

A number that breaks a limit is no claim, and the limit's name is its reason in
`rejected_candidates`. The data tests check the same in every database, by the query.
"""

from collections.abc import Callable
from dataclasses import dataclass

from daily_papers.records import Claim

# Scores that end at 100 %, as quotes name them. Relative and normalized ones do not end there, nor
# do shares of another's: "105% of the accuracy of the teacher".
_BOUNDED = ("accuracy", "recall", "f1", "exact match", "success rate", "win rate", "pass rate",
           "hit rate", "acceptance rate", "sparsity")  # fmt: skip
_UNBOUNDED = ("% of", "percent of", "relative", "normali", "improve", "gain", "increase", "higher",
            "better", "error", "loss")  # fmt: skip
# The largest value of a unit: a hundred times and more of what any paper of the seeds, the samples
# or the generated corpora states; what is larger was misread or made up.
_MOST = {"%": 1e6, "x": 1e12, "points": 1e6, "orders": 30.0, "score": 1e9}
_MOST_OF_AMOUNTS = 1e24


@dataclass(frozen=True)
class Limit:
    """A reason for rejection, whether it holds for a claim, and the condition in SQL."""

    reason: str
    is_broken: Callable[[Claim], bool]
    sql: str


def _smallest(claim: Claim) -> float:
    return claim.value if claim.value_low is None else claim.value_low


def _contains(quote: str, words: tuple[str, ...]) -> bool:
    return any(word in quote.lower() for word in words)


def _sql_contains(words: tuple[str, ...]) -> str:
    return " or ".join(f"instr(lower(quote), '{word}')" for word in words)


_CASES = " ".join(f"when '{unit}' then {most!r}" for unit, most in _MOST.items())
LIMITS = (
    Limit(
        "no_ratio",
        lambda claim: claim.unit in ("x", "orders") and _smallest(claim) <= 0,
        "unit in ('x', 'orders') and coalesce(value_low, value) <= 0",
    ),
    Limit(  # nothing gets smaller by more than it is; "from 300% to 120%" is another thing
        "more_than_all",
        lambda claim: (
            (claim.unit, claim.effect, claim.value_low) == ("%", "decrease", None)
            and claim.value > 100
        ),
        "unit = '%' and effect = 'decrease' and value_low is null and value > 100",
    ),
    Limit(
        "beyond_its_scale",
        lambda claim: (
            (claim.unit, claim.effect) == ("%", "level")
            and claim.value > 100
            and _contains(claim.quote, _BOUNDED)
            and not _contains(claim.quote, _UNBOUNDED)
        ),
        "unit = '%' and effect = 'level' and value > 100"
        f" and ({_sql_contains(_BOUNDED)}) and not ({_sql_contains(_UNBOUNDED)})",
    ),
    Limit(
        "absurd_magnitude",
        lambda claim: _smallest(claim) < 0 or claim.value > _MOST.get(claim.unit, _MOST_OF_AMOUNTS),
        f"coalesce(value_low, value) < 0"
        f" or value > case unit {_CASES} else {_MOST_OF_AMOUNTS!r} end",
    ),
)


def rejection_reason(claim: Claim) -> str | None:
    """Return the name of the first limit that a claim breaks, or None."""
    return next((limit.reason for limit in LIMITS if limit.is_broken(claim)), None)
