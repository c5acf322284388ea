"""Takes the screenshots of the docs (`make screenshots`), and checks that each of them is shown."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.conftest import ROOT
from tests.site.page_kinds import CHART, KINDS, PAPER

S2FT = "s2ft-efficient-scalable-and-generalizable-llm-fine-tuning-by-a2404198"
PAGES = {
    "home": "/",
    "search": KINDS["search"],
    "paper": KINDS["paper"],
    "topic": "/papers/topics/kv-cache",
    "entity": "/papers/entities/hardware-a100",
    "results": "/results?metric=memory&topic=kv-cache",
    "compare": f"/compare?id={PAPER}&id={S2FT}",
    "api": "/api",
    "papers": "/papers/papers?_search=kv+cache&_nocol=abstract",
    "claims": "/papers/largest_speedups",
    "chart": CHART,
}
SIZES = {"desktop": (1280, 900, "light"), "phone": (390, 844, "light"), "dark": (1280, 900, "dark")}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_the_page_shows(
    request: pytest.FixtureRequest, browser: Browser, site: str, name: str, size: str
) -> None:
    width, height, scheme = SIZES[size]
    page = browser.new_page(
        base_url=site,
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    answer = page.goto(PAGES[name])
    assert answer
    assert answer.status == 200
    if "#g." in PAGES[name]:
        page.locator("canvas.marks").wait_for()
    folder: Path | None = request.config.getoption("--screenshots")
    if folder:
        page.screenshot(path=folder / f"{name}-{size}.png")
    page.close()


def test_docs_show_every_screenshot_and_no_other() -> None:
    shown = {
        name
        for file in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
        for name in re.findall(r"screenshots/([\w-]+\.png)", file.read_text(encoding="utf-8"))
    }
    taken = {f"{name}-{size}.png" for name in PAGES for size in SIZES}
    assert shown == taken == {path.name for path in (ROOT / "docs" / "screenshots").iterdir()}
