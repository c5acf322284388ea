"""Autocompletes a query: names and topics that begin as typed, and titles that have its words."""

from typing import NamedTuple

from daily_papers.search.analysis import normalize
from daily_papers.search.engine import Question, ask
from daily_papers.search.name_index import key
from daily_papers.search.query import MOST_LETTERS
from daily_papers.search.reader import SearchDatabase
from daily_papers.search.results import paper_rows
from daily_papers.search.spellcheck import nearest

MOST_NAMES, MOST_TITLES = 5, 4
SHORTEST = 2  # letters from which on there are suggestions


class Suggestion(NamedTuple):
    """A suggested name: its kind (`topic`, `model`, …, `paper`), id and text."""

    kind: str
    id: str
    name: str


def suggest(database: SearchDatabase, typed: str) -> list[Suggestion]:
    """Return names that begin as typed, the most frequent first, then titles with the words."""
    text = typed[:MOST_LETTERS].strip()
    if len(key(text)) < SHORTEST:
        return []
    names = database.names_with_prefix(key(text), MOST_NAMES)
    if not names and (corrected := _corrected(database, text)) != text:
        names = database.names_with_prefix(key(corrected), MOST_NAMES)
    answer = ask(database, Question(text + "*" if text[-1].isalnum() else text))
    numbers = answer.page(0, MOST_TITLES) if answer.ranking.clauses or answer.named else ()
    papers = paper_rows(database, numbers)
    return [
        *(Suggestion(kind, id_, name) for kind, id_, name, _ in names),
        *(Suggestion("paper", paper["id"], paper["title"]) for paper in papers),
    ]


def _corrected(database: SearchDatabase, text: str) -> str:
    words = map(normalize, text.split())
    candidates = database.words
    return " ".join(w if w in candidates else nearest(w, candidates) or w for w in words)
