"""Impossible values are no claims, and the rule of each limit agrees with its query."""

import itertools
import sqlite3

import pytest
from msgspec.structs import asdict, replace

from daily_papers.facts.claims.plausibility import LIMITS, rejection_reason
from daily_papers.records import Claim
from tests.facts import facts_of

CLAIM = Claim("q", "abstract", 0, 1, "q", 1.0, None, "%", "quality", "level", *[None] * 5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sentence", "number", "reason"),
    [
        ("Zorbit reduces memory by 10,000%.", "10,000%", "more_than_all"),
        ("Zorbit cuts the latency by 101%.", "101%", "more_than_all"),
        ("Zorbit has an accuracy of 120%.", "120%", "beyond_its_scale"),
        ("Zorbit is 0x faster.", "0x", "no_ratio"),
        ("Zorbit is 5,000,000,000,000,000x faster.", "5,000,000,000,000,000x", "absurd_magnitude"),
        ("Zorbit improves throughput by 9,000,000%.", "9,000,000%", "absurd_magnitude"),
    ],
)
def test_an_impossible_number_is_rejected(sentence: str, number: str, reason: str) -> None:
    stated = facts_of(sentence)
    assert not stated.claims
    assert {candidate.text: candidate.reason for candidate in stated.rejected}[number] == reason


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("Zorbit reduces memory by 100%.", 100),
        ("Zorbit improves throughput by 1,560%.", 1560),
        ("Zorbit reaches 105% of the accuracy of the teacher.", 105),
        ("Zorbit reaches a normalized score of 190.4%.", 190.4),
        ("Zorbit lowers the memory overhead from 300% to 120%.", 300),
        ("Zorbit is 1,000,000x faster.", 1e6),
        ("Zorbit has an accuracy of 100%.", 100),
    ],
)
def test_what_may_be_true_is_a_claim(sentence: str, value: float) -> None:
    assert [claim.value for claim in facts_of(sentence).claims] == [value]


def test_a_strange_number_does_not_take_others_with_it() -> None:
    stated = facts_of("Zorbit reduces memory by 400%, latency by 30% and energy by 20%.")
    assert [claim.value for claim in stated.claims] == [30, 20]


def variants() -> list[Claim]:
    """Claims around every limit."""
    values = (-1.0, 0.0, 0.5, 30.0, 31.0, 100.0, 100.1, *(10.0**n for n in range(3, 26)), 1.1e6)
    quotes = ("an ACCURACY of 120%", "105% of the accuracy", "relative accuracy 120%", "120%")
    return [
        replace(CLAIM, value=value, value_low=low, unit=unit, effect=effect, quote=quote)
        for value, low, unit, effect, quote in itertools.product(
            values,
            (None, -1.0, 0.0, 1.0),
            ("x", "%", "points", "orders", "score", "GB"),
            ("increase", "decrease", "level"),
            quotes,
        )
    ]


def test_the_rule_and_the_query_agree() -> None:
    """Else a claim that the rule lets pass would break the data test, and no build would end."""
    cases = " ".join(f"when {limit.sql} then '{limit.reason}'" for limit in LIMITS)
    with sqlite3.connect(":memory:") as db:
        db.execute("create table claims (value, value_low, unit, effect, quote)")
        claims = variants()
        db.executemany(
            "insert into claims values (:value, :value_low, :unit, :effect, :quote)",
            map(asdict, claims),
        )
        rows = db.execute(f"select case {cases} end from claims order by rowid")
        reasons = [reason for (reason,) in rows]
    assert reasons == list(map(rejection_reason, claims))
    assert set(reasons) == {None, *(limit.reason for limit in LIMITS)}
