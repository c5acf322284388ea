"""Reads which papers were listed on which days, as the dumps state it."""

import json
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views.claim_text import CONFIDENT, StatedClaim
from daily_papers.site.views.days_answer import DayCount, ListedPaper, RisingPaper, TopicOfPeriod
from daily_papers.site.views.periods import Span
from daily_papers.site.views.response_schema import Named
from daily_papers.site.views.typed_rows import rows

_DAYS = """
    select listed_on as day, count(distinct paper_id) as paper_count
    from listings
    where listed_on is not null
    group by listed_on
    order by listed_on
"""
_NEW = """
    select day, count(*) as new_count
    from (
        select min(listed_on) as day
        from listings
        where listed_on is not null
        group by paper_id
    )
    group by day
"""
_LISTED = """
    with listed as materialized (
        select paper_id, min(listed_on) as listed_on
        from listings
        where listed_on between :first_day and :last_day
        group by paper_id
    )
"""
_COUNT = f"""
    {_LISTED}
    select count(*) as papers, coalesce(sum(not exists (
        select 1 from listings as earlier
        where earlier.paper_id = listed.paper_id and earlier.listed_on < :first_day
    )), 0) as new
    from listed
"""  # noqa: S608 - a part of this module
_TOPICS = f"""
    {_LISTED}
    select topics.id, topics.name, count(*) as paper_count
    from listed
    cross join paper_topics on paper_topics.paper_id = listed.paper_id
    join topics on topics.id = paper_topics.topic_id
    group by topics.id
    order by paper_count desc, topics.id
"""  # noqa: S608 - a part of this module
# Which papers of many are on the page is decided before their other columns are read.
_PAPERS = f"""
    {_LISTED},
    page as materialized (
        select listed.paper_id, listed.listed_on
        from listed
        cross join papers on papers.id = listed.paper_id
        order by
            papers.upvote_count is null, papers.upvote_count desc,
            papers.comment_count desc, papers.id
        limit :most offset :offset
    )
    select
        papers.*, organizations.name as organization, page.listed_on,
        (
            select min(listed_on) from listings where listings.paper_id = papers.id
        ) as first_listed_on,
        (
            select url from links
            where links.paper_id = papers.id and links.kind = 'code' and links.url like 'http%://%'
            order by links.start is null, links.start, url
            limit 1
        ) as code_url
    from page
    cross join papers on papers.id = page.paper_id
    left join organizations on organizations.id = papers.organization_id
    order by
        papers.upvote_count is null, papers.upvote_count desc,
        papers.comment_count desc, papers.id
"""  # noqa: S608 - a part of this module
# Improvements first, by their factor, as in results of a search.
_STRONGEST = f"""
    select claims.*, metrics.name as metric_name
    from json_each(:papers) as papers
    cross join claims on claims.id = (
        select id from claims as others
        where others.paper_id = papers.value and others.confidence >= {CONFIDENT}
        order by
            others.is_improvement is 1 desc, coalesce(others.factor, 1) desc,
            others.field desc, others.start, others.id
        limit 1
    )
    join metrics on metrics.id = claims.metric
"""  # noqa: S608 - a constant

# A dump tells the upvotes of its day; where it is of several days, of the day of a listing. Of the
# papers that dumps of the span list, each is compared with the day before that knows its upvotes.
_RISING = """
    with candidates as (
        select listings.paper_id
        from dumps
        cross join listings on listings.dump_id = dumps.id
        where dumps.shown_on between :first_day and :last_day
        union
        select listings.paper_id
        from listings
        join dumps on dumps.id = listings.dump_id
        where dumps.shown_on is null and listings.listed_on between :first_day and :last_day
    ),
    known as (
        select
            listings.paper_id, coalesce(dumps.shown_on, listings.listed_on) as day,
            max(listings.upvote_count) as upvotes
        from candidates
        cross join listings on listings.paper_id = candidates.paper_id
        join dumps on dumps.id = listings.dump_id
        where listings.upvote_count is not null
            and coalesce(dumps.shown_on, listings.listed_on) <= :last_day
        group by 1, 2
    ),
    changes as (
        select
            *, lag(day) over by_day as earlier_day, lag(upvotes) over by_day as earlier_upvotes,
            lead(day) over by_day is null as is_newest
        from known
        window by_day as (partition by paper_id order by day)
    )
    select
        papers.id, papers.name, papers.title, changes.earlier_day, changes.earlier_upvotes,
        changes.day, changes.upvotes, changes.upvotes - changes.earlier_upvotes as gained, '' as url
    from changes
    cross join papers on papers.id = changes.paper_id
    where changes.is_newest and changes.day >= :first_day and gained > 0
    order by gained desc, papers.id
    limit :most
"""


@lru_cache(maxsize=2)
def listed_days(database: SearchDatabase) -> tuple[DayCount, ...]:
    """Return the days on which papers were listed, the oldest first; read once for a database."""
    new = {row["day"]: row["new_count"] for row in database.rows(_NEW)}
    return tuple(
        DayCount(row["day"], row["paper_count"], new.get(row["day"], 0))
        for row in database.rows(_DAYS)
    )


def count_papers(database: SearchDatabase, span: Span) -> tuple[int, int]:
    """Return how many papers were listed in a span, and how many of them not before."""
    (counts,) = database.rows(_COUNT, **_bounds(span))
    return counts["papers"], counts["new"]


def topics(database: SearchDatabase, span: Span) -> list[TopicOfPeriod]:
    """Return what the papers listed in a span are about, the most frequent topic first."""
    return rows(database, TopicOfPeriod, _TOPICS, **_bounds(span))


def rising(database: SearchDatabase, span: Span, most: int) -> list[RisingPaper]:
    """Return the papers that gained the most upvotes until their newest day in a span."""
    return rows(database, RisingPaper, _RISING, **_bounds(span), most=most)


def papers(database: SearchDatabase, span: Span, most: int, offset: int = 0) -> list[ListedPaper]:
    """Return papers listed in a span, those with the most upvotes first."""
    page = database.rows(_PAPERS, **_bounds(span), most=most, offset=offset)
    claims = _strongest_claims(database, [row["id"] for row in page])
    name = database.facets["topic"].name
    for row in page:
        row["topics"] = [Named(topic, name(topic)) for topic in json.loads(row["topics"])]
        row["has_code"] = bool(row["has_code"])
        row["is_new"] = row["first_listed_on"] >= span.first.isoformat()
        row["claim"] = claims.get(row["id"])
        row["url"] = ""  # here it is the address of the paper's page
    return [msgspec.convert(row, ListedPaper) for row in page]


def _strongest_claims(database: SearchDatabase, paper_ids: Sequence[str]) -> dict[str, StatedClaim]:
    claims = rows(database, StatedClaim, _STRONGEST, papers=json.dumps(paper_ids))
    return {claim.paper_id: claim for claim in claims}


def _bounds(span: Span) -> dict[str, str]:
    return {"first_day": span.first.isoformat(), "last_day": span.last.isoformat()}
