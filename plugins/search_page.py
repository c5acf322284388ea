"""The page /search, its JSON twin, and /search/suggest.json for what is being typed."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils import tilde_encode
from datasette.utils.asgi import Request, Response

from daily_papers.search import filters
from daily_papers.search.corpus import Corpus, NotSearchable
from daily_papers.search.engine import ORDERS, Answer, Order, Question, ask, is_unreadable, opened
from daily_papers.search.index import FACETS
from daily_papers.search.query import MOST_LETTERS
from daily_papers.search.results import Result, results, strongest_claims
from daily_papers.search.suggesting import suggest

DATABASE = "papers"
PAGE, MOST_PAGE = 20, 100  # results on a page
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
ORDER_NAMES = {"relevance": "relevance", "newest": "newest", "discussed": "most discussed"}
EXAMPLES = (
    "run llm on phone",
    '"speculative decoding" -survey',
    "kv cache quantization hardware:A100",
    "topic:serving year:2024.. has:code",
)


class BadRequest(Exception):  # noqa: N818 - it is what it is called
    """A request that cannot be answered; its text says why in a sentence."""


@dataclass(frozen=True)
class Asked:
    """A request for a page of results; pages count from 1."""

    question: Question
    page: int
    size: int

    def url(self, **changes: Any) -> str:
        """Return the query string of the request with changes, on its first page."""
        question = replace(self.question, **changes)
        given = [("q", question.text)] if question.text else []
        given += [(name, one) for name in FACETS for one in question.chosen.get(name, ())]
        given += [("sort", question.order)] if question.order != "relevance" else []
        given += [("exact", "1")] if not question.mend else []
        given += [("size", str(self.size))] if self.size != PAGE else []
        return "?" + urlencode(given)

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


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    """Serve the page, its JSON and the suggestions."""
    return [
        (r"^/search$", search_page),
        (r"^/search\.json$", search_json),
        (r"^/search/suggest\.json$", suggestions),
    ]


@hookimpl
def startup(datasette: Datasette) -> None:
    """Open the database before the first question: over a million papers it takes two seconds."""
    with suppress(BadRequest):
        _corpus(datasette)


async def search_page(request: Request, datasette: Datasette) -> Response:
    """Answer a search with a page."""
    try:
        asked = _asked(request)
        context = await _answered(datasette, asked)
    except BadRequest as problem:
        context = {"problem": str(problem)}
    shown = {**context, "names": ORDER_NAMES, "self_query": _query_string(request)}
    html = await datasette.render_template(["search.html"], shown, request=request)
    return Response.html(html, status=400 if "problem" in context else 200)


def _query_string(request: Request) -> str:
    return f"?{request.query_string}" if request.query_string else ""


async def search_json(request: Request, datasette: Datasette) -> Response:
    """Answer a search with JSON; the same as the page."""
    try:
        context = await _answered(datasette, _asked(request))
    except BadRequest as problem:
        return Response.json({"ok": False, "error": str(problem)}, status=400)
    return Response.json({"ok": True, **context})


async def suggestions(request: Request, datasette: Datasette) -> Response:
    """Return what may be meant by what is typed so far."""
    try:
        corpus = _corpus(datasette)
    except BadRequest as problem:
        return Response.json({"ok": False, "error": str(problem)}, status=400)
    found = await asyncio.to_thread(suggest, corpus, request.args.get("q") or "")
    shown = [{**one._asdict(), "url": _suggested_url(datasette, one.kind, one)} for one in found]
    return Response.json({"ok": True, "suggestions": shown})


def _suggested_url(datasette: Datasette, kind: str, one: Any) -> str:
    if kind == "paper":
        return str(datasette.urls.row(DATABASE, "papers", tilde_encode(one.id)))
    chosen = {"topic": one.id, "organization": one.id, "hardware": one.name, "model": one.name}
    given = {kind: chosen[kind]} if kind in chosen else {"q": one.name}
    return str(datasette.urls.path("/search?" + urlencode(given)))


def _corpus(datasette: Datasette) -> Corpus:
    try:
        return opened(Path(datasette.get_database(DATABASE).path or ""))
    except (KeyError, OSError, NotSearchable) as error:
        raise BadRequest(f"There is nothing to search: no database “{DATABASE}”.") from error


def _asked(request: Request) -> Asked:
    """Read a request; raises BadRequest where it makes no sense."""
    arguments = request.args
    order = arguments.get("sort") or "relevance"
    if order not in ORDERS:
        raise BadRequest(f"“sort” is one of {', '.join(ORDERS)}.")
    chosen = {
        name: [one.replace("\0", " ")[:MOST_LETTERS] for one in arguments.getlist(name) if one]
        for name in FACETS
    }
    if sum(map(len, chosen.values())) > MOST_CHOSEN:
        raise BadRequest(f"At most {MOST_CHOSEN} filters can be combined.")
    size = _number(arguments.get("size"), "size", PAGE, MOST_PAGE)
    page = _number(arguments.get("page"), "page", 1, MOST_PLACE // size)
    text = (arguments.get("q") or "").replace("\0", " ").strip()
    question = Question(text, chosen, _order(order), not arguments.get("exact"))
    return Asked(question, page, size)


def _order(name: str) -> Order:
    return next(one for one in ORDERS if one == name)


def _number(text: str | None, name: str, usual: int, most: int) -> int:
    if not text:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= most):
        raise BadRequest(f"“{name}” is a number from 1 to {most}.")
    return int(text)


async def _answered(datasette: Datasette, asked: Asked) -> dict[str, Any]:
    corpus = _corpus(datasette)
    return await asyncio.to_thread(_answer, datasette, corpus, asked)


def _answer(datasette: Datasette, corpus: Corpus, asked: Asked) -> dict[str, Any]:
    """Return what page and JSON show."""
    answer = ask(corpus, asked.question)
    count = answer.count
    first = (asked.page - 1) * asked.size
    found = results(corpus, answer, first, asked.size)
    pages = -(-min(count, MOST_PLACE) // asked.size)
    return {
        "q": asked.question.text,
        "exact": not asked.question.mend,
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
        "results": [_shown(datasette, corpus, one) for one in found],
        "tries": list(_tries(corpus, asked)) if not count else [],
    }


def _corrections(asked: Asked, answer: Answer) -> dict[str, Any] | None:
    mended = answer.ranking.mended
    if not mended:
        return None
    return {
        "words": [{"typed": typed, "used": used} for typed, used in mended.items()],
        "exact_url": asked.url(mend=False),
    }


def _messages(asked: Asked, answer: Answer, found: list[Result]) -> Iterator[str]:
    if len(asked.question.text) > MOST_LETTERS:
        yield f"Only the first {MOST_LETTERS:,} letters were read."
    for facet, value in answer.unknown:
        yield f"No {TITLES[facet].lower()} here is called “{value[:80]}”."
    if not answer.ranking.concepts and is_unreadable(asked.question.text, answer.clauses):
        yield "There is no word in this that a paper could be found by."
    elif answer.count and not found:
        yield "There is no such page: the results end before it."


def _chips(corpus: Corpus, asked: Asked) -> Iterator[dict[str, str]]:
    for facet, values in asked.question.chosen.items():
        for value in values:
            yield {
                "facet": facet,
                "value": value,
                "name": corpus.facets[facet].name(value),
                "remove_url": asked.without_value(facet, value),
            }


def _facets(corpus: Corpus, asked: Asked, answer: Answer) -> Iterator[dict[str, Any]]:
    for facet, values in filters.counts(corpus, answer.fits, MOST_VALUES).items():
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


def _shown(datasette: Datasette, corpus: Corpus, result: Result) -> dict[str, Any]:
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
        "url": datasette.urls.row(DATABASE, "papers", tilde_encode(row["id"])),
    }


def _tries(corpus: Corpus, asked: Asked) -> Iterator[dict[str, Any]]:
    """Yield what finds something where the question itself finds nothing."""
    question = asked.question
    loose = " ".join(part for part in _words(question.text) if part)
    options: list[tuple[str, dict[str, Any]]] = [
        ("without the filters", {"chosen": {}}),
        ("with corrected spelling", {"mend": True}),
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
