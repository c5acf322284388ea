"""Measures how long a slow phone takes to paint the largest part of each kind of page.

    python bench/phone_paint.py DATABASE

Serves the database (the seeds', as the examples are of those) as `make serve` does, and opens each
kind of page in Chromium as on a phone, with a processor that is four times slower and nothing
cached, several times. Prints the largest contentful paint in milliseconds, and exits with 1 where
the median of a kind is above its limit.

Source of the measure: https://web.dev/articles/lcp
"""

import shutil
import sys
from statistics import median

from playwright.sync_api import Browser, sync_playwright
from request_times import database_argument
from served_site import ROOT, served

sys.path.insert(0, str(ROOT))  # the kinds of page are those that the tests open
from tests.site.page_kinds import KINDS

SLOWER = 4  # times
ROUNDS = 5
MOST_MS = 1000
PHONE = {"width": 390, "height": 844}
# The last entry before anybody touches the page is the largest; it comes in a task of its own.
_PAINT = """() => new Promise(resolve => {
    let last = 0;
    new PerformanceObserver(list => { last = list.getEntries().at(-1).startTime; })
        .observe({type: "largest-contentful-paint", buffered: true});
    setTimeout(() => resolve(last), 200);
})"""


def paint_ms(browser: Browser, address: str, path: str) -> float:
    """Return after how many milliseconds a page has painted its largest part, nothing cached."""
    with browser.new_context(
        base_url=address, viewport=PHONE, device_scale_factor=3, is_mobile=True, has_touch=True
    ) as context:
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.goto(path, wait_until="load")
        return float(page.evaluate(_PAINT))


def table(paints: dict[str, list[float]]) -> str:
    """Return the table of what was measured."""
    lines = [f"{f'milliseconds, {SLOWER}× slower':34}{'median':>8}{'slowest':>9}"]
    for kind, values in paints.items():
        mark = "  above the limit" if median(values) > MOST_MS else ""
        lines.append(f"{kind:34}{median(values):8.0f}{max(values):9.0f}{mark}")
    return "\n".join(lines)


def main() -> None:
    """Measure each kind of page in turns, and print the table."""
    database, _ = database_argument(__doc__)
    chromium = shutil.which("chromium")
    if not chromium:
        sys.exit("no chromium on the PATH: make chromium")
    paints: dict[str, list[float]] = {kind: [] for kind in KINDS}
    with (
        served(database) as address,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"]) as browser,
    ):
        paint_ms(browser, address, "/")  # the browser itself is warm then
        for _ in range(ROUNDS):
            for kind, path in KINDS.items():
                paints[kind].append(paint_ms(browser, address, path))
    print(table(paints))
    if any(median(values) > MOST_MS for values in paints.values()):
        sys.exit(1)


if __name__ == "__main__":
    main()
