"""Takes the screenshots that README.md and docs/ show: `make screenshots`."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

PAGES = {
    "home": "/",
    "papers": "/papers/papers?_search=kv+cache&_nocol=abstract",
    "paper": "/papers/papers/a-systematic-analysis-of-hybrid-linear-attention",
    "search": "/search?q=kv+cache+quantization",
    "claims": "/papers/largest_speedups",
    "kv-cache": "/papers/kv_cache_memory#g.mark=bar&g.x_column=paper&g.x_type=ordinal"
    "&g.y_column=percent_left&g.y_type=quantitative",
    "chart": "/papers/papers_by_year#g.mark=bar&g.x_column=year&g.x_type=ordinal"
    "&g.y_column=papers&g.y_type=quantitative",
}
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_the_page_shows(
    request: pytest.FixtureRequest, browser: Browser, site: str, name: str, size: str
) -> None:
    width, height = SIZES[size]
    page = browser.new_page(base_url=site, viewport={"width": width, "height": height})
    answer = page.goto(PAGES[name])
    assert answer
    assert answer.status == 200
    if "#g." in PAGES[name]:
        page.locator("canvas.marks").wait_for()
    folder: Path | None = request.config.getoption("--screenshots")
    if folder:
        page.screenshot(path=folder / f"{name}-{size}.png")
    page.close()
