"""What a phone needs: a short header, a box whose suggestions the keyboard leaves free,
placeholders that fit, links that are pressed where they are read, and no glare in the dark."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api_answers import answer
from tests.conftest import QUERIES, build, parse_html, served
from tests.site.conftest import SIZES, fits, new_context
from tests.site.listed_days import record
from tests.site.page_kinds import KINDS
from tests.site.page_limits import MOST_SCREENS

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

# Links whose text is under another link, looked for at three places of each of its lines.
COVERED = """() => [...document.querySelectorAll("main a:not(.unseen *)")].filter(link => {
    if (!link.checkVisibility()) return false;
    const {paddingTop, paddingBottom} = getComputedStyle(link);
    return [...link.getClientRects()].some(({left, width, top, bottom}) => {
        const first = top + parseFloat(paddingTop) + 3;
        const last = bottom - parseFloat(paddingBottom) - 3;
        return [0.1, 0.5, 0.9].some(part => [first, last].some(y => {
            const other = document.elementFromPoint(left + part * width, y)?.closest("a, button");
            return other && other !== link;
        }));
    });
}).map(link => link.textContent)"""
# Puts each link of a line of facts on a line of its own.
NARROW = """() => { for (const line of document.querySelectorAll(".listed-papers .meta"))
    line.style.width = "8rem"; }"""
NARROWEST, TALLEST = 320, 6000
ORGANIZATIONS = (
    "Ant Research",
    "Midea AI Research Center",
    "Tencent Hunyuan",
    "Tuojing Intelligence",
    "Beijing Academy of Artificial Intelligence",
    "University of California at San Diego",
)
# The light that a ground gives, from 0 to 255.
LIGHT = """part => Math.max(...getComputedStyle(part).backgroundColor.match(/\\d+/g).slice(0, 3))"""


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


LONE_COMMAS = """rows => rows.flatMap(row => [...row.querySelectorAll("td a")]).filter(link => {
    const comma = document.createRange(), text = link.nextSibling;
    if (!text?.data?.startsWith(",") || !link.checkVisibility()) return false;
    comma.setStart(text, 0);
    comma.setEnd(text, 1);
    return comma.getBoundingClientRect().left < [...link.getClientRects()].at(-1).right - 1;
}).map(link => link.textContent)"""


@pytest.mark.parametrize("width", [300, 320, SIZES["phone"][0]])
def test_a_comma_stays_on_the_line_of_its_link(phone: Page, width: int) -> None:
    phone.set_viewport_size({"width": width, "height": SIZES["phone"][1]})
    phone.goto("/papers/papers?_search=quantization&_size=30")
    rows = phone.locator(".rows-and-columns tbody tr")
    assert rows.locator("a", has_text="kv-cache").count() > 1
    assert rows.evaluate_all(LONE_COMMAS) == []


@pytest.fixture(scope="module")
def listed_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site of two days, whose papers come from organizations of long and of short names."""
    dumps = tmp_path_factory.mktemp("phone") / "dumps"
    dumps.mkdir()
    organizations = [{"name": name, "fullname": name} for name in ORGANIZATIONS]
    for day in ("2026-08-20", "2026-08-21"):
        records = [
            record(day, number, 50 + number, organization=organization)
            for number, organization in enumerate(organizations)
        ]
        (dumps / f"api_{day}.json").write_text(answer(records), encoding="utf-8")
    with served(build(dumps.parent / "papers.db", dumps, "--no-vectors")) as address:
        yield address


@pytest.mark.parametrize("width", [NARROWEST, SIZES["phone"][0]])
@pytest.mark.parametrize("path", ["/", "/days", "/days/2026-08-20", "/about"])
def test_no_link_covers_the_text_of_another(
    browser: Browser, listed_site: str, path: str, width: int
) -> None:
    with new_context(browser, listed_site, "phone") as context:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": TALLEST})
        page.goto(path)
        assert page.locator("main a").count() > 4
        page.evaluate(NARROW)
        assert page.evaluate(COVERED) == []


@pytest.mark.parametrize("width", [NARROWEST, 360, SIZES["phone"][0]])
def test_the_papers_to_compare_do_not_cover_the_end_of_the_page(phone: Page, width: int) -> None:
    phone.set_viewport_size({"width": width, "height": 640})
    phone.goto(KINDS["search, collecting"])
    phone.evaluate("scrollTo(0, document.body.scrollHeight)")
    last, tray = (
        phone.locator("footer a").last.bounding_box(),
        phone.locator(".tray").bounding_box(),
    )
    assert last
    assert tray
    assert last["y"] + last["height"] <= tray["y"]


def test_a_card_does_not_glare_in_the_dark(browser: Browser, site: str) -> None:
    with new_context(browser, site, "phone", color_scheme="dark") as context:
        page = context.new_page()
        for path, mark in (
            (KINDS["paper"], ".abstract .is-hardware"),
            ("/results", ".picture .point"),
        ):
            page.goto(path)
            page.locator(mark).first.tap()
            card = page.locator(".card")
            expect(card).to_be_visible()
            assert card.evaluate(LIGHT) < 64


@pytest.mark.parametrize("name", QUERIES)
def test_a_canned_query_takes_few_screens(phone: Page, name: str) -> None:
    """As its description links to it, or as it is."""
    links = parse_html(QUERIES[name].get("description_html", "")).select(
        f"a[href^='/papers/{name}?']"
    )
    for path in [str(link["href"]) for link in links] or [f"/papers/{name}"]:
        phone.goto(path)
        height = phone.evaluate("document.documentElement.scrollHeight")
        assert height <= MOST_SCREENS * SIZES["phone"][1], path
