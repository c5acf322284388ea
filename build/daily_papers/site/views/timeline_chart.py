"""Lays out charts over time: years or, where they hide the trend, months; and lines over days."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from math import ceil

from daily_papers.site.views import chart_axis
from daily_papers.site.views.charts import (
    COLUMN_HEIGHT,
    MOST_ROWS,
    Chart,
    Column,
    Dot,
    Tick,
    compact,
    counted,
    left_out,
)

MOST_MONTHS = 36
FEWEST_BY_MONTH = 24  # papers, below which months would be mostly empty
RECENT_SHARE = 0.8  # of the papers, from which the last MOST_MONTHS say more than years
_TOP = 18  # pixels above the highest column, for its number
_FEW_DAYS = 7  # whose numbers fit beside each other
_LOWEST = 2  # pixels of a column that is not zero
_GAP = 0.25  # of a column's share of the width


def by_date(counts: Mapping[str, int], noun: str = "papers") -> Chart | None:
    """Return a chart of papers by year or by month, from how many each month has, as in 2024-11.

    Times without papers between others have a place on the axis. None for a single time.
    """
    if not counts:
        return None
    window = chart_axis.months(min(counts), max(counts))[-MOST_MONTHS:]
    total, recent = sum(counts.values()), sum(counts.get(month, 0) for month in window)
    if total >= FEWEST_BY_MONTH and recent >= RECENT_SHARE * total:
        while not counts.get(window[0]):
            window = window[1:]
        drawn = {month: counts.get(month, 0) for month in window}
        return _columns(f"{noun.capitalize()} by month", drawn, noun, total - recent)
    years: Counter[str] = Counter()
    for month, count in counts.items():
        years[month[:4]] += count
    return by_year(years, noun)


def by_year(counts: Mapping[str, int], noun: str = "papers", note: str = "") -> Chart | None:
    """Return a chart of the last MOST_ROWS years, as by_date; the note says what is left out."""
    first, last = int(min(counts)), int(max(counts))
    years = [f"{year:04}" for year in range(first, last + 1)][-MOST_ROWS:]
    drawn = {year: counts.get(year, 0) for year in years}
    earlier = sum(counts.values()) - sum(drawn.values())
    return _columns(f"{noun.capitalize()} by year", drawn, noun, earlier, note)


def by_day(counts: Mapping[str, int], noun: str) -> Chart | None:
    """Return a line over days, written as in 2024-11-30; None for fewer than two."""
    if len(counts) < 2:
        return None
    days = sorted(counts)
    first, last = (date.fromisoformat(day).toordinal() for day in (days[0], days[-1]))
    axis = chart_axis.Axis(first, last)
    scale = (COLUMN_HEIGHT - _TOP) / max(1, *counts.values())
    labelled = {0, len(days) - 1} | ({*range(len(days))} if len(days) <= _FEW_DAYS else set())
    line = [
        Dot(
            at=axis.position(date.fromisoformat(day).toordinal()),
            height=round(scale * counts[day], 1),
            text=f"{counts[day]:,}" if index in labelled else "",
            label=f"{day}: {counted(counts[day], noun)}",
        )
        for index, day in enumerate(days)
    ]
    return Chart(
        title=f"{noun.capitalize()} by day",
        line=line,
        ticks=[Tick(line[0].at, days[0]), Tick(line[-1].at, days[-1])],
        head=("day", noun),
        cells=[(day, f"{counts[day]:,}") for day in days],
    )


def _columns(
    title: str, counts: Mapping[str, int], noun: str, earlier: int, note: str = ""
) -> Chart | None:
    if len(counts) < 2:
        return None
    times, largest = list(counts), max(1, *counts.values())
    texts = [f"{count:,}" for count in counts.values()]
    is_labelled = len(chart_axis.labelled(texts)) == len(texts)
    lines = [] if is_labelled else _lines(largest)
    left = 0.0 if is_labelled else max(chart_axis.width_of(line.text) for line in lines)
    share = (100 - left) / len(times)
    scale = (COLUMN_HEIGHT - _TOP) / largest
    columns = [
        Column(
            start=round(left + share * (index + _GAP / 2), 2),
            width=round(share * (1 - _GAP), 2),
            height=max(_LOWEST, round(scale * count, 1)) if count else 0,
            text=text if is_labelled else "",
            label=f"{time}: {counted(count, noun)}",
        )
        for index, (time, count, text) in enumerate(zip(times, counts.values(), texts, strict=True))
    ]
    return Chart(
        title=title,
        columns=columns,
        ticks=[Tick(round(left + share * (index + 0.5), 2), text) for index, text in _texts(times)],
        lines=lines,
        note=f"{left_out(earlier, noun, f'from before {times[0]}')} {note}".strip(),
        head=("month" if len(times[0]) > 4 else "year", noun),
        cells=list(zip(times, texts, strict=True)),
    )


def _lines(largest: int) -> list[Tick]:
    """Return the numbers beside the columns, at their heights in pixels."""
    scale = (COLUMN_HEIGHT - _TOP) / largest
    ticks = chart_axis.linear_ticks(0, largest, least_step=1)
    return [Tick(round(scale * tick, 1), compact(tick)) for tick in ticks]


def _texts(times: Sequence[str]) -> list[tuple[int, str]]:
    """Return what is written below the columns, by index: years, each at its January, or months."""
    januaries = [(index, time[:4]) for index, time in enumerate(times) if time.endswith("-01")]
    if len(times[0]) == 4 or len(januaries) < 2:
        return [(index, times[index]) for index in chart_axis.labelled(times)]
    step = ceil(len(januaries) * chart_axis.width_of("2000") / 100)
    return januaries[::step]
