"""Reads what the pages of a topic, a named thing and an organization show."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from daily_papers.search.documents import Array
from daily_papers.search.engine import Question, ask
from daily_papers.search.reader import SearchDatabase
from daily_papers.search.results import paper_rows
from daily_papers.site.views import charts, claim_text
from daily_papers.site.views.home_view import year_of_papers

MOST_PAPERS, MOST_CLAIMS, MOST_NEIGHBOURS = 20, 10, 12
MOST_READ = 100  # claims, to find the strongest of each of ten papers
MOST_COUNTED = 2_000  # mentions of a thing that its neighbours are counted over

Row = dict[str, Any]

# Claims of some papers. A crossed join fixes its order: from the papers to their claims.
_CLAIMS = """
    select
        claims.*, metrics.name as metric_name, papers.title, papers.name as paper_name
    from {these}
    cross join claims on claims.paper_id = these.paper_id
    join metrics on metrics.id = claims.metric
    join papers on papers.id = claims.paper_id
"""
_OF_TOPIC = "(select paper_id from paper_topics where topic_id = :id) as these"
_OF_ORGANIZATION = "(select id as paper_id from papers where organization_id = :id) as these"
_NAMING = "(select paper_id, text from mentions where entity_id = :id) as these"
# Ratios are compared with ratios only; “other” measures nothing that has a name.
_STRONGEST = """
    where +claims.unit = 'x' and +claims.is_improvement = 1 and +claims.metric <> 'other'
    order by claims.value desc, claims.id
    limit :most
"""
_WITH_ENTITY = """
    where (
        instr(lower(claims.baseline), lower(these.text)) > 0
        or instr(lower(claims.hardware), lower(these.text)) > 0
        or instr(lower(claims.subject), lower(these.text)) > 0
    )
    group by claims.id
    order by claims.unit = 'x' desc, claims.value desc, claims.id
    limit :most
"""
_ENTITY = """
    select entities.*, papers.title, papers.abstract
    from entities
    left join papers on papers.id = entities.paper_id
    where entities.id = :id
"""
_MENTIONING = """
    select
        papers.id, papers.title, papers.name, papers.published_on, papers.year, papers.has_code,
        min(mentions.text) as written,
        max(case mentions.role when 'introduced' then 3 when 'compared' then 2 else 1 end) as place
    from mentions
    join papers on papers.id = mentions.paper_id
    where mentions.entity_id = :id
    group by papers.id
    order by place desc, papers.published_on is null, papers.published_on desc, papers.id
"""
_ROLES = {3: "introduced", 2: "compared", 1: "mentioned"}
_NAMED_TOGETHER = """
    select entities.id, entities.name, entities.kind, count(distinct others.paper_id) as papers
    from (select distinct paper_id from mentions where entity_id = :id limit :counted) as ours
    join mentions as others on others.paper_id = ours.paper_id and others.entity_id <> :id
    join entities on entities.id = others.entity_id
    group by entities.id
    order by papers desc, entities.name
    limit :most
"""
_FAMILY = """
    select id, name from entities
    where kind = :kind and family = :family and id <> :id order by name limit :most
"""


def topic(corpus: SearchDatabase, topic_id: str) -> Row:
    """Return what the page of a topic shows besides its row."""
    children = corpus.rows(
        "select id, name from topics where parent = :id order by name", id=topic_id
    )
    parent = corpus.rows(
        "select id, name from topics where id = (select parent from topics where id = :id)",
        id=topic_id,
    )
    having = _having(corpus, "topic", topic_id)
    return {
        **_found(corpus, "topic", topic_id, having),
        "parent": parent[0] if parent else None,
        "children": children,
        "neighbours": _beside(corpus, having, topic_id),
        "claims": _strongest(corpus, _OF_TOPIC, topic_id),
    }


def organization(corpus: SearchDatabase, organization_id: str) -> Row:
    """Return what the page of an organization shows besides its row."""
    having = _having(corpus, "organization", organization_id)
    return {
        **_found(corpus, "organization", organization_id, having),
        "neighbours": _beside(corpus, having, None),
        "claims": _strongest(corpus, _OF_ORGANIZATION, organization_id),
    }


def entity(corpus: SearchDatabase, entity_id: str) -> Row:
    """Return what the page of a piece of hardware, model, data set or method shows."""
    (one,) = corpus.rows(_ENTITY, id=entity_id)
    papers = corpus.rows(_MENTIONING, id=entity_id)
    for row in papers:
        row["role"] = _ROLES[row.pop("place")]
    together = corpus.rows(
        _NAMED_TOGETHER, id=entity_id, counted=MOST_COUNTED, most=MOST_NEIGHBOURS
    )
    family = {"kind": one["kind"], "family": one["family"], "id": entity_id}
    return {
        "count": len(papers),
        "roles": Counter(row["role"] for row in papers),
        "papers": papers[:MOST_PAPERS],
        "chart": _trend(row["year"] for row in papers),
        "undated": sum(row["year"] is None for row in papers),
        "introduced_by": (
            {"id": one["paper_id"], "title": one["title"]} if one["paper_id"] else None
        ),
        "family_members": corpus.rows(_FAMILY, **family, most=MOST_NEIGHBOURS),
        "neighbours": together,
        "claims": _claims(
            corpus.rows(_CLAIMS.format(these=_NAMING) + _WITH_ENTITY, id=entity_id, most=MOST_READ)
        ),
    }


def _having(corpus: SearchDatabase, facet: str, value: str) -> Array:
    """Return the numbers of the papers that have a value."""
    column = corpus.facets[facet]
    if value not in column.labels:
        return np.zeros(0, np.uint32)
    having: Array = column.papers[column.codes == column.labels.index(value)]
    return having


def _found(corpus: SearchDatabase, facet: str, value: str, having: Array) -> Row:
    years = year_of_papers(corpus)[having]
    question = Question(chosen={facet: [value]}, order="newest")
    answer = ask(corpus, question) if len(having) else None
    return {
        "count": len(having),
        "papers": paper_rows(corpus, answer.page(0, MOST_PAPERS)) if answer else [],
        "chart": _trend(int(year) or None for year in years),
        "undated": int((years == 0).sum()),
    }


def _trend(years: Iterable[int | None]) -> charts.Spec | None:
    """Return the chart of a trend, the years without papers included; None for a single year."""
    counts = Counter(year for year in years if year)
    if len(counts) < 2:
        return None
    span = range(min(counts), max(counts) + 1)
    return charts.by_year([{"year": str(year), "papers": counts[year]} for year in span])


def _beside(corpus: SearchDatabase, having: Array, but: str | None) -> list[Row]:
    """Return the topics that papers are also about, the most frequent first."""
    column = corpus.facets["topic"]
    is_here = np.zeros(corpus.paper_count, bool)
    is_here[having] = True
    counts = np.bincount(column.codes[is_here[column.papers]], minlength=len(column.labels))
    order = np.argsort(-counts, kind="stable")
    return [
        {"id": column.labels[at], "name": column.name(column.labels[at]), "papers": int(counts[at])}
        for at in order[: MOST_NEIGHBOURS + 1]
        if counts[at] and column.labels[at] != but
    ][:MOST_NEIGHBOURS]


def _strongest(corpus: SearchDatabase, these: str, key: str) -> list[Row]:
    return _claims(corpus.rows(_CLAIMS.format(these=these) + _STRONGEST, id=key, most=MOST_READ))


def _claims(rows: Iterable[Row]) -> list[Row]:
    """Return the strongest claim of each paper, each with its words."""
    found: dict[str, Row] = {}
    for row in rows:
        found.setdefault(row["paper_id"], row)
    return [
        {**row, "amount": claim_text.amount(row), "direction": claim_text.direction(row)}
        for row in list(found.values())[:MOST_CLAIMS]
    ]
