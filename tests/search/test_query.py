"""How queries are parsed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.search.query import parse


def parsed(text: str) -> list[str]:
    """Return the clauses of a query in a short notation."""
    return [
        ("-" if clause.excluded else "+" if clause.required else "")
        + "|".join(
            f"{term.facet}:{term.text}" if term.facet else f"{term.kind[0]}:{' '.join(term.words)}"
            for term in clause.terms
        )
        for clause in parse(text)
    ]


@pytest.mark.parametrize(
    ("typed", "clauses"),
    [
        ("kv cache", ["w:kv", "w:cache"]),
        ('"kv cache" size', ["+p:kv cache", "w:size"]),
        ('an "open quote', ["w:an", "+p:open quote"]),
        ("quant*", ["p:quant"]),
        ("mamba -survey", ["w:mamba", "-w:survey"]),
        ("mamba NOT survey", ["w:mamba", "-w:survey"]),
        ("pruning AND lora", ["+w:pruning", "+w:lora"]),
        ("mamba OR rwkv", ["+w:mamba|w:rwkv"]),
        ("+lossless codec", ["+w:lossless", "w:codec"]),
        ("topic:quantization", ["+topic:quantization"]),
        ('org:"Nexa AI" has:code', ["+organization:Nexa AI", "+has:code"]),
        ("year:2024..2025", ["+year:2024..2025"]),
        ("-type:survey", ["-type:survey"]),
        ("gpu:A100", ["+hardware:A100"]),
        ("colour:red", ["w:colour", "w:red"]),
        ("OR and AND", ["w:and"]),
        ("", []),
        ("* \" ( ' : -- \0", []),
    ],
)
def test_a_query_is_parsed_as_people_mean_it(typed: str, clauses: list[str]) -> None:
    assert parsed(typed) == clauses


def test_a_long_text_counts_by_its_first_32_words() -> None:
    typed = " ".join(f"w{number}" for number in range(900))
    assert parsed(typed) == [f"w:w{number}" for number in range(32)]


@given(st.text() | st.text(alphabet="\"*()^:-+ANDORTE \0a'"))
def test_any_text_is_a_query(typed: str) -> None:
    for clause in parse(typed):
        assert clause.terms
        assert all(term.words for term in clause.terms)
