"""Reads which metrics claims measure, and on which scales.

The scale of most claims is the factor, how many times better a paper is. Claims without a factor
are on scales of their own: only those with the same unit, effect and good direction share one, so
that no axis mixes a reduction with what is left, or an accuracy with an error rate.
"""

from functools import lru_cache
from typing import Annotated

from msgspec import Meta, Struct

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views.claim_columns import claim_columns
from daily_papers.site.views.claim_text import FACTOR, in_unit
from daily_papers.site.views.typed_rows import rows

_METRICS = """
    select metrics.id, metrics.name, metrics.description, metrics.better, count(*) as claims
    from claims
    join metrics on metrics.id = claims.metric
    group by metrics.id
    order by metrics.id = 'other', claims desc, metrics.id
"""


class Metric(Struct):
    """A row of the table metrics, and how many claims there are of it."""

    id: str
    name: str
    description: str
    better: str | None
    claims: int


class Scale(Struct):
    """What claims of a metric have in common, so that one axis fits them; and how many there are.

    The factor has neither unit nor effect, and no direction that is better.
    """

    id: str
    claims: int
    unit: str | None = None
    effect: str | None = None
    better: str | None = None
    name: Annotated[str, Meta(description="The scale in words.")] = ""

    def __post_init__(self) -> None:
        """Put the scale into words."""
        if self.unit is None or self.effect is None:
            self.name = "times better (×)"
            return
        change = "reached" if self.effect == "level" else self.effect
        good = f", {self.better} is better" if self.better and self.effect == "level" else ""
        self.name = f"{change}, {in_unit(self.unit)}{good}"

    @property
    def is_lowest_first(self) -> bool:
        """Whether its best claims have the lowest numbers."""
        return self.id != FACTOR and (self.better == "lower") != (self.effect == "decrease")


def scale_of(scale_id: str, claims: int) -> Scale:
    """Return a scale with an id, as claim_text.scale makes them."""
    if scale_id == FACTOR:
        return Scale(scale_id, claims)
    effect, better, unit = scale_id.split("/", 2)
    return Scale(scale_id, claims, unit, effect, None if better == "any" else better)


@lru_cache(maxsize=2)
def metrics(database: SearchDatabase) -> list[Metric]:
    """Return the metrics that claims measure, the most frequent first, “other” last."""
    return rows(database, Metric, _METRICS)


@lru_cache(maxsize=256)
def scales(database: SearchDatabase, metric: str) -> list[Scale]:
    """Return the scales of a metric's claims, the factor first, then the most frequent."""
    names = claim_columns(database).names
    counts = names["scale"].counts(names["metric"].having(metric)).tolist()
    found_scales = [
        scale_of(label, count)
        for label, count in zip(names["scale"].labels, counts, strict=True)
        if count
    ]
    return sorted(found_scales, key=lambda scale: (scale.id != FACTOR, -scale.claims, scale.id))
