"""Claims in words."""

from typing import Any

import pytest

from daily_papers.site.views import claim_text

CLAIM: dict[str, Any] = {
    "value": 2.7, "value_low": None, "unit": "x", "bound": None, "metric": "throughput",
    "metric_name": "Throughput", "effect": "increase", "baseline": None, "hardware": None,
    "subject": None,
}  # fmt: skip


def claim(**changes: Any) -> dict[str, Any]:
    return CLAIM | changes


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (137.0, "137"),
        (2.7, "2.7"),
        (0.0004, "0.0004"),
        (249960.0, "249,960"),
        (-0.5, "-0.5"),
        (0.0, "0"),
        (1e-12, "1e-12"),
        (1e20, "100,000,000,000,000,000,000"),
    ],
)
def test_numbers_read_as_people_write_them(value: float, said: str) -> None:
    assert claim_text.number(value) == said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "2.7×"),
        ({"bound": "up to"}, "up to 2.7×"),
        ({"value_low": 1.2}, "1.2–2.7×"),
        ({"unit": "%", "value": 50.0}, "50%"),
        ({"unit": "points", "value": 3.0}, "3 points"),
        ({"unit": "orders", "value": 2.0}, "2 orders of magnitude"),
        ({"unit": "score", "value": 80.65}, "80.65"),
        ({"unit": "tokens", "value": 32000.0, "bound": "at least"}, "at least 32,000 tokens"),
    ],
)
def test_an_amount_has_its_unit_and_bound(changes: dict[str, Any], said: str) -> None:
    assert claim_text.amount(claim(**changes)) == said


@pytest.mark.parametrize(
    ("metric", "effect", "said"),
    [
        ("throughput", "increase", "higher"),
        ("memory", "decrease", "lower"),
        ("speedup", "increase", "faster"),
        ("speedup", "decrease", "slower"),
        ("quality", "level", ""),
    ],
)
def test_the_direction_is_said_in_the_metrics_word(metric: str, effect: str, said: str) -> None:
    assert claim_text.direction(claim(metric=metric, effect=effect)) == said


def test_a_claim_in_words_has_its_conditions() -> None:
    whole = claim(baseline="vLLM", hardware="A100", subject="Llama-2", bound="up to")
    assert (
        claim_text.words(whole) == "Throughput: up to 2.7× higher, than vLLM, on A100, for Llama-2"
    )
    assert claim_text.words(claim(effect="level")) == "Throughput: 2.7×"
