"""The name of what a paper introduces."""

import pytest

from daily_papers import facts


@pytest.mark.parametrize(
    ("title", "abstract", "name"),
    [
        ("Zorbit: Fast Decoding", "We study decoding.", "Zorbit"),
        ("Zor-Bit – Fast Decoding", "We study decoding.", "Zor-Bit"),
        ("Fast Decoding", "We present Zorbit, a method for decoding.", "Zorbit"),
        ("Fast Decoding", "We propose a method called ZorBit for decoding.", "ZorBit"),
        ("Fast Decoding", "We introduce Zonal Orbit Rounding (ZOR), which is fast.", "ZOR"),
        ("Zonal Orbit Rounding", "In it, zonal orbit rounding (ZOR) is fast. We like it.", "ZOR"),
        ("Fast Decoding with zLLM", "Decoding is slow. zLLM makes it fast.", "zLLM"),
        ("Zonal Rounding: A Better Way", "We propose zonal rounding (ZR).", "ZR"),
        ("Fast Decoding", "We develop a new engine, dubbed Zorbit, for it.", "Zorbit"),
        ("Fast Decoding", "This paper presents Z²Orbit: an engine.", "Z²Orbit"),
    ],
)
def test_it_is_found(title: str, abstract: str, name: str) -> None:
    assert facts.extract(title, abstract).name == name


@pytest.mark.parametrize(
    ("title", "abstract"),
    [
        ("On-Device Decoding: A Survey", "We survey decoding on GPUs and LLMs."),
        ("Scaling Decoding: What Matters?", "We study how LLMs scale."),
        ("Cheap and Quick: Decoding Made Easy", "We show how to decode."),
        ("Rethinking Decoding", "We propose an efficient approach to LLM serving."),
        ("A Look at Decoding", "We build on LoRA and compare with vLLM."),
    ],
)
def test_a_phrase_or_an_acronym_of_the_field_is_no_name(title: str, abstract: str) -> None:
    assert facts.extract(title, abstract).name is None


def test_a_name_far_behind_its_verb_counts_if_the_title_has_it() -> None:
    abstract = "We propose a fast way to run zLLM. Here we show it."
    assert facts.extract("Fast Decoding", abstract).name is None
    assert facts.extract("Fast Decoding with zLLM", abstract).name == "zLLM"


def test_a_name_before_a_colon_has_at_most_five_words() -> None:
    five = "zA2 zB2 zC2 zD2 zE2"
    assert facts.extract(f"{five}: Fast Decoding", "We study it.").name == five
    assert facts.extract(f"{five} zF2: Fast Decoding", "We study it.").name is None


def test_the_name_is_a_mention_of_its_own() -> None:
    stated = facts.extract(
        "Zorbit: Fast Decoding", "Experiments show that Zorbit outperforms FoobarServe by 20%."
    )
    introduced, other = stated.mentions
    assert (introduced.role, introduced.text) == ("introduced", "Zorbit")
    assert (introduced.field, introduced.start) == ("title", 0)
    assert (other.role, other.text) == ("compared", "FoobarServe")
