"""Explains why two papers are similar: topics, named entities and rare words that both have."""

from collections import Counter
from collections.abc import Set
from functools import lru_cache

from msgspec import Struct

from daily_papers.search.analysis import STOP_WORDS, content_words, tokenize
from daily_papers.search.reader import SearchDatabase

MOST_NAMES, MOST_WORDS = 4, 4
SHORT = 3  # letters of a word that is too short to explain anything
COMMON = 0.2  # share of the papers that have a word, above which it explains nothing

_ENTITIES = """
    select entities.name
    from mentions as ours
    join mentions as theirs on theirs.entity_id = ours.entity_id and theirs.paper_id = :other
    join entities on entities.id = ours.entity_id
    where ours.paper_id = :id
    group by entities.id
    order by min(ours.start), entities.name, entities.id
    limit :most
"""
_TOPICS = """
    select topics.name
    from paper_topics as ours
    join paper_topics as theirs on theirs.topic_id = ours.topic_id and theirs.paper_id = :other
    join topics on topics.id = ours.topic_id
    where ours.paper_id = :id
    order by topics.name, topics.id
"""


class PaperText(Struct):
    """The id of a paper and the text that is compared."""

    id: str
    title: str
    abstract: str


class Shared(Struct):
    """What two papers share: topics, named entities, and the rarest words of both texts."""

    topics: list[str]
    names: list[str]
    words: list[str]


def shared(database: SearchDatabase, first: PaperText, second: PaperText) -> Shared:
    """Return what two papers share."""
    pair = {"id": first.id, "other": second.id}
    topics = [row["name"] for row in database.rows(_TOPICS, **pair)]
    names = [row["name"] for row in database.rows(_ENTITIES, **pair, most=MOST_NAMES)]
    both = _keywords(first.title, first.abstract) & _keywords(second.title, second.abstract)
    words = _rarest(database, both - content_words([*topics, *names]))
    if not (topics or names or words):
        texts = (content_words([paper.title, paper.abstract]) for paper in (first, second))
        words = _rarest(database, set.intersection(*texts))
    return Shared(topics, names, words)


def _rarest(database: SearchDatabase, words: Set[str]) -> list[str]:
    """Return the rarest words, those that are too short, too common or of one paper left out."""
    counts = {word: database.words.get(word, 0) for word in words if len(word) > SHORT}
    most = max(2, database.paper_count * COMMON)
    telling = [word for word, count in counts.items() if 1 < count <= most]
    return sorted(telling, key=lambda word: (counts[word], word))[:MOST_WORDS]


@lru_cache(maxsize=1_000)
def _keywords(title: str, abstract: str) -> frozenset[str]:
    """Return the words that a paper is about: those of its title, and repeated ones."""
    counts = Counter(tokenize(abstract))
    repeated = {word for word, count in counts.items() if count > 1}
    return frozenset(content_words([title]) | repeated - STOP_WORDS)
