"""Makes the Vega-Lite specifications of the charts; colours and fonts are the page's business.

Source of the grammar: https://vega.github.io/vega-lite/docs/
"""

from collections.abc import Iterable, Sequence
from typing import Any

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"  # a name, never fetched
UNDATED = "undated"
_GREY = "#9aa4b2"
_ROW = 22  # pixels of a row of names
_EDGE = 12  # pixels between the outermost values and the edge

_BETWEEN = {"nice": False, "padding": _EDGE}

Spec = dict[str, Any]


def _spec(values: Iterable[Any], description: str, **parts: Any) -> Spec:
    return {
        "$schema": SCHEMA,
        "description": description,
        "data": {"values": list(values)},
        "width": "container",
        **parts,
    }


def _names(field: str, title: str | None, order: Sequence[str]) -> Spec:
    axis = {"title": title, "ticks": False, "domain": False}
    return {"field": field, "type": "nominal", "sort": list(order), "axis": axis}


def _shades(count: int) -> list[str]:
    """Return so many colours, the newest year's first and strongest."""
    steps = [step / max(1, count - 1) for step in range(count)]
    return [f"hsl(205, {65 - 20 * step:.0f}%, {38 + 36 * step:.0f}%)" for step in steps]


def by_topic_and_year(rows: Sequence[dict[str, Any]]) -> Spec:
    """Return a chart of papers by topic, each bar cut into years.

    `rows` have topic, year (a number, or None for undated) and papers.
    """
    totals: dict[str, int] = {}
    for row in rows:
        totals[row["topic"]] = totals.get(row["topic"], 0) + row["papers"]
    order = sorted(totals, key=lambda topic: (-totals[topic], topic))
    years = [str(one) for one in sorted({row["year"] for row in rows} - {None}, reverse=True)]
    places = {year: place for place, year in enumerate([*years, UNDATED])}
    values = [{**row, "year": str(row["year"] or UNDATED)} for row in rows]
    values = [{**row, "place": places[row["year"]]} for row in values]
    return _spec(
        values,
        "Papers by topic and year",
        height={"step": _ROW},
        mark="bar",
        encoding={
            "y": _names("topic", None, order),
            "x": {"field": "papers", "type": "quantitative", "title": "papers"},
            "color": {
                "field": "year",
                "type": "ordinal",
                "sort": [*years, UNDATED],
                "title": "year",
                "scale": {"domain": [*years, UNDATED], "range": [*_shades(len(years)), _GREY]},
            },
            "order": {"field": "place"},
            "tooltip": [{"field": one} for one in ("topic", "year", "papers")],
        },
    )


def spread_by_topic(rows: Sequence[dict[str, Any]], title: str) -> Spec:
    """Return a chart of the middle half and the median of ratios for each topic, on a log axis.

    `rows` have topic, low, middle, high (quartiles) and claims, in the order to show them.
    """
    scale = {"type": "log", **_BETWEEN}
    tooltip = [
        {"field": "topic"},
        {"field": "middle", "title": "median (×)"},
        {"field": "low", "title": "lower quarter (×)"},
        {"field": "high", "title": "upper quarter (×)"},
        {"field": "claims"},
    ]
    y = _names("topic", None, [row["topic"] for row in rows])
    at = {"type": "quantitative", "scale": scale, "title": title}
    return _spec(
        rows,
        title,
        height={"step": _ROW},
        encoding={"y": y, "tooltip": tooltip},
        layer=[
            {
                "mark": {"type": "bar", "height": 8, "opacity": 0.45, "cornerRadius": 4},
                "encoding": {"x": {"field": "low", **at}, "x2": {"field": "high"}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1},
                "encoding": {"x": {"field": "middle", **at}},
            },
        ],
    )


def by_year(rows: Sequence[dict[str, Any]]) -> Spec:
    """Return a chart of papers by year; `rows` have year and papers."""
    return _spec(
        rows,
        "Papers by year",
        height=140,
        mark={"type": "bar", "width": {"band": 0.7}},
        encoding={
            "x": {"field": "year", "type": "ordinal", "title": None, "axis": {"labelAngle": 0}},
            "y": {"field": "papers", "type": "quantitative", "title": "papers",
                  "axis": {"tickMinStep": 1}},
            "tooltip": [{"field": one} for one in ("year", "papers")],
        },
    )  # fmt: skip


def claims(rows: Sequence[dict[str, Any]], title: str, is_log: bool) -> Spec:
    """Return a chart with a point for each claim, a line of it for each paper.

    `rows` have paper, value, amount, bound, title, quote, baseline, hardware, url, in order.
    """
    order = list(dict.fromkeys(row["paper"] for row in rows))
    shown = ("title", "quote", "amount", "baseline", "hardware")
    return _spec(
        rows,
        title,
        height={"step": _ROW},
        mark={"type": "point", "filled": True, "size": 90, "opacity": 0.85},
        encoding={
            "y": _names("paper", None, order),
            "x": {
                "field": "value",
                "type": "quantitative",
                "title": title,
                "scale": {"type": "log", **_BETWEEN} if is_log else {"zero": False, **_BETWEEN},
            },
            "shape": {"field": "bound", "type": "nominal", "title": "stated as"},
            "tooltip": [{"field": one} for one in shown],
            "href": {"field": "url"},
        },
    )
