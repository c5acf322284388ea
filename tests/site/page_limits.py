"""Measures a page in the browser: what it logs, loads and shows, on a desktop and on a phone."""

from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from tests.site.conftest import SIZES, fits, new_context, watched

LIMITS = ("console", "axe", "headings", "wide", "targets", "tall", "heavy")
MOST_SCREENS = 6  # of a phone, before “more”
MOST_BYTES = 100_000  # transferred
LEAST_TARGET = 40  # pixels, wide and high
# The rules that depend on the colour scheme; the others are checked in one scheme.
COLOURS = ["color-contrast", "link-in-text-block"]
_AXE = """rules => axe.run(document, {
    resultTypes: ["violations"],
    rules: {"target-size": {enabled: true}}, // off by default, as it is new in WCAG 2.2
    ...(rules ? {runOnly: {type: "rule", values: rules}} : {}),
})"""
# Links in a sentence are left out, as WCAG 2.5.8 does; so are those of a chart, which lie where
# their values are, and what is off the screen until it has the focus.
_SMALL_TARGETS = """least => {
    const selector = "a[href], button, input:not([type=hidden]), select, textarea, summary";
    const isInline = element => ["inline", "contents"].includes(getComputedStyle(element).display);
    const blockOf = node => {
        let element = node.parentElement;
        while (element && isInline(element)) element = element.parentElement;
        return element;
    };
    const hasWordsBeside = block => {
        const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
            const text = walker.currentNode;
            if (/\\p{L}{2}/u.test(text.data) && blockOf(text) === block
                && !text.parentElement.closest(selector + ", .unseen")) return true;
        }
        return false;
    };
    const areaOf = target => {
        const after = getComputedStyle(target, "::after");
        const covers = after.content !== "none" && after.position === "absolute";
        if (covers && target.offsetParent) return target.offsetParent; // all of it is pressed
        return /^(checkbox|radio)$/.test(target.type) && target.closest("label") || target;
    };
    const isClipped = element => element && (
        getComputedStyle(element).clipPath === "inset(50%)" || isClipped(element.parentElement));
    return [...document.querySelectorAll(selector)].filter(target => {
        const box = areaOf(target).getBoundingClientRect();
        const isShown = target.checkVisibility({visibilityProperty: true}) && box.right > 0;
        if (!isShown || !box.width || isClipped(target)) return false;
        if (target.disabled || target.closest("svg")) return false;
        if (box.width >= least - 0.5 && box.height >= least - 0.5) return false;
        return !(isInline(target) && hasWordsBeside(blockOf(target)));
    }).map(target => {
        const {width, height} = target.getBoundingClientRect();
        const name = (target.textContent || target.name || "").trim().slice(0, 30);
        const path = `${target.parentElement.className || target.parentElement.tagName}`;
        return `${Math.round(width)}×${Math.round(height)} ${path} ${target.tagName} “${name}”`;
    });
}"""


@dataclass
class Measured:
    """What a page of a kind breaks: a line each; and how much it is."""

    console: list[str] = field(default_factory=list)
    axe: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    wide: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    screens: float = 0
    transferred: dict[str, int] = field(default_factory=dict)  # bytes of each request

    @property
    def broken(self) -> dict[str, list[str]]:
        """Return for each limit what breaks it."""
        tall = [f"{self.screens:.1f} screens"] if self.screens > MOST_SCREENS else []
        heavy = [f"{self.transferred}"] if sum(self.transferred.values()) > MOST_BYTES else []
        lines = (self.console, self.axe, self.headings, self.wide, self.targets, tall, heavy)
        return dict(zip(LIMITS, lines, strict=True))


def measure(browser: Browser, site: str, path: str, body: str = "") -> Measured:
    """Open a page on a desktop in light colours and on a phone in dark ones, nothing cached.

    The colours of the other scheme are checked on the desktop, without another load. With a body,
    that stands in place of what the site answers.
    """
    measured = Measured()
    with new_context(browser, site, "desktop") as context:
        page = context.new_page()
        requests: list[Request] = []
        page.on("requestfinished", lambda request: requests.append(request))
        _open(page, site, path, body, measured)
        page.emulate_media(color_scheme="dark")
        measured.axe += [f"dark: {line}" for line in violations(page, COLOURS)]
        measured.transferred = {
            request.url: request.sizes()["responseBodySize"] for request in requests
        }
    with new_context(browser, site, "phone", color_scheme="dark") as context:
        page = context.new_page()
        _open(page, site, path, body, measured)
        height = page.evaluate("document.documentElement.scrollHeight")
        measured.screens = height / SIZES["phone"][1]
        measured.targets = page.evaluate(_SMALL_TARGETS, LEAST_TARGET)
    return measured


def _open(page: Page, site: str, path: str, body: str, measured: Measured) -> None:
    troubles = watched(page, site)
    page.on("console", lambda message: troubles.extend(_logged(message)))
    if body:
        page.route(path, lambda route: route.fulfill(body=body, content_type="text/html"))
    page.goto(path)
    measured.axe += violations(page)
    measured.wide += [] if fits(page) else [f"wider than {page.viewport_size}"]
    headings = page.get_by_role("heading", level=1).count()
    measured.headings += [] if headings == 1 else [f"{headings} headings of level 1"]
    measured.console += troubles


def _logged(message: ConsoleMessage) -> list[str]:
    """Return what a page logs besides errors, which `watched` has."""
    return [] if message.type == "error" else [f"console {message.type}: {message.text}"]


def violations(page: Page, rules: list[str] | None = None) -> list[str]:
    """Return a line for each element of the page that breaks a rule of axe-core.

    Source of the rules: https://dequeuniversity.com/rules/axe/
    """
    page.evaluate(AXE_SCRIPT)
    result: dict[str, Any] = page.evaluate(_AXE, rules)
    return [
        f"{rule['id']} ({rule['impact']}) at {node['target']}: "
        + " ".join(node["failureSummary"].split())
        for rule in result["violations"]
        for node in rule["nodes"]
    ]
