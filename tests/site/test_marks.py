"""Marks of texts and charts in Chromium: what they say when they are pointed at, focused or tapped,
what screen readers are told, and that the texts of charts do not overlap."""

import re
import sqlite3
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.conftest import Get, parse_html
from tests.site.conftest import new_context
from tests.site.page_kinds import KINDS, PAPER

CHARTS = {
    "home": "/",
    "topic": KINDS["topic"],
    "metric": KINDS["metric"],
    "results": "/results",
    "scores": KINDS["results, scores"],
    "claims of a query": "/papers/largest_speedups",
    "bars of a query": "/papers/papers_by_organization",
    "shades of a query": "/papers/topics_by_year",
    "years of a query": "/papers/papers_by_year",
}
WIDTHS = (320, 390, 1280)
# Texts of a picture that overlap, or that stand outside its frame.
CLASHES = """figure => {
    const frame = figure.getBoundingClientRect();
    const texts = [...figure.querySelectorAll(".picture :is(text, .name, .value)")]
        .map(element => ({text: element.textContent, box: element.getBoundingClientRect()}));
    const common = (one, other, from, to) =>
        Math.min(one[to], other[to]) - Math.max(one[from], other[from]);
    const over = (one, other) =>  // lines are higher than their letters
        common(one, other, "left", "right") > 0.5 && common(one, other, "top", "bottom") > 5;
    return texts.flatMap(({text, box}, index) => [
        ...(box.left < frame.left || box.right > frame.right ? [`${text} is outside`] : []),
        ...texts.slice(index + 1).filter(other => over(box, other.box))
            .map(other => `${text} | ${other.text}`),
    ]);
}"""


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("kind", CHARTS)
def test_texts_of_a_chart_do_not_overlap(
    browser: Browser, site: str, kind: str, width: int
) -> None:
    with new_context(browser, site, "phone" if width < 1000 else "desktop") as context:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(CHARTS[kind])
        figures = page.locator("figure.chart").all()
        assert figures
        for figure in figures:
            assert figure.evaluate(CLASHES) == []


@pytest.fixture
def phone(browser: Browser, site: str) -> Iterator[Page]:
    """A page on a phone alone."""
    with new_context(browser, site, "phone") as context:
        yield context.new_page()


def tap(page: Page, element: Locator, beside: float = 0) -> None:
    """Tap pixels beside the middle of an element, as a finger does."""
    element.scroll_into_view_if_needed()
    box = element.bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + box["width"] / 2 + beside, box["y"] + box["height"] / 2)


def described(element: Locator) -> str:
    """Return the description of an element that screen readers read, as its accessibility tree
    has it."""
    session = element.page.context.new_cdp_session(element.page)
    session.send("Accessibility.enable")
    handle = session.send(
        "Runtime.evaluate",
        {"expression": f"document.querySelector('#{element.get_attribute('id')}')"},
    )
    tree = session.send(
        "Accessibility.getPartialAXTree",
        {"objectId": handle["result"]["objectId"], "fetchRelatives": False},
    )
    session.detach()
    return str(tree["nodes"][0].get("description", {}).get("value", ""))


# --- texts


def test_a_mark_is_described_to_screen_readers_without_being_focused(page: Page) -> None:
    page.goto(f"/papers/papers/{PAPER}")
    mark = page.locator(".abstract a.is-hardware").first
    mark.evaluate("mark => { mark.id = 'mark'; }")
    assert described(mark).startswith("Hardware: A100")
    mark.focus()
    assert described(mark).count("Hardware: A100") == 1
    assert mark.get_attribute("title") is None


def test_a_tap_on_a_mark_shows_its_card_with_a_link(phone: Page) -> None:
    page = phone
    page.goto(f"/papers/papers/{PAPER}")
    start = page.url
    tap(page, page.locator(".abstract a.is-hardware"))
    card = page.get_by_role("dialog")
    expect(card).to_have_accessible_name(re.compile("^Hardware: A100"))
    expect(card.get_by_role("link", name="Open A100")).to_be_focused()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(page.locator(".abstract a.is-hardware")).to_be_focused()
    tap(page, page.locator(".abstract a.is-claim", has_text="3.3 million"))
    expect(card).to_contain_text("Context length: 3,300,000 tokens")
    tap(page, page.get_by_role("heading", name="Abstract"))
    expect(card).to_be_hidden()
    assert page.url == start


def test_a_claim_of_little_confidence_is_marked_as_such(db: sqlite3.Connection, get: Get) -> None:
    (paper, confidence), *_ = db.execute(
        "select paper_id, min(confidence) from claims where field = 'abstract' group by paper_id"
        " having min(confidence) < 50 and max(confidence) >= 50 order by paper_id"
    ).fetchall()
    page = parse_html(get(f"/papers/papers/{paper}").text)
    unsure = page.select(".abstract a.is-claim.unsure")
    assert f"confidence {confidence}%" in " ".join(str(mark["title"]) for mark in unsure)
    sure = page.select(".abstract a.is-claim:not(.unsure)")
    assert sure
    assert not any("confidence" in str(mark["title"]) for mark in sure)
    # In the list, claims of at least 50% come first.
    told = [claim.get_text() for claim in page.select(".claim-list .confidence")]
    numbers = [int(re.findall(r"confidence (\d+)%", text)[0]) for text in told]
    assert [number >= 50 for number in numbers] == sorted(
        (number >= 50 for number in numbers), reverse=True
    )


# --- charts


def test_the_marks_of_a_chart_keep_their_names_for_screen_readers(page: Page) -> None:
    page.goto("/")
    bar = page.get_by_role("img", name=re.compile(r"^Quantization, undated: \d+ papers$"))
    expect(bar).to_have_count(1)
    expect(page.get_by_role("group", name="Papers by topic and year")).to_have_count(1)
    for figure in page.locator("figure.chart").all():
        expect(figure.locator("details.numbers > summary")).to_contain_text("The numbers")


def test_a_tap_near_a_point_shows_its_claim_and_one_on_a_name_leads_to_the_paper(
    phone: Page,
) -> None:
    page = phone
    page.goto("/results")
    row = page.locator(".picture > a", has_text="NetMamba")
    tap(page, row.locator(".point"), beside=-30)
    card = page.get_by_role("dialog")
    expect(card).to_contain_text("Inference speed: up to 60× faster")
    expect(page).to_have_url(re.compile("/results$"))
    card.get_by_role("link", name="Open NetMamba").tap()
    expect(page).to_have_url(re.compile("/papers/papers/netmamba"))
    page.goto("/results")
    tap(page, page.locator(".picture > a .name", has_text="NetMamba"))
    expect(page).to_have_url(re.compile("/papers/papers/netmamba"))


def test_a_tap_on_a_chart_without_links_shows_the_nearest_column(phone: Page) -> None:
    page = phone
    page.goto(KINDS["metric"])
    picture = page.locator(".picture")
    label = picture.locator(".bar").last.get_attribute("aria-label")
    tap(page, picture.locator(".bar").last, beside=6)
    expect(page.get_by_role("tooltip")).to_have_text(str(label))


def test_in_forced_colours_years_differ(browser: Browser, site: str) -> None:
    with new_context(browser, site, "desktop", forced_colors="active") as context:
        page = context.new_page()
        page.goto("/papers/topics_by_year")
        looks = page.locator(".key .bar").evaluate_all(
            """bars => bars.map(bar => {
                const {fill, fillOpacity, stroke} = getComputedStyle(bar);
                return [fill, fillOpacity, stroke].join();
            })"""
        )
        assert len(set(looks)) == len(looks) > 3
