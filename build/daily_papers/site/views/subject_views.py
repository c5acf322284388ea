"""Reads what the pages of a topic, a metric, an entity and an organization show."""

from collections import Counter
from collections.abc import Sequence

import msgspec
import numpy as np
from msgspec import Struct

from daily_papers.search.documents import DAY_ZERO, Array
from daily_papers.search.engine import Question, ask
from daily_papers.search.reader import SearchDatabase
from daily_papers.search.results import paper_rows
from daily_papers.site.views import timeline_chart
from daily_papers.site.views.board_facets import BoardFacets
from daily_papers.site.views.board_request import BoardRequest
from daily_papers.site.views.charts import Chart
from daily_papers.site.views.claim_text import PAPER_CLAIM, PaperClaim
from daily_papers.site.views.dataset_results import Section, sections
from daily_papers.site.views.home_view import TopicCount, topic_counts
from daily_papers.site.views.response_schema import Named
from daily_papers.site.views.search_answer import FacetValue
from daily_papers.site.views.typed_rows import rows

MOST_PAPERS, MOST_CLAIMS, MOST_NEIGHBOURS = 20, 10, 12
MOST_READ = 100  # claims, to find the strongest of each of ten papers
MOST_COUNTED = 2_000  # mentions of an entity that its neighbours are counted over

# A crossed join fixes its order: from the papers to their claims.
_CLAIMS_OF = "{these} cross join claims on claims.paper_id = these.paper_id"
_OF_TOPIC = "(select paper_id from paper_topics where topic_id = :id) as these"
_OF_ORGANIZATION = "(select id as paper_id from papers where organization_id = :id) as these"
# From the metric to the numbers of its papers.
_MEASURED = """
    select papers.rowid - 1 as number
    from (select distinct paper_id from claims where metric = :id) as these
    cross join papers on papers.id = these.paper_id
"""
_NAMING = "(select paper_id, text from mentions where entity_id = :id) as these"
# “other” measures nothing that has a name.
STRONGEST = """
    where +claims.factor > 1 and +claims.metric <> 'other'
    order by claims.confidence >= 50 desc, claims.factor desc, claims.id
    limit :most
"""
_STRONGEST_OF_METRIC = """
    where claims.metric = :id and claims.factor > 1
    order by claims.confidence >= 50 desc, claims.factor desc, claims.id
    limit :most
"""
_WITH_ENTITY = """
    where (
        :id in (claims.dataset_id, claims.model_id, claims.hardware_id, claims.baseline_id)
        or instr(lower(claims.baseline), lower(these.text)) > 0
        or instr(lower(claims.hardware), lower(these.text)) > 0
        or instr(lower(claims.subject), lower(these.text)) > 0
    )
        and claims.dataset_id is not :id
    group by claims.id
    order by claims.confidence >= 50 desc, claims.factor desc, claims.value desc, claims.id
    limit :most
"""
_ENTITY = """
    select entities.kind, entities.family, entities.paper_id, papers.title
    from entities
    left join papers on papers.id = entities.paper_id
    where entities.id = :id
"""
_MENTIONING = """
    select
        papers.id, papers.title, papers.name, papers.published_on, papers.year, papers.has_code,
        min(mentions.text) as written,
        max(case mentions.role when 'introduced' then 3 when 'compared' then 2 else 1 end) as rank
    from mentions
    join papers on papers.id = mentions.paper_id
    where mentions.entity_id = :id
    group by papers.id
    order by rank desc, papers.published_on is null, papers.published_on desc, papers.id
"""
_ROLES = {3: "introduced", 2: "compared", 1: "mentioned"}
_MENTIONED_WITH = """
    select entities.id, entities.name, entities.kind, count(distinct others.paper_id) as papers
    from (select distinct paper_id from mentions where entity_id = :id limit :counted) as ours
    join mentions as others on others.paper_id = ours.paper_id and others.entity_id <> :id
    join entities on entities.id = others.entity_id
    group by entities.id
    order by papers desc, entities.name, entities.id
    limit :most
"""
_FAMILY = """
    select id, name from entities
    where kind = :kind and family = :family and id <> :id
    order by name, id
    limit :most
"""
_PARENT = """
    select id, name from topics where id = (select parent from topics where id = :id)
"""
_CHILDREN = "select id, name from topics where parent = :id order by name, id"


class SubjectPaper(Struct):
    """A paper of a list; `written` and `role` say how it names an entity."""

    id: str
    title: str
    name: str | None
    published_on: str | None
    year: int | None
    has_code: int
    written: str = ""
    role: str = ""


class EntityCount(TopicCount):
    """An entity, and how many papers name it beside another."""

    kind: str


class Subject(Struct, kw_only=True):
    """What the page of a topic, a metric, an entity, an organization or an author shows besides its
    row."""

    count: int
    papers: list[SubjectPaper]
    chart: Chart | None
    undated: int
    neighbours: Sequence[TopicCount]
    claims: list[PaperClaim]
    # of topics
    parent: Named | None = None
    children: list[Named] = []
    boards: list[FacetValue] = []  # its metrics, and the boards of their claims
    # of entities
    roles: dict[str, int] = {}
    introduced_by: Named | None = None
    family_members: list[Named] = []
    # of authors
    co_authors: Sequence[TopicCount] = ()
    # of datasets
    results: list[Section] = []


def topic(database: SearchDatabase, topic_id: str) -> Subject:
    """Return what the page of a topic shows besides its row."""
    subject = _facet_subject(database, "topic", topic_id, _OF_TOPIC)
    subject.parent = next(iter(rows(database, Named, _PARENT, id=topic_id)), None)
    subject.children = rows(database, Named, _CHILDREN, id=topic_id)
    facets = BoardFacets(database, BoardRequest(topic=topic_id))
    subject.boards = [board for board in facets.metric_values() if board.value != "other"]
    return subject


def organization(database: SearchDatabase, organization_id: str) -> Subject:
    """Return what the page of an organization shows besides its row."""
    return _facet_subject(database, "organization", organization_id, _OF_ORGANIZATION)


def entity(database: SearchDatabase, entity_id: str) -> Subject:
    """Return what the page of a piece of hardware, model, dataset or method shows."""
    (row,) = database.rows(_ENTITY, id=entity_id)
    papers = [
        msgspec.convert({**paper, "role": _ROLES[paper["rank"]]}, SubjectPaper)
        for paper in database.rows(_MENTIONING, id=entity_id)
    ]
    months = Counter(paper.published_on[:7] for paper in papers if paper.published_on)
    family = {"kind": row["kind"], "family": row["family"], "id": entity_id}
    counted = {"counted": MOST_COUNTED, "most": MOST_NEIGHBOURS}
    return Subject(
        count=len(papers),
        papers=papers[:MOST_PAPERS],
        chart=timeline_chart.by_date(months),
        undated=sum(paper.published_on is None for paper in papers),
        neighbours=rows(database, EntityCount, _MENTIONED_WITH, id=entity_id, **counted),
        claims=subject_claims(database, _NAMING, _WITH_ENTITY, entity_id),
        roles=Counter(paper.role for paper in papers),
        introduced_by=Named(row["paper_id"], row["title"]) if row["paper_id"] else None,
        family_members=rows(database, Named, _FAMILY, **family, most=MOST_NEIGHBOURS),
        results=sections(database, entity_id) if row["kind"] == "dataset" else [],
    )


def metric(database: SearchDatabase, metric_id: str) -> Subject:
    """Return what the page of a metric shows besides its row: the papers that claim a number of
    it, and their largest factors."""
    measured = database.rows(_MEASURED, id=metric_id)
    numbers = np.array([row["number"] for row in measured], dtype=np.int64)
    newest = np.argsort(-database.sort_keys["newest"][numbers].astype(np.int64), kind="stable")
    return subject_of(
        database,
        numbers,
        numbers[newest][:MOST_PAPERS].tolist(),
        topic_counts(database, numbers),
        subject_claims(database, None, _STRONGEST_OF_METRIC, metric_id),
    )


def _facet_subject(database: SearchDatabase, facet: str, value: str, papers_sql: str) -> Subject:
    """Return what the page of a value of a facet shows."""
    column = database.facets[facet]
    codes = [code for code, label in enumerate(column.labels) if label == value]
    numbers = column.papers[np.isin(column.codes, codes)]
    question = Question(chosen={facet: [value]}, order="newest")
    newest = ask(database, question).page(0, MOST_PAPERS) if codes else []
    related = [
        count for count in topic_counts(database, numbers) if (facet, value) != ("topic", count.id)
    ]
    claims = subject_claims(database, papers_sql, STRONGEST, value)
    return subject_of(database, numbers, newest, related, claims)


def subject_of(
    database: SearchDatabase,
    numbers: Array,
    newest: Sequence[int],
    related: Sequence[TopicCount],
    claims: list[PaperClaim],
) -> Subject:
    """Return a subject by the numbers of its papers; related topics without papers are left out."""
    months = months_of_papers(database, numbers)
    return Subject(
        count=len(numbers),
        papers=msgspec.convert(paper_rows(database, newest), list[SubjectPaper]),
        chart=timeline_chart.by_date(months),
        undated=len(numbers) - months.total(),
        neighbours=[count for count in related if count.papers][:MOST_NEIGHBOURS],
        claims=claims,
    )


def months_of_papers(database: SearchDatabase, papers: Array) -> Counter[str]:
    """Return how many of the papers, by their numbers, each month has; undated ones have none."""
    days = database.sort_keys["newest"][papers]
    months = (np.datetime64(DAY_ZERO) + days[days > 0].astype("m8[D]")).astype("M8[M]")
    distinct, counts = np.unique(months, return_counts=True)
    return Counter(dict(zip(distinct.astype(str).tolist(), counts.tolist(), strict=True)))


def subject_claims(
    database: SearchDatabase, papers_sql: str | None, condition: str, key: str
) -> list[PaperClaim]:
    """Return the strongest claim of each of MOST_CLAIMS papers, of all papers or those of SQL."""
    claims = _CLAIMS_OF.format(these=papers_sql) if papers_sql else "claims"
    sql = PAPER_CLAIM.format(claims=claims) + condition
    strongest: dict[str, PaperClaim] = {}
    for claim in rows(database, PaperClaim, sql, id=key, most=MOST_READ):
        strongest.setdefault(claim.paper_id, claim)
    return list(strongest.values())[:MOST_CLAIMS]
