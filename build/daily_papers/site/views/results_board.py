"""Reads the results board: claims of one metric side by side on one scale, filtered and sorted."""

import json
from typing import Annotated

import numpy as np
from msgspec import Meta

from daily_papers.search.documents import Array
from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views.board_facets import BoardFacets
from daily_papers.site.views.board_request import MOST_PAGES, BoardRequest, Order
from daily_papers.site.views.claim_columns import claim_columns
from daily_papers.site.views.claim_scales import Metric, Scale, metrics, scales
from daily_papers.site.views.claim_text import FACTOR, PAPER_CLAIM, PaperClaim
from daily_papers.site.views.response_schema import PagedAnswer, Url, page_links
from daily_papers.site.views.search_answer import Alternative, Facet, Filter
from daily_papers.site.views.typed_rows import rows

LOG_FROM = 20  # the largest number over the smallest from which a log axis is used
COLUMNS = (
    "paper", "metric", "measured", "factor", "factor_bound", "amount", "value", "value_low",
    "is_change", "unit", "bound", "effect", "baseline", "hardware", "dataset", "model", "subject",
    "quote", "sentence", "confidence", "year", "title", "paper_id", "claim_id",
)  # fmt: skip

_SELECTED = PAPER_CLAIM.format(
    claims="json_each(:numbers) as selected join claims on claims.rowid = selected.value"
)


class ResultsAnswer(PagedAnswer, kw_only=True):
    """A page of claims of one metric on one scale."""

    metric: str
    scale: Annotated[str, Meta(description="Id of the scale: what its claims have in common.")]
    unit: Annotated[str, Meta(description="Unit of the scale; x for the factor.")]
    topic: str
    hardware: str
    model: str
    dataset: str
    baseline: str
    bound: str
    has: str
    sort: Order
    count: Annotated[int, Meta(description="Claims that fit, on all pages.")]
    paper_count: int
    metric_named: Metric
    scale_named: Scale
    is_log: Annotated[bool, Meta(description="Whether the chart compares numbers by their ratio.")]
    filters: list[Filter]
    clear_url: Url
    facets: Annotated[
        list[Facet], Meta(description="Filters, and how many claims each leaves beside the others.")
    ]
    claims: list[PaperClaim]
    tries: Annotated[
        list[Alternative], Meta(description="Boards to try instead, where no claim fits.")
    ]


def board(database: SearchDatabase, request: BoardRequest) -> ResultsAnswer:
    """Return the claims of a page of a board, and how many there are."""
    columns, fitting = claim_columns(database), BoardFacets(database, request)
    indices = np.flatnonzero(fitting.matches)
    scale = next(row for row in scales(database, request.metric) if row.id == request.scale)
    pages = min(-(-len(indices) // request.size), MOST_PAGES)
    values = columns.values[indices]
    names = ("metric", "scale", "topic", "hardware", "model", "dataset", "baseline", "bound", "has")
    return ResultsAnswer(
        **{name: getattr(request, name) for name in names},
        unit=scale.unit or "x",
        sort=request.sort,
        count=len(indices),
        paper_count=len(np.unique(columns.papers[indices])),
        size=request.size,
        **page_links(request.page, pages, lambda page: request.url(page=page)),
        metric_named=next(row for row in metrics(database) if row.id == request.metric),
        scale_named=scale,
        is_log=len(values) > 0 and _is_log(request.scale, values.min(), values.max()),
        filters=fitting.filters(),
        clear_url=request.clear_url,
        facets=fitting.facets(),
        claims=_page(database, request, _in_order(database, request, scale, indices)),
        tries=[] if len(indices) else fitting.tries(),
    )


def _in_order(
    database: SearchDatabase, request: BoardRequest, scale: Scale, indices: Array
) -> Array:
    """Return claims in the order of a request, those that are equal in it by their ids."""
    columns = claim_columns(database)
    values = columns.values[indices]
    is_rising = request.sort == "smallest" or (request.sort == "best" and scale.is_lowest_first)
    if request.sort == "newest":
        keys = [-columns.days[indices].astype(np.int64)]
    else:
        keys = [values if is_rising else -values, ~columns.is_confident[indices]]
    return indices[np.lexsort(keys)]


def _page(database: SearchDatabase, request: BoardRequest, indices: Array) -> list[PaperClaim]:
    first = (request.page - 1) * request.size
    numbers = claim_columns(database).numbers[indices[first : first + request.size]].tolist()
    sql = f"{_SELECTED} order by selected.key"
    return rows(database, PaperClaim, sql, numbers=json.dumps(numbers))


def _is_log(scale: str, smallest: float, largest: float) -> bool:
    """Tell whether numbers are compared by their ratio: factors, and those of very unlike size,
    except percentages, which end at 100."""
    if smallest <= 0 or scale.endswith("/%"):
        return False
    return bool(scale == FACTOR or largest / smallest >= LOG_FROM)
