"""How what a person types is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.search.query import parse


def said(text: str) -> list[str]:
    """Say the clauses of a query in words."""
    return [
        ("-" if clause.excluded else "+" if clause.required else "")
        + "|".join(
            f"{atom.facet}:{atom.text}" if atom.facet else f"{atom.kind[0]}:{' '.join(atom.words)}"
            for atom in clause.atoms
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
def test_it_is_read_as_people_mean_it(typed: str, clauses: list[str]) -> None:
    assert said(typed) == clauses


def test_a_long_text_counts_by_its_first_32_words() -> None:
    typed = " ".join(f"w{number}" for number in range(900))
    assert said(typed) == [f"w:w{number}" for number in range(32)]


@given(st.text() | st.text(alphabet="\"*()^:-+ANDORTE \0a'"))
def test_any_text_is_a_query(typed: str) -> None:
    for clause in parse(typed):
        assert clause.atoms
        assert all(atom.words for atom in clause.atoms)
