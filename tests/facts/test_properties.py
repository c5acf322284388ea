"""What holds for the facts of any text: spans are quotes, nothing crashes, work grows linearly."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daily_papers import facts
from daily_papers.records import Facts
from tests.growth import assert_linear

PIECES = [
    *("We propose Zorbit, a method ", "reduces memory by up to 30% ", "(2.5x on average) "),
    *("3.3 million ", "tokens/s ", "compared to vLLM and LoRA, ", "respectively. ", "Llama-2-7B "),
    *("on an A100 ", "from 1 to ", "https://github.com/a/b ", "the FooBench dataset ", "H₂O "),
    *("é\u0301 ", "一二 ", "“quoted” ", "$5M ", "~", "1.", "%", "×", "-", "(", ")", "e.g., "),
    *(".9", ".9.9% ", "9,9", "99a9/", "A-", "9" * 40),
    *("half the ", "two orders of magnitude ", "128K context ", ", and ", "in only 5 hours "),
    *("on 8xA100 ", "within 3 days (", "trained for just $20 "),
]
HOSTILE = [
    *("1", "(", "a1 ", "A1 ", "5% ", "1-", "and ", "A, ", "Llama 2-7B-", "from 1 to "),
    *("We propose X, ", "a9", "9a/", "A9.", ".9", "9,999", "9" * 50 + "abc "),
]


def spans(title: str, abstract: str, stated: Facts) -> Iterator[tuple[str, str]]:
    """Yield the quote of each fact, and the text at its span."""
    fields = {"title": title, "abstract": abstract}
    for claim in stated.claims:
        yield claim.quote, fields[claim.field][claim.start : claim.end]
        assert claim.quote in claim.sentence
    for topic in stated.topics:
        yield topic.evidence, fields[topic.field][topic.start : topic.end]
    for fact in (*stated.mentions, *stated.rejected):
        yield fact.text, fields[fact.field][fact.start : fact.end]
    for link in stated.links:
        yield link.url, abstract[link.start : link.end]


TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=200)


@settings(max_examples=300)
@given(title=TEXTS.filter(bool), abstract=TEXTS)
def test_every_span_reproduces_its_quote_whenever_it_is_read(title: str, abstract: str) -> None:
    stated = facts.extract(title, abstract)
    assert all(quote == text for quote, text in spans(title, abstract, stated))
    assert facts.extract(title, abstract) == stated
    for claim in stated.claims:
        for words in (claim.baseline, claim.hardware, claim.subject, claim.measured):
            assert words is None or words.strip(), claim
        assert claim.quote == claim.quote.strip()


@pytest.mark.parametrize("piece", HOSTILE)
def test_work_grows_no_faster_than_the_text(piece: str) -> None:
    def text(length: int) -> str:
        return (piece * (length // len(piece) + 1))[:length]

    assert_linear(lambda made: facts.extract(made[:300], made), text, 10_000)


def test_nothing_is_read_from_nothing() -> None:
    stated = facts.extract("A Title", "")
    assert (stated.name, stated.claims, stated.mentions, stated.links) == (None, (), (), ())
