"""Finds a paper's topics from the phrases of its title and abstract.

A phrase counts for a topic by how surely it names it (`certain` to `weak`) and by where
it stands: most in the title, least in the sentences before the paper speaks of itself.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from daily_papers.records import PaperTopic
from daily_papers.text import Text
from daily_papers.vocabulary import TOPICS
from daily_papers.vocabulary.topics_types import Strength

_MAX_TOPICS = 5
_MIN_SCORE = 2.4  # of a topic
_MIN_FALLBACK = 1.2  # of the best topic, where none reaches that
# What a phrase counts the first time, by its strength, in the title, the sentences about the paper,
# and the background; and what each repetition adds, up to a number of them.
_FIRST = {
    "certain": (4.0, 2.6, 1.6),
    "decisive": (3.0, 2.1, 1.3),
    "strong": (1.0, 0.7, 0.3),
    "weak": (0.3, 0.2, 0.0),
}
_REPEATED = {"certain": 0.6, "decisive": 0.6, "strong": 0.45, "weak": 0.25}
_MAX_REPETITIONS = 3
_TITLE, _ABOUT_PAPER, _BACKGROUND = range(3)


@dataclass
class _TopicScore:
    """The score of one topic, and the phrase that names it best."""

    score: float = 0.0
    counts: dict[tuple[str, int], int] = field(default_factory=dict)
    best_weight: float = -1.0
    evidence: tuple[Text, int, int] = field(init=False)  # the words [first, last) of a text

    def add(self, strength: Strength, zone: int, text: Text, first: int, last: int) -> None:
        """Count a phrase, the words [first, last) of a text."""
        count = self.counts.get((strength, zone), 0)
        self.counts[strength, zone] = count + 1
        weight = _FIRST[strength][zone]
        if count == 0:
            self.score += weight
        elif count <= _MAX_REPETITIONS:
            self.score += _REPEATED[strength]
        if weight > self.best_weight:
            self.best_weight, self.evidence = weight, (text, first, last)


def find_topics(title: Text, abstract: Text, self_reference_start: int) -> list[PaperTopic]:
    """Return the topics of a paper, the surest first; "other" where there is none.

    `self_reference_start` is the offset at which the abstract begins to speak of the paper.
    """
    scores: defaultdict[str, _TopicScore] = defaultdict(_TopicScore)
    for text in (title, abstract):
        for triggers, first, last in TOPICS.phrases.matches(text):
            zone = _ABOUT_PAPER if text.starts[first] >= self_reference_start else _BACKGROUND
            zone = _TITLE if text is title else zone
            for topic, strength in triggers:
                scores[topic].add(strength, zone, text, first, last)
    ranked = sorted(scores, key=lambda topic: (-scores[topic].score, topic))
    chosen = [topic for topic in ranked if scores[topic].score >= _MIN_SCORE][:_MAX_TOPICS]
    chosen = chosen or [topic for topic in ranked[:1] if scores[topic].score >= _MIN_FALLBACK]
    topics = []
    for topic in chosen:
        text, first, last = scores[topic].evidence
        start, end = text.starts[first], text.ends[last - 1]
        topics.append(PaperTopic(topic, text.text[start:end], text.field, start, end))
    return topics or [PaperTopic("other", title.text, "title", 0, len(title.text))]
