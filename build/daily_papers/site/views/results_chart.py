"""Lays out charts of claims: a row for each paper, a point for each of its claims."""

from collections.abc import Sequence
from dataclasses import dataclass

from daily_papers.site.views.chart_axis import Axis
from daily_papers.site.views.charts import (
    MOST_ROWS,
    Chart,
    Link,
    Point,
    Row,
    Series,
    axis_ticks,
    counted,
    shorten,
)
from daily_papers.site.views.claim_text import FACTOR, PaperClaim, words
from daily_papers.site.views.results_board import ResultsAnswer

EXACT = "exact"
BOUNDS = (EXACT, "at least", "up to", "about", "average")  # in the order of the legend
_TICK_UNITS = {"x": "×", "%": "%"}
_LONGEST_TEXT, _LONGEST_AXIS = 20, 50  # letters that fit a phone


@dataclass(frozen=True)
class ClaimPoint:
    """A claim of a paper: its number, its bound, its amount and what else is told of it."""

    paper: str
    value: float
    bound: str | None
    amount: str
    label: str
    link: Link = None


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
    return ClaimPoint(claim.paper, value, bound, amount, label, ("papers", claim.paper_id))


def claims_chart(
    title: str, axis_title: str, claims: Sequence[ClaimPoint], unit: str, is_log: bool
) -> Chart | None:
    """Return a chart of claims on one axis, with the papers in the order of their first claims.

    The first MOST_ROWS papers have a row each, all others share the last one. None without claims.
    """
    if not claims:
        return None
    axis = Axis(min(c.value for c in claims), max(c.value for c in claims), is_log)
    by_paper: dict[tuple[str, Link], list[ClaimPoint]] = {}
    for claim in claims:
        by_paper.setdefault((claim.paper, claim.link), []).append(claim)
    papers = list(by_paper)
    drawn, others = papers[:MOST_ROWS], papers[MOST_ROWS:]
    rows = [_row(by_paper[paper], axis, *paper) for paper in drawn]
    if others:
        of_others = [claim for paper in others for claim in by_paper[paper]]
        rows.append(_row(of_others, axis, counted(len(others), "more papers")))
    axis_title = shorten(axis_title + (", logarithmic" if is_log else ""), _LONGEST_AXIS)
    return Chart(
        title=title,
        axis=axis_title,
        rows=rows,
        ticks=axis_ticks(axis, unit),
        legend=_legend(claims),
    )


def _row(claims: Sequence[ClaimPoint], axis: Axis, name: str, link: Link = None) -> Row:
    amounts = ", ".join(dict.fromkeys(claim.amount for claim in claims))
    text = amounts if len(amounts) <= _LONGEST_TEXT else counted(len(claims), "claims")
    points = [Point(axis.position(c.value), c.bound or EXACT, c.label) for c in claims]
    return Row(name, text, points=points, link=link)


def _legend(claims: Sequence[ClaimPoint]) -> list[Series]:
    """Return what the forms of points mean, unless all claims are exact."""
    bounds = {claim.bound or EXACT for claim in claims}
    return [Series(b, b, is_point=True) for b in BOUNDS if b in bounds] if bounds != {EXACT} else []
