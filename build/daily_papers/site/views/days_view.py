"""Reads what the page of a day, week or month shows."""

from collections.abc import Callable, Iterator

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import listed_papers, periods
from daily_papers.site.views.days_answer import (
    DayCount,
    PeriodAnswer,
    PeriodLink,
)
from daily_papers.site.views.periods import Period
from daily_papers.site.views.response_schema import page_links

PAGE, MOST_PAGE, MOST_PAGES = 20, 100, 1_000

Url = Callable[[str], str]


def period_page(
    database: SearchDatabase, period: Period, page: int, size: int, period_url: Url, paper_url: Url
) -> PeriodAnswer:
    """Return a page, from 1, of the papers listed in a period; the functions return addresses."""
    all_days = listed_papers.listed_days(database)
    first, last = period.first.isoformat(), period.last.isoformat()
    count, new_count = listed_papers.count_papers(database, period)
    previous, following = periods.neighbours(period, [each.day for each in all_days])
    papers = listed_papers.papers(database, period, size, (page - 1) * size)
    for paper in papers:
        paper.url = paper_url(paper.id)
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
