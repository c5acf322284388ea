"""The type of a paper."""

import pytest

from daily_papers import facts


@pytest.mark.parametrize(
    ("title", "abstract", "expected"),
    [
        ("Zorbit: Fast Decoding", "We propose Zorbit, a rounding algorithm.", "method"),
        ("Zorbit: A Serving System", "We present Zorbit, a serving system for LLMs.", "system"),
        ("Zorbit: An Open Language Model", "We release Zorbit, a family of models.", "model"),
        ("ZorBench: A Benchmark for Decoding", "We introduce a benchmark of tasks.", "benchmark"),
        ("A Survey of Decoding", "This survey reviews decoding methods.", "survey"),
        ("Zorbit: An FPGA Accelerator", "We design an accelerator on an FPGA.", "hardware"),
        ("An Empirical Study of Decoding", "We study decoding and find it slow.", "analysis"),
        ("On the Theory of Decoding", "We prove lower bounds on the convergence rate.", "theory"),
    ],
)
def test_it_follows_from_title_and_proposal(title: str, abstract: str, expected: str) -> None:
    assert facts.extract(title, abstract).type == expected
