"""Offers the results board for a search that names a metric or a baseline: “what cuts KV cache
memory”, “faster than vLLM”."""

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import combinations
from typing import Any, get_args

from daily_papers.search.engine import Question
from daily_papers.search.query import MOST_LETTERS
from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views.board_facets import BoardFacets
from daily_papers.site.views.board_request import USUAL_METRIC, BoardRequest
from daily_papers.site.views.claim_columns import CODE, claim_columns
from daily_papers.site.views.search_answer import BoardLink, Filter
from daily_papers.text import Text
from daily_papers.vocabulary import CUES, GRAMMAR, METRICS, TOPICS
from daily_papers.vocabulary.topics_types import Strength

_STRENGTHS = get_args(Strength)[:3]  # those of phrases that name a topic by themselves
_OF_SPEED = (USUAL_METRIC, "throughput", "latency")  # what “faster” may be
_COMPARISONS = ("than", "over", "outperform", "compared to", "match")
_LONGEST_NAME = 5  # words of a device or a baseline
_WORD = re.compile(r"[\w.+-]+")
_ARTICLE = re.compile(r"^(?:an?|the)\s", re.IGNORECASE)
_SUPERLATIVE = re.compile(r"est\b", re.IGNORECASE)


def board_link(database: SearchDatabase, question: Question) -> BoardLink | None:
    """Return the board of the metric, baseline, topic and device that a search names, with its
    count; None where it names neither metric nor baseline, or where no claim fits."""
    text = Text("title", question.text[:MOST_LETTERS])
    filters = _filters(database, question, text)
    wanted = _metrics(text)
    if not wanted and "baseline" not in filters:
        return None
    for chosen in _narrowings(filters):
        fitting = BoardFacets(database, BoardRequest(**chosen))
        boards = {board.value: board for board in fitting.metric_values()}
        for metric in wanted or boards:
            if board := boards.get(metric):
                words = ", ".join([board.name.lower(), *map(_in_words, fitting.filters())])
                return BoardLink(words, board.count, f"results{board.url}")
    return None


def _in_words(chosen: Filter) -> str:
    return f"against {chosen.name}" if chosen.facet == "baseline" else chosen.name


def _metrics(text: Text) -> list[str]:
    """Return the metric that a text names first. A noun that names a topic, too, as “KV cache”
    does, is none; without a noun, “faster” and “fastest” are some."""
    nouns = [match.value for match in METRICS.nouns.matches(text)]
    named = [noun.metric for noun in nouns if not noun.loose and not _topics(noun.word)]
    if named:
        return named[:1]
    compared = Text("title", _SUPERLATIVE.sub("er", text.text))
    cues = {match.value for match in CUES.directions.matches(compared)}
    return [*_OF_SPEED] if "faster" in cues else []


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


def _filters(database: SearchDatabase, question: Question, text: Text) -> dict[str, str]:
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


def _narrowings(filters: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return all of some filters, then all but one, and so on: the first that claims fit counts."""
    sizes = range(len(filters), -1, -1)
    return [dict(pairs) for size in sizes for pairs in combinations(filters.items(), size)]


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
