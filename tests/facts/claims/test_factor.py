"""How many times better: claims of every form, the factor they come to, and its bound."""

from typing import Any

import pytest
from msgspec.structs import replace

from daily_papers.facts.claims.factor import is_change, times_better
from daily_papers.records import Better, Claim
from daily_papers.vocabulary import METRICS

AUTO: Any = object()


def factor(
    text: str,
    value: float | tuple[float, float],
    unit: str,
    metric: str,
    effect: Any,
    bound: Any = None,
    better: Better | None = AUTO,
) -> tuple[float | None, str | None]:
    """The factor of a text's number, which stands between [ and ]."""
    start, end = text.index("["), text.index("]") - 1
    text = text.replace("[", "").replace("]", "")
    low, high = value if isinstance(value, tuple) else (None, value)
    claim = Claim(
        quote=text,
        field="abstract",
        start=0,
        end=len(text),
        sentence=text,
        value=high,
        value_low=low,
        unit=unit,
        metric=metric,
        effect=effect,
        bound=bound,
        baseline=None,
        hardware=None,
        subject=None,
        is_improvement=None,
        better=METRICS.better_of(metric, text, effect) if better is AUTO else better,
    )
    claim = replace(claim, is_change=is_change(claim, None, text, start, end))
    return times_better(claim, text, start, end)


@pytest.mark.parametrize(
    ("text", "value", "unit", "metric", "effect", "expected"),
    [
        ("needs [80%] less memory", 80, "%", "memory", "decrease", 5),
        ("is [5×] smaller", 5, "x", "model_size", "decrease", 5),
        ("uses only [20%] of the memory", 20, "%", "memory", "level", 5),
        ("uses [20%] of the memory", 20, "%", "memory", "decrease", 5),
        ("needs [one-fifth] of the memory", 0.2, "x", "memory", "level", 5),
        ("needs [0.2×] the memory", 0.2, "x", "memory", "decrease", 5),
        ("shrinks the cache to [20%]", 20, "%", "memory", "decrease", 5),
        ("shrinks the cache to only [20%] of it", 20, "%", "memory", "level", 5),
        ("shrinks the cache by [one-fifth]", 0.2, "x", "memory", "decrease", 1.25),
        ("drops [80%] of the tokens", 80, "%", "tokens", "level", 5),
        ("keeps [20%] of the tokens", 20, "%", "tokens", "level", 5),
        ("a [20%] KV cache retention rate", 20, "%", "memory", "level", 5),
        ("with a [20%] cache budget", 20, "%", "memory", "level", 5),
        ("takes just [2%] training time", 2, "%", "latency", "level", 50),
        ("reaches [3×] the throughput", 3, "x", "throughput", "increase", 3),
        ("serves [30%] higher throughput", 30, "%", "throughput", "increase", 1.3),
        ("raises throughput to [130%] of it", 130, "%", "throughput", "increase", 1.3),
        ("is [30%] faster", 30, "%", "speedup", "increase", 1.3),
        ("is [30%] slower", 30, "%", "speedup", "decrease", 0.7),
        ("is [2×] slower", 2, "x", "speedup", "decrease", 0.5),
        ("retains [95%] of the throughput", 95, "%", "throughput", "level", 0.95),
        ("keeps [99%] of the full model's accuracy", 99, "%", "quality", "level", 0.99),
        ("needs [25%] more memory", 25, "%", "memory", "increase", 0.8),
        ("has a memory overhead of just [2%]", 2, "%", "memory", "level", 0.9804),
        ("cuts the memory overhead to [2%]", 2, "%", "memory", "level", 0.9804),
        ("adds [2%] latency overhead", 2, "%", "latency", "level", 0.9804),
        ("adds [0.05×] extra compute", 0.05, "x", "compute", "increase", 0.9524),
        ("needs [2×] the memory", 2, "x", "memory", "level", 0.5),
        ("compresses the weights [8×]", 8, "x", "model_size", "level", 8),
        ("is [3×] more energy-efficient", 3, "x", "energy", "increase", 3),
        ("is [two orders of magnitude] faster", 2, "orders", "speedup", "increase", 100),
        ("cuts energy by [three orders of magnitude]", 3, "orders", "energy", "decrease", 1000),
        ("is [1.5 orders of magnitude] faster", 1.5, "orders", "speedup", "increase", 31.62),
        ("is [2.4%] worse than it", 2.4, "%", "quality", "decrease", 0.976),
        ("lowers perplexity by [10%]", 10, "%", "perplexity", "decrease", 1.111),
        ("lowers FID by [50%]", 50, "%", "quality", "decrease", 2),
        ("a relative gain in accuracy of [12%]", 12, "%", "quality", "increase", 1.12),
        ("reaches [2×] the accuracy", 2, "x", "quality", "increase", 2),
        ("gives a [3×] lower error rate", 3, "x", "quality", "decrease", 3),
        ("doubles what it was, a gain of [110%]", 110, "%", "quality", "increase", 2.1),
    ],
)
def test_every_way_to_state_a_change_gives_the_same_factor(
    text: str, value: float, unit: str, metric: str, effect: str, expected: float
) -> None:
    assert factor(text, value, unit, metric, effect) == (expected, None)


@pytest.mark.parametrize(
    ("text", "value", "unit", "metric", "effect", "expected"),
    [
        ("cuts memory from [42 GB to 11 GB]", (11, 42), "GB", "memory", "decrease", 3.818),
        ("cuts latency [80 → 20 ms]", (20, 80), "ms", "latency", "decrease", 4),
        ("needs [384 instead of 9,600] tokens", (384, 9600), "tokens", "tokens", "decrease", 25),
        ("goes from [4K to 128K] tokens", (4e3, 128e3), "tokens", "context_length", "increase", 32),
        ("raises accuracy from [40% to 60%]", (40, 60), "%", "quality", "increase", 1.5),
        ("lowers perplexity from [9 to 6]", (6, 9), "score", "perplexity", "decrease", 1.5),
        ("its FID increased from [2 to 4]", (2, 4), "score", "quality", "increase", 0.5),
        ("accuracy increases from [40% to 60%]", (40, 60), "%", "quality", "increase", 1.5),
        ("an improvement from [40% to 60%]", (40, 60), "%", "quality", "increase", 1.5),
        ("error rises from [10% to 20%]", (10, 20), "%", "quality", "increase", 0.5),
        ("on two sets, from [40% to 60%] accuracy", (40, 60), "%", "quality", "increase", 1.5),
    ],
)
def test_a_change_from_one_state_to_another_is_their_ratio(
    text: str, value: tuple[float, float], unit: str, metric: str, effect: str, expected: float
) -> None:
    assert factor(text, value, unit, metric, effect) == (expected, None)


@pytest.mark.parametrize(
    ("text", "value", "unit", "metric", "effect", "bound", "expected"),
    [
        ("is [2–5×] faster", (2, 5), "x", "speedup", "increase", None, (5, "up to")),
        ("is at least [2–5×] faster", (2, 5), "x", "speedup", "increase", "at least",
         (2, "at least")),
        ("saves [50–80%] memory", (50, 80), "%", "memory", "decrease", None, (5, "up to")),
        ("saves from [50% to 80%] of memory", (50, 80), "%", "memory", "decrease", None,
         (5, "up to")),
        ("gains from [20% to 50%] in throughput", (20, 50), "%", "throughput", "increase", None,
         (1.5, "up to")),
        ("uses [10–20%] of the memory", (10, 20), "%", "memory", "level", None, (10, "up to")),
        ("is [1–2 orders of magnitude] cheaper", (1, 2), "orders", "cost", "decrease", None,
         (100, "up to")),
    ],
)  # fmt: skip
def test_a_range_gives_its_better_end(
    text: str, value: Any, unit: str, metric: str, effect: str, bound: Any, expected: Any
) -> None:
    assert factor(text, value, unit, metric, effect, bound) == expected


@pytest.mark.parametrize(
    ("text", "value", "unit", "metric", "effect", "bound", "expected"),
    [
        ("at least [80%] less memory", 80, "%", "memory", "decrease", "at least", "at least"),
        ("up to [80%] less memory", 80, "%", "memory", "decrease", "up to", "up to"),
        ("at most [20%] of the memory", 20, "%", "memory", "level", "up to", "at least"),
        ("over [20%] of the memory", 20, "%", "memory", "level", "at least", "up to"),
        ("about [20%] of the memory", 20, "%", "memory", "level", "about", "about"),
        ("on average [20%] of the memory", 20, "%", "memory", "level", "average", "average"),
        ("up to [5×] smaller", 5, "x", "model_size", "decrease", "up to", "up to"),
        ("less than [5%] more memory", 5, "%", "memory", "increase", "up to", "at least"),
        ("up to [5×] faster", 5, "x", "speedup", "increase", "up to", "up to"),
        ("at most [5%] lower throughput", 5, "%", "throughput", "decrease", "up to", "at least"),
        ("at least [95%] of the throughput", 95, "%", "throughput", "level", "at least",
         "at least"),
        ("from about [40 to 10] GB", (10, 40), "GB", "memory", "decrease", "about", "about"),
        ("from over [40 to 10] GB", (10, 40), "GB", "memory", "decrease", "at least", "at least"),
        ("from under [10 to 40] FPS", (10, 40), "FPS", "throughput", "increase", "up to",
         "at least"),
    ],
)  # fmt: skip
def test_a_bound_is_turned_where_a_larger_number_is_a_smaller_factor(
    text: str, value: Any, unit: str, metric: str, effect: str, bound: Any, expected: str
) -> None:
    assert factor(text, value, unit, metric, effect, bound)[1] == expected


@pytest.mark.parametrize(
    ("text", "value", "unit", "metric", "effect"),
    [
        ("reaches an mAP of [45.1]", 45.1, "score", "quality", "level"),
        ("reaches [71.8%] accuracy", 71.8, "%", "quality", "level"),
        ("solves [40%] of the tasks", 40, "%", "quality", "level"),
        ("gains [3.1 points]", 3.1, "points", "quality", "increase"),
        ("improves accuracy by [12%]", 12, "%", "quality", "increase"),
        ("runs in [16 GB]", 16, "GB", "memory", "level"),
        ("runs at [100–200 FPS]", (100, 200), "FPS", "throughput", "level"),
        ("takes [10–20 ms] less", (10, 20), "ms", "latency", "decrease"),
        ("is faster by [10 to 20 ms]", (10, 20), "ms", "latency", "decrease"),
        ("removes [100%] of the traffic", 100, "%", "communication", "decrease"),
        ("removes [90–100%] of the traffic", (90, 100), "%", "communication", "decrease"),
        ("reaches [80%] of the peak throughput", 80, "%", "throughput", "level"),
        ("accounts for [40%] of the energy", 40, "%", "energy", "level"),
        ("while manipulating [90%] of the cache", 90, "%", "memory", "level"),
        ("trains only [0.1%] of the weights", 0.1, "%", "model_size", "level"),
        ("with only [0.1%] trainable parameters", 0.1, "%", "model_size", "level"),
        ("cuts the memory overhead to [2%]", 2, "%", "memory", "decrease"),
        ("runs [25×] larger models", 25, "x", "model_size", "increase"),
        ("reads [20×] more tokens", 20, "x", "tokens", "increase"),
        ("runs at [57%] utilization", 57, "%", "throughput", "level"),
        ("with [90%] sparsity", 90, "%", "model_size", "level"),
        ("is [10×] lower in Zorbit distance", 10, "x", "quality", "decrease"),
        ("from [0 to 3] requests/s", (0, 3), "requests/s", "throughput", "increase"),
        ("takes [0×] the time", 0, "x", "latency", "level"),
        ("is [0.5×] less memory", 0.5, "x", "memory", "decrease"),
    ],
)
def test_what_the_words_do_not_settle_has_no_factor(
    text: str, value: Any, unit: str, metric: str, effect: str
) -> None:
    assert factor(text, value, unit, metric, effect, "up to") == (None, None)


def test_without_a_good_direction_there_is_no_factor() -> None:
    assert factor("has [3×] more frames", 3, "x", "other", "increase") == (None, None)
    assert factor("has [3×] more frames", 3, "x", "other", "increase", better="higher")[0] == 3


@pytest.mark.parametrize(("value", "expected"), [(1.00005, 1), (2.34567, 2.346), (123456, 123500)])
def test_a_factor_has_four_digits(value: float, expected: float) -> None:
    assert factor("is [N×] faster", value, "x", "speedup", "increase") == (expected, None)
