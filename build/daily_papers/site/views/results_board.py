"""Reads the results board: claims of one metric and unit side by side, filtered and sorted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlencode

from datasette.utils import MultiParams
from msgspec import Meta, Struct

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import charts, request_params
from daily_papers.site.views.claim_text import PAPER_CLAIM, PaperClaim
from daily_papers.site.views.response_schema import Named, PagedAnswer, page_links
from daily_papers.site.views.typed_rows import rows

USUAL_METRIC, USUAL_UNIT = "speedup", "x"
PAGE, MOST_PAGE, MOST_PAGES = 50, 500, 100_000
MOST_OFFERED = 100  # baselines and devices that are offered while typing
Order = Literal["largest", "smallest", "newest"]
ORDERS: tuple[Order, ...] = get_args(Order)
LOG_FROM = 20  # the largest value over the smallest from which a log axis is used
COLUMNS = (
    "paper", "metric", "amount", "value", "value_low", "unit", "bound", "effect", "baseline",
    "hardware", "subject", "quote", "sentence", "year", "title", "paper_id", "claim_id",
)  # fmt: skip

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
_PAGE = "order by {order} limit :size offset :first"
_COUNT = f"""
    select count(*) as claims, count(distinct claims.paper_id) as papers,
        min(claims.value) as smallest, max(claims.value) as largest
    from claims
    {_WHERE}
"""  # noqa: S608 - a part of this module
_FREQUENT = """
    select {column} as value, count(*) as claims
    from claims
    where metric = :metric and unit = {unit} and {column} is not null
    group by {column}
    order by claims desc, value
    limit :most
"""
_METRICS = """
    select metrics.id, metrics.name, metrics.description, metrics.better, count(*) as claims
    from claims
    join metrics on metrics.id = claims.metric
    group by metrics.id
    order by metrics.id = 'other', claims desc, metrics.id
"""


class Metric(Struct):
    """A row of the table metrics, and how many claims there are of it."""

    id: str
    name: str
    description: str
    better: str | None
    claims: int


class ResultsAnswer(PagedAnswer, kw_only=True):
    """A page of claims of one metric and unit."""

    metric: str
    unit: str
    topic: str
    baseline: str
    hardware: str
    sort: Order
    count: Annotated[int, Meta(description="Claims that fit, on all pages.")]
    paper_count: int
    metric_named: Metric
    is_log: Annotated[bool, Meta(description="Whether the chart compares values by their ratio.")]
    claims: list[PaperClaim]


@dataclass(frozen=True)
class BoardRequest:
    """A request for a board: a metric and a unit, filters, the order, the page from 1."""

    metric: str = USUAL_METRIC
    unit: str = USUAL_UNIT
    topic: str = ""
    baseline: str = ""
    hardware: str = ""
    sort: Order = ORDERS[0]
    size: int = PAGE
    page: int = 1

    def url(self, **changes: Any) -> str:
        """Return the query string of the board with changes, on its first page."""
        changed = vars(replace(self, **{"page": 1, **changes}))
        params = {name: value for name, value in changed.items() if value != _DEFAULTS[name]}
        return "?" + urlencode(params)

    def filters(self) -> dict[str, Any]:
        """Return the parameters that select claims."""
        names = ("metric", "unit", "topic", "baseline", "hardware")
        return {name: getattr(self, name) for name in names}


_DEFAULTS = vars(BoardRequest(metric="", unit=""))  # metric and unit are always in the address


def parse_request(database: SearchDatabase, arguments: MultiParams) -> BoardRequest:
    """Read a request; without a unit it is the metric's most frequent one.

    Raises:
        BadRequest: a parameter is not valid, or there are no claims.
    """
    names = [metric.id for metric in metrics(database)]
    if not names:
        raise request_params.BadRequest("No paper here claims a number.")
    usual = USUAL_METRIC if USUAL_METRIC in names else names[0]
    metric = request_params.choice(arguments, "metric", names, usual)
    topic = request_params.text(arguments, "topic")
    if topic and not database.rows("select 1 from topics where id = ?", topic):
        raise request_params.BadRequest(f"No topic here is called “{topic[:80]}”.")
    return BoardRequest(
        metric,
        request_params.text(arguments, "unit") or next(iter(units(database, metric))),
        topic,
        request_params.text(arguments, "baseline"),
        request_params.text(arguments, "hardware"),
        request_params.choice(arguments, "sort", ORDERS, ORDERS[0]),
        request_params.number(arguments, "size", PAGE, MOST_PAGE),
        request_params.number(arguments, "page", 1, MOST_PAGES),
    )


@lru_cache(maxsize=2)
def metrics(database: SearchDatabase) -> list[Metric]:
    """Return the metrics that claims measure, the most frequent first, “other” last."""
    return rows(database, Metric, _METRICS)


def units(database: SearchDatabase, metric: str) -> dict[str, int]:
    """Return how many claims of a metric have each unit, the most frequent first."""
    return _frequent(database, "unit", metric)


@lru_cache(maxsize=768)
def _frequent(
    database: SearchDatabase, column: str, metric: str, unit: str | None = None, most: int = -1
) -> dict[str, int]:
    """Return how many claims of a metric, or of its unit, have each value of a column."""
    sql = _FREQUENT.format(column=column, unit="unit" if unit is None else ":unit")
    params = {"metric": metric, "unit": unit, "most": most}
    return {row["value"]: row["claims"] for row in database.rows(sql, **params)}


def board(database: SearchDatabase, request: BoardRequest) -> ResultsAnswer:
    """Return the claims of a page of a board, and how many there are."""
    filters = request.filters()
    (counts,) = database.rows(_COUNT, **filters)
    first = (request.page - 1) * request.size
    page_sql = _PAGE.format(order=_ORDER_BY[request.sort])
    sql = f"{PAPER_CLAIM.format(claims='claims')} {_WHERE} {page_sql}"
    pages = min(-(-counts["claims"] // request.size), MOST_PAGES)
    return ResultsAnswer(
        **filters,
        sort=request.sort,
        count=counts["claims"],
        paper_count=counts["papers"],
        size=request.size,
        **page_links(request.page, pages, lambda page: request.url(page=page)),
        metric_named=next(row for row in metrics(database) if row.id == request.metric),
        is_log=_is_log(request.unit, counts["smallest"], counts["largest"]),
        claims=rows(database, PaperClaim, sql, **filters, size=request.size, first=first),
    )


def options(database: SearchDatabase, request: BoardRequest) -> dict[str, Sequence[object]]:
    """Return what the form of a board offers beside metrics and units."""
    offered = (request.metric, request.unit, MOST_OFFERED)
    return {
        "topics": rows(database, Named, "select id, name from topics order by name, id"),
        "baselines": list(_frequent(database, "baseline", *offered)),
        "devices": list(_frequent(database, "hardware", *offered)),
    }


def _is_log(unit: str, smallest: float | None, largest: float | None) -> bool:
    """Tell whether values are to be compared by their ratio: times, or of very different size."""
    if smallest is None or largest is None or smallest <= 0:
        return False
    return unit == "x" or largest / smallest >= LOG_FROM


def chart(answer: ResultsAnswer, paper_url: Callable[[str], str]) -> charts.Spec | None:
    """Return the chart of a board's page; None where there are no claims."""
    fields = ("value", "amount", "title", "quote", "baseline", "hardware")
    points = [
        {field: getattr(claim, field) or "" for field in fields}
        | {"paper": claim.paper[:60], "bound": claim.bound or "exact"}
        | {"url": paper_url(claim.paper_id)}
        for claim in answer.claims
    ]
    unit = "×" if answer.unit == "x" else answer.unit
    title = f"{answer.metric_named.name} ({unit})"
    return charts.claims(points, title, answer.is_log) if points else None
