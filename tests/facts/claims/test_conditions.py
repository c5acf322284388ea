"""What a claim is compared with, measured on and for, and what it measures."""

import pytest

from daily_papers.facts.models import shipped
from daily_papers.records import Claim
from tests.facts import facts_of


def claim(sentence: str, index: int = 0) -> Claim:
    return facts_of(sentence).claims[index]


@pytest.mark.parametrize(
    ("sentence", "baseline"),
    [
        ("It is 2x faster than Foobar.", "Foobar"),
        ("It outperforms the best baseline by 3%.", "best baseline"),
        ("Compared to full attention, it reduces peak memory by 40%.", "full attention"),
        ("It improves accuracy by 4.2% over existing methods.", "existing methods"),
        ("It reduces peak memory by 30%.", None),
        ("It reaches 80.1% accuracy on BarBench.", None),
    ],
)
def test_a_baseline_is_a_whole_phrase_or_none(sentence: str, baseline: str | None) -> None:
    assert claim(sentence).baseline == baseline


def test_each_number_of_a_list_has_its_item_of_a_list_as_long() -> None:
    sentence = "Compared to Foobar and Bazqux, it is 3x and 2x faster, respectively."
    assert [claim(sentence, index).baseline for index in (0, 1)] == ["Foobar", "Bazqux"]


def test_a_device_that_is_beaten_is_no_device_that_it_ran_on() -> None:
    beaten = claim("It is 6x more energy efficient than an NVIDIA A100.")
    assert (beaten.hardware, beaten.baseline_key) == (None, "a100")
    ran = claim("It is 6x faster than Foobar on an NVIDIA A100.")
    assert (ran.hardware, ran.hardware_key, ran.baseline) == ("NVIDIA A100", "a100", "Foobar")


def test_a_device_within_a_word_is_no_phrase_by_itself() -> None:
    sentence = (
        "It cuts FooScore by 5.2% on ImageNet 256 within 10 epochs (5 hours on 32xA100 GPUs)."
    )
    hardware = [claim.hardware for claim in facts_of(sentence).claims]
    assert "32xA100 GPUs" in hardware
    assert "" not in hardware


def test_a_subject_names_dataset_and_model() -> None:
    stated = claim("On MMLU, it improves the accuracy of LLaMA2-7B by 4.2%.")
    assert (stated.dataset_key, stated.model_key) == ("mmlu", "llama27b")
    assert set((stated.subject or "").split(", ")) == {"MMLU", "LLaMA2-7B"}


@pytest.mark.parametrize(
    ("sentence", "measured"),
    [
        ("It reduces the API cost by 30%.", "API cost"),
        ("It needs 30% fewer training tokens than Foobar.", "training tokens"),
        ("It reaches 80.1% zero-shot AUROC on BarBench.", "zero-shot AUROC"),
        ("It cuts the peak memory of LLaMA2-7B by 40%.", "peak memory"),
        ("The decoding latency is reduced by 40%.", "decoding latency"),
        ("It triples throughput on an A100.", "throughput"),
        ("It yields a 20% reduction in estimation error.", "estimation error"),
        ("It uses only 5% of the training data.", "training data"),
        ("It is 2.5x faster than Foobar.", None),
        ("It outperforms human experts by 3%.", None),
        # No nouns.
        ("It brings a remarkable 2.5x speedup.", None),
        ("It brings speedups ranging from 2x to 3x.", None),
        ("It brings a 2.5x end-to-end speedup.", None),
        ("It is faster by a significant 30%.", None),
        ("It speeds up end-to-end training by 2x.", "end-to-end training"),
        ("It speeds up sampling by 2x.", "sampling"),
    ],
)
def test_the_words_that_a_number_measures(sentence: str, measured: str | None) -> None:
    assert claim(sentence).measured == measured


def test_a_subject_is_not_what_is_measured() -> None:
    stated = claim("It improves PSNR by 2.4% on BarBench.")
    assert (stated.measured, stated.subject) == ("PSNR", "BarBench")


def test_without_its_model_a_claim_has_no_conditions() -> None:
    from daily_papers import facts

    models = {name: model for name, model in shipped().items() if name != "conditions"}
    text = "We present Zorbit. It is 2x faster than Foobar on an A100."
    (stated,) = facts.extract("On inference", text, models).claims
    assert (stated.baseline, stated.hardware, stated.subject) == (None, None, None)
