"""Reads what the page about the data shows: how it was built, what of the dumps was not understood,
how good the facts and the search are, and how to cite it."""

from functools import cache
from pathlib import Path
from urllib.parse import urlencode

import msgspec
import yaml
from msgspec import Struct

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views.citations import collection_bibtex
from daily_papers.site.views.response_schema import Answer, Url
from daily_papers.site.views.typed_rows import rows

MOST_PROBLEM_KINDS = 30  # on the page; the table has all
_QUALITY = Path(__file__).with_name("quality.yml")

_BUILD = "select name, value from build_info order by name"
_DATES = """
    select
        min(published_on) as first_on,
        max(published_on) as last_on,
        count(*) - count(published_on) as undated
    from papers
"""
_PROBLEMS = """
    select action, field, expected, count(*) as count
    from problems
    group by action, field, expected
    order by count desc, action, field, expected
    limit :most
"""
_PROBLEM_COUNT = "select count(*) as count from problems"


class ProblemCount(Struct):
    """How many problems of a kind there are; `url` is the table of them."""

    action: str
    field: str | None
    expected: str
    count: int
    url: Url = ""


class FactQuality(Struct):
    """How often facts of a kind are right, and how many of those labelled are found, as shares."""

    kind: str
    precision: float
    recall: float
    labels: int


class Calibration(Struct):
    """How often claims of a confidence of `least` percent or up to nine more are right."""

    least: int
    right: float
    claims: int


class SearchQuality(Struct):
    """nDCG@10 of search, of search by words alone, and of a plain baseline (BM25)."""

    kind: str
    ndcg: float
    by_words: float
    baseline: float | None = None


class Quality(Struct, frozen=True):
    """What `make eval` measures, on papers and queries that nothing was trained or tuned on."""

    paper_count: int
    facts: list[FactQuality]
    confidence: list[Calibration]
    query_count: int
    searched_paper_count: int
    search: list[SearchQuality]


class AboutAnswer(Answer, kw_only=True):
    """What the data are: build_info by name, dates of papers, problems, quality, and a citation."""

    title: str
    license: str | None
    license_url: str | None
    source: str | None
    source_url: str | None
    build: dict[str, str]
    first_published_on: str | None
    last_published_on: str | None
    undated_count: int
    problem_count: int
    problems: list[ProblemCount]
    quality: Quality
    bibtex: str


@cache
def quality() -> Quality:
    """Return what was measured, as the package has it."""
    return msgspec.convert(yaml.safe_load(_QUALITY.read_text(encoding="utf-8")), Quality)


def about(database: SearchDatabase, metadata: dict[str, str]) -> AboutAnswer:
    """Return what the page about the data shows.

    `metadata` has the title, and may have license and source with their addresses.
    """
    build = {row["name"]: row["value"] for row in database.rows(_BUILD)}
    (dates,) = database.rows(_DATES)
    note = (
        f"SQLite database; {int(build['paper_count']):,} papers and"
        f" {int(build['claim_count']):,} claims, from dumps with the SHA-256"
        f" {build['dumps_sha256']}"
    )
    return AboutAnswer(
        title=metadata["title"],
        license=metadata.get("license"),
        license_url=metadata.get("license_url"),
        source=metadata.get("source"),
        source_url=metadata.get("source_url"),
        build=build,
        first_published_on=dates["first_on"],
        last_published_on=dates["last_on"],
        undated_count=dates["undated"],
        problem_count=database.rows(_PROBLEM_COUNT)[0]["count"],
        problems=_problems(database),
        quality=quality(),
        bibtex=collection_bibtex(metadata["title"], note, metadata.get("source_url")),
    )


def _problems(database: SearchDatabase) -> list[ProblemCount]:
    counts = rows(database, ProblemCount, _PROBLEMS, most=MOST_PROBLEM_KINDS)
    for kind in counts:
        field = {"field": kind.field} if kind.field else {"field__isnull": "1"}
        query = urlencode({"action": kind.action, **field, "expected": kind.expected})
        kind.url = f"/papers/problems?{query}"
    return counts
