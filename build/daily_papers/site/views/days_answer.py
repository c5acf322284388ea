"""Declares the JSON answers of the calendar and of a day, week or month."""

from typing import Annotated

from msgspec import Meta, Struct

from daily_papers.site.views.claim_text import StatedClaim
from daily_papers.site.views.periods import PeriodKind
from daily_papers.site.views.response_schema import Answer, Named, PagedAnswer, Url


class PeriodLink(Struct):
    """A day, week or month in which papers were listed."""

    id: str
    kind: PeriodKind
    name: str
    url: Url


class DayCount(Struct):
    """A day on which papers were listed, and how many."""

    day: str
    paper_count: int
    new_count: Annotated[int, Meta(description="Papers that were not listed before.")]
    url: Annotated[Url, Meta(description="Its page.")] = ""


class TopicOfPeriod(Named):
    """A topic, and how many papers of the period are about it."""

    paper_count: int


class ListedPaper(Struct, kw_only=True):
    """A paper that was listed in a period."""

    id: str
    arxiv_id: str | None
    name: str | None
    title: str
    type: str
    published_on: str | None
    listed_on: Annotated[str, Meta(description="First day in the period that lists it.")]
    first_listed_on: Annotated[str, Meta(description="First day that lists it at all.")]
    is_new: Annotated[bool, Meta(description="Whether it was not listed before the period.")]
    withdrawn_on: str | None
    organization: str | None
    organization_id: str | None
    comment_count: int | None
    upvote_count: Annotated[
        int | None, Meta(description="Upvotes in the newest dump that states them.")
    ]
    has_code: bool
    code_url: Annotated[str | None, Meta(description="Repository that the paper names.")]
    topics: list[Named]
    claim: Annotated[
        StatedClaim | None, Meta(description="Its strongest claim of those that are confident.")
    ]
    url: Annotated[Url, Meta(description="Its page.")] = ""


class RisingPaper(Struct):
    """A paper whose upvotes dumps of two days state, and how many it gained between them."""

    id: str
    name: str | None
    title: str
    earlier_day: str
    earlier_upvotes: int
    day: str
    upvotes: int
    gained: int
    url: Annotated[Url, Meta(description="Its page.")] = ""


class PeriodAnswer(PagedAnswer, kw_only=True):
    """A page of the papers that were listed in a period, by upvotes."""

    id: Annotated[str, Meta(description="The period: a day, an ISO week or a month.")]
    kind: PeriodKind
    name: str
    first_day: str
    last_day: str
    count: Annotated[int, Meta(description="Papers listed in the period, on all pages.")]
    new_count: Annotated[int, Meta(description="Those of them that were not listed before.")]
    previous: Annotated[
        PeriodLink | None, Meta(description="The nearest period before that has papers.")
    ]
    next: Annotated[
        PeriodLink | None, Meta(description="The nearest period after that has papers.")
    ]
    within: Annotated[list[PeriodLink], Meta(description="The longer periods that it lies in.")]
    days: Annotated[list[DayCount], Meta(description="Days of the period that have papers.")]
    topics: Annotated[
        list[TopicOfPeriod], Meta(description="What its papers are about, most frequent first.")
    ]
    rising: Annotated[
        list[RisingPaper], Meta(description="What gained the most upvotes until the period.")
    ]
    papers: list[ListedPaper]


class MonthCount(PeriodLink):
    """A month in which papers were listed."""

    new_count: Annotated[int, Meta(description="Papers that were not listed before.")]


class SourceDump(Struct):
    """A saved file that lists papers."""

    id: str
    file: str
    shown_on: Annotated[str | None, Meta(description="Day on which the page was shown.")]
    listing_count: int
    url: Annotated[Url, Meta(description="Its page.")] = ""


class DaysAnswer(Answer, kw_only=True):
    """The days of a year on which papers were listed."""

    year: Annotated[
        int | None, Meta(description="The newest with days unless given; null without any.")
    ]
    years: Annotated[list[int], Meta(description="Years that have days, the newest first.")]
    day_count: Annotated[int, Meta(description="Days in all years.")]
    first_day: str | None
    last_day: str | None
    months: Annotated[list[MonthCount], Meta(description="Those of the year, the newest first.")]
    days: Annotated[list[DayCount], Meta(description="Those of the year, the newest first.")]
    sources: Annotated[
        list[SourceDump],
        Meta(description="The largest saved files, where none states a day; else empty."),
    ]
