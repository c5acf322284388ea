"""Reads what the home page shows: counts, charts, topics."""

from functools import lru_cache
from typing import Any

import numpy as np

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import charts

FEW = 3  # claims, below which there are no quarters to speak of
MOST_TOPICS = 14  # of a chart
SIZES = 5  # of a topic on the map

Row = dict[str, Any]

_COUNTED = {
    "papers": "papers",
    "claims": "claimed numbers",
    "entities": "named models, datasets, methods and devices",
    "organizations": "organizations",
    "dumps": "saved pages",
}
_COUNTS = " union all ".join(
    f"select '{table}' as \"table\", count(*) as count from {table}"  # noqa: S608 - named above
    for table in _COUNTED
)
_SPEEDUPS = """
    select paper_topics.topic_id, claims.value
    from claims
    join paper_topics on paper_topics.paper_id = claims.paper_id
    where claims.metric = 'speedup' and claims.unit = 'x' and claims.effect = 'increase'
    order by paper_topics.topic_id, claims.value
"""


@lru_cache(maxsize=2)
def home(corpus: SearchDatabase) -> Row:
    """Return the counts, the charts and the topics; worked out once for a database."""
    topics = _topics(corpus)
    named = {topic["id"]: topic["name"] for topic in topics}
    return {
        "counts": _counts(corpus),
        "charts": {
            "papers": charts.by_topic_and_year(_by_year(corpus, topics[:MOST_TOPICS])),
            "speedups": charts.spread_by_topic(
                _spread(corpus, named), "claimed speedup (×): median, middle half"
            ),
        },
        "topics": topics,
    }


def _counts(corpus: SearchDatabase) -> list[Row]:
    return [{**row, "name": _COUNTED[row["table"]]} for row in corpus.rows(_COUNTS)]


def _topics(corpus: SearchDatabase) -> list[Row]:
    """Return the topics that papers are about, the largest first, with a size for the map."""
    column = corpus.facets["topic"]
    having = np.bincount(column.codes, minlength=len(column.labels))
    rows = {row["id"]: row for row in corpus.rows("select * from topics")}
    most = max(1, int(having.max(initial=0)))
    found = []
    for label, count in zip(column.labels, having, strict=True):
        share = float(np.sqrt(count / most))
        size = 1 + round((SIZES - 1) * share)
        found.append({**rows[label], "papers": int(count), "size": size})
    return sorted(found, key=lambda row: (-row["papers"], row["id"]))


def _by_year(corpus: SearchDatabase, topics: list[Row]) -> list[Row]:
    years = year_of_papers(corpus)
    column = corpus.facets["topic"]
    found = []
    for topic in topics:
        code = column.labels.index(topic["id"])
        its = years[column.papers[column.codes == code]]
        for year, count in zip(*np.unique(its, return_counts=True), strict=True):
            found.append({"topic": topic["name"], "year": int(year) or None, "papers": int(count)})
    return found


def year_of_papers(corpus: SearchDatabase) -> Any:
    """Return the year of each paper by its number, 0 where there is none."""
    column = corpus.facets["year"]
    years = np.zeros(corpus.paper_count, np.int64)
    labels = np.array([int(label) for label in column.labels], np.int64)
    years[column.papers] = labels[column.codes] if len(labels) else 0
    return years


def _spread(corpus: SearchDatabase, named: dict[str, str]) -> list[Row]:
    values: dict[str, list[float]] = {}
    for row in corpus.rows(_SPEEDUPS):
        values.setdefault(row["topic_id"], []).append(row["value"])
    counted = {topic: its for topic, its in values.items() if len(its) >= FEW}
    most = sorted(counted, key=lambda topic: (-len(counted[topic]), topic))[:MOST_TOPICS]
    found: list[Row] = []
    for topic in most:
        low, middle, high = np.percentile(counted[topic], (25, 50, 75)).round(2).tolist()
        claims = len(counted[topic])
        found.append(
            {"topic": named[topic], "low": low, "middle": middle, "high": high, "claims": claims}
        )
    return sorted(found, key=lambda row: (-row["middle"], row["topic"]))
