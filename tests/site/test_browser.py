"""The pages in headless Chromium, as `make serve` serves them, on a desktop and on a phone."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

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
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}


@pytest.fixture(params=SIZES)
def page(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Page]:
    """A page that fails the test on a script error or a request to another host."""
    width, height = SIZES[request.param]
    context = browser.new_context(
        base_url=site, viewport={"width": width, "height": height}, accept_downloads=True
    )
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda asked: asked.url.startswith(site) or troubles.append(asked.url))
    yield page
    assert troubles == []
    context.close()


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_the_home_page_leads_to_the_tables(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="Daily Papers")).to_be_visible()
    assert fits(page)
    page.get_by_role("link", name="all papers with facets").click()
    expect(page.get_by_role("heading", name="325 rows")).to_be_visible()


def test_a_facet_of_the_papers_table_narrows_it(page: Page) -> None:
    page.goto("/papers/papers")
    assert fits(page)
    year = page.locator(".facet-info[data-column=year] li", has_text="2023")
    count = int(year.inner_text().split()[-1])
    year.get_by_role("link").click()
    expect(page.get_by_role("heading", name=f"{count} rows")).to_be_visible()


def test_a_row_of_the_table_opens_its_page(page: Page) -> None:
    page.goto("/papers/papers?_search=duoattention")
    page.locator("td.col-id a").first.click()
    expect(page).to_have_url(re.compile("/papers/papers/duoattention-"))
    expect(page.get_by_text("Retrieval and Streaming Heads").first).to_be_visible()
    expect(page.get_by_role("link", name="listings")).to_be_visible()


def test_the_chart_of_a_canned_query_draws_from_the_database_page(page: Page) -> None:
    page.goto("/papers")
    page.get_by_role("link", name="Papers by year").click()
    expect(page.get_by_role("heading", name="Papers by year")).to_be_visible()
    expect(page.locator("canvas.marks")).to_be_visible()
    page.wait_for_function(f"({COLOURED}).some(count => count > 50)")
    columns = page.evaluate(COLOURED)
    assert sum(count > 0 for count in columns) > 50  # bars, side by side
    assert len({count for count in columns if count}) > 4  # of different heights


def test_the_database_downloads_from_its_page(page: Page, database: Path) -> None:
    page.goto("/papers")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="papers.db").click()
    assert Path(waiting.value.path()).read_bytes() == database.read_bytes()


def test_a_heavy_query_is_stopped(site: str) -> None:
    heavy = "select count(*) from papers a, papers b, papers c, papers d"
    answer = httpx.get(f"{site}/papers.json", params={"sql": heavy}, timeout=20)
    assert answer.status_code == 400
    assert "SQL Interrupted" in answer.text
