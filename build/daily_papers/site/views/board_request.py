"""Reads a request for the results board: a metric and a scale, filters, an order, a page."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal, get_args
from urllib.parse import urlencode

from datasette.utils import MultiParams

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import request_params
from daily_papers.site.views.claim_columns import CODE, EXACT, claim_columns
from daily_papers.site.views.claim_scales import metrics, scales
from daily_papers.site.views.claim_text import FACTOR

USUAL_METRIC = "speedup"
PAGE, MOST_PAGE, MOST_PAGES = 25, 500, 100_000
Order = Literal["best", "largest", "smallest", "newest"]
ORDERS: tuple[Order, ...] = get_args(Order)
BOUNDS = (EXACT, "up to", "at least", "about", "average")
FILTERS = ("topic", "hardware", "model", "dataset", "baseline", "bound", "has")
_OF_UNIT = """
    select case
        when factor is not null then :factor
        else effect || '/' || coalesce(better, 'any') || '/' || unit
    end as scale
    from claims
    where metric = :metric and unit = :unit
    group by scale
    order by count(*) desc, scale
    limit 1
"""


@dataclass(frozen=True)
class BoardRequest:
    """A request for a board: a metric and a scale, filters, the order, the page from 1."""

    metric: str = USUAL_METRIC
    scale: str = FACTOR
    topic: str = ""
    hardware: str = ""
    model: str = ""
    dataset: str = ""
    baseline: str = ""
    bound: str = ""
    has: str = ""
    sort: Order = ORDERS[0]
    size: int = PAGE
    page: int = 1

    def url(self, **changes: Any) -> str:
        """Return the query string of the board with changes, on its first page."""
        changed = vars(replace(self, **{"page": 1, **changes}))
        params = {name: value for name, value in changed.items() if value != _DEFAULTS[name]}
        return "?" + urlencode(params)

    def filters(self) -> dict[str, str]:
        """Return the filters that are chosen, by their facets."""
        chosen = ((name, getattr(self, name)) for name in FILTERS)
        return {name: value for name, value in chosen if value}

    @property
    def clear_url(self) -> str:
        """The query string of the board without filters."""
        return self.url(**dict.fromkeys(FILTERS, ""))


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
    offered = [scale.id for scale in scales(database, metric)]
    scale, unit = (request_params.text(arguments, name) for name in ("scale", "unit"))
    usual_scale = (_scale_of_unit(database, metric, unit) if unit else None) or offered[0]
    return BoardRequest(
        metric,
        scale if scale in offered else usual_scale,
        _topic(database, arguments),
        request_params.text(arguments, "hardware"),
        _entity(database, arguments, "model"),
        _entity(database, arguments, "dataset"),
        request_params.text(arguments, "baseline"),
        _choice(arguments, "bound", BOUNDS),
        _choice(arguments, "has", (CODE,)),
        request_params.choice(arguments, "sort", ORDERS, ORDERS[0]),
        request_params.number(arguments, "size", PAGE, MOST_PAGE),
        request_params.number(arguments, "page", 1, MOST_PAGES),
    )


@lru_cache(maxsize=256)
def _scale_of_unit(database: SearchDatabase, metric: str, unit: str) -> str | None:
    """Return the scale of most claims of a metric with a unit."""
    row = next(iter(database.rows(_OF_UNIT, metric=metric, unit=unit, factor=FACTOR)), None)
    return row["scale"] if row else None


def _choice(arguments: MultiParams, name: str, options: Sequence[str]) -> str:
    """Read a filter that is one of some options, or empty."""
    if not arguments.get(name):
        return ""
    return request_params.choice(arguments, name, options, options[0])


def _topic(database: SearchDatabase, arguments: MultiParams) -> str:
    topic = request_params.text(arguments, "topic")
    if topic and not database.rows("select 1 from topics where id = ?", topic):
        raise request_params.BadRequest(f"No topic here is called “{topic[:80]}”.")
    return topic


def _entity(database: SearchDatabase, arguments: MultiParams, kind: str) -> str:
    """Read the id of a model or dataset, also given by its name."""
    value = request_params.text(arguments, kind)
    column = claim_columns(database).names[kind]
    if not value or value in column.labels:
        return value
    for label, name in zip(column.labels, column.names, strict=True):
        if name.casefold() == value.casefold():
            return label
    raise request_params.BadRequest(f"No claim here is for a {kind} called “{value[:80]}”.")
