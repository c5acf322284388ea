"""Reads which papers were listed on which days, as the dumps state it."""

import json
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views.claim_text import CONFIDENT, StatedClaim
from daily_papers.site.views.days_answer import DayCount, ListedPaper, TopicOfPeriod
from daily_papers.site.views.periods import Period
from daily_papers.site.views.response_schema import Named
from daily_papers.site.views.typed_rows import rows

_DAYS = """
    with first_days as (
        select min(listed_on) as day
        from listings
        where listed_on is not null
        group by paper_id
    ),
    new_papers as (select day, count(*) as count from first_days group by day)
    select
        listed_on as day, count(distinct paper_id) as paper_count,
        coalesce((select count from new_papers where new_papers.day = listed_on), 0) as new_count
    from listings
    where listed_on is not null
    group by listed_on
    order by listed_on
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
            where links.paper_id = papers.id and links.kind = 'code'
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


@lru_cache(maxsize=2)
def listed_days(database: SearchDatabase) -> tuple[DayCount, ...]:
    """Return the days on which papers were listed, the oldest first; read once for a database."""
    return tuple(rows(database, DayCount, _DAYS))


def count_papers(database: SearchDatabase, period: Period) -> tuple[int, int]:
    """Return how many papers were listed in a period, and how many of them not before."""
    (counts,) = database.rows(_COUNT, **_bounds(period))
    return counts["papers"], counts["new"]


def topics(database: SearchDatabase, period: Period) -> list[TopicOfPeriod]:
    """Return what the papers listed in a period are about, the most frequent topic first."""
    return rows(database, TopicOfPeriod, _TOPICS, **_bounds(period))


def papers(
    database: SearchDatabase, period: Period, most: int, offset: int = 0
) -> list[ListedPaper]:
    """Return papers listed in a period, those with the most upvotes first."""
    page = database.rows(_PAPERS, **_bounds(period), most=most, offset=offset)
    claims = _strongest_claims(database, [row["id"] for row in page])
    name = database.facets["topic"].name
    for row in page:
        row["topics"] = [Named(topic, name(topic)) for topic in json.loads(row["topics"])]
        row["has_code"] = bool(row["has_code"])
        row["is_new"] = row["first_listed_on"] >= period.first.isoformat()
        row["claim"] = claims.get(row["id"])
        row["url"] = ""  # here it is the address of the paper's page
    return [msgspec.convert(row, ListedPaper) for row in page]


def _strongest_claims(database: SearchDatabase, paper_ids: Sequence[str]) -> dict[str, StatedClaim]:
    claims = rows(database, StatedClaim, _STRONGEST, papers=json.dumps(paper_ids))
    return {claim.paper_id: claim for claim in claims}


def _bounds(period: Period) -> dict[str, str]:
    return {"first_day": period.first.isoformat(), "last_day": period.last.isoformat()}
