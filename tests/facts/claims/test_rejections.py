"""Numbers that are no claims, each with the filter that rejects it."""

import pytest

from daily_papers import facts
from daily_papers.facts.claims.rejections import FILTERS, OVERRULING
from tests.facts import FRAME, facts_of


def reasons(text: str) -> dict[str, str]:
    stated = facts.extract("On inference", text)
    assert not stated.claims
    return {candidate.text: candidate.reason for candidate in stated.rejected}


@pytest.mark.parametrize(
    ("sentence", "number", "reason"),
    [
        ("We start from ResNet-50.", "50", "part_of_a_name"),
        ("The proof is in Section 3.2.", "3.2", "part_of_a_name"),
        ("It was shown in 2024.", "2024", "year_or_citation"),
        ("It helps in two ways: (1) it is small.", "1", "enumeration"),
        ("We take images of 224×224 pixels.", "224", "dimension"),
        ("We report top-5 results.", "5", "rank_cutoff"),
        ("It takes O(1 / n) time.", "1", "formula"),
        ("This is significant (p<0.001).", "0.001", "formula"),
        ("We prompt it in a 3-shot setting.", "3", "kind_of_thing"),
        ("It is small compared with 73.7% for others.", "73.7%", "starting_point"),
        ("It wins, whereas the baseline drops by 90%.", "90%", "of_another"),
        ("We use 8-bit weights.", "8-bit", "bit_width"),
        ("At a 50% compression rate it still works.", "50%", "setting"),
        ("We train it on 48 GPUs.", "48 GPUs", "no_measure"),
        ("We test it on 7B models.", "7B", "model_size"),
        ("We test it on six tasks with 16 seeds.", "16", "no_measure"),
        ("It is trained on 8 A100 80 GB GPUs.", "80 GB", "device_memory"),
        ("It needs no A100-80G GPU.", "80G", "device_memory"),
        ("It runs on the NVIDIA H100 80GB GPU.", "80GB", "device_memory"),
        ("It runs on an RTX 4090 (24 GB).", "24 GB", "device_memory"),
        ("It runs on 24GB RTX 4090 GPUs.", "24GB", "device_memory"),
    ],
)
def test_it_is_rejected_for_this_reason(sentence: str, number: str, reason: str) -> None:
    assert reasons(FRAME + sentence)[number] == reason


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("It trains a 13B model on a single A100 80GB GPU.", 80),
        ("It needs only 11 GB of memory on an RTX 4090.", 11),
    ],
)
def test_memory_that_is_enough_is_a_result(sentence: str, value: float) -> None:
    assert [claim.value for claim in facts_of(sentence).claims] == [value]


def test_what_stands_before_the_paper_speaks_is_background() -> None:
    text = (
        "Large language models need much memory: a 70B model takes 140 GB. In this paper, we "
        "present Zorbit, a method that reduces peak memory by 30% on BarBench."
    )
    stated = facts.extract("On inference", text)
    assert [claim.value for claim in stated.claims] == [30]
    assert {each.text: each.reason for each in stated.rejected} == {
        "70B": "background",
        "140 GB": "background",
    }


def test_a_number_that_is_none_has_a_confidence() -> None:
    stated = facts.extract("On inference", FRAME + "It was shown in 2024.")
    assert all(50 <= candidate.confidence <= 100 for candidate in stated.rejected)


def test_a_sentence_about_the_paper_before_it_speaks_is_no_background() -> None:
    text = "Zorbit is 3x faster than Foobar. We present Zorbit, a method."
    assert [claim.value for claim in facts.extract("Zorbit: a method", text).claims] == [3]


def test_bits_that_are_reached_without_loss_are_a_claim() -> None:
    claim, *_ = facts_of("It quantizes weights to 3-bit with no loss of accuracy.").claims
    assert (claim.value, claim.metric) == (3, "model_size")


def test_every_filter_says_what_it_rejects() -> None:
    assert all(filter_.__doc__ for filter_ in (OVERRULING, *FILTERS))
    assert len({filter_.__name__ for filter_ in FILTERS}) == len(FILTERS)
