"""What a phone needs: a short header, a box whose suggestions the keyboard leaves free, and
placeholders that fit."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.site.conftest import SIZES, fits, new_context
from tests.site.page_kinds import KINDS

MOST_HEADER = 96  # pixels: two lines of 40 and their margins
KEYBOARD = 400  # pixels of the height
# Placeholders that are wider than their boxes.
CUT = """() => [...document.querySelectorAll("input[placeholder]")].filter(input => {
    const {font, paddingLeft, paddingRight} = getComputedStyle(input);
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = font;
    const room = input.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
    return pen.measureText(input.placeholder).width > room;
}).map(input => input.placeholder)"""


@pytest.fixture
def phone(browser: Browser, site: str) -> Iterator[Page]:
    """A page on a phone."""
    with new_context(browser, site, "phone") as context:
        yield context.new_page()


def test_the_header_takes_two_lines_and_all_its_links_can_be_reached(phone: Page) -> None:
    phone.goto("/about")
    header = phone.locator("header.top")
    box = header.bounding_box()
    assert box
    assert box["height"] <= MOST_HEADER
    assert fits(phone)
    last = header.get_by_role("link").last
    expect(last).to_have_text("API")
    last.scroll_into_view_if_needed()
    expect(last).to_be_in_viewport(ratio=1)


def test_suggestions_end_above_the_keyboard(phone: Page) -> None:
    phone.goto("/")
    box = phone.locator("#q")
    box.tap()
    width, height = SIZES["phone"]
    phone.set_viewport_size({"width": width, "height": height - KEYBOARD})
    box.press_sequentially("qu")
    suggestions = phone.get_by_role("listbox")
    expect(suggestions).to_be_visible()
    assert phone.get_by_role("option").count() > 4
    shown, typed = suggestions.bounding_box(), box.bounding_box()
    assert shown
    assert typed
    assert 0 <= typed["y"] < 40  # at the top
    assert shown["y"] + shown["height"] <= height - KEYBOARD
    phone.get_by_role("option").last.scroll_into_view_if_needed()
    expect(phone.get_by_role("option").last).to_be_in_viewport()


@pytest.mark.parametrize(
    "path", ["/", "/search", "/results", KINDS["query, nothing filled in"], "/papers/lineage"]
)
def test_a_placeholder_fits_its_box(phone: Page, path: str) -> None:
    phone.goto(path)
    phone.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    assert phone.locator("input[placeholder]").count()
    assert phone.evaluate(CUT) == []


@pytest.mark.parametrize("kind", ["table", "query with parameters"])
def test_a_long_name_of_a_column_stands_on_no_other(phone: Page, kind: str) -> None:
    phone.goto(KINDS[kind])
    cell = phone.locator("table.cards td[data-label]:visible:not(:has(a), .col-sentence)").first
    line = cell.bounding_box()
    cell.evaluate("cell => cell.dataset.label = 'name_of_a_column_'.repeat(4)")
    lines = cell.bounding_box()
    assert line
    assert lines
    assert lines["height"] > 3 * line["height"]


@pytest.mark.parametrize("kind", ["table", "table, sorted and filtered", "query with parameters"])
@pytest.mark.parametrize("width", [320, SIZES["phone"][0]])
def test_all_columns_of_a_card_fit_and_no_name_covers_another(
    phone: Page, kind: str, width: int
) -> None:
    phone.set_viewport_size({"width": width, "height": SIZES["phone"][1]})
    phone.goto(KINDS[kind])
    for fold in phone.locator(".all-columns > summary").all():
        fold.click()
    assert fits(phone)
    covering = """cells => cells.filter(cell => cell.scrollHeight > cell.clientHeight + 1)
        .map(cell => cell.dataset.label)"""
    cells = phone.locator(".cards td[data-label]:not(:empty)")
    assert cells.count() > 10
    assert cells.evaluate_all(covering) == []
