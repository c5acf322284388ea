"""Builds what the search page, its JSON and its exports show, with links to other searches."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import msgspec
from datasette.utils import MultiParams

from daily_papers.papers import arxiv
from daily_papers.search import facets
from daily_papers.search.documents import FACETS, UNDATED
from daily_papers.search.engine import ORDERS, Answer, Question, ask, is_unreadable
from daily_papers.search.query import MOST_LETTERS
from daily_papers.search.reader import SearchDatabase
from daily_papers.search.results import Result, results, strongest_claims
from daily_papers.search.years import with_year
from daily_papers.site.views import request_params, search_answer
from daily_papers.site.views.board_link import against_link, board_link
from daily_papers.site.views.days_link import days_link
from daily_papers.site.views.response_schema import Named, page_links
from daily_papers.site.views.search_answer import Alternative, SearchAnswer, SearchResult

PAGE, MOST_PAGE = 20, 100  # results on a page
MOST_EXPORTED = 1_000  # papers of a file
MOST_VALUES = 10  # of a facet
MOST_PLACE = 100_000  # up to which results can be paged
MOST_CHOSEN = 20  # filters

TITLES = {
    "topic": "Topic",
    "year": "Year",
    "type": "Type",
    "hardware": "Hardware",
    "model": "Models",
    "organization": "Organization",
    "has": "Links",
}
EXAMPLES = (
    "run llm on phone",
    '"speculative decoding" -survey',
    "kv cache quantization hardware:A100",
    "topic:serving year:2024.. has:code",
)

_WITHOUT_ID = "select id from papers where arxiv_id is null limit 1"

PaperUrl = Callable[[str], str]


@dataclass(frozen=True)
class SearchRequest:
    """A request for a page of results; pages count from 1."""

    question: Question
    page: int
    size: int
    compared: tuple[str, ...] = ()  # ids of papers added to a comparison

    @property
    def first(self) -> int:
        """Return the offset of the page's first result, from 0."""
        return (self.page - 1) * self.size

    @cached_property
    def _parts(self) -> dict[str, str]:
        """Return the parts of the query string by what they are, encoded; "" for none."""
        question = self.question
        return {
            "q": _encoded("q", question.text),
            **{name: _encoded(name, *question.chosen.get(name, ())) for name in FACETS},
            "sort": _encoded("sort", question.order if question.order != "relevance" else ""),
            "exact": _encoded("exact", "" if question.correct_spelling else "1"),
            "size": _encoded("size", str(self.size) if self.size != PAGE else ""),
            "compare": _encoded("compare", *self.compared),
        }

    def _url(self, parts: dict[str, str]) -> str:
        """Return the query string of this request with other parts: a page has sixty of them."""
        return "?" + "&".join(filter(None, (self._parts | parts).values()))

    def url(self, **changes: Any) -> str:
        """Return the query string of the request with another question, on its first page."""
        question = replace(self.question, **changes) if changes else self.question
        return replace(self, question=question)._url({})

    def page_url(self, page: int) -> str:
        """Return the query string of another page."""
        return _with_page(self._url({}), page)

    def toggle_url(self, facet: str, value: str) -> str:
        """Return the query string with one more filter, or without it where it is chosen."""
        values = list(self.question.chosen.get(facet, ()))
        changed = [other for other in values if other != value]
        if changed == values:
            changed = with_year(values, value) if facet == "year" else [*values, value]
        return self._url({facet: _encoded(facet, *changed)})

    def compare_url(self, paper_id: str) -> str | None:
        """Return the same page with one more paper to compare; None where it cannot be added."""
        if paper_id in self.compared or len(self.compared) >= request_params.MOST_COMPARED:
            return None
        url = self._url({"compare": _encoded("compare", *self.compared, paper_id)})
        return _with_page(url, self.page)

    def uncompare_url(self, paper_id: str) -> str | None:
        """Return the same page without a paper to compare; None where it is not compared."""
        if paper_id not in self.compared:
            return None
        others = tuple(key for key in self.compared if key != paper_id)
        return replace(self, compared=others).page_url(self.page)


def _encoded(name: str, *values: str) -> str:
    return urlencode([(name, value) for value in values if value])


def _with_page(url: str, page: int) -> str:
    return f"{url}{'&' if len(url) > 1 else ''}page={page}" if page > 1 else url


def parse_request(arguments: MultiParams, most: int = MOST_PAGE) -> SearchRequest:
    """Read a request; a page has at most so many results.

    Raises:
        BadRequest: a parameter is not valid.
    """
    order = request_params.choice(arguments, "sort", ORDERS, "relevance")
    chosen = {name: request_params.texts(arguments, name) for name in FACETS}
    if sum(map(len, chosen.values())) > MOST_CHOSEN:
        raise request_params.BadRequest(f"At most {MOST_CHOSEN} filters can be combined.")
    size = request_params.number(arguments, "size", min(PAGE, most), most)
    page = request_params.number(arguments, "page", 1, MOST_PLACE // size)
    text = (arguments.get("q") or "").replace("\0", " ").strip()
    question = Question(text, chosen, order, not arguments.get("exact"))
    return SearchRequest(question, page, size, request_params.compared_ids(arguments))


def search(database: SearchDatabase, request: SearchRequest, paper_url: PaperUrl) -> SearchAnswer:
    """Return what page and JSON show."""
    question = request.question
    answer = ask(database, question)
    page = results(database, answer, request.first, request.size)
    pages = min(-(-answer.count // request.size), MOST_PLACE // request.size)
    claims = strongest_claims(database, [result.row["id"] for result in page])
    return SearchAnswer(
        q=question.text,
        exact=not question.correct_spelling,
        sort=question.order,
        count=answer.count,
        size=request.size,
        **page_links(request.page, pages, request.page_url),
        corrections=_corrections(request, answer),
        undated=_undated(database, request, answer),
        board=board_link(database, question),
        against=against_link(database, question),
        newest=days_link(database, question.text[:MOST_LETTERS]),
        messages=list(_messages(database, question, answer, not page)),
        filters=list(_filters(database, request)),
        clear_url=request.url(chosen={}),
        orders=[
            search_answer.SortOrder(order, request.url(order=order), order == question.order)
            for order in ORDERS
        ],
        facets=list(_facets(database, request, answer)),
        results=[
            _result(database, request, result, claims[result.row["id"]], paper_url)
            for result in page
        ],
        picked=list(request.compared),
        unpicked_url=replace(request, compared=()).url(),
        tries=[] if answer.count else _alternatives(database, request, answer.arxiv_id),
    )


def _corrections(request: SearchRequest, answer: Answer) -> search_answer.Corrections | None:
    if not answer.ranking.corrections:
        return None
    words = [
        search_answer.Correction(typed, used) for typed, used in answer.ranking.corrections.items()
    ]
    return search_answer.Corrections(words, request.url(correct_spelling=False))


def _undated(
    database: SearchDatabase, request: SearchRequest, answer: Answer
) -> search_answer.Undated | None:
    count = facets.undated(database, answer.left_out)
    return search_answer.Undated(count, request.toggle_url("year", UNDATED)) if count else None


def _filters(database: SearchDatabase, request: SearchRequest) -> Iterator[search_answer.Filter]:
    for facet, values in request.question.chosen.items():
        for value in values:
            name, url = database.facets[facet].name(value), request.toggle_url(facet, value)
            yield search_answer.Filter(facet, value, name, url)


def _messages(
    database: SearchDatabase, question: Question, answer: Answer, is_empty: bool
) -> Iterator[str]:
    if len(question.text) > MOST_LETTERS:
        yield f"Only the first {MOST_LETTERS:,} letters were read."
    for facet, value in answer.unknown_filters:
        yield f"No {TITLES[facet].lower()} here is called “{value[:80]}”."
    is_ranked = answer.ranking.clauses or answer.named
    if answer.arxiv_id and not is_ranked:
        yield f"No paper here has the arXiv id {answer.arxiv_id}."
        if database.rows(_WITHOUT_ID):
            yield "Papers that were saved as text have no arXiv id here; search for the title, too."
    elif not is_ranked and is_unreadable(question.text, answer.clauses):
        yield "There is no word in this that a paper could be found by."
    elif answer.count and is_empty:
        yield "There is no such page: the results end before it."


def _facets(
    database: SearchDatabase, request: SearchRequest, answer: Answer
) -> Iterator[search_answer.Facet]:
    counts = facets.counts(database, answer.matches, answer.any_year, MOST_VALUES)
    for name, values in counts.items():
        chosen = set(request.question.chosen.get(name, ()))
        yield search_answer.Facet(
            name,
            TITLES[name],
            [
                search_answer.FacetValue(
                    label, text, count, label in chosen, request.toggle_url(name, label)
                )
                for label, text, count in values
            ],
        )


def _result(
    database: SearchDatabase,
    request: SearchRequest,
    result: Result,
    claims: list[dict[str, Any]],
    paper_url: PaperUrl,
) -> SearchResult:
    paper_id = result.row["id"]
    topic_name = database.facets["topic"].name
    fields = result.row | {
        "has_code": bool(result.row["has_code"]),
        "topics": [Named(key, topic_name(key)) for key in json.loads(result.row["topics"])],
        "score": result.score,
        "highlighted_title": result.title,
        "snippet": result.snippet,
        "why": result.why,
        "claims": claims,
        "url": paper_url(paper_id),
        "collect_url": request.compare_url(paper_id),
        "uncollect_url": request.uncompare_url(paper_id),
    }
    return msgspec.convert(fields, SearchResult)


def _alternatives(
    database: SearchDatabase, request: SearchRequest, arxiv_id: str | None
) -> list[Alternative]:
    """Return the first similar search that finds papers, or else where the paper with an arXiv id
    may be, or else the examples."""
    question = request.question
    words = " ".join(filter(None, _words(question.text)))
    options: list[tuple[str, dict[str, Any]]] = [
        ("without the filters", {"chosen": {}}),
        ("with corrected spelling", {"correct_spelling": True}),
        ("any of the words, without operators", {"text": words}),
        ("any of the words, without operators and filters", {"text": words, "chosen": {}}),
    ]
    for label, changes in options[:1] if arxiv_id else options:
        changed = replace(question, **changes)
        if changed == question or not (changed.text or changed.chosen):
            continue
        if count := ask(database, changed).count:
            return [Alternative(label, count, request.url(**changes))]
    if arxiv_id:
        return [
            Alternative(f"{arxiv_id} on arXiv", None, arxiv.abstract_url(arxiv_id)),
            Alternative(f"{arxiv_id} on Hugging Face", None, arxiv.listing_url(arxiv_id)),
        ]
    return [Alternative(text, None, "?" + urlencode({"q": text})) for text in EXAMPLES]


def _words(text: str) -> Iterator[str]:
    for word in text[:MOST_LETTERS].replace('"', " ").split():
        if word not in ("AND", "OR", "NOT") and not word.startswith("-"):
            yield word.lstrip("+").rpartition(":")[2].rstrip("*")
