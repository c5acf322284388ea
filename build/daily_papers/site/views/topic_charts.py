"""Lays out charts of papers by topic and year, and of the ratios that claims of topics state."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from daily_papers.site.views.chart_axis import Axis, value_axis
from daily_papers.site.views.charts import (
    MOST_ROWS,
    Bar,
    Chart,
    Link,
    Point,
    Row,
    Series,
    axis_ticks,
    bar_scale,
    counted,
)
from daily_papers.site.views.claim_text import number

MOST_YEARS = 4  # with a shade of their own; those before them share one
UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class YearCount:
    """How many papers of a year something has; the year is None for papers without one."""

    name: str
    year: int | None
    papers: int
    link: Link = None


@dataclass(frozen=True, slots=True)
class Spread:
    """The quartiles of the ratios that claims of a topic state, all positive."""

    topic_id: str
    topic: str
    low: float
    middle: float
    high: float
    claims: int


def by_year(subject: str, counts: Iterable[YearCount]) -> Chart | None:
    """Return a chart of papers by subject, such as topic, each bar cut into years; None without
    papers. The subjects with most papers are drawn."""
    by_subject: defaultdict[tuple[str, Link], Counter[int | None]] = defaultdict(Counter)
    for count in counts:
        by_subject[count.name, count.link][count.year] += count.papers
    largest = sorted(by_subject, key=lambda key: (-by_subject[key].total(), key[0]))[:MOST_ROWS]
    if not largest:
        return None
    parts = _parts({year for key in largest for year in by_subject[key]})
    series = [part for part, _ in parts]
    texts = [f"{by_subject[key].total():,}" for key in largest]
    scale = bar_scale(by_subject[largest[0]].total(), texts)
    rows, cells = [], []
    for (name, link), text in zip(largest, texts, strict=True):
        years = by_subject[name, link]
        sizes = [sum(years[year] for year in part_years) for _, part_years in parts]
        rows.append(
            Row(name, text, _stacked(name, zip(series, sizes, strict=True), scale), link=link)
        )
        cells.append((name, *(f"{size:,}" for size in sizes), text))
    others = len(by_subject) - len(largest)
    return Chart(
        title=f"Papers by {subject} and year",
        rows=rows,
        legend=series if len(series) > 1 else (),
        note=f"{others:,} more {'is' if others == 1 else 'are'} not drawn." if others else "",
        head=(subject, *(part.name for part in series), "papers"),
        cells=cells,
    )


def _parts(years: set[int | None]) -> list[tuple[Series, list[int | None]]]:
    """Return the parts of a bar: the newest years, those before them together, undated papers."""
    newest = sorted((year for year in years if year is not None), reverse=True)
    earlier = newest[MOST_YEARS:]
    parts: list[tuple[Series, list[int | None]]] = [
        (Series(str(year), f"shade-{index}"), [year])
        for index, year in enumerate(newest[:MOST_YEARS], 1)
    ]
    if earlier:
        name = f"{earlier[-1]}–{earlier[0]}" if len(earlier) > 1 else str(earlier[0])
        parts.append((Series(name, f"shade-{MOST_YEARS + 1}"), list(earlier)))
    if None in years:
        parts.append((Series(UNDATED, UNDATED), [None]))
    return parts


def _stacked(name: str, parts: Iterable[tuple[Series, int]], scale: float) -> list[Bar]:
    stacked, total = [], 0
    for series, size in parts:
        if size:
            label = f"{name}, {series.name}: {counted(size, 'papers')}"
            start, end = round(scale * total, 2), round(scale * (total + size), 2)
            stacked.append(Bar(start, round(end - start, 2), series.kind, label))
            total += size
    return stacked


def spread_by_topic(spreads: Sequence[Spread], title: str, axis_title: str) -> Chart | None:
    """Return a chart of the interquartile range and the median of ratios for each topic, in order,
    on a logarithmic axis; None without any."""
    if not spreads:
        return None
    drawn = spreads[:MOST_ROWS]
    ends = [end for spread in drawn for end in (spread.low, spread.high)]
    axis = value_axis(ends, is_log=True, is_ratio=True)
    return Chart(
        title=title,
        axis=axis_title,
        rows=[_range_row(spread, axis) for spread in drawn],
        ticks=axis_ticks(axis, "×"),
        legend=(Series("interquartile range", "range"), Series("median", "exact", is_point=True)),
        head=("topic", "median", "lower quartile", "upper quartile", "claims"),
        cells=[
            (
                spread.topic,
                *(f"{number(ratio)}×" for ratio in (spread.middle, spread.low, spread.high)),
                f"{spread.claims:,}",
            )
            for spread in drawn
        ],
    )


def _range_row(spread: Spread, axis: Axis) -> Row:
    start, end = axis.position(spread.low), axis.position(spread.high)
    text = f"{number(spread.middle)}×"
    label = (
        f"{spread.topic}: median {text}, half of {counted(spread.claims, 'claims')}"
        f" from {number(spread.low)}× to {number(spread.high)}×"
    )
    return Row(
        spread.topic,
        text,
        (Bar(start, round(end - start, 2), "range", label),),
        (Point(axis.position(spread.middle), "exact", label),),
        ("topics", spread.topic_id),
    )
