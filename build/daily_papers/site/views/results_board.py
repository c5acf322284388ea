"""Reads the results board: claims of one metric side by side on one scale, filtered and sorted.

The scale of most claims is the factor, how many times better a paper is. Claims without a factor
are on scales of their own: only those with the same unit, effect and good direction share one, so
that no axis mixes a reduction with what is left, or an accuracy with an error rate.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlencode

from datasette.utils import MultiParams
from msgspec import Meta, Struct

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import request_params
from daily_papers.site.views.claim_text import (
    CONFIDENT,
    FACTOR,
    PAPER_CLAIM,
    PaperClaim,
    in_unit,
)
from daily_papers.site.views.response_schema import Named, PagedAnswer, page_links
from daily_papers.site.views.typed_rows import rows

USUAL_METRIC = "speedup"
PAGE, MOST_PAGE, MOST_PAGES = 25, 500, 100_000
MOST_OFFERED = 100  # baselines and devices that are offered while typing
Order = Literal["best", "largest", "smallest", "newest"]
ORDERS: tuple[Order, ...] = get_args(Order)
LOG_FROM = 20  # the largest number over the smallest from which a log axis is used
COLUMNS = (
    "paper", "metric", "measured", "factor", "factor_bound", "amount", "value", "value_low", "unit",
    "bound", "effect", "baseline", "hardware", "subject", "quote", "sentence", "confidence", "year",
    "title", "paper_id", "claim_id",
)  # fmt: skip

# As claim_text.scale.
_SCALE = f"""case
    when claims.factor is not null then '{FACTOR}'
    else claims.effect || '/' || coalesce(claims.better, 'any') || '/' || claims.unit
end"""
_WHERE = f"""
    where claims.metric = :metric and {_SCALE} = :scale
      and (:topic = '' or exists (
        select 1 from paper_topics
        where paper_topics.paper_id = claims.paper_id and paper_topics.topic_id = :topic
      ))
      and (:baseline = '' or instr(lower(claims.baseline), lower(:baseline)) > 0)
      and (:hardware = '' or instr(lower(claims.hardware), lower(:hardware)) > 0)
"""  # noqa: S608 - a part of this module
_NUMBER = "coalesce(claims.factor, claims.value)"
_PAGE = "order by {order}, claims.id limit :size offset :first"
_COUNT = f"""
    select count(*) as claims, count(distinct claims.paper_id) as papers,
        min({_NUMBER}) as smallest, max({_NUMBER}) as largest
    from claims
    {_WHERE}
"""  # noqa: S608 - a part of this module
_SCALES = f"""
    select {_SCALE} as id, count(*) as claims,
        case when factor is null then unit end as unit,
        case when factor is null then effect end as effect,
        case when factor is null then better end as better
    from claims
    where metric = :metric
    group by 1
    order by factor is null, claims desc, 1
"""  # noqa: S608 - a part of this module
_OF_UNIT = f"""
    select {_SCALE} as scale
    from claims
    where metric = :metric and unit = :unit
    group by scale
    order by count(*) desc, scale
    limit 1
"""  # noqa: S608 - a part of this module
_FREQUENT = """
    select {column} as value
    from claims
    where metric = :metric and {scale} = :scale and {column} is not null
    group by {column}
    order by count(*) desc, value
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


class Scale(Struct):
    """What claims of a metric have in common, so that one axis fits them; and how many there are.

    The factor has neither unit nor effect, and no direction that is better.
    """

    id: str
    claims: int
    unit: str | None = None
    effect: str | None = None
    better: str | None = None
    name: Annotated[str, Meta(description="The scale in words.")] = ""

    def __post_init__(self) -> None:
        """Put the scale into words."""
        if self.unit is None or self.effect is None:
            self.name = "times better (×)"
            return
        change = "reached" if self.effect == "level" else self.effect
        good = f", {self.better} is better" if self.better and self.effect == "level" else ""
        self.name = f"{change}, {in_unit(self.unit)}{good}"

    @property
    def best_first(self) -> str:
        """The order of its claims, the best first."""
        is_rising = (self.better == "lower") != (self.effect == "decrease")
        return f"{_NUMBER} asc" if self.id != FACTOR and is_rising else f"{_NUMBER} desc"


class ResultsAnswer(PagedAnswer, kw_only=True):
    """A page of claims of one metric on one scale."""

    metric: str
    scale: Annotated[str, Meta(description="Id of the scale: what its claims have in common.")]
    unit: Annotated[str, Meta(description="Unit of the scale; x for the factor.")]
    topic: str
    baseline: str
    hardware: str
    sort: Order
    count: Annotated[int, Meta(description="Claims that fit, on all pages.")]
    paper_count: int
    metric_named: Metric
    scale_named: Scale
    is_log: Annotated[bool, Meta(description="Whether the chart compares numbers by their ratio.")]
    claims: list[PaperClaim]


@dataclass(frozen=True)
class BoardRequest:
    """A request for a board: a metric and a scale, filters, the order, the page from 1."""

    metric: str = USUAL_METRIC
    scale: str = FACTOR
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
        names = ("metric", "scale", "topic", "baseline", "hardware")
        return {name: getattr(self, name) for name in names}


_DEFAULTS = vars(BoardRequest(metric="", scale=""))  # metric and scale are always in the address


def parse_request(database: SearchDatabase, arguments: MultiParams) -> BoardRequest:
    """Read a request; without a scale it is the one of most claims with the unit, if that is
    given, or else the factor, or the metric's most frequent one.

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
    offered = [scale.id for scale in scales(database, metric)]
    unit = request_params.text(arguments, "unit")
    of_unit = database.rows(_OF_UNIT, metric=metric, unit=unit) if unit else []
    usual_scale = of_unit[0]["scale"] if of_unit else offered[0]
    scale = request_params.text(arguments, "scale")
    return BoardRequest(
        metric,
        scale if scale in offered else usual_scale,
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


@lru_cache(maxsize=256)
def scales(database: SearchDatabase, metric: str) -> list[Scale]:
    """Return the scales of a metric's claims, the factor first, then the most frequent."""
    return rows(database, Scale, _SCALES, metric=metric)


@lru_cache(maxsize=768)
def _frequent(database: SearchDatabase, column: str, metric: str, scale: str) -> list[str]:
    """Return the most frequent values of a column among the claims of a metric on a scale."""
    sql = _FREQUENT.format(column=column, scale=_SCALE)
    params = {"metric": metric, "scale": scale, "most": MOST_OFFERED}
    return [row["value"] for row in database.rows(sql, **params)]


def board(database: SearchDatabase, request: BoardRequest) -> ResultsAnswer:
    """Return the claims of a page of a board, and how many there are."""
    filters = request.filters()
    (counts,) = database.rows(_COUNT, **filters)
    first = (request.page - 1) * request.size
    scale = next(row for row in scales(database, request.metric) if row.id == request.scale)
    confident = f"claims.confidence >= {CONFIDENT} desc"
    orders: dict[Order, str] = {
        "best": f"{confident}, {scale.best_first}",
        "largest": f"{confident}, {_NUMBER} desc",
        "smallest": f"{confident}, {_NUMBER}",
        "newest": "papers.published_on is null, papers.published_on desc",
    }
    page_sql = _PAGE.format(order=orders[request.sort])
    sql = f"{PAPER_CLAIM.format(claims='claims')} {_WHERE} {page_sql}"
    pages = min(-(-counts["claims"] // request.size), MOST_PAGES)
    return ResultsAnswer(
        **filters,
        unit=scale.unit or "x",
        sort=request.sort,
        count=counts["claims"],
        paper_count=counts["papers"],
        size=request.size,
        **page_links(request.page, pages, lambda page: request.url(page=page)),
        metric_named=next(row for row in metrics(database) if row.id == request.metric),
        scale_named=scale,
        is_log=_is_log(request.scale, counts["smallest"], counts["largest"]),
        claims=rows(database, PaperClaim, sql, **filters, size=request.size, first=first),
    )


def options(database: SearchDatabase, request: BoardRequest) -> dict[str, Sequence[object]]:
    """Return what the form of a board offers beside metrics and scales."""
    return {
        "topics": rows(database, Named, "select id, name from topics order by name, id"),
        "baselines": _frequent(database, "baseline", request.metric, request.scale),
        "devices": _frequent(database, "hardware", request.metric, request.scale),
    }


def _is_log(scale: str, smallest: float | None, largest: float | None) -> bool:
    """Tell whether numbers are compared by their ratio: factors, and those of very unlike size,
    except percentages, which end at 100."""
    if smallest is None or largest is None or smallest <= 0 or scale.endswith("/%"):
        return False
    return scale == FACTOR or largest / smallest >= LOG_FROM
