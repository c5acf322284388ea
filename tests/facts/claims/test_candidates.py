"""What a number claims: sentences of our own, and the claims that they make."""

from typing import Any

import pytest

from daily_papers import facts
from daily_papers.records import Claim
from tests.facts import facts_of


def claims(sentence: str) -> list[Claim]:
    return list(facts_of(sentence).claims)


def summary(claim: Claim) -> tuple[Any, ...]:
    return claim.value, claim.unit, claim.metric, claim.effect, claim.bound


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("It reduces peak memory by 30%.", (30, "%", "memory", "decrease", None)),
        ("It halves the latency.", (50, "%", "latency", "decrease", None)),
        ("Memory is halved.", (50, "%", "memory", "decrease", None)),
        ("It nearly triples the throughput.", (3, "x", "throughput", "increase", "about")),
        ("It cuts memory from 80 GB to 20 GB.", (80, "GB", "memory", "decrease", None)),
        (
            "It cuts training time from 2 days to 9 hours.",
            (48, "hours", "latency", "decrease", None),
        ),
        ("It raises accuracy 31.5% → 44.2%.", (44.2, "%", "quality", "increase", None)),
        ("It reaches 84.5 ± 0.3% accuracy.", (84.5, "%", "quality", "level", None)),
        ("It needs 30% less memory.", (30, "%", "memory", "decrease", None)),
        ("It is up to 2.7x faster.", (2.7, "x", "speedup", "increase", "up to")),
        ("It gives a 2.7× decoding speedup.", (2.7, "x", "speedup", "increase", None)),
        ("It improves throughput by more than 4x.", (4, "x", "throughput", "increase", "at least")),
        ("It reaches an accuracy of 71.8%.", (71.8, "%", "quality", "level", None)),
        ("It reaches 71.8% accuracy.", (71.8, "%", "quality", "level", None)),
        ("Accuracy drops by less than 0.5%.", (0.5, "%", "quality", "decrease", "up to")),
        ("It costs only a 0.3% accuracy loss.", (0.3, "%", "quality", "decrease", None)),
        ("It improves latency by 1.5x.", (1.5, "x", "latency", "decrease", None)),
        ("It improves energy efficiency by 3×.", (3, "x", "energy", "increase", None)),
        ("It cuts training time by 40%.", (40, "%", "latency", "decrease", None)),
        ("It uses 40% fewer parameters.", (40, "%", "model_size", "decrease", None)),
        ("It needs 50% fewer FLOPs.", (50, "%", "compute", "decrease", None)),
        ("It reduces the cost by $2M.", (2e6, "dollars", "cost", "decrease", None)),
        ("It achieves a perplexity of 7.59.", (7.59, "score", "perplexity", "level", None)),
        ("The F1 score rises by 3.1 points.", (3.1, "points", "quality", "increase", None)),
        ("It is two orders of magnitude faster.", (2, "orders", "speedup", "increase", None)),
        ("It runs in only 16 GB.", (16, "GB", "memory", "level", None)),
        ("It sustains 30 tokens/s.", (30, "tokens/s", "throughput", "level", None)),
        ("It answers within 200 ms.", (200, "ms", "latency", "level", "up to")),
        ("It scales to 128K context length.", (128_000, "tokens", "context_length", "level", None)),
        ("It keeps 12% of the KV cache.", (12, "%", "memory", "level", None)),
        ("It accelerates prefill by 2x on average.", (2, "x", "speedup", "increase", "average")),
        ("It yields ~3x higher throughput.", (3, "x", "throughput", "increase", "about")),
        ("It outperforms all others by 4%.", (4, "%", "quality", "increase", None)),
    ],
)
def test_a_number_measures_what_its_words_say(sentence: str, expected: tuple[Any, ...]) -> None:
    assert [summary(claim) for claim in claims(sentence)] == [expected]


def test_a_verb_that_is_a_number_changes_its_own_object_alone() -> None:
    sentence = (
        "It halves the memory footprint, quadruples throughput and more than doubles accuracy "
        "on FooBench."
    )
    stated = [(claim.value, claim.metric, claim.effect, claim.bound) for claim in claims(sentence)]
    assert stated == [
        (50, "memory", "decrease", None),
        (4, "throughput", "increase", None),
        (2, "quality", "increase", "at least"),
    ]


def test_an_uncertainty_is_no_claim_and_neither_is_the_number_of_a_baseline() -> None:
    sentence = "It reaches 84.5 ± 0.3% accuracy, outperforming the baseline (80.1 ± 0.4%)."
    assert [claim.value for claim in claims(sentence)] == [84.5]


def test_a_change_that_is_no_result_is_no_claim() -> None:
    assert claims("We evaluate on models whose checkpoints range from 2 GB to 4 GB.") == []


@pytest.mark.parametrize(
    ("sentence", "bound"),
    [
        ("It reduces memory by >30%.", "at least"),
        ("It reduces memory by ≥30%.", "at least"),
        ("It reduces memory by 30% or more.", "at least"),
        ("It reduces memory by 30%+.", "at least"),
        ("It loses <1% accuracy.", "up to"),
        ("It loses ≤1% accuracy.", "up to"),
        ("It reduces memory by ~30%.", "about"),
        ("It reduces memory by ≈30%.", "about"),
        ("It is on average 5x faster.", "average"),
        ("It reduces memory by 30% (on average).", "average"),
        ("It is up to 5x faster on average.", "up to"),
        ("It reduces memory by 30%.", None),
    ],
)
def test_signs_and_words_beside_a_number_bound_it(sentence: str, bound: str | None) -> None:
    assert [claim.bound for claim in claims(sentence)] == [bound]


def test_a_change_is_one_claim_with_both_ends() -> None:
    (claim,) = claims("It lifts the score from 39.3 to 42.8.")
    assert (claim.value, claim.value_low, claim.effect) == (42.8, 39.3, "increase")


@pytest.mark.parametrize(
    ("sentence", "is_change"),
    [
        ("It lifts accuracy from 34.9% to 49.4%.", True),
        ("Its perplexity decreased from 9.64 to 7.23.", True),
        ("It is an FID improvement from 7.85 to 5.38.", True),
        ("It improves accuracy by 2% to 4%.", False),
        ("It yields accuracy gains from 2% to 4%.", False),
        ("It is 2-4x faster.", False),
        ("It is 2x faster.", None),
    ],
)
def test_two_numbers_are_a_change_or_the_ends_of_a_range(
    sentence: str, is_change: bool | None
) -> None:
    assert [claim.is_change for claim in claims(sentence)] == [is_change]


@pytest.mark.parametrize(
    "sentence",
    [
        "It achieves a 30% compression of the model.",
        "It is a compression framework that reduces LLM size by 30%.",
    ],
)
def test_what_is_compressed_gets_smaller(sentence: str) -> None:
    assert [(claim.better, claim.factor) for claim in claims(sentence)] == [("lower", 1.429)]


def test_a_context_that_grows_is_one_claim_in_tokens() -> None:
    (claim,) = claims("Zorbit extends the context window from 8K to 128K tokens.")
    assert summary(claim) == (128_000, "tokens", "context_length", "increase", None)
    assert claim.value_low == 8_000


def test_two_metrics_of_one_number_are_two_claims() -> None:
    first, second = claims("It reduces latency and energy by 20%-50%.")
    assert (first.metric, first.value, first.value_low) == ("latency", 50, 20)
    assert (second.metric, second.value, second.value_low) == ("energy", 50, 20)


def test_a_list_shares_its_words_and_its_bound() -> None:
    first, second = claims(
        "It reduces KV cache memory by up to 2.5x for MHA models and 1.6x for GQA models."
    )
    assert summary(first) == (2.5, "x", "memory", "decrease", "up to")
    assert summary(second) == (1.6, "x", "memory", "decrease", "up to")
    assert "MHA models" in (first.subject or "")
    assert "GQA models" in (second.subject or "")


def test_respectively_deals_out_what_each_number_is_for() -> None:
    first, second = claims("Compared to Foobar and Bazqux, it is 3x and 2x faster, respectively.")
    assert (first.value, first.baseline) == (3, "Foobar")
    assert (second.value, second.baseline) == (2, "Bazqux")


def test_a_number_in_brackets_goes_on_with_the_one_before() -> None:
    first, second = claims("It has up to 61% lower latency (30% on average).")
    assert summary(first) == (61, "%", "latency", "decrease", "up to")
    assert summary(second) == (30, "%", "latency", "decrease", "average")


@pytest.mark.parametrize(
    ("sentence", "field", "phrase"),
    [
        ("It is 2x faster than Foobar on an A100.", "baseline", "Foobar"),
        ("It outperforms Foobar by 3%.", "baseline", "Foobar"),
        ("Compared to Foobar, it saves 30% memory.", "baseline", "Foobar"),
        ("It is 2x faster than Foobar on an NVIDIA A100.", "hardware", "NVIDIA A100"),
        ("It speeds up decoding by 2x on a single GPU.", "hardware", "single GPU"),
        ("Int4 rounding cuts memory by 4x.", "subject", "Int4 rounding"),
        ("On BarBench, it reaches 80.1% accuracy.", "subject", "BarBench"),
        ("It reaches 80.1% accuracy on BarBench.", "subject", "BarBench"),
    ],
)
def test_conditions_are_read_from_the_words_around(sentence: str, field: str, phrase: str) -> None:
    (claim,) = claims(sentence)
    assert phrase in getattr(claim, field)


@pytest.mark.parametrize(
    ("sentence", "better"),
    [
        ("It reduces memory by 30%.", True),
        ("It increases memory by 30%.", False),
        ("Accuracy drops by 2%.", False),
        ("It lowers the error rate by 2%.", True),
        ("It reaches 71.8% accuracy.", None),
    ],
)
def test_metric_and_effect_tell_whether_it_is_better(sentence: str, better: bool | None) -> None:
    assert [claim.is_improvement for claim in claims(sentence)] == [better]


def test_a_quote_holds_the_number_and_what_it_measures() -> None:
    (claim,) = claims("It reduces peak memory by up to 30% in training.")
    assert claim.quote == "reduces peak memory by up to 30%"
    assert claim.sentence == "It reduces peak memory by up to 30% in training."


def test_a_claim_may_stand_in_the_title() -> None:
    title = "Zorbit: Serving LLMs with 3x Higher Throughput"
    (claim,) = facts.extract(title, "We study decoding.").claims
    assert (claim.field, claim.value, claim.metric) == ("title", 3, "throughput")


@pytest.mark.parametrize(
    "sentence",
    [
        "We present Foobar, a video model trained for only $200k.",
        "Foobar makes a poster of a paper for just $0.005.",
        "Foobar reads raw pixels at 5 Hz.",
        "Foobar answers in as little as 232 milliseconds.",
    ],
)
def test_a_quote_begins_with_a_word(sentence: str) -> None:
    for claim in facts_of(sentence).claims:
        assert claim.quote == claim.quote.strip()


def test_a_quote_ends_within_its_sentence() -> None:
    """A bracket that the sentence leaves open is not closed by one of the next: the table refused
    such a quote, and with it the build."""
    (claim,) = claims("It reduces memory (KV cache by 50%. It works) well.")
    assert claim.quote == "reduces memory (KV cache by 50%"
