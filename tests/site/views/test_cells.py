"""Values of cells are cut, folded and linked without losing or trusting any of them."""

import pytest

from daily_papers.site.views import cells
from daily_papers.site.views.cells import MOST_ITEMS
from tests.conftest import parse_html


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("short", "short"),
        ("x" * 200, "x" * 200),
        ("x" * 201, "x" * 200 + "…"),
        ("word " * 60, ("word " * 40).rstrip() + "…"),
        ("a " + "x" * 300, "a " + "x" * 198 + "…"),
    ],
)
def test_a_text_is_cut_between_words_where_it_can_be(text: str, expected: str) -> None:
    assert cells.shorten(text) == expected


@pytest.mark.parametrize(
    ("value", "items"),
    [
        ('["a", "b"]', ["a", "b"]),
        ("[]", []),
        ("[1]", None),
        ("[broken", None),
        ("a [b]", None),
        ("[" * 3_000, None),
    ],
)
def test_an_array_of_texts_is_known(value: str, items: list[str] | None) -> None:
    assert cells.array(value) == items


@pytest.mark.parametrize(("count", "folded"), [(MOST_ITEMS, 0), (MOST_ITEMS + 2, 2)])
def test_a_long_array_is_folded_behind_its_first_items(count: int, folded: int) -> None:
    items = [f"topic {number}" for number in range(count)]
    html = parse_html(cells.linked_items(items, lambda item: f"/{item}"))
    assert [link.get_text() for link in html.select("a")] == items
    assert len(html.select("details a")) == folded
    assert [summary.get_text() for summary in html.select("summary")] == [
        f"{folded} more from topic {MOST_ITEMS} on"
    ][:folded]


def test_of_what_is_too_long_for_a_page_the_beginning_is_unfolded() -> None:
    text = parse_html(cells.folded("word " * 10_000)).get_text()
    assert len(text) < 21_000
    assert text.endswith("word…")


def test_what_is_formatted_is_escaped() -> None:
    evil = "<script>" * 30
    assert "<script>" not in cells.folded(evil)
    assert "<script>" not in cells.linked_items([evil], lambda item: f'/"{item}')
    assert "<script>" not in cells.linked_items([evil] * 20, str)
    assert cells.marked("<b> ⟦x⟧") == "&lt;b&gt; <mark>x</mark>"
