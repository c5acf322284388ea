"""Makes the Vega-Lite specifications of the charts; static/charts.js sets colours and fonts.

Source of the grammar: https://vega.github.io/vega-lite/docs/
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"  # a name, never fetched
UNDATED = "undated"
_GREY = "#9aa4b2"
_ROW = 22  # pixels of a row of names
_EDGE = 12  # pixels between the outermost values and the edge

_BETWEEN = {"nice": False, "padding": _EDGE}

Spec = dict[str, Any]
Values = Mapping[str, Any]  # of a mark, by field


def _spec(values: Iterable[Values], description: str, **parts: Any) -> Spec:
    return {
        "$schema": SCHEMA,
        "description": description,
        "data": {"values": list(values)},
        "width": "container",
        **parts,
    }


def _names(field: str, order: Iterable[str]) -> Spec:
    axis = {"title": None, "ticks": False, "domain": False}
    return {"field": field, "type": "nominal", "sort": list(order), "axis": axis}


def _tooltip(*fields: str) -> list[Spec]:
    return [{"field": field} for field in fields]


def _shades(count: int) -> list[str]:
    """Return so many colours, the newest year's first and strongest."""
    steps = [step / max(1, count - 1) for step in range(count)]
    return [f"hsl(205, {65 - 20 * step:.0f}%, {38 + 36 * step:.0f}%)" for step in steps]


def by_topic_and_year(rows: Sequence[Values]) -> Spec:
    """Return a chart of papers by topic, each bar cut into years.

    `rows` have topic, year (a number, or None for undated) and papers.
    """
    totals: Counter[str] = Counter()
    for row in rows:
        totals[row["topic"]] += row["papers"]
    years = sorted({row["year"] for row in rows} - {None}, reverse=True)
    labels = [*map(str, years), UNDATED]
    labelled = ((row, str(row["year"] or UNDATED)) for row in rows)
    return _spec(
        ({**row, "year": label, "order": labels.index(label)} for row, label in labelled),
        "Papers by topic and year",
        height={"step": _ROW},
        mark="bar",
        encoding={
            "y": _names("topic", sorted(totals, key=lambda topic: (-totals[topic], topic))),
            "x": {"field": "papers", "type": "quantitative", "title": "papers"},
            "color": {
                "field": "year",
                "type": "ordinal",
                "sort": labels,
                "title": "year",
                "scale": {"domain": labels, "range": [*_shades(len(years)), _GREY]},
            },
            "order": {"field": "order"},
            "tooltip": _tooltip("topic", "year", "papers"),
        },
    )


def spread_by_topic(rows: Sequence[Values], title: str) -> Spec:
    """Return a chart of the interquartile range and the median of ratios for each topic, log axis.

    `rows` have topic, low, middle, high (quartiles) and claims, in the order to show them.
    """
    x = {"type": "quantitative", "scale": {"type": "log", **_BETWEEN}, "title": title}
    return _spec(
        rows,
        title,
        height={"step": _ROW},
        encoding={
            "y": _names("topic", [row["topic"] for row in rows]),
            "tooltip": [
                {"field": "topic"},
                {"field": "middle", "title": "median (×)"},
                {"field": "low", "title": "lower quartile (×)"},
                {"field": "high", "title": "upper quartile (×)"},
                {"field": "claims"},
            ],
        },
        layer=[
            {
                "mark": {"type": "bar", "height": 8, "opacity": 0.45, "cornerRadius": 4},
                "encoding": {"x": {"field": "low", **x}, "x2": {"field": "high"}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1},
                "encoding": {"x": {"field": "middle", **x}},
            },
        ],
    )


def by_year(years: Iterable[int | None]) -> Spec | None:
    """Return a chart of papers by year, from the year of each paper; None for a single year.

    Years without papers between others have a place on the axis; undated papers have none.
    """
    counts = Counter(year for year in years if year)
    if len(counts) < 2:
        return None
    span = range(min(counts), max(counts) + 1)
    return _spec(
        [{"year": str(year), "papers": counts[year]} for year in span],
        "Papers by year",
        height=140,
        mark={"type": "bar", "width": {"band": 0.7}},
        encoding={
            "x": {"field": "year", "type": "ordinal", "title": None,
                  "axis": {"labelAngle": 0, "labelOverlap": True}},
            "y": {"field": "papers", "type": "quantitative", "title": "papers",
                  "axis": {"tickMinStep": 1}},
            "tooltip": _tooltip("year", "papers"),
        },
    )  # fmt: skip


def claims(rows: Sequence[Values], title: str, is_log: bool) -> Spec:
    """Return a chart with a point for each claim, and a line of them for each paper, in order.

    `rows` have paper, value, amount, bound, title, quote, baseline, hardware, url.
    """
    return _spec(
        rows,
        title,
        height={"step": _ROW},
        mark={"type": "point", "filled": True, "size": 90, "opacity": 0.85},
        encoding={
            "y": _names("paper", dict.fromkeys(row["paper"] for row in rows)),
            "x": {
                "field": "value",
                "type": "quantitative",
                "title": title,
                "scale": {"type": "log", **_BETWEEN} if is_log else {"zero": False, **_BETWEEN},
            },
            "shape": {"field": "bound", "type": "nominal", "title": "stated as"},
            "tooltip": _tooltip("title", "quote", "amount", "baseline", "hardware"),
            "href": {"field": "url"},
        },
    )
