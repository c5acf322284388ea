"""Reads what the home page shows: counts, charts, topics."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
from msgspec import Struct

from daily_papers.search.documents import UNDATED, Array
from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import topic_charts
from daily_papers.site.views.charts import Chart

FEW = 3  # claims, below which there are no quartiles to speak of
MOST_TOPICS = 8  # of a chart, so that two fit a phone's few screens
SIZES = 5  # of a topic on the map

_NAMES = {
    "papers": "papers",
    "claims": "claimed numbers",
    "entities": "named models, datasets, methods and devices",
    "organizations": "organizations",
    "dumps": "sources",
}
_COUNTS = " union all ".join(
    f"select '{table}' as \"table\", count(*) as count from {table}"  # noqa: S608 - named above
    for table in _NAMES
)
_SPEEDUPS = """
    select topics.id, topics.name, claims.factor as value
    from claims
    join paper_topics on paper_topics.paper_id = claims.paper_id
    join topics on topics.id = paper_topics.topic_id
    where claims.metric = 'speedup' and claims.factor > 1 and claims.confidence >= 50
    order by paper_topics.topic_id, claims.factor
"""


class TableCount(Struct):
    """How many rows a table has, and what they are called."""

    table: str
    count: int
    name: str


class TopicCount(Struct):
    """A topic, and how many papers are about it."""

    id: str
    name: str
    papers: int


class TopicSize(TopicCount):
    """A topic with its size on the map, from 1."""

    size: int


class HomePage(Struct):
    """What the home page shows."""

    counts: list[TableCount]
    papers_chart: Chart | None
    speedups_chart: Chart | None
    topics: list[TopicSize]


@lru_cache(maxsize=2)
def home(database: SearchDatabase) -> HomePage:
    """Return what the home page shows; worked out once for a database."""
    topics = _topics(database)
    return HomePage(
        [
            TableCount(row["table"], row["count"], _NAMES[row["table"]])
            for row in database.rows(_COUNTS)
        ],
        topic_charts.by_year("topic", _by_year(database, topics[:MOST_TOPICS])),
        topic_charts.spread_by_topic(
            _spread(database), "Claimed speedups by topic", "times faster (×), logarithmic"
        ),
        topics,
    )


def _topics(database: SearchDatabase) -> list[TopicSize]:
    """Return the topics that papers are about, the largest first."""
    topics = topic_counts(database)
    sizes = [1 + round((SIZES - 1) * (topic.papers / topics[0].papers) ** 0.5) for topic in topics]
    return [
        TopicSize(topic.id, topic.name, topic.papers, size)
        for topic, size in zip(topics, sizes, strict=True)
    ]


def topic_counts(database: SearchDatabase, papers: Array | None = None) -> list[TopicCount]:
    """Return the topics, the most frequent among papers first; of all papers, or by numbers."""
    column = database.facets["topic"]
    is_counted = np.zeros(database.paper_count, bool)
    is_counted[slice(None) if papers is None else papers] = True
    counts = np.bincount(column.codes[is_counted[column.papers]], minlength=len(column.labels))
    topics = [
        TopicCount(label, column.name(label), count)
        for label, count in zip(column.labels, counts.tolist(), strict=True)
    ]
    return sorted(topics, key=lambda topic: (-topic.papers, topic.id))


def _by_year(
    database: SearchDatabase, topics: Sequence[TopicSize]
) -> Iterator[topic_charts.YearCount]:
    years = year_of_papers(database)
    column = database.facets["topic"]
    for topic in topics:
        papers = column.papers[column.codes == column.labels.index(topic.id)]
        for year, count in zip(*np.unique(years[papers], return_counts=True), strict=True):
            link = ("topics", topic.id)
            yield topic_charts.YearCount(topic.name, int(year) or None, int(count), link)


def year_of_papers(database: SearchDatabase) -> Array:
    """Return the year of each paper by its number, 0 where there is none."""
    column = database.facets["year"]
    years = np.zeros(database.paper_count, np.int64)
    labels = np.array([0 if label == UNDATED else int(label) for label in column.labels])
    years[column.papers] = labels[column.codes]
    return years


def _spread(database: SearchDatabase) -> list[topic_charts.Spread]:
    values: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for row in database.rows(_SPEEDUPS):
        values[row["id"], row["name"]].append(row["value"])
    topics = [topic for topic in values if len(values[topic]) >= FEW]
    topics.sort(key=lambda topic: -len(values[topic]))  # stable: then by id
    spreads = []
    for topic in topics[:MOST_TOPICS]:
        low, middle, high = np.percentile(values[topic], (25, 50, 75)).round(2).tolist()
        spreads.append(topic_charts.Spread(*topic, low, middle, high, len(values[topic])))
    return sorted(spreads, key=lambda spread: (-spread.middle, spread.topic))
