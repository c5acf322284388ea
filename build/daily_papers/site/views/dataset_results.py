"""Reads the results on a dataset: who claims which score on it, in a section for each measure."""

from collections import defaultdict

from msgspec import Struct

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views.claim_text import CONFIDENT, PAPER_CLAIM, PaperClaim, in_unit
from daily_papers.site.views.typed_rows import rows

MOST_RESULTS = 500

_RESULTS = f"""
    {PAPER_CLAIM.format(claims="claims")}
    where claims.dataset_id = :id
    order by claims.confidence >= {CONFIDENT} desc, claims.id
    limit :most
"""


class Section(Struct):
    """Results that can be compared: of one measure and unit, with one good direction, and all of
    them scores, all increases, all decreases or all from one number to another."""

    title: str
    better: str | None
    is_score: bool
    results: list[PaperClaim]


def sections(database: SearchDatabase, dataset_id: str) -> list[Section]:
    """Return the results on a dataset: scores before changes, the measure of most results first.

    In a section confident ones come first, then the best: the lowest of error rates, perplexity,
    FID and the like.
    """
    by_measure: defaultdict[tuple[str, ...], list[PaperClaim]] = defaultdict(list)
    for result in rows(database, PaperClaim, _RESULTS, id=dataset_id, most=MOST_RESULTS):
        key = (result.measure.casefold(), result.unit, _form(result), result.better or "")
        by_measure[key].append(result)
    return sorted(
        map(_section, by_measure.values()),
        key=lambda section: (not section.is_score, -len(section.results), section.title),
    )


def _form(result: PaperClaim) -> str:
    if result.effect == "level":
        return "score"
    return result.effect if result.value_low is None else "from one number to another"


def _section(results: list[PaperClaim]) -> Section:
    first = results[0]
    form = "" if first.effect == "level" else f": {_form(first)}"
    is_rising = (first.better == "lower") != (first.effect == "decrease")

    def order(result: PaperClaim) -> tuple[bool, float]:
        return result.confidence < CONFIDENT, result.value if is_rising else -result.value

    return Section(
        f"{first.measure}{form}, {in_unit(first.unit)}",
        first.better,
        first.effect == "level",
        sorted(results, key=order),
    )
