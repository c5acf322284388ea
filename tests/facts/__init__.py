"""Sentences of our own, read as part of an abstract."""

from daily_papers import facts
from daily_papers.records import Facts

FRAME = "We present Zorbit, a method for inference. "


def facts_of(sentence: str) -> Facts:
    return facts.extract("On inference", FRAME + sentence)
