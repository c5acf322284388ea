"""What a person types, as a full-text query."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.search import MOST_WORDS, match_expression


@pytest.mark.parametrize(
    ("typed", "expression"),
    [
        ("kv cache", '"kv" "cache"'),
        ('"kv cache" size', '"kv cache" "size"'),
        ('an "open quote', '"an" "open" "quote"'),
        ("gpt-4 c++ AND NOT NEAR(x)", '"gpt-4" "c++" "AND" "NOT" "NEAR(x)"'),
        ("key key key", '"key"'),
        ("a\0b", '"a" "b"'),
        ("* \" ( ' :", '""'),
        ("👩\u200d🔬", '""'),
        ("", '""'),
        (None, '""'),
    ],
)
def test_words_are_quoted_and_syntax_is_words(typed: str | None, expression: str) -> None:
    assert match_expression(typed) == expression


def test_a_long_text_counts_by_its_first_words() -> None:
    assert match_expression(" ".join(map(str, range(1000)))).count('"') == 2 * MOST_WORDS


@given(st.text() | st.text(alphabet="\"*()^:-+ANDORTE \0a'"))
def test_any_text_is_a_valid_expression(typed: str) -> None:
    with sqlite3.connect(":memory:") as db:
        db.execute("create virtual table papers using fts5(title)")
        db.execute("select * from papers where papers match ?", [match_expression(typed)])
