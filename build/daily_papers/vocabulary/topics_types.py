"""The vocabulary of what a paper is: topics with their phrases, types with the words for them."""

from itertools import chain
from typing import Literal, NamedTuple, get_args

from daily_papers.text import PhraseMatcher
from daily_papers.vocabulary.yaml_file import Id, NonEmpty, Schema, VocabularyFile

Strength = Literal["certain", "decisive", "strong", "weak"]


class Topic(Schema, frozen=True, rename={"lookalikes": "not"}):
    """An entry of topics.yml, and one row of the table `topics`.

    The phrases name the topic as surely as the key says; `lookalikes` only look like one.
    """

    id: Id
    name: NonEmpty
    description: NonEmpty
    parent: str | None = None
    certain: list[str] = []
    decisive: list[str] = []
    strong: list[str] = []
    weak: list[str] = []
    lookalikes: list[str] = []


class Trigger(NamedTuple):
    """How surely a phrase names a topic."""

    topic: str
    strength: Strength


class Topics:
    """The topics and the phrases that name them."""

    def __init__(self, file: VocabularyFile) -> None:
        """Take the file."""
        self.all = tuple(file.parse(list[Topic]))
        triggers: dict[str, list[Trigger]] = {}
        for topic in self.all:
            file.check_choice(f"{topic.id}.parent", topic.parent, [other.id for other in self.all])
            for phrase in file.distinct(f"{topic.id}.not", topic.lookalikes):
                triggers.setdefault(phrase, [])
            for strength in get_args(Strength):
                for phrase in file.distinct(f"{topic.id}.{strength}", getattr(topic, strength)):
                    triggers.setdefault(phrase, []).append(Trigger(topic.id, strength))
        self.phrases = PhraseMatcher((phrase, tuple(named)) for phrase, named in triggers.items())


class PaperType(Schema, frozen=True):
    """An entry of types.yml: words with how much they speak for the type, by where they stand."""

    id: Id
    description: NonEmpty
    title: dict[str, float]
    proposed: dict[str, float]
    elsewhere: dict[str, float]
    head: dict[str, float]


class TypeWeights(NamedTuple):
    """How much a word speaks for a type of paper: in the title, behind "we propose", elsewhere in
    the abstract, and as the head noun of what is proposed."""

    type: str
    title: float
    proposed: float
    elsewhere: float
    head: float


_POSITIONS = TypeWeights._fields[1:]


class Types:
    """The types of paper and the words that speak for them."""

    def __init__(self, file: VocabularyFile) -> None:
        """Take the file."""
        entries = file.parse(list[PaperType])
        self.all = tuple(entry.id for entry in entries)
        weighted: dict[str, list[TypeWeights]] = {}
        for entry in entries:
            by_position: list[dict[str, float]] = [getattr(entry, name) for name in _POSITIONS]
            for position, weights in zip(_POSITIONS, by_position, strict=True):
                file.distinct(f"{entry.id}.{position}", weights)
            for word in dict.fromkeys(chain.from_iterable(by_position)):
                scores = (weights.get(word, 0.0) for weights in by_position)
                weighted.setdefault(word, []).append(TypeWeights(entry.id, *scores))

        def having(*positions: str) -> dict[str, tuple[TypeWeights, ...]]:
            return {
                word: tuple(types)
                for word, types in weighted.items()
                if any(getattr(weights, name) for weights in types for name in positions)
            }

        self.in_title = PhraseMatcher(having("title").items())
        self.in_abstract = PhraseMatcher(having("proposed", "elsewhere").items())
        self.heads = having("head")
