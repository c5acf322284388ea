"""The vocabulary files: they hold, and a wrong one is refused with file and key."""

from collections.abc import Callable
from typing import Any

import pytest

from daily_papers import vocabulary
from daily_papers.vocabulary.known_names import Hardware, Names
from daily_papers.vocabulary.metrics_units import Metrics, Units, cues, verb_forms
from daily_papers.vocabulary.synonyms import synonyms
from daily_papers.vocabulary.topics_types import Topics, Types
from daily_papers.vocabulary.yaml_file import VocabularyError, VocabularyFile
from tests.conftest import ROOT

TOPIC = "- {id: a, name: A, description: An a, certain: [a b]}\n"
METRIC = "- {id: m, name: M, description: An m, better: higher, words: [em]}\n"


def names(models: str, datasets: str = "names: [D]", methods: str = "names: [M]") -> Names:
    return Names(
        VocabularyFile("models.yml", models),
        VocabularyFile("datasets.yml", datasets),
        VocabularyFile("methods.yml", methods + "\ntest_bed: [T]"),
    )


def units(text: str) -> Units:
    return Units(VocabularyFile("units.yml", text), Metrics(VocabularyFile("metrics.yml", METRIC)))


@pytest.mark.parametrize(
    ("read", "text", "said"),
    [
        (Topics, "- {id: a, name: A", "topics.yml: line 2: "),
        (Topics, "a: 1", "topics.yml: expected a list of entries"),
        (Topics, "- 1", "topics.yml: entry 1: expected a mapping"),
        (Topics, "- {id: a, name: A}", "topics.yml: a.description: missing"),
        (Topics, TOPIC + TOPIC, "topics.yml: a.id: stands twice"),
        (Topics, TOPIC.replace("certain", "sure"), "topics.yml: a.sure: unknown key"),
        (Topics, TOPIC.replace("id: a", "id: A b"), "topics.yml: A b.id: 'A b' is no id"),
        (Topics, TOPIC.replace("certain:", "parent: b, certain:"), "topics.yml: a.parent: 'b'"),
        (
            Topics,
            TOPIC.replace("[a b]", "[a bot, A-Bots]"),
            "topics.yml: a.certain: 'A-Bots' stands twice",
        ),
        (Topics, TOPIC.replace("[a b]", "[1]"), "topics.yml: a.certain: 1 is no text"),
        (Topics, TOPIC.replace("[a b]", "['-']"), "topics.yml: a.certain: '-' has no letter"),
        (Topics, TOPIC.replace("[a b]", "a"), "topics.yml: a.certain: expected a list"),
        (Metrics, METRIC.replace("higher", "up"), "metrics.yml: m.better: 'up' is none of"),
        (
            Types,
            "- {id: t, description: T, title: {a: x}, proposed: {a: 1},"
            " elsewhere: {a: 1}, head: {a: 1}}",
            "types.yml: t.title.a: 'x' is no weight",
        ),
        (Hardware, "vendors: [V]\nfamilies: [{family: F}]", "hardware.yml: F: expected"),
        (synonyms, "a: 1", "synonyms.yml: expected a list of entries"),
        (synonyms, "- {near: [a]}", "synonyms.yml: entry 1: expected a mapping with a list"),
        (synonyms, "- {same: [a], far: [b]}", "synonyms.yml: ['a'].far: unknown key"),
        (synonyms, "- {same: [a b, A-B]}", "synonyms.yml: ['a b'].same: 'A-B' stands twice"),
        (
            synonyms,
            "- {same: [a]}\n- {same: [b, a]}",
            "synonyms.yml: ['b'].same: 'a' stands in the entry ['a'] too",
        ),
        (
            Hardware,
            "vendors: [V]\nfamilies: [{family: F, shapes: ['(']}]",
            "hardware.yml: F.shapes: '(' is no regular expression",
        ),
        (cues, "up: 1", "cues.yml: down: missing"),
    ],
)
def test_a_wrong_file_is_refused(
    read: Callable[[VocabularyFile], Any], text: str, said: str
) -> None:
    name = said.split(":")[0]
    with pytest.raises(VocabularyError) as raised:
        read(VocabularyFile(name, text))
    assert str(raised.value).startswith(f"vocabulary/{said}")


def test_a_unit_measures_a_metric_that_exists() -> None:
    with pytest.raises(VocabularyError, match=r"units.yml: s.metric: 'x' is none of m"):
        units("- {unit: s, written: [s], metric: x}")


def test_a_unit_is_written_like_no_other() -> None:
    with pytest.raises(VocabularyError, match=r"units.yml: t.written: 's' is 's' already"):
        units("- {unit: s, written: [s], metric: m}\n- {unit: t, written: [s], metric: m}")


def test_a_model_belongs_to_one_family() -> None:
    with pytest.raises(VocabularyError, match=r"models.yml: G.written: 'f' belongs to F already"):
        names("- {family: F, written: [f]}\n- {family: G, written: [f]}")


def test_a_name_stands_once() -> None:
    with pytest.raises(VocabularyError, match=r"datasets.yml: names: 'D' stands twice"):
        names("- {family: F, written: [f]}", datasets="names: [D, D]")


def test_the_topics_are_those_of_the_guidelines() -> None:
    guidelines = (ROOT / "eval" / "GUIDELINES.md").read_text(encoding="utf-8")
    listed = guidelines.split("## topics")[1].split("\n## ")[0].split("\n", 1)[1]
    named = {one.split()[0].strip() for one in listed.split("·")}
    assert {one.id for one in vocabulary.TOPICS.all} == named
    assert all(one.description.endswith(".") for one in vocabulary.TOPICS.all)


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
