"""Noun phrases of a sentence: whole, and with the names and lists in them."""

import pytest

from daily_papers.facts.claims.noun_phrases import Phrase, find_phrases
from daily_papers.text import Text


def phrases(sentence: str) -> dict[str, Phrase]:
    text = Text("abstract", sentence)
    stated = find_phrases(text, text.sentences[0], [], [])
    return {sentence[phrase.start : phrase.end]: phrase for phrase in stated}


@pytest.mark.parametrize(
    ("sentence", "phrase"),
    [
        ("Foobar surpasses the best baseline by far.", "best baseline"),
        ("It beats its 16-bit counterpart.", "16-bit counterpart"),
        ("It drastically reduces cost, respectively.", "cost"),
        ("It is faster than state-of-the-art methods on 12 benchmarks.", "12 benchmarks"),
        ("It is better than leading proprietary models.", "leading proprietary models"),
        ("It beats the best bot, Quuxbot, in most games.", "best bot, Quuxbot"),
        ("It runs on devices (e.g., Quux V100) only.", "devices (e.g., Quux V100)"),
        ("It needs the teacher's memory.", "teacher"),
    ],
)
def test_a_phrase_ends_at_small_words_verbs_and_punctuation(sentence: str, phrase: str) -> None:
    assert phrase in phrases(sentence)


@pytest.mark.parametrize("word", ["respectively", "drastically", "surpasses", "by"])
def test_no_phrase_has_a_word_that_ends_one(word: str) -> None:
    sentence = "Foobar drastically surpasses Quux and Bazqux by far, respectively."
    assert all(word not in phrase.split() for phrase in phrases(sentence))


def test_brackets_of_a_phrase_are_closed() -> None:
    assert all(
        phrase.count("(") == phrase.count(")")
        for phrase in phrases("It beats strong models (Foo 2, Bar, and Baz) in memory.")
    )


def test_items_of_a_list_know_their_place() -> None:
    stated = phrases("It beats Foo, Bar, and Baz.")
    items = [stated[name] for name in ("Foo", "Bar", "Baz")]
    assert [(item.position, item.list_length) for item in items] == [(0, 3), (1, 3), (2, 3)]
