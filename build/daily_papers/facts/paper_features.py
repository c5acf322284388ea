"""Describes a whole paper to the models: its words, the phrases of the vocabulary, and where.

A phrase stands in the title, in what the paper says to make ("we propose …"), elsewhere in what is
its own, or in the background before the paper speaks of itself.
"""

from collections import Counter
from collections.abc import Container, Iterator
from itertools import compress, pairwise
from typing import NamedTuple

from daily_papers.facts import types
from daily_papers.text import Text, word_set
from daily_papers.vocabulary import TOPICS, TYPES
from daily_papers.vocabulary.topics_types import Strength

_SPEAKERS = word_set("we paper work report study article")
_PROPOSES = word_set(
    "propose proposed proposing introduce introduced introducing present presented presenting "
    "develop developed developing design designed build built create created implement implemented "
    "release released releasing construct constructed devise devised"
)
_NEAR = 10  # words between "we" and "propose"
_MADE_WORDS = 18  # behind "we propose"
_OF_ITSELF = {"we": "we", "our": "our", "this": "our"}
_NAME_SIGNS = ("bench", "lm", "gpt", "net", "former", "vl", "llama", "eval")
_STEPS = (2, 3, 5)  # occurrences that are told apart


class NamedBy(NamedTuple):
    """A phrase that names a topic: how surely, in which zone, its span [start, end) of a text."""

    topic: str
    strength: Strength
    zone: str
    text: Text
    start: int
    end: int


class Description(NamedTuple):
    """The features of a paper, those of single topics, and the phrases that name topics."""

    features: set[str]
    of_topics: list[str]  # "TOPIC: …"
    phrases: list[NamedBy]


def describe(title: Text, abstract: Text, name: str | None, own_start: int) -> Description:
    """Return what a paper says.

    `name` is that of what it introduces, `own_start` the offset at which the abstract begins to
    speak of the paper.
    """
    zones, proposals = _zones(abstract, own_start)
    features = {*title.forms, *abstract.forms}  # a word is a feature as it is
    features.update([f"title: {form}" for form in title.forms])
    features.update([f"title: {first} {second}" for first, second in pairwise(title.forms)])
    features.update(
        [f"made: {form}" for form in {*compress(abstract.forms, map("made".__eq__, zones))}]
    )
    for index in _indexes(abstract.forms[:-1], _OF_ITSELF):
        features.add(f"{_OF_ITSELF[abstract.forms[index]]}: {abstract.forms[index + 1]}")
    if name is not None:
        features.update(
            ("name", *(f"name: {sign}" for sign in _NAME_SIGNS if sign in name.lower()))
        )
    features |= types.head_features(title, abstract, name, proposals)
    of_types: list[tuple[str, str]] = []
    phrases: list[NamedBy] = []
    for text, at in ((title, ["title"] * len(title.forms)), (abstract, zones)):
        for named, first, _ in TYPES.phrases.matches(text):
            of_types += ((each, at[first]) for each in named)
        for triggers, first, last in TOPICS.phrases.matches(text):
            start, end = text.starts[first], text.ends[last - 1]
            phrases += (NamedBy(*trigger, at[first], text, start, end) for trigger in triggers)
    features.update(_counted(of_types))
    in_zones = [(f"{topic}: {strength}", zone) for topic, strength, zone, *_ in phrases]
    return Description(features, list(_counted(in_zones)), phrases)


def _zones(abstract: Text, own_start: int) -> tuple[list[str], list[int]]:
    """Return the zone of each word, and the words behind each "we propose"."""
    first = abstract.word_at(own_start)
    zones = ["background"] * first + ["own"] * (len(abstract.forms) - first)
    proposals = []
    for _, _, first, last in abstract.sentences:
        forms = abstract.forms[first:last]
        for index in _indexes(forms, _PROPOSES):
            if not _SPEAKERS.isdisjoint(forms[max(0, index - _NEAR) : index]):
                made = range(first + index + 1, min(last, first + index + 1 + _MADE_WORDS))
                zones[made.start : made.stop] = ["made"] * len(made)
                proposals.append(made.start)
                break
    return zones, [first for first in proposals if first < len(zones)]


def _indexes(forms: list[str], words: Container[str]) -> Iterator[int]:
    return compress(range(len(forms)), map(words.__contains__, forms))


def _counted(named: list[tuple[str, str]]) -> Iterator[str]:
    """Yield how often each is named, in each zone and in all."""
    counts, totals = Counter(named), Counter(name for name, _ in named)
    for name, count in totals.items():
        counts[name, "all"] = count
    for (name, zone), count in counts.items():
        yield f"{name} in {zone}, 1 or more"
        if count > 1:
            yield from (f"{name} in {zone}, {step} or more" for step in _STEPS if step <= count)
