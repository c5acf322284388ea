"""The type of a paper."""

import pytest

from daily_papers import facts


@pytest.mark.parametrize(
    ("title", "abstract", "expected"),
    [
        (
            "Zorbit: Fast Decoding by Rounding",
            "Decoding is slow. We propose Zorbit, a rounding algorithm that skips "
            "layers. Our method "
            "needs no training. Experiments show that it outperforms existing methods.",
            "method",
        ),
        (
            "Zorbit: A Serving System for Long Requests",
            "Serving LLMs is costly. We present Zorbit, a serving system that schedules requests "
            "over a cluster. We implement Zorbit on an open-source engine. Its "
            "throughput is higher.",
            "system",
        ),
        (
            "Zorbit-7B Technical Report",
            "We introduce Zorbit-7B, an open language model trained on two trillion tokens. The "
            "family of models has base and instruct versions. We release the model weights.",
            "model",
        ),
        (
            "ZorBench: A Benchmark for Decoding in the Wild",
            "How well models decode is not known. We introduce ZorBench, a benchmark of 500 tasks "
            "annotated by experts. We evaluate ten models on our benchmark, and all fail often.",
            "benchmark",
        ),
        (
            "A Survey of Efficient Decoding",
            "Decoding has changed much. This survey reviews decoding methods and gives a taxonomy. "
            "We discuss open challenges and future research directions.",
            "survey",
        ),
        (
            "Does Decoding Scale? An Empirical Study",
            "It is unclear how decoding scales. We study how size and data change "
            "decoding. We find "
            "that larger models decode no better. Our findings suggest that data matters.",
            "analysis",
        ),
        (
            "On the Convergence of Rounded Gradient Descent",
            "We study gradient descent with rounding. We prove a convergence rate and a matching "
            "lower bound. Our theorem holds for convex losses, and the rate is minimax "
            "optimal. We theoretically show that rounding does no harm.",
            "theory",
        ),
    ],
)
def test_it_follows_from_title_and_proposal(title: str, abstract: str, expected: str) -> None:
    assert facts.extract(title, abstract).type == expected
