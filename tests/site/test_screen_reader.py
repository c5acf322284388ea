"""What a screen reader and the keyboard find on a page: heads of cells, focus, names, ways past
what is long."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Get, parse_html
from tests.site.conftest import SIZES
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
# How many ends of texts are cut: of snippets, and claims that are not shown.
CUT = """result => [...result.querySelectorAll(".snippet, .claims li, .why")]
    .filter(part => !part.checkVisibility() || part.scrollHeight > part.clientHeight + 2).length"""
REPEATED = (  # kinds of page, and what stands there for each claim, paper, table or list
    ("paper", ".confidence a"),
    ("results", ".sentence summary"),
    ("database", ".column-names summary"),
    ("table", ".more-values summary, .column-links a"),
    ("search", ".whole summary"),
)
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
        assert table.locator("tbody tr > th[scope=row]:first-child").count() > 0
        assert table.locator("tbody th:empty").count() == 0


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


@pytest.mark.parametrize("kind", ["results", "dataset"])
def test_no_claim_stops_the_keyboard_twice_for_the_same_place(get: Get, kind: str) -> None:
    page = parse_html(get(KINDS[kind]).text)
    rows = page.select("#results ~ .wide tbody tr")
    assert rows
    for row in rows:
        links = [str(link["href"]) for link in row.select("a") if not link.find_parent("details")]
        assert len(links) == len(set(links))


@pytest.mark.parametrize("kind", ["results", "query with parameters", "home"])
def test_links_of_a_chart_are_stops_but_beside_a_table_of_the_same(get: Get, kind: str) -> None:
    links = parse_html(get(KINDS[kind]).text).select("figure .picture a")
    assert {link.get("tabindex") for link in links} == {None if kind == "home" else "-1"}


def test_a_region_stops_the_keyboard_only_where_it_scrolls(page: Page, size: str) -> None:
    page.goto("/papers/topics_by_year")
    region = page.get_by_role("region", name="Rows")
    expect(region).not_to_have_attribute("tabindex", "0")
    region.evaluate("region => { region.style.cssText = 'overflow: auto; width: 90px'; }")
    expect(region).to_have_attribute("tabindex", "0")
    region.evaluate("region => { region.style.cssText = ''; }")
    expect(region).not_to_have_attribute("tabindex", "0")


@pytest.mark.parametrize("kind", ["search", "results", "table", "query"])
def test_the_keyboard_skips_to_what_was_found(page: Page, kind: str) -> None:
    page.goto(KINDS[kind])
    page.locator("body").evaluate("() => document.activeElement.blur()")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#(results|rows)$"))
    page.keyboard.press("Tab")
    places = ".results-list, .table-wrapper, .wide, .export-links"
    assert page.evaluate("places => !!document.activeElement.closest(places)", places)


def test_keys_scroll_the_results_and_choose_only_among_suggestions(page: Page) -> None:
    page.goto(KINDS["search"])
    page.locator(".results-list h2 a").first.focus()
    for key in ("ArrowDown", "ArrowUp", "/"):
        page.keyboard.press(key)
        expect(page.locator(".results-list h2 a").first).to_be_focused()


@pytest.mark.parametrize(("kind", "names"), REPEATED)
def test_what_stands_there_often_says_of_what_it_is(page: Page, kind: str, names: str) -> None:
    page.goto(KINDS[kind])
    texts = [" ".join(text.split()) for text in page.locator(names).all_text_contents()]
    assert len(texts) > 1
    assert [text for text in set(texts) if texts.count(text) > 1] == []


def test_the_box_for_a_search_has_one_name(page: Page) -> None:
    for kind in ("home", "search"):
        page.goto(KINDS[kind])
        expect(page.get_by_role("combobox", name="Search papers", exact=True)).to_be_visible()


def test_what_a_phone_cuts_of_a_result_unfolds(page: Page, size: str) -> None:
    page.goto(KINDS["search"])
    result = page.locator(".results-list > li").first
    if size == "phone":
        assert result.evaluate(CUT) > 0
        result.locator(".whole summary").click()
    assert result.evaluate(CUT) == 0


def test_filters_on_a_phone_end_in_a_way_to_the_results(page: Page, size: str) -> None:
    for kind in ("search", "results"):
        page.goto(KINDS[kind])
        leads = page.locator(".facets a.button")
        if size == "desktop":
            expect(leads).to_be_hidden()
            continue
        page.locator(".facets > summary").click()
        assert page.locator(".facet-group:not([open])").count() > 3
        leads.click()
        expect(page.locator("#results")).to_be_focused()
        box = page.locator("#results").bounding_box()
        assert box
        assert 0 <= box["y"] < SIZES["phone"][1] / 2


def test_what_has_the_focus_is_not_behind_the_papers_to_compare(page: Page, size: str) -> None:
    page.goto(KINDS["search, collecting"])
    links = page.locator("footer a")
    page.evaluate("scrollTo(0, 0)")
    for link in (*page.locator(".results-list h2 a").all()[:6], links.last):
        link.focus()
        box, tray = link.bounding_box(), page.locator(".tray").bounding_box()
        assert box
        assert tray
        assert box["y"] + box["height"] <= tray["y"]
    page.set_viewport_size({"width": 640, "height": 320})
    assert page.locator(".tray").evaluate("tray => getComputedStyle(tray).position") == "static"
    page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))


def test_marks_and_what_is_chosen_show_in_the_colours_of_the_reader(page: Page) -> None:
    page.emulate_media(forced_colors="active")
    page.goto(KINDS["search"])
    page.locator("#q").fill("quan")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    chosen = page.locator("[role=option][aria-selected=true]")
    assert chosen.evaluate("option => getComputedStyle(option).outlineStyle") == "solid"
    ground = "element => getComputedStyle(element).backgroundColor"
    canvas = page.locator("html").evaluate(ground)
    assert page.locator(".results-list mark").first.evaluate(ground) != canvas
    page.goto(KINDS["paper"])
    assert page.locator("a.is-claim:not(.unsure)").first.evaluate(ground) != canvas
    page.emulate_media(forced_colors="none")


def test_focus_shows_on_what_is_chosen_and_only_the_claim_led_to_has_a_line(page: Page) -> None:
    page.emulate_media(forced_colors="active")
    page.goto(KINDS["results"])
    here = page.locator("nav [aria-current]")
    outline = "element => getComputedStyle(element).outline"
    without = here.evaluate(outline)
    page.get_by_role("link", name="Days").focus()
    page.keyboard.press("Tab")
    expect(here).to_be_focused()
    assert here.evaluate(outline) != without
    page.goto(KINDS["paper"])
    line = "element => getComputedStyle(element).borderLeftColor"
    ground = page.locator("html").evaluate("element => getComputedStyle(element).backgroundColor")
    assert {claim.evaluate(line) for claim in page.locator(".claim-list > li").all()} == {ground}
    page.emulate_media(forced_colors="none")


@pytest.mark.parametrize(
    ("kind", "name"), [("results", "Results"), ("database", "Data"), ("compare", "Compare")]
)
def test_the_navigation_says_which_of_its_pages_this_is(page: Page, kind: str, name: str) -> None:
    page.goto(KINDS[kind])
    assert page.locator("header [aria-current=page]").all_inner_texts() == [name]


@pytest.mark.parametrize("kind", ["search", "results", "row"])
def test_signs_of_folds_and_of_places_are_not_read_out(page: Page, kind: str) -> None:
    page.goto(KINDS[kind])
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    names = [node["name"]["value"] for node in tree if not node["ignored"] and "name" in node]
    assert len(names) > 20
    assert [name for name in names if "▸" in name or name.strip() == "/"] == []
