"""Lays out the chart of a canned query, from what metadata.yml says of its columns.

`chart` of a query has `name` and `value`, the columns of names and numbers; `unit`, what is
counted, or × or %; for claims, `bound`, the column that says whether a number is exact; and
`year`, the column that cuts a count of papers into years. Claims of less than 50% in a column
`confidence` are hollow.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from daily_papers.site.views import topic_charts
from daily_papers.site.views.charts import Amount, Chart, Link, bars, left_out
from daily_papers.site.views.claim_text import short_number
from daily_papers.site.views.results_chart import ClaimPoint, claims_chart
from daily_papers.site.views.timeline_chart import by_day, by_year
from daily_papers.site.views.topic_charts import YearCount

RATIOS = ("×", "%")  # units whose numbers have no sum
# The largest number over the smallest from which claims have a log axis; ratios always have one.
LOG_FROM = 20
# The columns that hold the key of a row with a page, and its table.
_TABLES = {
    "paper_id": "papers",
    "topic_id": "topics",
    "organization_id": "organizations",
    "dump_id": "dumps",
    "entity_id": "entities",
}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_YEAR = re.compile(r"\d{4}")

Row = Mapping[str, Any]


def query_chart(
    settings: Mapping[str, str], columns: Sequence[str], rows: Sequence[Row]
) -> Chart | None:
    """Return the chart of a query's rows, each indexed by column; None if nothing can be drawn."""
    if not isinstance(settings, Mapping) or not {"name", "value", "unit"} <= {*settings}:
        return None  # a publisher may write anything
    if not {settings[key] for key in {*settings} - {"unit"}} <= {*columns}:
        return None
    unit, value = settings["unit"], settings["value"].replace("_", " ")
    value = "times better" if value == "factor" else value
    title = f"{value.capitalize()} by {settings['name']}"
    if "bound" in settings:
        points = list(_points(settings, columns, rows))
        values = [point.value for point in points if point.value > 0]
        is_log = len(values) == len(points) > 0 and (
            unit == "×" or max(values) / min(values) >= LOG_FROM
        )
        return claims_chart(title, f"{value} ({unit})", points, unit, is_log)
    if "year" in settings:
        return topic_charts.by_year(settings["name"], _year_counts(settings, columns, rows))
    amounts = list(_amounts(settings, columns, rows))
    if amounts and all(_DAY.fullmatch(amount.name) for amount in amounts):
        papers = {row["paper_id"] for row in rows} if "paper_id" in columns else set()
        days = {amount.name: int(amount.value) for amount in amounts}
        return by_day(days, unit) if len(papers) < 2 else None  # a line is of one paper
    years = {amount.name: amount.value for amount in amounts if _YEAR.fullmatch(amount.name)}
    if len(years) > 1:
        undated = sum(amount.value for amount in amounts if amount.name not in years)
        note = left_out(undated, unit, "without a year")
        return by_year({year: int(count) for year, count in years.items()}, unit, note)
    return bars(title, amounts, unit, is_sum=unit not in RATIOS)


def _amounts(
    settings: Mapping[str, str], columns: Sequence[str], rows: Sequence[Row]
) -> Iterator[Amount]:
    name, value, key = settings["name"], settings["value"], _key(settings["name"], columns)
    for row in rows:
        if isinstance(row[value], int | float) and row[name] is not None:
            yield Amount(str(row[name]), row[value], _link(row, key))


def _year_counts(
    settings: Mapping[str, str], columns: Sequence[str], rows: Sequence[Row]
) -> Iterator[YearCount]:
    key = _key(settings["name"], columns)
    for row in rows:
        year = str(row[settings["year"]])
        is_dated = _YEAR.fullmatch(year) is not None
        papers = row[settings["value"]]
        if isinstance(papers, int):
            name, link = str(row[settings["name"]]), _link(row, key)
            yield YearCount(name, int(year) if is_dated else None, papers, link)


def _points(
    settings: Mapping[str, str], columns: Sequence[str], rows: Sequence[Row]
) -> Iterator[ClaimPoint]:
    name, value, key = settings["name"], settings["value"], _key(settings["name"], columns)
    for row in rows:
        if isinstance(row[value], int | float):
            bound = row[settings["bound"]]
            amount = f"{short_number(row[value])}{settings['unit']}"
            amount = f"{bound} {amount}" if bound else amount
            details = [row[column] for column in ("title", "measured") if column in columns]
            lines = [f"{row[name]}: {amount}", *(detail for detail in details if detail)]
            label = "\n".join(lines)
            confidence = row["confidence"] if "confidence" in columns else 100
            link = _link(row, key)
            yield ClaimPoint(str(row[name]), row[value], bound, amount, label, link, confidence)


def _key(name: str, columns: Sequence[str]) -> str | None:
    """Return the column with the keys of what a column names."""
    keys = (key for key in (f"{name}_id", "entity_id") if key in columns and key in _TABLES)
    return next(keys, None)


def _link(row: Row, key: str | None) -> Link:
    return (_TABLES[key], str(row[key])) if key and row[key] else None
