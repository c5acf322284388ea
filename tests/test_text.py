"""Sentences, words and phrases."""

import pytest

from daily_papers.text import PhraseMatcher, Text


def sentences(text: str) -> list[str]:
    return [text[each.start : each.end] for each in Text("abstract", text).sentences]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is. We do.", ["It is.", "We do."]),
        ("It is, e.g. A, fine. We do.", ["It is, e.g. A, fine.", "We do."]),
        ("As in Foo et al. Bar is.", ["As in Foo et al. Bar is."]),
        ("It is 2.5x. Really?", ["It is 2.5x.", "Really?"]),
        ("It is.We do.", ["It is.", "We do."]),
        ('He said "so." We do.', ['He said "so."', "We do."]),
        ("", []),
    ],
)
def test_sentences_end_where_they_end(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_no_sentence_is_longer_than_work_on_one_may_take() -> None:
    text = "word " * 2_000
    assert "".join(sentences(text)).replace(" ", "") == text.replace(" ", "")
    assert max(map(len, sentences(text))) <= 2_000


def test_words_have_spans_and_gaps() -> None:
    text = Text("title", "KV-Caches, fast")
    assert text.forms == ["kv", "cache", "fast"]
    spans = zip(text.starts, text.ends, strict=True)
    assert [text.text[start:end] for start, end in spans] == ["KV", "Caches", "fast"]
    assert text.gaps == ["", "-", ", ", ""]


def matches(text: str, *phrases: str) -> list[str]:
    matcher = PhraseMatcher(zip(phrases, phrases, strict=True))
    return [match.value for match in matcher.matches(Text("abstract", text))]


def test_the_longest_phrase_wins() -> None:
    assert matches("the KV cache size", "kv cache", "kv cache size", "cache") == ["kv cache size"]


def test_hyphens_numbers_and_case_do_not_matter() -> None:
    assert matches("KV-Caches here", "kv cache") == ["kv cache"]


def test_punctuation_parts_a_phrase() -> None:
    assert matches("the KV. Cache it", "kv cache", "kv") == ["kv"]
