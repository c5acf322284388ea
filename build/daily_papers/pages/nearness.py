"""Says why two papers are near: topics, named things and rare words that both have."""

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from daily_papers.search.corpus import Corpus
from daily_papers.search.words import FUNCTION_WORDS, in_order, plain_words

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


def shared(corpus: Corpus, one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return what two papers share: `topics`, `names`, and the rarest `words` of both texts.

    Each paper is a mapping with its id, title and abstract.
    """
    pair = {"id": one["id"], "other": other["id"]}
    topics = [row["name"] for row in corpus.rows(_TOPICS, **pair)]
    names = [row["name"] for row in corpus.rows(_NAMED, **pair, most=MOST_NAMES)]
    said = plain_words([*topics, *names])
    both = _words(one["title"], one["abstract"]) & _words(other["title"], other["abstract"])
    most = max(2, corpus.paper_count * COMMON)
    telling = [word for word in both - said if 1 < corpus.words.get(word, 0) <= most]
    telling.sort(key=lambda word: (corpus.words[word], word))
    return {"topics": topics, "names": names, "words": telling[:MOST_WORDS]}


@lru_cache(maxsize=1_000)
def _words(title: str, abstract: str) -> frozenset[str]:
    """Return the words that a paper is about: those of its title, or said more than once."""
    counts = Counter(in_order(abstract))
    often = {word for word, count in counts.items() if count > 1}
    return frozenset(
        one for one in plain_words([title]) | often - FUNCTION_WORDS if len(one) > SHORT
    )
