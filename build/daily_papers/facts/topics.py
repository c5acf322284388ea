"""Finds a paper's topics: a yes or no for each, by the phrases that name it and by all words."""

from collections.abc import Mapping, Sequence
from typing import get_args

from daily_papers.facts.models import LinearModel
from daily_papers.facts.paper_features import Description
from daily_papers.records import PaperTopic
from daily_papers.text import Text
from daily_papers.vocabulary.topics_types import Strength

_MAX_TOPICS = 5
OTHER = "other"
_SUREST: Sequence[str] = get_args(Strength)
_NEAREST = ("title", "made", "own", "background")


def find_topics(
    title: Text, abstract: Text, described: Description, scores: Sequence[int], model: LinearModel
) -> list[PaperTopic]:
    """Return the topics of a paper by the model's scores, the surest first; "other" if none."""
    topics = []
    for topic in chosen(model.scores_in(scores, "topic")):
        text, start, end = _evidence(topic, described, (title, abstract), model)
        topics.append(PaperTopic(topic, text.text[start:end], text.field, start, end))
    return topics


def chosen(scores: Mapping[str, int]) -> list[str]:
    """Return the topics with a score above 0, the highest first, at most five; "other" if none."""
    ranked = sorted(scores, key=lambda topic: (-scores[topic], topic))
    return [topic for topic in ranked if scores[topic] > 0][:_MAX_TOPICS] or [OTHER]


def _evidence(
    topic: str, described: Description, texts: Sequence[Text], model: LinearModel
) -> tuple[Text, int, int]:
    """Return the span [start, end) of a text that speaks most for a topic: the surest phrase that
    names it, or else the word of the highest weight, or else the title."""
    phrases = [phrase for phrase in described.phrases if phrase.topic == topic]
    if phrases:
        return min(
            phrases, key=lambda each: (_SUREST.index(each.strength), _NEAREST.index(each.zone))
        )[3:]
    weights = {
        form: model.weights[form].get(f"topic: {topic}", 0)
        for form in model.weights.keys() & {form for text in texts for form in text.forms}
    }
    form = max(sorted(weights), key=weights.__getitem__, default="")
    for text in texts if weights.get(form, 0) > 0 else ():
        if form in text.forms:
            index = text.forms.index(form)
            return text, text.starts[index], text.ends[index]
    return texts[0], 0, len(texts[0].text)
