"""What the browser tests share: pages on a desktop and on a phone.

A browser context is made once for many pages: the site keeps nothing between them.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Request

SIZES = {"desktop": (1280, 900), "phone": (390, 844)}


@pytest.fixture(scope="session", params=SIZES)
def size(request: pytest.FixtureRequest) -> str:
    """The name of a window size: each test that uses it runs once per size."""
    return str(request.param)


def new_context(browser: Browser, site: str, size: str, **options: Any) -> BrowserContext:
    """Open a context of a size; the phone has a touch screen."""
    width, height = SIZES[size]
    is_phone = size == "phone"
    context = browser.new_context(
        base_url=site,
        viewport={"width": width, "height": height},
        is_mobile=is_phone,
        has_touch=is_phone,
        **options,
    )
    context.set_default_timeout(10_000)
    return context


@pytest.fixture(scope="session")
def context(browser: Browser, site: str, size: str) -> Iterator[BrowserContext]:
    """A context with JavaScript."""
    clipboard = ["clipboard-read", "clipboard-write"]
    with new_context(browser, site, size, permissions=clipboard) as context:
        yield context


@pytest.fixture(scope="session")
def plain_context(browser: Browser, site: str, size: str) -> Iterator[BrowserContext]:
    """A context without JavaScript."""
    with new_context(browser, site, size, java_script_enabled=False) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext, site: str) -> Iterator[Page]:
    """A page that fails the test on whatever `watched` lists."""
    yield from _watched_page(context, site)


@pytest.fixture
def plain_page(plain_context: BrowserContext, site: str) -> Iterator[Page]:
    """The same without JavaScript."""
    yield from _watched_page(plain_context, site)


def _watched_page(context: BrowserContext, site: str) -> Iterator[Page]:
    page = context.new_page()
    troubles = watched(page, site)
    yield page
    page.close()
    assert troubles == []


def watched(page: Page, site: str) -> list[str]:
    """Return a list to which the page's script errors, console errors, dialogs and requests to
    other sites are added.

    A page that answers 400 or 404 is no trouble; anything else that fails to load is.
    """
    troubles: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        is_page = message.text.startswith("Failed to load") and message.location["url"] == page.url
        if message.type == "error" and not is_page:
            troubles.append(f"console error: {message.text} {message.location['url']}")

    def on_request(request: Request) -> None:
        if not request.url.startswith((f"{site}/", "data:", "blob:")):
            troubles.append(f"request to {request.url}")

    def on_dialog(dialog: Dialog) -> None:
        troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("pageerror", lambda error: troubles.append(f"script error: {error}"))
    page.on("console", on_console)
    page.on("request", on_request)
    page.on("dialog", on_dialog)
    return troubles


def fits(page: Page) -> bool:
    """Tell whether nothing is wider than the window."""
    assert page.viewport_size
    width = page.evaluate("document.documentElement.scrollWidth")
    return bool(width <= page.viewport_size["width"])
