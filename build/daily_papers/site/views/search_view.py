"""Makes of a search what its page, its JSON and its exports show, with links to other searches."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from daily_papers.search import facets
from daily_papers.search.documents import FACETS
from daily_papers.search.engine import ORDERS, Answer, Order, Question, ask, is_unreadable
from daily_papers.search.query import MOST_LETTERS
from daily_papers.search.reader import SearchDatabase
from daily_papers.search.results import Result, results, strongest_claims
from daily_papers.site.views import request_params

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

PaperUrl = Callable[[str], str]


@dataclass(frozen=True)
class Asked:
    """A request for a page of results; pages count from 1."""

    question: Question
    page: int
    size: int
    picked: tuple[str, ...] = ()  # papers collected for a comparison

    def url(self, **changes: Any) -> str:
        """Return the query string of the request with changes, on its first page."""
        question = replace(self.question, **changes)
        said = [("q", question.text)] if question.text else []
        said += [(name, one) for name in FACETS for one in question.chosen.get(name, ())]
        said += [("sort", question.order)] if question.order != "relevance" else []
        said += [("exact", "1")] if not question.correct_spelling else []
        said += [("size", str(self.size))] if self.size != PAGE else []
        said += [("compare", one) for one in self.picked]
        return "?" + urlencode(said)

    def page_url(self, page: int) -> str:
        """Return the query string of another page."""
        url = self.url()
        return f"{url}{'&' if len(url) > 1 else ''}page={page}" if page > 1 else url

    def with_value(self, facet: str, value: str) -> str:
        """Return the query string with one more filter."""
        values = (*self.question.chosen.get(facet, ()), value)
        return self.url(chosen={**self.question.chosen, facet: values})

    def without_value(self, facet: str, value: str) -> str:
        """Return the query string without a filter."""
        values = [one for one in self.question.chosen[facet] if one != value]
        return self.url(chosen={**self.question.chosen, facet: values})


def asked(arguments: request_params.Arguments, most: int = MOST_PAGE) -> Asked:
    """Read a request.

    Raises:
        BadRequest: it makes no sense.
    """
    order = request_params.choice(arguments, "sort", ORDERS, "relevance")
    chosen = {name: request_params.texts(arguments, name) for name in FACETS}
    if sum(map(len, chosen.values())) > MOST_CHOSEN:
        raise request_params.BadRequest(f"At most {MOST_CHOSEN} filters can be combined.")
    size = request_params.number(arguments, "size", min(PAGE, most), most)
    page = request_params.number(arguments, "page", 1, MOST_PLACE // size)
    text = (arguments.get("q") or "").replace("\0", " ").strip()
    question = Question(text, chosen, _order(order), not arguments.get("exact"))
    return Asked(question, page, size, request_params.picked(arguments))


def _order(name: str) -> Order:
    return next(one for one in ORDERS if one == name)


def answered(corpus: SearchDatabase, asked: Asked, paper_url: PaperUrl) -> dict[str, Any]:
    """Return what page and JSON show."""
    answer = ask(corpus, asked.question)
    count = answer.count
    first = (asked.page - 1) * asked.size
    found = results(corpus, answer, first, asked.size)
    pages = -(-min(count, MOST_PLACE) // asked.size)
    return {
        "q": asked.question.text,
        "exact": not asked.question.correct_spelling,
        "sort": asked.question.order,
        "count": count,
        "page": asked.page,
        "pages": pages,
        "size": asked.size,
        "next_url": asked.page_url(asked.page + 1) if asked.page < pages else None,
        "previous_url": asked.page_url(min(asked.page - 1, pages)) if asked.page > 1 else None,
        "corrections": _corrections(asked, answer),
        "messages": list(_messages(asked, answer, found)),
        "filters": list(_chips(corpus, asked)),
        "clear_url": asked.url(chosen={}),
        "orders": [
            {"order": one, "url": asked.url(order=one), "selected": one == asked.question.order}
            for one in ORDERS
        ],
        "facets": list(_facets(corpus, asked, answer)),
        "results": [
            {**_shown(corpus, one, paper_url), "collect_url": _collect_url(asked, one)}
            for one in found
        ],
        "picked": list(asked.picked),
        "unpicked_url": replace(asked, picked=()).url(),
        "tries": list(_tries(corpus, asked)) if not count else [],
    }


def _corrections(asked: Asked, answer: Answer) -> dict[str, Any] | None:
    corrections = answer.ranking.corrections
    if not corrections:
        return None
    return {
        "words": [{"typed": typed, "used": used} for typed, used in corrections.items()],
        "exact_url": asked.url(correct_spelling=False),
    }


def _messages(asked: Asked, answer: Answer, found: list[Result]) -> Iterator[str]:
    if len(asked.question.text) > MOST_LETTERS:
        yield f"Only the first {MOST_LETTERS:,} letters were read."
    for facet, value in answer.unknown_filters:
        yield f"No {TITLES[facet].lower()} here is called “{value[:80]}”."
    if not answer.ranking.clauses and is_unreadable(asked.question.text, answer.clauses):
        yield "There is no word in this that a paper could be found by."
    elif answer.count and not found:
        yield "There is no such page: the results end before it."


def _chips(corpus: SearchDatabase, asked: Asked) -> Iterator[dict[str, str]]:
    for facet, values in asked.question.chosen.items():
        for value in values:
            yield {
                "facet": facet,
                "value": value,
                "name": corpus.facets[facet].name(value),
                "remove_url": asked.without_value(facet, value),
            }


def _facets(corpus: SearchDatabase, asked: Asked, answer: Answer) -> Iterator[dict[str, Any]]:
    for facet, values in facets.counts(corpus, answer.matches, MOST_VALUES).items():
        chosen = set(asked.question.chosen.get(facet, ()))
        yield {
            "name": facet,
            "title": TITLES[facet],
            "values": [
                {
                    "value": one.label,
                    "name": one.name,
                    "count": one.papers,
                    "selected": one.label in chosen,
                    "url": asked.without_value(facet, one.label)
                    if one.label in chosen
                    else asked.with_value(facet, one.label),
                }
                for one in values
            ],
        }


def _collect_url(asked: Asked, one: Result) -> str | None:
    """Return the same page with one more paper collected for a comparison."""
    key = one.row["id"]
    if key in asked.picked or len(asked.picked) >= request_params.MOST_COMPARED:
        return None
    return replace(asked, picked=(*asked.picked, key)).page_url(asked.page)


def _shown(corpus: SearchDatabase, result: Result, paper_url: PaperUrl) -> dict[str, Any]:
    row = result.row
    topics = corpus.facets["topic"]
    return {
        **{key: row[key] for key in ("id", "title", "name", "type", "published_on", "year")},
        "organization": row["organization"],
        "organization_id": row["organization_id"],
        "comment_count": row["comment_count"],
        "has_code": bool(row["has_code"]),
        "topics": [{"id": one, "name": topics.name(one)} for one in json.loads(row["topics"])],
        "score": result.score,
        "highlighted_title": result.title,
        "snippet": result.snippet,
        "why": result.why,
        "claims": strongest_claims(corpus, row["id"]),
        "url": paper_url(row["id"]),
    }


def _tries(corpus: SearchDatabase, asked: Asked) -> Iterator[dict[str, Any]]:
    """Yield what finds something where the question itself finds nothing."""
    question = asked.question
    loose = " ".join(part for part in _words(question.text) if part)
    options: list[tuple[str, dict[str, Any]]] = [
        ("without the filters", {"chosen": {}}),
        ("with corrected spelling", {"correct_spelling": True}),
        ("any of the words, without operators", {"text": loose}),
        ("any of the words, without operators and filters", {"text": loose, "chosen": {}}),
    ]
    for label, changes in options:
        changed = replace(question, **changes)
        if changed == question or not (changed.text or changed.chosen):
            continue
        if count := ask(corpus, changed).count:
            yield {"label": label, "count": count, "url": asked.url(**changes)}
            return
    yield from _examples()


def _words(text: str) -> Iterator[str]:
    for word in text[:MOST_LETTERS].replace('"', " ").split():
        if word not in ("AND", "OR", "NOT") and not word.startswith("-"):
            yield word.lstrip("+").rpartition(":")[2].rstrip("*")


def _examples() -> list[dict[str, Any]]:
    return [{"label": one, "count": None, "url": "?" + urlencode({"q": one})} for one in EXAMPLES]
