"""The vocabulary of what a paper is: topics with their phrases, types with the words for them."""

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


class PaperType(Schema, frozen=True, rename={"against": "not"}):
    """An entry of types.yml: the head nouns of what is proposed that speak for the type, phrases
    that do so anywhere, and phrases that speak against it."""

    id: Id
    description: NonEmpty
    heads: list[str]
    phrases: list[str]
    against: list[str] = []


class Types:
    """The types of paper, and the words for them ("survey") and against them ("not survey")."""

    def __init__(self, file: VocabularyFile) -> None:
        """Take the file."""
        entries = file.parse(list[PaperType])
        self.all = tuple(entry.id for entry in entries)
        heads: dict[str, tuple[str, ...]] = {}
        phrases: dict[str, tuple[str, ...]] = {}
        for entry in entries:
            for word in file.distinct(f"{entry.id}.heads", entry.heads):
                heads[word] = (*heads.get(word, ()), entry.id)
            for phrase in file.distinct(f"{entry.id}.phrases", entry.phrases):
                phrases[phrase] = (*phrases.get(phrase, ()), entry.id)
            for phrase in file.distinct(f"{entry.id}.not", entry.against):
                phrases[phrase] = (*phrases.get(phrase, ()), f"not {entry.id}")
        self.heads = heads
        self.phrases = PhraseMatcher(phrases.items())
