"""Reads the results board: claims of one metric and unit side by side, narrowed and sorted."""

from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import charts, claim_text, request_params

USUAL_METRIC, USUAL_UNIT = "speedup", "x"
PAGE, MOST_PAGE, MOST_PAGES = 50, 500, 10_000
MOST_OFFERED = 100  # baselines and devices that are offered while typing
ORDERS = ("largest", "smallest", "newest")
LOG_FROM = 20  # the largest value over the smallest from which a log axis is used
COLUMNS = (
    "paper", "metric", "amount", "value", "value_low", "unit", "bound", "effect", "baseline",
    "hardware", "subject", "quote", "sentence", "year", "title", "paper_id", "claim_id",
)  # fmt: skip

Row = dict[str, Any]

_ORDER_BY = {
    "largest": "claims.value desc, claims.id",
    "smallest": "claims.value, claims.id",
    "newest": "papers.published_on is null, papers.published_on desc, claims.id",
}
_WHERE = """
    where claims.metric = :metric and claims.unit = :unit
      and (:topic = '' or exists (
        select 1 from paper_topics
        where paper_topics.paper_id = claims.paper_id and paper_topics.topic_id = :topic
      ))
      and (:baseline = '' or instr(lower(claims.baseline), lower(:baseline)) > 0)
      and (:hardware = '' or instr(lower(claims.hardware), lower(:hardware)) > 0)
"""
_ROWS = f"""
    select
        claims.*, claims.id as claim_id, metrics.name as metric_name,
        papers.title, papers.year, papers.published_on, papers.has_code,
        coalesce(papers.name, papers.title) as paper
    from claims
    join metrics on metrics.id = claims.metric
    join papers on papers.id = claims.paper_id
    {_WHERE}
    order by {{order}}
    limit :size offset :first
"""  # noqa: S608 - parts of this module
_COUNT = f"""
    select count(*) as claims, count(distinct claims.paper_id) as papers,
        min(claims.value) as smallest, max(claims.value) as largest
    from claims
    {_WHERE}
"""  # noqa: S608 - a part of this module
_OFFERED = """
    select {column} as value, count(*) as claims
    from claims
    where metric = :metric and unit = :unit and {column} is not null
    group by {column}
    order by claims desc, value
    limit :most
"""


@dataclass(frozen=True)
class Asked:
    """What a board shows: a metric and a unit, what narrows them, the order, the page from 1."""

    metric: str = USUAL_METRIC
    unit: str = USUAL_UNIT
    topic: str = ""
    baseline: str = ""
    hardware: str = ""
    sort: str = ORDERS[0]
    size: int = PAGE
    page: int = 1

    def url(self, **changes: Any) -> str:
        """Return the query string of the board with changes, on its first page."""
        changed = replace(self, **{"page": 1, **changes})
        usual = Asked(metric=changed.metric, unit="")
        given_ = [(one.name, getattr(changed, one.name)) for one in fields(Asked)]
        kept = [(name, value) for name, value in given_ if value != getattr(usual, name)]
        return "?" + urlencode([("metric", changed.metric), *kept])


def asked(corpus: SearchDatabase, arguments: request_params.Arguments) -> Asked:
    """Read a request; the unit is the metric's most frequent one unless it is given.

    Raises:
        BadRequest: it makes no sense.
    """
    metrics = options(corpus)["metrics"]
    names = [one["id"] for one in metrics]
    usual = USUAL_METRIC if USUAL_METRIC in names else next(iter(names), "")
    if not names:
        raise request_params.BadRequest("No paper here claims a number.")
    metric = request_params.choice(arguments, "metric", names, usual)
    units = options(corpus)["units"][metric]
    topic = request_params.text(arguments, "topic")
    if topic and not corpus.rows("select 1 from topics where id = ?", topic):
        raise request_params.BadRequest(f"No topic here is called “{topic[:80]}”.")
    return Asked(
        metric,
        request_params.text(arguments, "unit") or units[0]["unit"],
        topic,
        request_params.text(arguments, "baseline"),
        request_params.text(arguments, "hardware"),
        request_params.choice(arguments, "sort", ORDERS, ORDERS[0]),
        request_params.number(arguments, "size", PAGE, MOST_PAGE),
        request_params.number(arguments, "page", 1, MOST_PAGES),
    )


@lru_cache(maxsize=2)
def options(corpus: SearchDatabase) -> Row:
    """Return the metrics that claims measure and the units of each, the most frequent first."""
    rows = corpus.rows(
        "select metric, unit, count(*) as claims from claims group by metric, unit"
        " order by claims desc, unit"
    )
    units: dict[str, list[Row]] = {}
    for row in rows:
        units.setdefault(row["metric"], []).append({"unit": row["unit"], "claims": row["claims"]})
    metrics = [
        {**row, "claims": sum(one["claims"] for one in units[row["id"]])}
        for row in corpus.rows("select id, name, description, better from metrics")
        if row["id"] in units
    ]
    metrics.sort(key=lambda row: (row["id"] == "other", -row["claims"], row["id"]))
    return {"metrics": metrics, "units": units}


@lru_cache(maxsize=256)
def _offered(corpus: SearchDatabase, metric: str, unit: str) -> Row:
    """Return the baselines and devices that most claims of a metric and unit name."""
    return {
        column: [
            row["value"]
            for row in corpus.rows(
                _OFFERED.format(column=column), metric=metric, unit=unit, most=MOST_OFFERED
            )
        ]
        for column in ("baseline", "hardware")
    }


def board(corpus: SearchDatabase, wanted: Asked) -> Row:
    """Return the claims of a board, how many there are, and what else can be picked."""
    narrowed = {name: getattr(wanted, name) for name in
                ("metric", "unit", "topic", "baseline", "hardware")}  # fmt: skip
    (counted,) = corpus.rows(_COUNT, **narrowed)
    found = corpus.rows(
        _ROWS.format(order=_ORDER_BY[wanted.sort]),
        **narrowed, size=wanted.size, first=(wanted.page - 1) * wanted.size,
    )  # fmt: skip
    for row in found:
        row["amount"], row["direction"] = claim_text.amount(row), claim_text.direction(row)
    metric = next(one for one in options(corpus)["metrics"] if one["id"] == wanted.metric)
    pages = min(-(-counted["claims"] // wanted.size), MOST_PAGES)
    return {
        **narrowed,
        "sort": wanted.sort,
        "count": counted["claims"],
        "paper_count": counted["papers"],
        "page": wanted.page,
        "pages": pages,
        "size": wanted.size,
        "next_url": wanted.url(page=wanted.page + 1) if wanted.page < pages else None,
        "previous_url": wanted.url(page=min(wanted.page - 1, pages)) if wanted.page > 1 else None,
        "metric_named": metric,
        "is_log": _is_log(wanted.unit, counted),
        "claims": found,
    }


def offers(corpus: SearchDatabase, wanted: Asked) -> Row:
    """Return what the form of a board offers."""
    return {
        "metrics": options(corpus)["metrics"],
        "units": options(corpus)["units"].get(wanted.metric, []),
        "topics": corpus.rows("select id, name from topics order by name"),
        **_offered(corpus, wanted.metric, wanted.unit),
    }


def _is_log(unit: str, counted: Row) -> bool:
    """Tell whether values are to be compared by their ratio: times, or of very different size."""
    smallest, largest = counted["smallest"], counted["largest"]
    if smallest is None or smallest <= 0:
        return False
    return bool(unit == "x" or largest / smallest >= LOG_FROM)


def chart(shown: Row, url: Any) -> charts.Spec | None:
    """Return the chart of a board's page; `url` gives the address of a paper by its id."""
    if not shown["claims"]:
        return None
    keys = ("amount", "title", "quote", "value")
    rows = [
        {**{key: row[key] for key in keys}, "paper": row["paper"][:60],
         "bound": row["bound"] or "plain", "baseline": row["baseline"] or "",
         "hardware": row["hardware"] or "", "url": url(row["paper_id"])}
        for row in shown["claims"]
    ]  # fmt: skip
    unit = {"x": "×"}.get(shown["unit"], shown["unit"])
    return charts.claims(rows, f"{shown['metric_named']['name']} ({unit})", shown["is_log"])
