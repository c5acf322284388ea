"""The vocabulary of what a paper is: topics with their phrases, types with the words for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

from daily_papers.text import Phrases
from daily_papers.vocabulary.yaml_file import VocabularyFile

Strength = Literal["certain", "decisive", "strong", "weak"]


@dataclass(frozen=True)
class Topic:
    """A topic of papers, one row of the table."""

    id: str
    name: str
    description: str
    parent: str | None


class Trigger(NamedTuple):
    """How surely a phrase names a topic."""

    topic: str
    strength: Strength


class Topics:
    """The topics and the phrases that name them."""

    def __init__(self, file: VocabularyFile) -> None:
        """Take the file.

        Raises:
            VocabularyError: a key is missing, unknown or not of its kind, or a parent does not
                exist.
        """
        optional = ("parent", "not", *get_args(Strength))
        entries = file.entries("id", ("id", "name", "description"), optional)
        self.all = tuple(
            Topic(
                file.identifier(f"{one['id']}.id", one["id"]),
                one["name"],
                one["description"],
                one.get("parent"),
            )
            for one in entries
        )
        known = [None, *(topic.id for topic in self.all)]
        for topic in self.all:
            file.choice(f"{topic.id}.parent", topic.parent, known)
        triggers: dict[str, list[Trigger]] = {}
        for one in entries:
            for phrase in file.words(f"{one['id']}.not", one.get("not")):
                triggers.setdefault(phrase, [])
            for strength in get_args(Strength):
                for phrase in file.words(f"{one['id']}.{strength}", one.get(strength)):
                    triggers.setdefault(phrase, []).append(Trigger(one["id"], strength))
        self.phrases = Phrases((phrase, tuple(named)) for phrase, named in triggers.items())


class TypeWord(NamedTuple):
    """How much a word speaks for a type of paper, in each of the places where it may stand."""

    type: str
    title: float
    proposed: float
    elsewhere: float
    head: float


class Types:
    """The types of paper and the words that speak for them."""

    def __init__(self, file: VocabularyFile) -> None:
        """Take the file.

        Raises:
            VocabularyError: a key is missing, unknown or not of its kind.
        """
        entries = file.entries("id", ("id", "description", *_PLACES))
        self.all = tuple(file.identifier(f"{one['id']}.id", one["id"]) for one in entries)
        words: dict[str, dict[str, dict[str, float]]] = {}
        for one in entries:
            for place in _PLACES:
                for word, weight in _weights(file, one, place):
                    words.setdefault(word, {}).setdefault(one["id"], {})[place] = weight
        said = {
            word: tuple(
                TypeWord(kind, *(places.get(place, 0.0) for place in _PLACES))
                for kind, places in kinds.items()
            )
            for word, kinds in words.items()
        }
        self.in_title = Phrases(
            (word, s) for word, s in said.items() if any(one.title for one in s)
        )
        self.in_abstract = Phrases(
            (word, s) for word, s in said.items() if any(one.proposed or one.elsewhere for one in s)
        )
        self.heads = {word: s for word, s in said.items() if any(one.head for one in s)}


_PLACES = ("title", "proposed", "elsewhere", "head")  # in the order of TypeWord


def _weights(file: VocabularyFile, entry: Mapping[str, Any], place: str) -> list[tuple[str, float]]:
    key = f"{entry['id']}.{place}"
    if not isinstance(entry[place], dict):
        raise file.fail(key, "expected words with weights")
    file.words(key, list(entry[place]))
    for word, weight in entry[place].items():
        if isinstance(weight, bool) or not isinstance(weight, int | float):
            raise file.fail(f"{key}.{word}", f"{weight!r} is no weight")
    return list(entry[place].items())
