"""How text is analyzed into the terms of the index."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.search import analysis
from daily_papers.search.analysis import STOP_WORDS, analyze, bigram, is_bigram, stem


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("S²FT", "s2ft"),
        ("on-device", "ondevice"),
        ("on device", "ondevice"),
        ("FlashAttention", "flash attention"),
        ("Mélange", "melange"),
        ("H₂O", "h2o"),
        ("α-divergence", "alphadivergence"),
    ],
)
def test_ways_to_write_a_term_share_it(written: str, typed: str) -> None:
    assert set(analyze(written).terms) & set(analyze(typed).terms)


@pytest.mark.parametrize(
    ("word", "variant", "same"),
    [
        ("quantisation", "quantization", True),
        ("LLMs", "llm", True),
        ("GPUs", "gpu", True),
        ("caches", "caching", True),
        ("optimised", "optimizing", True),
        ("class", "clas", False),
        ("precise", "precision", False),
    ],
)
def test_spellings_and_inflections_share_a_stem(word: str, variant: str, same: bool) -> None:
    assert (stem(word.lower()) == stem(variant.lower())) is same


def test_no_bigram_spans_a_comma_or_begins_with_an_article() -> None:
    assert "kvcach" in analyze("a KV cache").terms
    assert "kvcach" not in analyze("KV, cache").terms
    assert not any(term.startswith("the") for term in analyze("the cache").terms)


def test_stop_words_are_not_content_words() -> None:
    assert analysis.content_words(["How does the cache work?"]) == {"cache"}


@given(st.text(st.characters(codec="ascii", categories=("L", "N"))))
def test_ascii_is_normalized_as_any_text_is(word: str) -> None:
    assert analysis.normalize(word) == analysis.normalize(word[:40] + "\u0301")


@given(st.text())
def test_any_text_has_terms_without_case(text: str) -> None:
    assert all(term == term.casefold() and term for term in analyze(text).terms)


SNIPPETS = st.sampled_from(["the ", "KV", "-cache", "S²FT", " on", ", ", "_", "  –  ", "GPUs", "ﾞ"])


@given(st.text() | st.lists(SNIPPETS, max_size=20).map("".join))
def test_the_terms_are_the_stems_and_bigrams_of_the_runs(text: str) -> None:
    expected = []
    for run in analysis.token_runs(text):
        words = [word.normal for word in run]
        expected += [stem(word) for word in words if word and word not in STOP_WORDS]
        expected += [bigram(*two) for two in pairwise(words) if all(two) and is_bigram(*two)]
    assert sorted(analyze(text).terms) == sorted(expected)
    assert analyze(text).words == {
        word for word in analysis.content_words([text]) if word.isalpha()
    }
