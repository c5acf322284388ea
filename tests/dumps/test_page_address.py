"""Days of addresses: of the page itself, and of what archives and fetching services put before."""

from datetime import date

import pytest

from daily_papers.dumps.page_address import day_of_address, last_day_of_address

SITE = "https://huggingface.co"
DAYS = {
    f"{SITE}/papers/date/2026-01-06": "2026-01-06",
    f"{SITE}/papers/date/2026-01-06/": "2026-01-06",
    f"{SITE}/papers?date=2026-01-06": "2026-01-06",
    f"{SITE}/papers?q=key+cache&date=2026-01-06#top": "2026-01-06",
    "http://www.huggingface.co/papers/date/2026-01-06?x=1": "2026-01-06",
    "huggingface.co/papers?date=2026-01-06": "2026-01-06",
    "hf.co/papers/date/2026-01-06": "2026-01-06",
    "/papers/date/2026-01-06": "2026-01-06",
    "/papers?date=2026-01-06": "2026-01-06",
    f"https://web.archive.org/web/20240801123456/{SITE}/papers": "2024-08-01",
    f"https://web.archive.org/web/20240801123456id_/{SITE}/papers?q=a": "2024-08-01",
    f"http://web.archive.org/web/20240801/{SITE}/papers/trending": "2024-08-01",
    "https://web.archive.org/web/20240801123456/https:/huggingface.co/papers": "2024-08-01",
    f"https://web.archive.org/web/20240801123456/{SITE}/papers/date/2024-07-30": "2024-07-30",
    f"https://archive.ph/2024.08.01-123456/{SITE}/papers": "2024-08-01",
    f"https://archive.today/20240801123456/{SITE}/papers": "2024-08-01",
    f"https://r.jina.ai/{SITE}/papers?date=2026-01-06": "2026-01-06",
    f"https://webcache.example/search?q=cache:x1:{SITE}/papers/date/2026-01-06": "2026-01-06",
    "https://r.jina.ai/https%3A%2F%2Fhuggingface.co%2Fpapers%2Fdate%2F2026-01-06": "2026-01-06",
    f"view-source:{SITE}/papers/date/2026-01-06": "2026-01-06",
}
NONE = (
    f"{SITE}/papers", f"{SITE}/papers/date/2026-02-30", f"{SITE}/papers?date=today",
    f"{SITE}/papers/2601.00001", f"{SITE}/papers/week/2026-W01", f"{SITE}/papers/month/2026-01",
    f"{SITE}/datasets?date=2026-01-06", "https://other.example/papers/date/2026-01-06",
    "https://nothuggingface.co/papers/date/2026-01-06", "https://[broken", "", "Jan 6",
    f"https://web.archive.org/web/20241301123456/{SITE}/papers",
    f"https://web.archive.org/web/20240801123456/{SITE}/papers/week/2024-W30",
    "https://web.archive.org/web/20240801123456/https://other.example/papers",
    f"{SITE}/papers?" + "&" * 5_000, "https://" * 100_000,
)  # fmt: skip


@pytest.mark.parametrize(("address", "day"), DAYS.items())
def test_the_day_of_a_page_stands_in_its_address(address: str, day: str) -> None:
    assert day_of_address(address) == day
    assert last_day_of_address(address) == date.fromisoformat(day)


@pytest.mark.parametrize("address", NONE, ids=lambda address: address[:80])
def test_an_address_without_a_day_has_none(address: str) -> None:
    assert day_of_address(address) is None


@pytest.mark.parametrize(
    ("address", "last"),
    [
        (f"{SITE}/papers/week/2026-W01", "2026-01-04"),
        (f"{SITE}/papers/week/2024-W52", "2024-12-29"),
        (f"{SITE}/papers/week/2026-W60", None),
        (f"{SITE}/papers/month/2026-01", "2026-01-31"),
        (f"{SITE}/papers/month/2026-13", None),
        (f"{SITE}/papers?week=2026-W01", "2026-01-04"),
        (f"{SITE}/papers", None),
        (f"{SITE}/papers/date/1999-01-01", None),
    ],
)
def test_a_week_or_a_month_settles_its_last_day_alone(address: str, last: str | None) -> None:
    assert last_day_of_address(address) == (last and date.fromisoformat(last))
