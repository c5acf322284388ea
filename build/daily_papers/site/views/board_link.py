"""Offers claims for a search that names a metric or a baseline, as “what cuts KV cache memory” and
“faster than vLLM” do: a results board, and all claims against the baseline."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, combinations
from typing import Any, get_args
from urllib.parse import urlencode

import numpy as np

from daily_papers.facts.claims.quantities import Quantity, find_quantities
from daily_papers.search.engine import Question
from daily_papers.search.query import MOST_LETTERS, parse
from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views.board_facets import BoardFacets
from daily_papers.site.views.board_request import USUAL_METRIC, BoardRequest
from daily_papers.site.views.claim_columns import CODE, claim_columns
from daily_papers.site.views.responses import DATABASE
from daily_papers.site.views.search_answer import (
    FEWEST_CLAIMS,
    Alternative,
    BoardLink,
    FacetValue,
    Filter,
)
from daily_papers.text import PhraseMatch, Text
from daily_papers.vocabulary import CUES, GRAMMAR, METRICS, TOPICS
from daily_papers.vocabulary.metrics_units import Noun
from daily_papers.vocabulary.topics_types import Strength

_STRENGTHS = get_args(Strength)[:3]  # those of phrases that name a topic by themselves
_OF_SPEED = (USUAL_METRIC, "throughput", "latency")  # what “faster” may be
_COMPARISONS = ("than", "over", "outperform", "compared to", "match")
_LONGEST_NAME = 5  # words of a device or a baseline
_WORD = re.compile(r"[\w.+-]+")
_ARTICLE = re.compile(r"^(?:an?|the)\s", re.IGNORECASE)
_WITH_DIGIT = re.compile(  # and a letter
    r"(?<![\w-])-*+(?P<word>(?=[\w-]*[^\W\d_])(?=[\w-]*\d)[\w.-]+)"
)
_OF = re.compile(r"[\s-]?(?:of\s)?")  # between an amount and what it is of: “8 GB of memory”
_EXCLUDED = re.compile(r"(?<!\S)(?:-|NOT\s)(?:\w+:)?(?:\"[^\"]*\"|[^\s\"]+)")
_SUPERLATIVE = re.compile(r"est\b", re.IGNORECASE)


def board_link(database: SearchDatabase, question: Question) -> BoardLink | None:
    """Return the board of the metric, baseline, topic and device that a search names, with its
    count; None where it names neither metric nor baseline, or where no claim fits.

    Filters are left out until FEWEST_CLAIMS fit, those first that few claims fit. The baseline
    stays where no metric is named.
    """
    text = _text(question)
    amounts = [amount for amount in find_quantities(text) if amount.unit or amount.scaled]
    filters, wanted = _filters(database, question, text), _metrics(text, amounts)
    if not wanted and "baseline" not in filters:
        return None
    best, covered = None, set(filters)
    for names in _narrowings(filters):
        if best and (len(names) < len(covered) and best.count >= FEWEST_CLAIMS):
            break
        board = _board(database, {name: filters[name] for name in names}, wanted)
        if board and (wanted or "baseline" in names) and board.count > (best.count if best else 0):
            best, covered = board, {*names}
    if not best:
        return None
    chosen = BoardFacets(database, BoardRequest(**filters)).filters()
    words = [_in_words(each) for each in chosen if each.facet in covered]
    uncovered = [each.name for each in chosen if each.facet not in covered]
    uncovered += _other_filters(database, question, filters)
    uncovered += _EXCLUDED.findall(question.text[:MOST_LETTERS])
    return BoardLink(
        ", ".join([best.name.lower(), *words]),
        best.count,
        f"results{best.url}",
        [*uncovered, *_written(text, amounts, " ".join(words + uncovered))],
    )


def against_link(database: SearchDatabase, question: Question) -> Alternative | None:
    """Return the query of all claims against the baseline that a search names, with its count; None
    where it names none."""
    baseline = _baseline(database, _text(question))
    if not baseline or not (count := _against(database, baseline)):
        return None
    url = f"{DATABASE}/claims_against?{urlencode({'baseline': baseline})}"
    return Alternative(f"against {baseline}", count, url)


@lru_cache(maxsize=256)
def _against(database: SearchDatabase, baseline: str) -> int:
    """Return how many claims the query claims_against finds: it reads what papers write, not what
    entities are called."""
    column, part = claim_columns(database).names["baseline"], baseline.casefold()
    has_part = [part in searched.partition("\n")[0] for searched in column.searched]
    return int(np.count_nonzero(np.array(has_part)[column.codes]))


def _board(
    database: SearchDatabase, chosen: Mapping[str, Any], wanted: Sequence[str]
) -> FacetValue | None:
    """Return the board of the first wanted metric (of any, if none is) that has FEWEST_CLAIMS, or
    else the most claims."""
    values = BoardFacets(database, BoardRequest(**chosen)).metric_values()
    boards = {board.value: board for board in values}
    offered = (boards[metric] for metric in wanted or boards if metric in boards)
    return max(offered, key=lambda board: min(board.count, FEWEST_CLAIMS), default=None)


def _text(question: Question) -> Text:
    """Return what a search is for, without what it excludes."""
    return Text("title", _EXCLUDED.sub(" ", question.text[:MOST_LETTERS]))


def _other_filters(
    database: SearchDatabase, question: Question, filters: Mapping[str, str]
) -> Iterator[str]:
    """Yield the names of what a search filters by, but not its board: a year, an organization."""
    chosen = ((facet, value) for facet, values in question.chosen.items() for value in values)
    clauses = (each for each in parse(question.text) if each.is_filter and not each.excluded)
    typed = ((term.facet, term.text) for clause in clauses for term in clause.terms)
    for facet, value in chain(chosen, typed):
        if facet and filters.get(facet, "").casefold() != value.casefold():
            yield database.facets[facet].name(value)


def _in_words(chosen: Filter) -> str:
    return f"against {chosen.name}" if chosen.facet == "baseline" else chosen.name


def _written(text: Text, amounts: Iterable[Quantity], named: str) -> list[str]:
    """Return what a search writes with digits, but for names: “4 bits”, “int4”, “Llama-3-8B”."""
    spans = [(text.text.rfind(" ", 0, each.start) + 1, each.end) for each in amounts]
    for match in _WITH_DIGIT.finditer(text.text):
        start, end = match.span("word")
        if not any(first < end and start < last for first, last in spans):
            spans.append((start, end))
    written = (text.text[first:last].lstrip("(“\"'<>≤≥~") for first, last in sorted(spans))
    return [words for words in written if words.casefold() not in named.casefold()]


def _metrics(text: Text, amounts: Sequence[Quantity]) -> list[str]:
    """Return the metric that a text names first. A noun that names a topic, too, as “KV cache”
    does, is none, nor is one of an amount, as in “8 GB of memory”, as no board filters by amounts;
    without a noun, “faster” and “fastest” are some."""
    named = [
        match.value.metric
        for match in METRICS.nouns.matches(text)
        if not match.value.loose and not _topics(match.value.word)
        if not any(_is_of(text, match, amount) for amount in amounts)
    ]
    if named:
        return named[:1]
    compared = Text("title", _SUPERLATIVE.sub("er", text.text))
    cues = {match.value for match in CUES.directions.matches(compared)}
    return [*_OF_SPEED] if "faster" in cues else []


def _is_of(text: Text, noun: PhraseMatch[Noun], amount: Quantity) -> bool:
    """Tell whether a noun is a part of an amount, or right behind an amount of the same metric."""
    start = text.starts[noun.first]
    if start < amount.end:
        return start >= amount.start
    is_behind = _OF.fullmatch(text.text, amount.end, start)
    unit = amount.unit_entry
    return is_behind is not None and unit is not None and unit.metric == noun.value.metric


@lru_cache(maxsize=512)
def _topics(words: str) -> tuple[str, ...]:
    """Return the topics that words name, those of the surest and longest phrases first."""
    named = [
        (_STRENGTHS.index(trigger.strength), match.first - match.last, trigger.topic)
        for match in TOPICS.phrases.matches(Text("title", words))
        for trigger in match.value
        if trigger.strength in _STRENGTHS
    ]
    return tuple(dict.fromkeys(topic for *_, topic in sorted(named)))


def _filters(database: SearchDatabase, question: Question, text: Text) -> dict[str, Any]:
    """Return the filters of a board that a search has: a topic, a device, code."""
    chosen = {name: values[0] for name, values in question.chosen.items() if values}
    labels = database.facets["topic"].labels
    baseline = _baseline(database, text)
    rest = text.text.casefold().replace(baseline.casefold(), " ") if baseline else text.text
    topics = (chosen.get("topic", ""), *_topics(rest))
    hardware = chosen.get("hardware") or _first_name(_names(database, "hardware"), text.text)
    filters = {
        "baseline": baseline,
        "topic": next((topic for topic in topics if topic in labels), ""),
        "hardware": hardware,
        "has": CODE if chosen.get("has") == CODE else "",
    }
    return {name: value for name, value in filters.items() if value}


def _narrowings(names: Collection[str]) -> Iterator[tuple[str, ...]]:
    """Yield all of some names, then all but one, and so on."""
    for size in range(len(names), -1, -1):
        yield from combinations(names, size)


def _baseline(database: SearchDatabase, text: Text) -> str:
    """Return the baseline behind words of comparison, as “beats” and “faster than” are; empty if
    there is none."""
    for match in GRAMMAR.comparisons.matches(text):
        if match.value in _COMPARISONS and match.last < len(text.starts):
            behind = _ARTICLE.sub("", text.text[text.starts[match.last] :])
            if name := _first_name(_names(database, "baseline"), behind, is_at_start=True):
                return name
    return ""


def _first_name(names: Mapping[str, str], text: str, is_at_start: bool = False) -> str:
    """Return the longest name in a text, or at its start; empty if there is none."""
    words = _WORD.findall(text.casefold())
    for size in range(_LONGEST_NAME, 0, -1):
        for first in range(1 if is_at_start else len(words) - size + 1):
            if name := names.get(" ".join(words[first : first + size])):
                return name
    return ""


@lru_cache(maxsize=4)
def _names(database: SearchDatabase, column: str) -> dict[str, str]:
    """Return what claims are compared with or were measured on, by each way in which papers write
    it, in lower case. A device is an entity; a baseline may be any phrase."""
    names = claim_columns(database).names[column]
    return {
        written: label
        for label, name, searched in zip(names.labels, names.names, names.searched, strict=True)
        for written in searched.split("\n")
        if written and (name or column == "baseline")
    }
