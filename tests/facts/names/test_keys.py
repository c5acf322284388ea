"""The keys by which names of one thing are one entity."""

import pytest

from daily_papers.facts.names.mentions import mention_key
from daily_papers.facts.names.named_entities import EntityOccurrence
from daily_papers.facts.names.spans import find_spans
from daily_papers.records import EntityKind
from daily_papers.text import Text


def keys(kind: EntityKind, *texts: str) -> set[str]:
    return {
        mention_key(EntityOccurrence(text, "abstract", 0, len(text), kind, None)) for text in texts
    }


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        (
            "hardware",
            ("Nvidia 4090", "RTX 4090", "NVIDIA RTX 4090", "GeForce RTX 4090", "RTX 4090s"),
        ),
        ("hardware", ("GTX 1080 Ti", "NVIDIA GeForce GTX 1080 Ti", "GTX-1080Ti")),
        ("hardware", ("A100", "A100-80GB", "NVIDIA A100-SXM4-80GB", "80GB A100", "A100s")),
        ("dataset", ("ZORB24", "ZORB 2024", "ZORB'24", "Zorb-2024", "zorb24")),
        ("dataset", ("FooBench", "Foo-Bench", "FOOBENCH")),
        ("model", ("ZLMs", "ZLM")),
        ("model", ("Zorba-2-7B", "Zorba2-7B", "Zorba 2 7B")),
        ("method", ("H₂Zor", "H2Zor")),
    ],
)
def test_ways_of_writing_have_one_key(kind: EntityKind, texts: tuple[str, ...]) -> None:
    assert len(keys(kind, *texts)) == 1


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        ("hardware", ("RTX 4090", "RTX 4080", "RTX 4080 Ti", "RTX 6000", "GTX 1080")),
        ("hardware", ("A100", "A10", "H100", "DGX A100")),
        ("dataset", ("ZORB24", "ZORB25", "ZORB")),
        ("model", ("Zorba-7B", "Zorba-2-7B", "Zorba-2-13B", "Zorba")),
    ],
)
def test_other_things_have_other_keys(kind: EntityKind, texts: tuple[str, ...]) -> None:
    assert len(keys(kind, *texts)) == len(texts)


@pytest.mark.parametrize(
    "text",
    [
        *("OpenAI", "Salesforce", "NeurIPS 2024", "CVPR'25", "24 GB", "1.5 GHz", "LLMs", "GPU/CPU"),
        *("vaswani2017", "Vaswani2017attention", "the 3 of 7"),
    ],
)
def test_companies_conferences_units_and_citations_may_be_no_names(text: str) -> None:
    assert find_spans(Text("abstract", f"It is seen with {text} here.")) == []


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("FooLM2-based", ["FooLM2-based", "FooLM2"]),
        ("FooLM2s", ["FooLM2s", "FooLM2"]),
        ("FooLM2/BarLM3", ["FooLM2/BarLM3", "FooLM2", "BarLM3"]),
        ("FooLM2 95.3", ["FooLM2 95.3", "FooLM2"]),
        ("3 FooLM2", ["FooLM2"]),
        ("FooLM2 for BarBench", ["FooLM2", "BarBench"]),
    ],
)
def test_a_compound_gives_what_it_is_made_of(text: str, spans: list[str]) -> None:
    stated = Text("abstract", f"It is seen with {text}, here.")
    assert {stated.text[span.start : span.end] for span in find_spans(stated)} == set(spans)
