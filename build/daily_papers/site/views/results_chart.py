"""Lays out charts of claims: a row for each paper, a point for each of its claims."""

from collections.abc import Sequence
from dataclasses import dataclass

from daily_papers.site.views.chart_axis import Axis, value_axis
from daily_papers.site.views.charts import (
    MOST_ROWS,
    Chart,
    Link,
    Point,
    Row,
    Series,
    axis_ticks,
    counted,
)
from daily_papers.site.views.claim_text import CONFIDENT, FACTOR, PaperClaim, with_doubt, words
from daily_papers.site.views.results_board import ResultsAnswer

EXACT = "exact"
BOUNDS = (EXACT, "at least", "up to", "about", "average")  # in the order of the legend
_TICK_UNITS = {"x": "×", "%": "%"}
_LONGEST_TEXT = 20  # letters that fit a phone
_UNSURE = Series(f"confidence below {CONFIDENT}%", "unsure", is_point=True)


@dataclass(frozen=True)
class ClaimPoint:
    """A claim of a paper: its number, its bound, its amount and what else is told of it; its
    confidence (0–100) where that is known."""

    paper: str
    value: float
    bound: str | None
    amount: str
    label: str
    link: Link = None
    confidence: int = 100

    @property
    def is_confident(self) -> bool:
        """Whether it is drawn as one that is likely right."""
        return self.confidence >= CONFIDENT

    @property
    def told(self) -> str:
        """What is told of it, with a warning where it is not confident."""
        return with_doubt(self.label, self.confidence)


def board_chart(answer: ResultsAnswer) -> Chart | None:
    """Return the chart of a page of a results board; None where there are no claims."""
    points = [_point(claim, answer.scale == FACTOR) for claim in answer.claims]
    title = f"{answer.metric_named.name}: {answer.scale_named.name}"
    unit = _TICK_UNITS.get(answer.unit, "")
    return claims_chart(title, answer.scale_named.name, points, unit, answer.is_log)


def _point(claim: PaperClaim, is_factor: bool) -> ClaimPoint:
    label = f"{claim.title}\n{words(claim)}\n“{claim.quote}”"
    value = claim.factor if is_factor and claim.factor is not None else claim.value
    bound = claim.factor_bound if is_factor else claim.bound
    amount = claim.times if is_factor else claim.amount
    link = ("papers", claim.paper_id)
    return ClaimPoint(claim.paper, value, bound, amount, label, link, claim.confidence)


def claims_chart(
    title: str, axis_title: str, claims: Sequence[ClaimPoint], unit: str, is_log: bool
) -> Chart | None:
    """Return a chart of claims on one axis, with the papers in the order of their first claims.

    The first MOST_ROWS papers have a row each, all others share the last one. None without claims.
    """
    if not claims:
        return None
    axis = value_axis([claim.value for claim in claims], is_log, is_ratio=unit == "×")
    by_paper: dict[tuple[str, Link], list[ClaimPoint]] = {}
    for claim in claims:
        by_paper.setdefault((claim.paper, claim.link), []).append(claim)
    papers = list(by_paper)
    drawn, others = papers[:MOST_ROWS], papers[MOST_ROWS:]
    rows = [_row(by_paper[paper], axis, *paper) for paper in drawn]
    if others:
        of_others = [claim for paper in others for claim in by_paper[paper]]
        rows.append(_row(of_others, axis, counted(len(others), "more papers")))
    return Chart(
        title=title,
        axis=axis_title + (", logarithmic" if is_log else ""),
        rows=rows,
        ticks=axis_ticks(axis, unit),
        legend=_legend(claims),
    )


def _row(claims: Sequence[ClaimPoint], axis: Axis, name: str, link: Link = None) -> Row:
    amounts = ", ".join(dict.fromkeys(claim.amount for claim in claims))
    shorter = f"{claims[0].amount}, {len(claims) - 1} more"
    if link is None or len(shorter) > _LONGEST_TEXT:
        shorter = counted(len(claims), "claims")
    text = amounts if len(amounts) <= _LONGEST_TEXT else shorter
    points = [
        Point(axis.position(claim.value), claim.bound or EXACT, claim.told, claim.is_confident)
        for claim in claims
    ]
    return Row(name, text, points=points, link=link)


def _legend(claims: Sequence[ClaimPoint]) -> list[Series]:
    """Return what the forms of points mean, unless all claims are exact and confident."""
    bounds = {claim.bound or EXACT for claim in claims}
    unsure = [] if all(claim.is_confident for claim in claims) else [_UNSURE]
    if bounds == {EXACT} and not unsure:
        return []
    return [Series(bound, bound, is_point=True) for bound in BOUNDS if bound in bounds] + unsure
