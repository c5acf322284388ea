"""Texts cut into segments at their facts."""

from hypothesis import given
from hypothesis import strategies as st

from daily_papers.site.views.annotate import Fact, Segment, segments

TEXT = "It runs 2x faster than vLLM."


def fact(start: int, end: int, kind: str = "claim") -> Fact:
    return Fact(kind, start, end, f"{kind} {start} {end}", "")


def test_a_fact_inside_another_is_cut_out_and_has_both() -> None:
    claim, method = fact(8, 27), fact(23, 27, "method")
    assert segments(TEXT, [claim, method]) == [
        Segment("It runs ", ()),
        Segment("2x faster than ", (claim,)),
        Segment("vLLM", (method, claim)),
        Segment(".", ()),
    ]


def test_facts_that_cross_share_what_both_cover() -> None:
    first, second = fact(0, 7), fact(3, 17)
    assert [part.facts for part in segments(TEXT, [first, second])] == [
        (first,), (first, second), (second,), (),
    ]  # fmt: skip


def test_kinds_are_each_named_once() -> None:
    part = segments(TEXT, [fact(0, 4), fact(0, 4, "model"), fact(0, 5)])[0]
    assert part.kinds == ("claim", "model")


def test_a_fact_has_its_mark_where_it_begins() -> None:
    first = Fact("claim", 0, 10, "", "#claim-1", "mark-1")
    second = Fact("claim", 3, 15, "", "#claim-2", "mark-2")
    third = Fact("claim", 3, 12, "", "#claim-3", "mark-3")
    parts = segments(TEXT, [first, second, third, fact(3, 5, "model")])
    assert [part.mark_ids for part in parts if part.mark_ids] == [("mark-1",), ("mark-3", "mark-2")]


SPANS = st.tuples(st.integers(0, 40), st.integers(0, 40))


@given(st.text(max_size=30), st.lists(SPANS, max_size=8))
def test_segments_are_the_text_and_each_fact_covers_its_span(
    text: str, spans: list[tuple[int, int]]
) -> None:
    facts = [fact(*span) for span in spans]
    parts = segments(text, facts)
    assert "".join(part.text for part in parts) == text
    for start, end in spans:
        covered = "".join(part.text for part in parts if fact(start, end) in part.facts)
        assert covered == (text[start:end] if start < end else "")
