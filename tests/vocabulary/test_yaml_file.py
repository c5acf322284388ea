"""A vocabulary file with an error is refused, with the file and the key."""

from collections.abc import Callable
from typing import Any

import pytest

from daily_papers import vocabulary
from daily_papers.vocabulary.known_names import Hardware, Names
from daily_papers.vocabulary.metrics_units import Cues, Metrics, Units, verb_forms
from daily_papers.vocabulary.synonyms import Synonym, read_synonyms
from daily_papers.vocabulary.topics_types import Topics, Types
from daily_papers.vocabulary.yaml_file import VocabularyError, VocabularyFile
from tests.conftest import ROOT

TOPIC = "- {id: a, name: A, description: An a, certain: [a b]}\n"
TYPE = "- {id: t, description: T, heads: [a b], phrases: []}"
HARDWARE = "vendors: [V]\nfamilies: [{family: F, shapes: ['f1']}]"
UNIT = "- {unit: s, written: [s], metric: m}\n"
METRIC = "- {id: m, name: M, description: An m, better: higher, words: [em]}\n"


def names(models: str, datasets: str = "names: [D]", methods: str = "names: [M]") -> Names:
    return Names(
        VocabularyFile("models.yml", models),
        VocabularyFile("datasets.yml", datasets),
        VocabularyFile("methods.yml", methods + "\ntest_bed: [T]"),
    )


def synonyms(file: VocabularyFile) -> list[Synonym]:
    return list(read_synonyms(file))


def units(file: VocabularyFile) -> Units:
    return Units(file, Metrics(VocabularyFile("metrics.yml", METRIC)))


@pytest.mark.parametrize(
    ("reader", "text", "message"),
    [
        (Topics, "- {id: a, name: A", "topics: line 2: "),
        (Topics, "a: 1", "topics: Expected `array`, got `object`"),
        (Topics, "- 1", "topics: [0]: Expected `object`, got `int`"),
        (Topics, "- {id: a, name: A}", "topics: a: Object missing required field `description`"),
        (Topics, TOPIC + TOPIC, "topics: 'a' stands twice"),
        (Topics, TOPIC.replace("certain", "sure"), "topics: a: Object contains unknown field"),
        (Topics, TOPIC.replace("id: a", "id: A b"), "topics: A b.id: Expected `str` matching"),
        (Topics, TOPIC.replace("certain:", "parent: b, certain:"), "topics: a.parent: 'b'"),
        (
            Topics,
            TOPIC.replace("[a b]", "[a bot, A-Bots]"),
            "topics: a.certain: 'A-Bots' stands twice",
        ),
        (Topics, TOPIC.replace("[a b]", "[1]"), "topics: a.certain[0]: Expected `str`, got `int`"),
        (Topics, TOPIC.replace("[a b]", "['-']"), "topics: a.certain: '-' has no letter"),
        (Topics, TOPIC.replace("[a b]", "a"), "topics: a.certain: Expected `array`, got `str`"),
        (Topics, TOPIC.replace("certain", "not").replace("a b", "1"), "topics: a.not[0]: "),
        (Metrics, METRIC.replace("higher", "up"), "metrics: m.better: Invalid enum value 'up'"),
        (Metrics, METRIC.replace("[em]", "[]"), "metrics: m.words: Expected `array` of length"),
        (Types, TYPE.replace("a b", "1"), "types: t.heads[0]: Expected `str`, got `int`"),
        (Hardware, "vendors: [V]\nfamilies: [{family: F}]", "hardware: F: Object missing"),
        (Hardware, HARDWARE.replace("f1", "("), "hardware: F.shapes: '(' is no regular exp"),
        (synonyms, "a: 1", "synonyms: Expected `array`, got `object`"),
        (synonyms, "- {near: [a]}", "synonyms: entry 1: Object missing required field `same`"),
        (synonyms, "- {same: [a], far: [b]}", "synonyms: entry 1: Object contains unknown field"),
        (synonyms, "- {same: [a b, A-B]}", "synonyms: ['a b'].same: 'A-B' stands twice"),
        (synonyms, "- {same: [a]}\n- {same: [b, a]}", "synonyms: ['b'].same: 'a' stands in"),
        (synonyms, "- {same: [a]}\n- {same: [a]}", "synonyms: ['a'].same: 'a' stands in"),
        (units, UNIT.replace("metric: m", "metric: x"), "units: s.metric: 'x' is none of m"),
        (units, UNIT + UNIT.replace("unit: s", "unit: t"), "units: t.written: 's' is 's' already"),
        (Cues, "bounds: {}", "cues: Object missing required field `up`"),
    ],
)
def test_a_wrong_file_is_refused(
    reader: Callable[[VocabularyFile], Any], text: str, message: str
) -> None:
    name, _, problem = message.partition(": ")
    with pytest.raises(VocabularyError) as error:
        reader(VocabularyFile(f"{name}.yml", text))
    assert str(error.value).startswith(f"vocabulary/{name}.yml: {problem}")


def test_a_model_belongs_to_one_family() -> None:
    with pytest.raises(VocabularyError, match=r"models.yml: G.written: 'f' belongs to F already"):
        names("- {family: F, written: [f]}\n- {family: G, written: [f]}")


def test_a_name_stands_once() -> None:
    with pytest.raises(VocabularyError, match=r"datasets.yml: names: 'D' stands twice"):
        names("- {family: F, written: [f]}", datasets="names: [D, D]")


def test_the_topics_are_those_of_the_guidelines() -> None:
    guidelines = (ROOT / "eval" / "GUIDELINES.md").read_text(encoding="utf-8")
    listed = guidelines.split("## topics")[1].split("\n## ")[0].split("\n", 1)[1]
    topic_ids = {item.split()[0] for item in listed.split("·")}
    assert {topic.id for topic in vocabulary.TOPICS.all} == topic_ids
    assert all(topic.description.endswith(".") for topic in vocabulary.TOPICS.all)


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("reduce", {"reduce", "reduces", "reduced", "reducing"}),
        ("drop", {"drop", "drops", "dropped", "dropping"}),
        ("modify", {"modify", "modifies", "modified", "modifying"}),
    ],
)
def test_verbs_take_their_forms(verb: str, forms: set[str]) -> None:
    assert forms <= set(verb_forms(verb))
