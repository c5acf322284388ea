"""Claims in words."""

from typing import Any

import msgspec
import pytest

from daily_papers.database import schema
from daily_papers.site.views import claim_text
from daily_papers.site.views.claim_text import Claim
from daily_papers.site.views.search_answer import StrongClaim

COLUMNS = next(table.columns for table in schema.TABLES if table.name == "claims")
CLAIM = dict.fromkeys(column.name for column in COLUMNS) | {
    "id": "a.1", "paper_id": "a", "quote": "2.7x", "field": "title", "start": 0, "end": 4,
    "sentence": "2.7x", "value": 2.7, "unit": "x", "metric": "throughput", "effect": "increase",
    "metric_name": "Throughput", "number": 1, "confidence": 85,
    "dataset": None, "model": None,
}  # fmt: skip


def claim(**changes: Any) -> Claim:
    return msgspec.convert(CLAIM | changes, Claim)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("A100 80 GB", ["A100", "80_GB"]),
        ("up to 25 % lower", ["up", "to", "25_%", "lower"]),
        ("3 ms on 2 GPUs", ["3_ms", "on", "2", "GPUs"]),
        ("1 of 3 models", ["1", "of", "3", "models"]),
        (None, [""]),
    ],
)
def test_no_line_of_a_page_ends_between_a_number_and_its_unit(
    text: str | None, lines: list[str]
) -> None:
    assert claim_text.unbroken(text).replace("\xa0", "_").split(" ") == lines


@pytest.mark.parametrize(
    ("value", "text"),
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
def test_numbers_read_as_people_write_them(value: float, text: str) -> None:
    assert claim_text.number(value) == text


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "2.7×"),
        ({"bound": "up to"}, "up to 2.7×"),
        ({"value_low": 1.2}, "1.2–2.7×"),
        ({"unit": "%", "value": 50.0}, "50%"),
        ({"unit": "%", "value": 50.0, "bound": "average"}, "on average 50%"),
        ({"unit": "points", "value": 3.0}, "3 points"),
        ({"unit": "orders", "value": 2.0}, "2 orders of magnitude"),
        ({"unit": "orders", "value": 1.0, "bound": "up to"}, "up to 1 order of magnitude"),
        ({"unit": "score", "value": 80.65}, "80.65"),
        ({"unit": "tokens", "value": 32000.0, "bound": "at least"}, "at least 32,000 tokens"),
        ({"unit": "%", "value": 40.5, "value_low": 34.5, "is_change": 1}, "from 34.5% to 40.5%"),
        ({"unit": "%", "value": 40.5, "value_low": 34.5, "is_change": 0}, "34.5–40.5%"),
        ({"unit": "GB", "value": 42.0, "value_low": 11.0, "is_change": 1, "effect": "decrease"},
         "from 42 to 11 GB"),
        ({"unit": "score", "value": 9.0, "value_low": 7.0, "is_change": 1, "bound": "average"},
         "on average from 7 to 9"),
        ({"unit": "score", "value": 9.0, "value_low": 7.0, "is_change": 1, "bound": "at least"},
         "from 7 to at least 9"),
    ],
)  # fmt: skip
def test_an_amount_has_its_unit_and_bound(changes: dict[str, Any], text: str) -> None:
    assert claim(**changes).amount == text


@pytest.mark.parametrize(
    ("metric", "effect", "word"),
    [
        ("throughput", "increase", "higher"),
        ("memory", "decrease", "lower"),
        ("speedup", "increase", "faster"),
        ("speedup", "decrease", "slower"),
        ("quality", "level", ""),
    ],
)
def test_the_direction_is_said_in_the_metrics_word(metric: str, effect: str, word: str) -> None:
    assert claim(metric=metric, effect=effect).direction == word


def test_a_change_from_one_value_to_another_is_no_gain_by_them() -> None:
    changed = {"unit": "%", "value": 40.5, "value_low": 34.5, "metric_name": "Quality"}
    assert claim(**changed, is_change=1).words == "Quality: from 34.5% to 40.5%"
    assert claim(**changed, is_change=0).words == "Quality: 34.5–40.5% higher"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, ""),
        ({"factor": 5.0}, "5×"),
        ({"factor": 0.9709, "factor_bound": "at least"}, "at least 0.97×"),
        ({"factor": 0.0444}, "0.044×"),
        ({"factor": 0.9954}, "0.9954×"),
        ({"factor": 0.995}, "0.995×"),
        ({"factor": 1.089}, "1.09×"),
        ({"factor": 8.333, "unit": "%"}, "8.3×"),
        ({"factor": 16.67}, "17×"),
        ({"factor": 5555.0}, "5,555×"),
        ({"factor": 10.87, "value": 10.87}, "10.87×"),
    ],
)
def test_a_factor_has_its_bound_and_is_rounded_unless_stated(
    changes: dict[str, Any], text: str
) -> None:
    assert claim(**changes).times == text


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, ""),
        ({"factor": 5.0, "factor_bound": "at least"}, ""),
        ({"factor": 8.333, "unit": "%", "factor_bound": "at least"}, "8.333×"),
    ],
)
def test_a_rounded_factor_is_told_without_its_bound(changes: dict[str, Any], text: str) -> None:
    assert claim_text.unrounded(claim(**changes)) == text


@pytest.mark.parametrize(
    ("measured", "text"),
    [
        (None, "Throughput"),
        ("throughput", "Throughput"),
        ("decoding throughput", "Decoding throughput"),
        ("decoding of FP8 models", "Decoding of FP8 models"),
    ],
)
def test_what_is_measured_is_in_the_papers_words_where_they_say_more(
    measured: str | None, text: str
) -> None:
    assert claim(measured=measured).measure == text


@pytest.mark.parametrize(
    ("metric", "measured", "text"),
    [
        ("energy", "accuracy", "Metric"),  # “cuts energy by 3.9x at a 3-5% accuracy drop”
        ("latency", "energy consumption", "Metric"),
        ("energy", "energy and accuracy", "Energy and accuracy"),
        ("quality", "perplexity", "Perplexity"),
        ("throughput", "prefill speed", "Prefill speed"),
        ("speedup", "attention computation", "Attention computation"),
    ],
)
def test_a_claim_is_never_shown_as_one_of_another_metric(
    metric: str, measured: str, text: str
) -> None:
    assert claim(metric=metric, measured=measured, metric_name="Metric").measure == text


MEMORY = {"metric": "memory", "metric_name": "Memory", "better": "lower", "unit": "%"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        # The quote says of what.
        ({"value": 12.0, "factor": 8.333, "quote": "only 12% of the original KV cache"},
         "Memory: 12% of the original KV cache"),
        ({"value": 90.0, "quote": "90% of the KV cache", "measured": "KV cache", "bound": "up to"},
         "Memory: up to 90% of the KV cache"),
        ({"value": 27.0, "quote": "27% and 30% of the memory"}, "Memory: 27% of the memory"),
        ({"value": 42.0, "quote": "42% (34 of 80) of the cache, and"}, "Memory: 42% of the cache"),
        ({"value": 5.0, "quote": "5% of GPU", "measured": "GPU memory"},
         "Memory: 5% of GPU memory"),
        ({"value": 98.0, "quote": "98% of the performance", "metric": "quality",
          "metric_name": "Quality"}, "Quality: 98% of the performance"),
        # The factor says how.
        ({"value": 10.0, "factor": 10.0, "quote": "KV cache memory to 10%",
          "measured": "KV cache memory"}, "KV cache memory: 10% as much"),
        ({"value": 10.0, "factor": 10.0, "effect": "decrease", "quote": "to 10%"},
         "Memory: 10% as much"),
        ({"value": 10.0, "factor": 1.111, "effect": "decrease", "quote": "by 10%"},
         "Memory: 10% lower"),
        ({"value": 50.0, "factor": 2.0, "effect": "decrease", "quote": "by 50%"},
         "Memory: 50% lower"),
        ({"value": 30.0, "factor": 1.429, "quote": "pruned 30%"}, "Memory: 30% less"),
        ({"value": 30.0, "factor": 0.7692, "quote": "30%"}, "Memory: 30% more"),
        ({"value": 15.0, "value_low": 12.0, "is_change": 0, "factor": 0.8929,
          "quote": "12-15% memory overhead"}, "Memory: 12–15% overhead"),
        ({"value": 6.3, "factor": 15.87, "quote": "6.3% training time", "metric": "latency",
          "metric_name": "Latency", "baseline": "NeRF"}, "Latency: 6.3% as long, against NeRF"),
        ({"value": 0.2, "unit": "x", "factor": 5.0, "effect": "decrease", "quote": "to one-fifth"},
         "Memory: 0.2× as much"),
        ({"value": 5.0, "unit": "x", "factor": 5.0, "effect": "decrease", "quote": "5x"},
         "Memory: 5× lower"),
        # What is measured is a share.
        ({"value": 35.0, "factor": 2.857, "quote": "35%", "measured": "KV cache budget"},
         "KV cache budget: 35%"),
        # Nothing says of what.
        ({"value": 60.0, "quote": "60% sparsity", "measured": "sparsity"},
         "Memory: “60% sparsity”"),
        ({"value": 90.0, "quote": "budget, reaching 90%"}, "Memory: “budget, reaching 90%”"),
        ({"value": 71.8, "quote": "71.8% accuracy", "metric": "quality", "metric_name": "Quality"},
         "Quality: 71.8%"),
    ],
)  # fmt: skip
def test_a_share_is_never_worded_as_a_level(changes: dict[str, Any], words: str) -> None:
    assert claim(**{**MEMORY, "effect": "level", **changes}).words == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"measured": "energy efficiency"}, "Energy efficiency: 6× higher"),
        ({"quote": "6x more energy-efficient"}, "Energy efficiency: 6× higher"),
        ({"quote": "6x", "measured": "energy"}, "Energy: 6× better"),
        ({"quote": "9 TOPS/W", "unit": "TOPS/W", "effect": "level", "better": "lower"},
         "Energy efficiency: 6 TOPS/W"),
        ({"quote": "9 J/token", "unit": "J/token", "effect": "level", "better": "lower"},
         "Energy: 6 J/token"),
        ({"better": "lower", "quote": "6x energy"}, "Energy: 6× higher"),
    ],
)  # fmt: skip
def test_an_efficiency_that_rises_is_no_energy_that_rises(
    changes: dict[str, Any], words: str
) -> None:
    energy = {"metric": "energy", "metric_name": "Energy", "better": "higher", "value": 6.0}
    assert claim(**{**energy, **changes}).words == words


def test_a_search_names_an_efficiency_as_the_paper_does() -> None:
    columns = CLAIM | {"metric_id": "energy", "metric": "Energy", "measured": "energy efficiency"}
    assert msgspec.convert(columns | {"better": "higher"}, StrongClaim).label == "Energy efficiency"
    assert msgspec.convert(columns | {"better": "lower"}, StrongClaim).label == "Energy"


def test_what_falls_is_not_the_compression() -> None:
    cut = claim(measured="KV cache compression ratio", effect="decrease", metric_name="Memory")
    assert cut.words == "Memory: 2.7× lower"


@pytest.mark.parametrize(
    ("changes", "scale"),
    [
        ({"factor": 2.7, "better": "higher"}, "factor"),
        ({"effect": "level", "unit": "%", "better": "lower"}, "level/lower/%"),
        ({"effect": "decrease", "unit": "points"}, "decrease/any/points"),
    ],
)
def test_a_claim_without_factor_shares_a_scale_with_its_like(
    changes: dict[str, Any], scale: str
) -> None:
    assert claim(**changes).scale == scale


def test_columns_that_no_claim_fills_are_left_out() -> None:
    filled = claim_text.filled_columns([claim(baseline="vLLM"), claim(factor=2.0)])
    assert filled >= {"baseline", "times", "quote"}
    assert not filled & {"hardware", "subject", "dataset_id"}


def test_a_claim_in_words_has_its_conditions() -> None:
    whole = claim(baseline="vLLM", hardware="A100", subject="Llama-2", bound="up to")
    assert whole.words == "Throughput: up to 2.7× higher, than vLLM, on A100, for Llama-2"
    assert claim(effect="level").words == "Throughput: 2.7×"


@pytest.mark.parametrize(
    ("confidence", "text"),
    [
        (100, "almost certainly right"),
        (98, "very likely right"),
        (90, "very likely right"),
        (89, "likely right"),
        (50, "as likely right as wrong"),
        (32, "likely wrong"),
        (0, "very likely wrong"),
    ],
)
def test_a_confidence_is_said_in_words(confidence: int, text: str) -> None:
    assert claim_text.likelihood(confidence) == text
