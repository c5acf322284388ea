"""Says why two papers are near: topics, named things and rare words that both have."""

from collections import Counter
from collections.abc import Mapping, Set
from functools import lru_cache
from typing import Any

from daily_papers.search.analysis import STOP_WORDS, content_words, tokenize
from daily_papers.search.reader import SearchDatabase

MOST_NAMES, MOST_WORDS = 4, 4
SHORT = 3  # letters of a word that says nothing
COMMON = 0.2  # share of the papers that have a word, above which it says nothing

_NAMED = """
    select entities.name
    from mentions as ours
    join mentions as theirs on theirs.entity_id = ours.entity_id and theirs.paper_id = :other
    join entities on entities.id = ours.entity_id
    where ours.paper_id = :id
    group by entities.id
    order by min(ours.start), entities.name
    limit :most
"""
_TOPICS = """
    select topics.name
    from paper_topics as ours
    join paper_topics as theirs on theirs.topic_id = ours.topic_id and theirs.paper_id = :other
    join topics on topics.id = ours.topic_id
    where ours.paper_id = :id
    order by topics.name
"""


def shared(
    corpus: SearchDatabase, one: Mapping[str, Any], other: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what two papers share: `topics`, `names`, and the rarest `words` of both texts.

    Each paper is a mapping with its id, title and abstract.
    """
    pair = {"id": one["id"], "other": other["id"]}
    topics = [row["name"] for row in corpus.rows(_TOPICS, **pair)]
    names = [row["name"] for row in corpus.rows(_NAMED, **pair, most=MOST_NAMES)]
    words = _telling(corpus, _about(one), _about(other), content_words([*topics, *names]))
    if not (topics or names or words):
        words = _telling(corpus, _all(one), _all(other), frozenset())
    return {"topics": topics, "names": names, "words": words}


def _telling(corpus: SearchDatabase, one: Set[str], other: Set[str], said: Set[str]) -> list[str]:
    """Return the rarest words of both that a reader learns something from."""
    most = max(2, corpus.paper_count * COMMON)
    found = [
        word
        for word in (one & other) - said
        if len(word) > SHORT and 1 < corpus.words.get(word, 0) <= most
    ]
    return sorted(found, key=lambda word: (corpus.words[word], word))[:MOST_WORDS]


def _all(one: Mapping[str, Any]) -> Set[str]:
    return content_words([one["title"], one["abstract"]])


def _about(one: Mapping[str, Any]) -> Set[str]:
    return _words(one["title"], one["abstract"])


@lru_cache(maxsize=1_000)
def _words(title: str, abstract: str) -> frozenset[str]:
    """Return the words that a paper is about: those of its title, or said more than once."""
    counts = Counter(tokenize(abstract))
    often = {word for word, count in counts.items() if count > 1}
    return frozenset(content_words([title]) | often - STOP_WORDS)
