"""A small database of days on which papers were listed, written as answers of the service."""

from pathlib import Path
from typing import Any

from tests.api_answers import answer, new
from tests.conftest import build

# Papers by number: (day, number, upvotes). Number 1 is listed again a day later, with more upvotes.
LISTED = (
    ("2025-12-31", 4, 3),
    ("2026-08-20", 0, 10),
    ("2026-08-20", 1, 50),
    ("2026-08-20", 2, 30),
    ("2026-08-21", 1, 80),
    ("2026-08-21", 3, 5),
)
DAYS = sorted({day for day, _, _ in LISTED})


def record(day: str, number: int, upvotes: int, **changes: Any) -> dict[str, Any]:
    """Return the record of a paper that was listed on a day; a title of its own for each number."""
    fields = {
        "id": f"2508.0000{number}",
        "title": f"Paper{number}: How Number {number} Halves the Cache of Keys",
        "submittedOnDailyAt": f"{day}T00:00:00.000Z",
        "summary": "We halve the KV cache. Decoding is 2.5x faster than the baseline.",
        "publishedAt": "2025-08-12T00:00:00.000Z",
        "upvotes": upvotes,
    }
    return new(number, **(fields | changes))


def listed_database(folder: Path) -> Path:
    """Build the database in a folder that exists, and return its path."""
    dumps = folder / "dumps"
    dumps.mkdir()
    for day in DAYS:
        records = [record(*listed) for listed in LISTED if listed[0] == day]
        (dumps / f"api_{day}.json").write_text(answer(records), encoding="utf-8")
    return build(folder / "papers.db", dumps, "--no-vectors")


def ids(body: dict[str, Any]) -> list[str]:
    """Return the arXiv ids of the papers of an answer."""
    return [paper["arxiv_id"] for paper in body["papers"]]
