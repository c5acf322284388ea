"""Offers the results board for a search that names a metric: “what cuts KV cache memory”."""

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import combinations
from typing import Any, get_args

import numpy as np

from daily_papers.search.engine import Question
from daily_papers.search.query import MOST_LETTERS
from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views.board_facets import BoardFacets
from daily_papers.site.views.board_request import USUAL_METRIC, BoardRequest
from daily_papers.site.views.claim_columns import CODE, claim_columns
from daily_papers.site.views.claim_scales import metrics, scales
from daily_papers.site.views.search_answer import BoardLink
from daily_papers.text import Text
from daily_papers.vocabulary import CUES, METRICS, TOPICS
from daily_papers.vocabulary.topics_types import Strength

_STRENGTHS = get_args(Strength)[:3]  # those of phrases that name a topic by themselves
_LONGEST_NAME = 5  # words of a device
_WORD = re.compile(r"[\w.+-]+")


def board_link(database: SearchDatabase, question: Question) -> BoardLink | None:
    """Return the board of the metric, topic and device that a search names, with its count; None
    where it names no metric, or where no claim fits."""
    text = Text("title", question.text[:MOST_LETTERS])
    named = {metric.id: metric.name for metric in metrics(database)}
    metric = next((metric for metric in _metrics(text) if metric in named), None)
    if metric is None:
        return None
    scale = scales(database, metric)[0].id
    for filters in _narrowings(_filters(database, question, text)):
        request = BoardRequest(metric, scale, **filters)
        fitting = BoardFacets(database, request)
        if count := int(np.count_nonzero(fitting.matches)):
            names = [named[metric].lower(), *(chosen.name for chosen in fitting.filters())]
            return BoardLink(", ".join(names), count, f"results{request.url()}")
    return None


def _metrics(text: Text) -> list[str]:
    """Return the metrics that a text names, in order. A noun that names a topic, too, as “KV cache”
    does, is none; without a noun, “faster” is one."""
    nouns = [match.value for match in METRICS.nouns.matches(text)]
    named = [noun.metric for noun in nouns if not noun.loose and not _topics(noun.word)]
    cues = (match.value for match in CUES.directions.matches(text))
    return named or [USUAL_METRIC for cue in cues if cue == "faster"]


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
    topics = (chosen.get("topic", ""), *_topics(text.text))
    hardware = chosen.get("hardware") or _device(database, text.text)
    filters = {
        "topic": next((topic for topic in topics if topic in labels), ""),
        "hardware": hardware,
        "has": CODE if chosen.get("has") == CODE else "",
    }
    return {name: value for name, value in filters.items() if value}


def _narrowings(filters: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return all of some filters, then all but one, and so on: the first that claims fit counts."""
    sizes = range(len(filters), -1, -1)
    return [dict(pairs) for size in sizes for pairs in combinations(filters.items(), size)]


def _device(database: SearchDatabase, text: str) -> str:
    """Return the longest name of a device in a text; empty if there is none."""
    words = _WORD.findall(text.casefold())
    for size in range(_LONGEST_NAME, 0, -1):
        for first in range(len(words) - size + 1):
            if name := _devices(database).get(" ".join(words[first : first + size])):
                return name
    return ""


@lru_cache(maxsize=2)
def _devices(database: SearchDatabase) -> dict[str, str]:
    """Return the names of the devices that claims were measured on, by their lower case."""
    return {name.casefold(): name for name in claim_columns(database).names["hardware"].names}
