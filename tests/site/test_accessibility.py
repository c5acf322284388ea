"""Checks every kind of page with axe-core, in each window size and colour scheme.

Source of the rules: https://dequeuniversity.com/rules/axe/
"""

from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, Page, expect

from tests.site.page_kinds import CHART, KINDS

SEVERE = ("serious", "critical")
# The rules that depend on the colour scheme; the others are checked once.
COLOURS = ["color-contrast", "link-in-text-block"]
RUN = """rules => axe.run(document, {
    resultTypes: ["violations"],
    ...(rules ? {runOnly: {type: "rule", values: rules}} : {}),
})"""


def severe(page: Page, rules: list[str] | None = None) -> list[str]:
    """Return a line for each element of the page that breaks a rule badly."""
    page.evaluate(AXE_SCRIPT)
    result: dict[str, Any] = page.evaluate(RUN, rules)
    return [
        f"{rule['id']} ({rule['impact']}) at {node['target']}: "
        + " ".join(node["failureSummary"].split())
        for rule in result["violations"]
        if rule["impact"] in SEVERE
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_breaks_no_rule_badly_in_any_scheme(context: BrowserContext, kind: str) -> None:
    page = context.new_page()
    page.goto(KINDS[kind])
    violations = severe(page)
    page.emulate_media(color_scheme="dark")
    violations += [f"dark: {violation}" for violation in severe(page, COLOURS)]
    page.close()
    assert not violations, "\n".join(violations)


def test_what_opens_breaks_no_rule_badly(page: Page) -> None:
    page.goto(KINDS["search"])
    folded = page.locator("details.facets > summary")
    if folded.is_visible():
        folded.click()
    page.locator("#q").fill("quan")
    expect(page.get_by_role("option").first).to_be_visible()
    violations = severe(page)
    page.goto(KINDS["paper"])
    for folded in page.locator("main details summary").all():
        folded.click()
    page.locator(".abstract a.fact").first.focus()
    expect(page.get_by_role("tooltip")).to_be_visible()
    violations += severe(page)
    page.goto(KINDS["query"] + CHART)
    expect(page.locator("canvas.marks")).to_be_visible()
    violations += severe(page)
    assert not violations, "\n".join(violations)
