"""Reads what the calendar and the page of a day, week or month show."""

from calendar import Calendar
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import charts, listed_papers, periods
from daily_papers.site.views.charts import Chart
from daily_papers.site.views.days_answer import (
    DayCount,
    DaysAnswer,
    MonthCount,
    PeriodAnswer,
    PeriodLink,
    SourceDump,
    TopicOfPeriod,
)
from daily_papers.site.views.periods import Period
from daily_papers.site.views.response_schema import page_links
from daily_papers.site.views.typed_rows import rows

PAGE, MOST_PAGE, MOST_PAGES = 15, 100, 1_000

MOST_RISING = 5
MOST_TOPICS = 8  # of a chart
MOST_YEAR = 9_999
MOST_SOURCES = 20  # shown where no source states a day

Url = Callable[[str], str]

_SOURCES = """
    select id, file, shown_on, listing_count, '' as url
    from dumps
    order by listing_count desc, id
    limit :most
"""


@dataclass(frozen=True)
class WeekOfMonth:
    """A row of a calendar: an ISO week, and the month's days from Monday on, 0 for those of another
    month, each with its papers, if it has any."""

    week: PeriodLink
    days: list[tuple[int, DayCount | None]]

    @property
    def has_papers(self) -> bool:
        """Whether any of the days has."""
        return any(count for _, count in self.days)


def days_of_year(
    database: SearchDatabase, year: int | None, period_url: Url, dump_url: Url
) -> DaysAnswer:
    """Return the days of a year, or of the newest one, on which papers were listed."""
    all_days = listed_papers.listed_days(database)
    years = sorted({int(each.day[:4]) for each in all_days}, reverse=True)
    year = year or (years[0] if years else None)
    days = [_addressed(day, period_url) for day in reversed(all_days) if int(day.day[:4]) == year]
    dumps = [] if all_days else sources(database)
    for dump in dumps:
        dump.url = dump_url(dump.id)
    return DaysAnswer(
        year=year,
        years=years,
        day_count=len(all_days),
        first_day=all_days[0].day if all_days else None,
        last_day=all_days[-1].day if all_days else None,
        months=list(_months(days, period_url)),
        days=days,
        sources=dumps,
    )


def _months(days: Sequence[DayCount], period_url: Url) -> Iterator[MonthCount]:
    for name, of_month in groupby(days, lambda day: day.day[:7]):
        month = periods.parse(name)
        new_count = sum(day.new_count for day in of_month)
        yield MonthCount(month.id, month.kind, month.name, period_url(month.id), new_count)


def sources(database: SearchDatabase, most: int = MOST_SOURCES) -> list[SourceDump]:
    """Return the saved files that list the most papers."""
    return rows(database, SourceDump, _SOURCES, most=most)


def weeks_of_month(month: str, days: Sequence[DayCount], period_url: Url) -> Iterator[WeekOfMonth]:
    """Yield the rows of a month's calendar; `days` are those with papers."""
    by_day = {day.day: day for day in days}
    first = periods.parse(month).first
    for week in Calendar().monthdatescalendar(first.year, first.month):
        cells = [
            (day.day, by_day.get(day.isoformat())) if day.month == first.month else (0, None)
            for day in week
        ]
        yield WeekOfMonth(_link(periods.period_of("week", week[0]), period_url), cells)


def topics_chart(topics: Sequence[TopicOfPeriod], title: str) -> Chart | None:
    """Return a chart of papers by topic; papers about nothing else are left out."""
    amounts = [
        charts.Amount(topic.name, topic.paper_count, ("topics", topic.id))
        for topic in topics
        if topic.id != "other"
    ]
    return charts.bars(title, amounts[:MOST_TOPICS], "papers", is_sum=False)


def period_page(
    database: SearchDatabase, period: Period, page: int, size: int, period_url: Url, paper_url: Url
) -> PeriodAnswer:
    """Return a page, from 1, of the papers listed in a period; the functions return addresses."""
    all_days = listed_papers.listed_days(database)
    first, last = period.first.isoformat(), period.last.isoformat()
    count, new_count = listed_papers.count_papers(database, period)
    previous, following = periods.neighbours(period, [each.day for each in all_days])
    papers = listed_papers.papers(database, period, size, (page - 1) * size)
    rising = listed_papers.rising(database, period, MOST_RISING)
    for paper in papers:
        paper.url = paper_url(paper.id)
    for riser in rising:
        riser.url = paper_url(riser.id)
    usual = f"&size={size}" if size != PAGE else ""
    return PeriodAnswer(
        id=period.id,
        kind=period.kind,
        name=period.name,
        first_day=first,
        last_day=last,
        count=count,
        new_count=new_count,
        previous=_link(previous, period_url) if previous else None,
        next=_link(following, period_url) if following else None,
        within=[_link(longer, period_url) for longer in _within(period)],
        days=[_addressed(day, period_url) for day in all_days if first <= day.day <= last],
        topics=listed_papers.topics(database, period),
        rising=rising,
        papers=papers,
        size=size,
        **page_links(page, -(-count // size), lambda number: f"?page={number}{usual}"),
    )


def _within(period: Period) -> Iterator[Period]:
    if period.kind == "day":
        yield periods.period_of("week", period.first)
        yield periods.period_of("month", period.first)


def _link(period: Period, period_url: Url) -> PeriodLink:
    return PeriodLink(period.id, period.kind, period.name, period_url(period.id))


def _addressed(day: DayCount, period_url: Url) -> DayCount:
    return DayCount(day.day, day.paper_count, day.new_count, period_url(day.day))
