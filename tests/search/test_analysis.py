"""How text is cut into the terms under which search keeps it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.search.analysis import (
    FUNCTION_WORDS,
    cut,
    is_pair,
    pair,
    plain,
    plain_words,
    runs,
    stem,
)


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
def test_what_is_one_thing_shares_a_term(written: str, typed: str) -> None:
    assert set(cut(written).terms) & set(cut(typed).terms)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("quantisation", "quantization"),
        ("LLMs", "llm"),
        ("GPUs", "gpu"),
        ("caches", "caching"),
        ("optimised", "optimizing"),
    ],
)
def test_spellings_and_numbers_have_one_stem(one: str, other: str) -> None:
    assert stem(one.lower()) == stem(other.lower())


@pytest.mark.parametrize(("one", "other"), [("class", "clas"), ("precise", "precision")])
def test_other_words_keep_theirs(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_no_pair_goes_over_a_comma_or_an_article() -> None:
    assert "kvcach" in set(cut("a KV cache").terms)
    assert "kvcach" not in set(cut("KV, cache").terms)
    assert not any(term.startswith("the") for term in cut("the cache").terms)


def test_function_words_are_no_words_to_mend_with() -> None:
    assert plain_words(["How does the cache work?"]) == {"cache"}


@given(st.text(st.characters(codec="ascii", categories=("L", "N"))))
def test_ascii_is_written_plain_as_any_text_is(word: str) -> None:
    assert plain(word) == plain(word[:40] + "\u0301")


@given(st.text())
def test_any_text_has_terms_without_case(text: str) -> None:
    assert all(term == term.casefold() and term for term in cut(text).terms)


SNIPPETS = st.sampled_from(["the ", "KV", "-cache", "S²FT", " on", ", ", "_", "  –  ", "GPUs", "ﾞ"])


@given(st.text() | st.lists(SNIPPETS, max_size=20).map("".join))
def test_a_text_is_cut_as_its_runs_say(text: str) -> None:
    expected = []
    for run in runs(text):
        words = [word.plain for word in run]
        expected += [stem(word) for word in words if word and word not in FUNCTION_WORDS]
        expected += [pair(*two) for two in pairwise(words) if all(two) and is_pair(*two)]
    assert sorted(cut(text).terms) == sorted(expected)
    assert cut(text).words == {word for word in plain_words([text]) if word.isalpha()}
