"""Tells what a paper is about, from the phrases of its title and abstract.

A phrase counts for a topic by how surely it names it (`certain` to `weak`) and by where
it stands: most in the title, least in the sentences before the paper speaks of itself.
"""

from dataclasses import dataclass, field

from daily_papers.records import PaperTopic
from daily_papers.text import Text
from daily_papers.vocabulary import TOPICS
from daily_papers.vocabulary.topics_types import Strength

_MOST = 5
_LEAST = 2.4  # a topic's sum, to be given
_FALLBACK = 1.2  # the highest sum, to be given when none reaches that
# What a phrase counts the first time, by its strength, in the title, the paper's own words, and
# the background; and what each further time adds, at most so often.
_FIRST = {
    "certain": (4.0, 2.6, 1.6),
    "decisive": (3.0, 2.1, 1.3),
    "strong": (1.0, 0.7, 0.3),
    "weak": (0.3, 0.2, 0.0),
}
_FURTHER = {"certain": 0.6, "decisive": 0.6, "strong": 0.45, "weak": 0.25}
_MOST_FURTHER = 3


@dataclass
class _Sum:
    """What the phrases of one topic come to, and which of them says it best."""

    score: float = 0.0
    times: dict[tuple[str, int], int] = field(default_factory=dict)
    best: float = -1.0
    evidence: tuple[Text, int, int] = field(init=False)  # the words [first, last) of a text

    def add(self, strength: Strength, place: int, text: Text, first: int, last: int) -> None:
        """Count a phrase; `place` is 0 for the title, 1 for the paper's own words, else 2."""
        times = self.times.get((strength, place), 0)
        self.times[strength, place] = times + 1
        worth = _FIRST[strength][place]
        if times == 0:
            self.score += worth
        elif times <= _MOST_FURTHER:
            self.score += _FURTHER[strength]
        if worth > self.best:
            self.best, self.evidence = worth, (text, first, last)


def find(title: Text, abstract: Text, own: int) -> list[PaperTopic]:
    """Return the topics of a paper, the surest first; "other" where none is found.

    `own` is where the abstract begins to speak of the paper.
    """
    sums: dict[str, _Sum] = {}
    for text in (title, abstract):
        for triggers, first, last in TOPICS.phrases.find(text):
            place = 0 if text is title else 1 if text.starts[first] >= own else 2
            for topic, strength in triggers:
                if topic not in sums:
                    sums[topic] = _Sum()
                sums[topic].add(strength, place, text, first, last)
    ranked = sorted(sums.items(), key=lambda one: (-one[1].score, one[0]))
    chosen = [one for one in ranked if one[1].score >= _LEAST][:_MOST]
    if not chosen and ranked and ranked[0][1].score >= _FALLBACK:
        chosen = ranked[:1]
    return [_topic(*one) for one in chosen] or [
        PaperTopic("other", title.text, "title", 0, len(title.text))
    ]


def _topic(topic: str, found: _Sum) -> PaperTopic:
    text, first, last = found.evidence
    start, end = text.starts[first], text.ends[last - 1]
    return PaperTopic(topic, text.text[start:end], text.field, start, end)
