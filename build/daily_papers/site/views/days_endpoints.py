"""Declares the addresses of the calendar and of days, weeks and months."""

from daily_papers.site.views import days_downloads, days_view
from daily_papers.site.views.days_answer import DaysAnswer, PeriodAnswer
from daily_papers.site.views.endpoint_types import Endpoint, Group, Parameter, number_parameter

_PERIOD = Parameter(
    "period",
    "A day, as 2026-08-20, an ISO week, as 2026-W34, or a month, as 2026-08.",
    {"type": "string"},
    fewest=1,
    location="path",
)
_PERIOD_SIZE = number_parameter(
    "size", "How many papers a page has.", days_view.MOST_PAGE, days_view.PAGE
)
_PERIOD_FILE_SIZE, _FEED_SIZE = (
    number_parameter("size", "How many papers it has.", days_downloads.MOST_EXPORTED, default)
    for default in (days_downloads.MOST_EXPORTED, days_downloads.FEED)
)
_FILES = {"json": "JSON", "csv": "CSV", "bib": "BibTeX", "atom": "Atom feed"}
_PERIOD_PAGE = number_parameter("page", "Which page, from 1.", days_view.MOST_PAGES, 1)

GROUPS = (
    Group(
        "Calendar",
        "The days of a year on which papers were listed, as far as sources state the day.",
        (
            Endpoint("/days", "The calendar."),
            Endpoint("/days.json", "The calendar as JSON.", answer=DaysAnswer),
        ),
        (
            Parameter(
                "year",
                "The year; the newest that has days unless given.",
                {"type": "integer", "minimum": 1, "maximum": days_view.MOST_YEAR},
            ),
        ),
    ),
    Group(
        "Days",
        "The papers that were listed on a day, in an ISO week or in a month, as far as sources"
        " state the day, those with the most upvotes first; and the nearest periods with papers.",
        (
            Endpoint("/days/{period}", "The page of a period."),
            Endpoint("/days/{period}.json", "The period as JSON.", answer=PeriodAnswer),
        ),
        (_PERIOD, _PERIOD_SIZE, _PERIOD_PAGE),
        (400, 404),
    ),
    Group(
        "The newest day",
        "The newest day on which papers were listed, or else the calendar.",
        (
            Endpoint("/days/today", "The page of the newest day.", redirects=True),
            Endpoint("/days/newest", "The same.", redirects=True),
            *(
                Endpoint(f"/days/{name}.{kind}", f"Its {file}.", redirects=True)
                for name in ("today", "newest")
                for kind, file in _FILES.items()
            ),
        ),
    ),
    Group(
        "Days as files",
        "The same papers for spreadsheets and programs that manage references.",
        (
            Endpoint("/days/{period}.csv", "A table of the papers of a period."),
            Endpoint("/days/{period}.bib", "BibTeX."),
        ),
        (_PERIOD, _PERIOD_FILE_SIZE, _PERIOD_PAGE),
        (400, 404),
    ),
    Group(
        "Days as feeds",
        "For feed readers: the papers of a period, those with the most upvotes first.",
        (Endpoint("/days/{period}.atom", "An Atom feed of a period."),),
        (_PERIOD, _FEED_SIZE, _PERIOD_PAGE),
        (400, 404),
    ),
    Group(
        "The newest days as a feed",
        "For feed readers: the papers that were listed last, each once, the newest day first.",
        (Endpoint("/days.atom", "An Atom feed of the newest days."),),
        (_FEED_SIZE,),
    ),
)
