"""Declares the JSON answers of the search and of its suggestions."""

from typing import Annotated

from msgspec import Meta, Struct

from daily_papers.search.engine import Order
from daily_papers.search.results import MOST_CLAIMS
from daily_papers.site.views.claim_text import ClaimInWords
from daily_papers.site.views.response_schema import Answer, Named, PagedAnswer, Url

FEWEST_CLAIMS = 3  # of a board that answers a search


class Correction(Struct):
    """A word that was taken for misspelt."""

    typed: str
    used: str


class Corrections(Struct):
    """Misspelt words, and the search for exactly what was typed."""

    words: list[Correction]
    exact_url: Url


class Undated(Struct):
    """How many papers without a year the search leaves out only because it filters by year, and the
    search that includes them."""

    count: int
    include_url: Url


class Filter(Struct):
    """A chosen filter, and the address of the page without it."""

    facet: str
    value: str
    name: str
    remove_url: Url


class SortOrder(Struct):
    """An order, and the search in that order."""

    order: Order
    url: Url
    selected: bool


class FacetValue(Struct):
    """A value, how many papers (on the results board: claims) have it, and the address of the page
    with it (without it where selected)."""

    value: str
    name: str
    count: int
    selected: bool
    url: Url


class Facet(Struct):
    """A facet with its most frequent values."""

    name: str
    title: str
    values: list[FacetValue]


class StrongClaim(ClaimInWords, kw_only=True):
    """A claim of a search result; `metric` is the name of what is measured, `metric_id` its id."""

    metric_id: str
    subject: Annotated[str | None, Meta(description="What it was measured on or with.")]

    def __post_init__(self) -> None:
        """Put the number into words."""
        self.put_into_words(self.metric_id, self.metric)

    @property
    def label(self) -> str:
        """What is measured: the metric, or where its name would not be true, as of an energy
        efficiency, the paper's words."""
        is_named = self.metric_id != "other" and not self.is_turned(self.metric_id)
        return self.metric if is_named else self.measure


class SearchResult(Struct):
    """A paper that a search finds. What matched stands between ⟦ and ⟧."""

    id: str
    arxiv_id: str | None
    title: str
    name: str | None
    type: str
    published_on: str | None
    year: int | None
    withdrawn_on: str | None
    organization: str | None
    organization_id: str | None
    comment_count: int | None
    has_code: bool
    topics: list[Named]
    score: Annotated[
        float, Meta(description="How well it fits; comparable within one answer only.")
    ]
    highlighted_title: str
    snippet: str
    why: Annotated[str, Meta(description="What matched, in words.")]
    claims: Annotated[
        list[StrongClaim], Meta(description=f"Its strongest claims, {MOST_CLAIMS} at most.")
    ]
    url: Annotated[Url, Meta(description="Its page.")]
    collect_url: Annotated[
        Url | None, Meta(description="This page with the paper added to a comparison.")
    ]
    uncollect_url: Annotated[
        Url | None, Meta(description="This page without the paper in the comparison.")
    ]


class Alternative(Struct):
    """Another search, and how many papers (on the results board: claims) it finds where that was
    counted."""

    label: str
    count: int | None
    url: Url


class BoardLink(Struct):
    """The results board of what a search names: a metric, and perhaps a topic, a device and a
    baseline."""

    name: Annotated[str, Meta(description="Metric and filters in words.")]
    count: Annotated[int, Meta(description="Claims on it.")]
    url: Url
    uncovered: Annotated[
        list[str],
        Meta(
            description="What the search names, too, but the board does not filter by: filters that"
            " too few claims fit or that boards lack, and amounts."
        ),
    ]

    @property
    def has_few(self) -> bool:
        """Tell whether it has too few claims to answer a search."""
        return self.count < FEWEST_CLAIMS


class SearchAnswer(PagedAnswer, kw_only=True):
    """A page of what a search finds, with links to other searches."""

    q: str
    exact: bool
    sort: Order
    count: Annotated[int, Meta(description="Papers that fit, on all pages.")]
    corrections: Annotated[
        Corrections | None,
        Meta(description="Words that were taken for misspelt; null where none was."),
    ]
    undated: Annotated[
        Undated | None,
        Meta(description="What fits but has no year, where years are chosen; null if nothing."),
    ]
    board: Annotated[
        BoardLink | None,
        Meta(description="Claims of the metric that the search names; null where it names none."),
    ]
    against: Annotated[
        Alternative | None,
        Meta(
            description="All claims against the baseline that the search names, as the query"
            " claims_against finds them; null where it names none."
        ),
    ]
    newest: Annotated[
        Alternative | None,
        Meta(description="Newest day, week or month of papers, where the search asks for it."),
    ]
    messages: Annotated[list[str], Meta(description="What the reader should know, in sentences.")]
    filters: list[Filter]
    clear_url: Url
    orders: list[SortOrder]
    facets: list[Facet]
    results: list[SearchResult]
    picked: Annotated[
        list[str], Meta(description="Ids of the papers that were collected with “compare”.")
    ]
    unpicked_url: Url
    tries: Annotated[
        list[Alternative], Meta(description="Searches to try instead, where nothing fits.")
    ]


class Suggested(Struct):
    """A name or a title that leads to its page, or the value of a filter that is being typed."""

    kind: Annotated[str, Meta(description="topic, model, …, paper; or the name of a filter.")]
    id: str
    name: str
    count: Annotated[int | None, Meta(description="Papers that have it; null for a paper.")]
    query: Annotated[
        str | None, Meta(description="The query with the value completed; null for a page.")
    ]
    url: Annotated[Url, Meta(description="Its page, or the search for the completed query.")]


class SuggestionsAnswer(Answer, kw_only=True):
    """What may be meant: names first, then titles; or values of a filter that is being typed."""

    suggestions: list[Suggested]
