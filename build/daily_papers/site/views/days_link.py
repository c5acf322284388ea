"""Offers the newest days for a search that asks for what is new: “new this week”, “today”."""

import re
from datetime import date

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import periods
from daily_papers.site.views.listed_papers import count_papers, listed_days
from daily_papers.site.views.periods import PeriodKind
from daily_papers.site.views.search_answer import Alternative

_ASKED: tuple[tuple[PeriodKind, re.Pattern[str]], ...] = (
    ("week", re.compile(r"\b(?:this|last|the) week\b", re.IGNORECASE)),
    ("month", re.compile(r"\b(?:this|last|the) month\b", re.IGNORECASE)),
    ("day", re.compile(r"\b(?:today|newest|latest|new papers|what is new)\b", re.IGNORECASE)),
)


def newest(database: SearchDatabase, kind: PeriodKind = "day") -> periods.Period | None:
    """Return the newest period in which papers were listed; None where no source states a day."""
    days = listed_days(database)
    return periods.period_of(kind, date.fromisoformat(days[-1].day)) if days else None


def days_link(database: SearchDatabase, text: str) -> Alternative | None:
    """Return the newest day, week or month for a search that asks for it."""
    kind = next((kind for kind, asked in _ASKED if asked.search(text)), None)
    period = newest(database, kind) if kind else None
    if period is None:
        return None
    count, _ = count_papers(database, period)
    return Alternative(f"{period.name}, the newest {kind} listed here", count, f"days/{period.id}")
