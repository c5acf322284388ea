"""What a screen reader and the keyboard find on a page: heads of cells, focus, names, ways past
what is long."""

import pytest
from playwright.sync_api import Page, expect

from tests.site.page_kinds import KINDS

CARDS = (
    "table",
    "table, sorted and filtered",
    "query",
    "query with parameters",
    "results",
    "topic",
)
# The cells of each row that are rendered, and so are in the accessibility tree; “0” are the heads.
CELLS = """table => [...table.querySelectorAll("tr")]
    .filter(row => row.checkVisibility())
    .map(row => [...row.cells].map((cell, index) => cell.checkVisibility() ? index : -1)
        .filter(index => index >= 0).join())"""


@pytest.mark.parametrize("kind", CARDS)
def test_each_cell_of_a_card_stands_below_its_head(page: Page, kind: str) -> None:
    page.goto(KINDS[kind])
    for table in page.locator("table.cards").all():
        assert len(set(table.evaluate(CELLS))) == 1
        assert table.locator("caption").inner_text()
        assert table.locator("tbody tr").count() == table.locator("tbody th[scope=row]").count()


def test_a_head_that_has_the_focus_is_seen(page: Page) -> None:
    page.goto(KINDS["table"])
    page.locator("thead a").nth(1).focus()
    box = page.locator("thead a").nth(1).bounding_box()
    assert box
    assert page.locator("thead").evaluate("head => getComputedStyle(head).clipPath") == "none"
    assert page.evaluate(
        "([x, y]) => document.elementFromPoint(x, y) === document.activeElement",
        [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2],
    )


def test_a_phone_has_one_way_to_more_rows_at_a_time(page: Page, size: str) -> None:
    page.goto("/papers/claims?_size=20")
    following = page.get_by_role("link", name="Next page")
    if size == "phone":
        expect(following).to_be_hidden()
        page.get_by_text("Show 10 more rows").click()
    expect(following).to_be_visible()
