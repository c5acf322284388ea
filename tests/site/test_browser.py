"""The pages in headless Chromium, as `make serve` serves them, on a desktop and on a phone."""

import csv
import io
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import feedparser
import httpx
import pytest
from playwright.sync_api import Locator, Page, Response, expect

from tests.site.conftest import KINDS, OTHER, PAPER, drawn, fits

# How many coloured pixels each column of the chart has: grey axes and white ground do not count.
COLOURED = """(() => {
    const canvas = document.querySelector("canvas.marks");
    const {width, height} = canvas;
    const pixels = canvas.getContext("2d").getImageData(0, 0, width, height).data;
    const counts = new Array(width).fill(0);
    for (let i = 0; i < pixels.length; i += 4) {
        if (pixels[i + 3] > 200 && Math.abs(pixels[i] - pixels[i + 2]) > 40) {
            counts[(i / 4) % width] += 1;
        }
    }
    return counts;
})()"""
POINTS = "figure.chart svg .role-mark path"
MOST_BYTES = 100_000  # of the home page without the library of its charts
TRANSPARENT = "rgba(0, 0, 0, 0)"


def style(one: Locator, name: str) -> str:
    """Return a property of an element as the browser computes it."""
    return str(one.evaluate("(one, name) => getComputedStyle(one)[name]", name))


def brightness(colour: str) -> int:
    red, green, blue = map(int, re.findall(r"\d+", colour)[:3])
    return red + green + blue


def address(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def look_for(page: Page, words: str) -> None:
    page.locator("#q").fill(words)
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page).to_have_url(re.compile(r"/search\?q="))


def point_at(one: Locator, size: str) -> None:
    if size == "phone":
        one.tap()
    else:
        one.hover()


def press(one: Locator, size: str) -> None:
    if size == "phone":
        one.tap()
    else:
        one.click()


def download(page: Page, link: str) -> httpx.Response:
    """Return what a link of the page answers."""
    href = page.get_by_role("link", name=link, exact=True).get_attribute("href")
    assert href
    return httpx.get(str(httpx.URL(page.url).join(href)))


# --- journeys


def test_from_a_search_over_a_papers_facts_to_the_results_board(page: Page, size: str) -> None:
    page.goto("/search")
    look_for(page, "duoattention")
    page.locator(".results-list h2 a").first.click()
    expect(page).to_have_url(re.compile(f"/papers/papers/{PAPER}"))

    # A mark says its fact in words, and can be taken away.
    mark = page.locator(".abstract a.is-claim", has_text="3.3 million")
    card = page.get_by_role("tooltip")
    expect(card).to_be_hidden()
    point_at(mark, size)
    expect(card).to_contain_text("Context length: 3,300,000 tokens")
    assert style(mark, "backgroundColor") != TRANSPARENT
    press(page.get_by_label("claims", exact=True), size)
    expect(card).to_be_hidden()
    assert style(mark, "backgroundColor") == TRANSPARENT
    hardware = page.locator(".abstract a.is-hardware")
    assert style(hardware, "textDecorationLine") == "underline"
    press(page.get_by_label("hardware", exact=True), size)
    assert style(hardware, "textDecorationLine") == "none"
    press(page.get_by_label("claims", exact=True), size)
    assert style(mark, "backgroundColor") != TRANSPARENT

    # It leads to its row; on a phone with the second tap.
    point_at(mark, size)
    expect(card).to_be_visible()
    press(mark, size)
    expect(page).to_have_url(re.compile(r"#claim-\d+$"))
    row = page.locator("tr:target")
    expect(row).to_be_in_viewport()
    expect(row.locator("q")).to_have_text("3.3 million")
    assert style(row, "backgroundColor") != TRANSPARENT

    # From there to the claims of others.
    page.locator("#claims ~ .wide").get_by_role("link", name="Speedup").first.click()
    expect(page).to_have_url(re.compile(r"/results\?metric=speedup&unit=x$"))
    expect(page.get_by_role("heading", name="Results that papers claim")).to_be_visible()


def test_the_results_board_narrows_and_draws_a_point_for_each_claim(page: Page) -> None:
    page.goto("/results")
    rows = page.locator("table.claims-told tbody tr")
    drawn(page)
    assert page.locator(POINTS).count() == rows.count() == 50
    assert fits(page)

    page.get_by_label("Metric").select_option("throughput")
    page.get_by_label("Unit").select_option("")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile("metric=throughput"))
    expect(page.locator(".count")).to_contain_text("throughput in ×")
    all_claims = rows.count()
    page.get_by_label("Topic").select_option(label="Serving")
    page.get_by_label("Against").fill("vllm")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".count")).to_contain_text("without filters")
    assert 1 < rows.count() < all_claims
    for row in rows.all():
        expect(row).to_contain_text(re.compile("vllm", re.IGNORECASE))
    drawn(page)
    assert page.locator(POINTS).count() == rows.count()

    # A point tells whose claim it is and what it says, and leads there.
    quote = rows.first.locator("q").inner_text()
    title = rows.first.locator("th a").get_attribute("title")
    page.locator(POINTS).first.hover()
    told = page.locator("#vg-tooltip-element")
    expect(told).to_contain_text(quote)
    expect(told).to_contain_text(str(title))
    page.locator(POINTS).first.click()
    expect(page).to_have_url(re.compile("/papers/papers/"))
    expect(page.get_by_role("heading", level=1)).to_have_text(str(title))


def test_a_board_without_claims_says_so_and_has_no_chart(page: Page) -> None:
    page.goto("/results?baseline=none+such")
    expect(page.get_by_text("No claim fits.")).to_be_visible()
    expect(page.locator("figure.chart")).to_have_count(0)


def test_three_papers_are_collected_compared_and_exported(page: Page) -> None:
    page.goto("/search")
    look_for(page, "kv cache quantization")
    for count in (1, 2):
        page.locator(".results-list").get_by_role("link", name="collect").nth(count).click()
        expect(page.locator(".tray")).to_contain_text(f"{count} of 6 collected")
    assert len(address(page)["compare"]) == 2  # the collection is kept there alone
    look_for(page, "duoattention")
    page.locator(".results-list h2 a").first.click()
    expect(page.locator(".tray")).to_contain_text("2 of 6 collected")
    page.get_by_role("link", name="Collect for comparison").click()
    expect(page.locator(".tray")).to_contain_text("3 of 6 collected")
    collected = address(page)["compare"]
    assert collected[-1] == PAPER
    page.reload()
    page.get_by_role("button", name="Compare").click()

    assert address(page)["id"] == collected
    titles = page.locator(".side-by-side thead th a:not(.drop)").all_inner_texts()
    assert len(titles) == 3
    assert titles[-1].startswith("DuoAttention")
    names = page.locator(".side-by-side tbody th").all_inner_texts()
    assert {"Name", "Type", "Topics"} <= set(names)
    assert page.locator("strong.shared").count() > 1
    assert fits(page)

    table = download(page, "CSV")
    rows = list(csv.reader(io.StringIO(table.text)))
    assert rows[1] == ["Title", *titles]
    assert {len(row) for row in rows} == {4}
    lines = download(page, "Markdown").text.splitlines()
    assert len(lines) == len(rows) + 1  # the line below the header
    assert lines[2].startswith("| Title | ")

    page.get_by_role("link", name="leave out").first.click()
    expect(page.locator(".side-by-side thead th")).to_have_count(2)
    assert address(page)["id"] == collected[1:]


def test_a_topic_leads_to_its_papers_and_to_a_feed_of_them(page: Page) -> None:
    page.goto("/")
    page.locator(".map").get_by_role("link", name=re.compile("^KV cache")).click()
    expect(page.get_by_role("heading", name="KV cache", exact=True)).to_be_visible()
    drawn(page)
    assert page.locator(".papers li").count() > 10
    expect(page.get_by_role("link", name="Feed", exact=True)).to_be_visible()
    named = page.locator('head link[rel="alternate"][type="application/atom+xml"]')
    assert "/search.atom?topic=kv-cache" in [one.get_attribute("href") for one in named.all()]

    answer = download(page, "Feed")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    assert feed.feed.title == "Daily Papers: Topic KV cache"
    assert len(feed.entries) == 20
    for entry in feed.entries[:3]:
        assert httpx.get(entry.link).status_code == 200


# --- home


def test_the_home_page_draws_its_charts_from_few_bytes(page: Page) -> None:
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto("/")
    drawn(page)
    for figure in page.locator("figure.chart").all():
        assert figure.locator("svg .role-mark path").count() > 5
    sizes = {urlsplit(one.url).path: len(one.body()) for one in answers}
    assert sizes.pop("/static/vega.js") > MOST_BYTES
    assert {"/", "/static/site.css", "/static/charts.js", "/static/search.js"} <= set(sizes)
    assert sum(sizes.values()) < MOST_BYTES, sizes


def test_the_search_box_of_the_home_page_leads_to_results(page: Page) -> None:
    page.goto("/")
    look_for(page, "mamba")
    assert page.locator(".results-list > li").count() > 3


def test_a_count_of_the_home_page_leads_to_its_table(page: Page) -> None:
    page.goto("/")
    page.locator(".counts").get_by_role("link", name="papers").click()
    expect(page.get_by_role("heading", name="325 rows")).to_be_visible()


@pytest.mark.parametrize("kind", KINDS)
def test_the_library_of_the_charts_is_loaded_where_a_chart_is(page: Page, kind: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page.goto(KINDS[kind])
    drawn(page)
    charts = page.locator("figure.chart").count()
    assert asked.count("/static/vega.js") == (charts > 0)
    assert fits(page)
