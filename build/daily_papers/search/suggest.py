"""Completes what somebody is typing: names and topics that begin so, and titles that have it."""

from typing import Any, NamedTuple

from daily_papers.search.analysis import plain
from daily_papers.search.engine import Question, ask
from daily_papers.search.name_index import key
from daily_papers.search.query import MOST_LETTERS
from daily_papers.search.reader import Corpus
from daily_papers.search.spellcheck import nearest

MOST_NAMES, MOST_TITLES = 5, 4
SHORTEST = 2  # letters from which on there are suggestions


class Suggestion(NamedTuple):
    """What may be meant: of which kind (`topic`, `model`, …, `paper`), its id, and its name."""

    kind: str
    id: str
    name: str


def suggest(corpus: Corpus, typed: str) -> list[Suggestion]:
    """Return names that begin as typed, the most frequent first, then titles with the words."""
    text = typed[:MOST_LETTERS].strip()
    if len(key(text)) < SHORTEST:
        return []
    named = corpus.names_beginning_with(key(text), MOST_NAMES)
    if not named and (mended := _mended(corpus, text)) != text:
        named = corpus.names_beginning_with(key(mended), MOST_NAMES)
    begun = text + "*" if text[-1].isalnum() else text
    answer = ask(corpus, Question(begun))
    titles: list[dict[str, Any]] = [
        row
        for number in (answer.page(0, MOST_TITLES) if answer.ranking.concepts else ())
        for row in corpus.rows("select id, title from papers where rowid = ?", number + 1)
    ]
    return [
        *(Suggestion(kind, id_, name) for kind, id_, name, _ in named),
        *(Suggestion("paper", row["id"], row["title"]) for row in titles),
    ]


def _mended(corpus: Corpus, text: str) -> str:
    words = [plain(word) for word in text.split()]
    return " ".join(
        word if word in corpus.words else nearest(word, corpus.words) or word for word in words
    )
