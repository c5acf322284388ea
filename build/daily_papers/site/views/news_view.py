"""Reads what is new for those who come back: the newest days, their papers and topics."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from msgspec import Struct

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import days_view, listed_papers, periods
from daily_papers.site.views.charts import Chart
from daily_papers.site.views.days_answer import DayCount, ListedPaper, RisingPaper, SourceDump
from daily_papers.site.views.periods import Period, Span

MOST_DAYS, MOST_PAPERS, MOST_RISING, MOST_SOURCES = 6, 4, 3, 5


class News(Struct):
    """The newest days on which papers were listed, the newest first; where no source states a day,
    the sources."""

    days: Sequence[DayCount]
    papers: list[ListedPaper]
    chart: Chart | None
    rising: list[RisingPaper]
    sources: list[SourceDump]
    within: Sequence[Period] = ()  # week and month of the newest day


@lru_cache(maxsize=2)
def news(database: SearchDatabase) -> News:
    """Return what is new; worked out once for a database."""
    days = listed_papers.listed_days(database)[: -MOST_DAYS - 1 : -1]
    if not days:
        return News((), [], None, [], days_view.sources(database, MOST_SOURCES))
    newest = date.fromisoformat(days[0].day)
    span = Span(date.fromisoformat(days[-1].day), newest)
    return News(
        days,
        listed_papers.papers(database, periods.period_of("day", newest), MOST_PAPERS),
        days_view.topics_chart(
            listed_papers.topics(database, span), "Papers of these days by topic"
        ),
        listed_papers.rising(database, span, MOST_RISING),
        [],
        [periods.period_of("week", newest), periods.period_of("month", newest)],
    )
