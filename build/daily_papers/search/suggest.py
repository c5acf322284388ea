"""Autocompletes a query: names and topics that begin as typed, titles that have its words, and the
values of a filter that is being typed."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np

from daily_papers.search import facets
from daily_papers.search.analysis import normalize, tokenize
from daily_papers.search.engine import Question, ask
from daily_papers.search.name_index import key, starts
from daily_papers.search.query import FIELDS, MOST_LETTERS
from daily_papers.search.ranking import MOST_LOOKED_UP
from daily_papers.search.reader import SearchDatabase
from daily_papers.search.results import paper_rows
from daily_papers.search.spellcheck import nearest
from daily_papers.search.spelling import half_typed_spellings
from daily_papers.search.years import year_range
from daily_papers.text import BoundedCache

MOST_NAMES, MOST_TITLES, MOST_VALUES = 5, 4, 9
SHORTEST = 2  # letters from which on there are suggestions

_LAST_FILTER = re.compile(r"""(?<!\S)[-+]?(?P<field>[A-Za-z]+):(?P<value>"[^"]*|[^\s"]*)\Z""")
_YEAR = re.compile(r"(?<!\S)year:\S*", re.IGNORECASE)

_STARTS = BoundedCache(starts, 60_000)  # of the values of facets


class Suggestion(NamedTuple):
    """What may be meant: its kind (`topic`, `model`, …, `paper`, or the facet of a value), its id
    and name, how many papers have it, and for a value the query that it completes."""

    kind: str
    id: str
    name: str
    papers: int | None = None
    query: str | None = None


def suggest(database: SearchDatabase, typed: str) -> list[Suggestion]:
    """Return the values that complete a filter at the end of a query; or else names that begin as
    typed, the most frequent first, then titles with the words."""
    typed = typed[:MOST_LETTERS]
    last = _LAST_FILTER.search(typed)
    if last and last["field"].lower() in FIELDS:
        return list(islice(_values(database, typed, last), MOST_VALUES))
    text = typed.strip()
    if len(key(text)) < SHORTEST:
        return []
    names = database.names_with_prefix(" ".join(tokenize(text)), MOST_NAMES)
    if not names and (corrected := _corrected(database, text)) != text:
        names = database.names_with_prefix(" ".join(tokenize(corrected)), MOST_NAMES)
    answer = ask(database, Question(text + "*" if text[-1].isalnum() else text, by_meaning=False))
    numbers = answer.page(0, MOST_TITLES) if answer.ranking.clauses or answer.named else ()
    papers = paper_rows(database, numbers)
    return [
        *(Suggestion(*name) for name in names),
        *(Suggestion("paper", paper["id"], paper["title"]) for paper in papers),
    ]


def _corrected(database: SearchDatabase, text: str) -> str:
    words = [*map(normalize, text.split())]
    if len(words) > MOST_LOOKED_UP:
        return text
    candidates = database.words
    return " ".join(w if w in candidates else nearest(w, candidates) or w for w in words)


def _values(database: SearchDatabase, typed: str, last: re.Match[str]) -> Iterator[Suggestion]:
    """Yield the values of a facet that begin as typed, and that papers have which match the rest of
    the query, or any paper if none matches."""
    facet, value = FIELDS[last["field"].lower()], last["value"]
    if facet == "year" and year_range(value):
        return
    rest = typed[: last.start()]
    if facet == "year":
        rest = _YEAR.sub("", rest)  # years are alternatives
    matches = ask(database, Question(rest)).matches
    if not matches.any():
        matches = np.ones(database.paper_count, bool)
    prefixes = tuple(s.replace(" ", "") for s in half_typed_spellings(" ".join(tokenize(value))))
    before = typed[: last.start("value")]
    for label, name, papers in facets.values(database, facet, matches):
        if any(start.startswith(prefixes) for start in (*_STARTS[label], *_STARTS[name])):
            yield Suggestion(facet, label, name, papers, before + _quoted(label))


def _quoted(label: str) -> str:
    """Return a value as it is typed behind the colon of a filter."""
    label = label.replace('"', " ")
    return f'"{label}"' if re.search(r"\s", label) else label
