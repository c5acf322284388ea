"""Scores of facts and search on labelled abstracts and judged queries: each has a floor, and docs
state what is measured."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, build, query

sys.path.insert(0, str(ROOT / "eval"))
import search_scores

# F1 as measured, less what a change elsewhere may shake. Raise the floors with the figures.
# The first is for papers that no rule was written for, the second for those of the seeds, which the
# rules were written with.
FLOORS = {
    "claims: value": (0.85, 0.94),
    "claims: tuple": (0.69, 0.86),
    "claims: full": (0.36, 0.60),
    "name": (0.91, 0.94),
    "type": (0.76, 0.84),
    "topics": (0.69, 0.80),
    "urls": (1.00, 1.00),
    "hardware": (0.85, 0.95),
    "models": (0.72, 0.85),
    "datasets": (0.66, 0.88),
    "compared_with": (0.56, 0.69),
}

LABELS = "facts.train.jsonl"  # of the papers that no rule was written for
Scores = dict[str, dict[str, float]]


def score(*arguments: object) -> str:
    command = [sys.executable, str(ROOT / "eval" / "score_facts.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def unseen_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("unseen") / "papers.db"
    return build(target, ROOT / "eval" / "facts.train.papers.json", "--unusual")


@pytest.fixture(scope="module")
def unseen(unseen_database: Path) -> Scores:
    return dict(json.loads(score(unseen_database, ROOT / "eval" / LABELS, "--json")))


@pytest.fixture(scope="module")
def measured(database: Path) -> Scores:
    return dict(json.loads(score(database, "--json")))


@pytest.mark.parametrize("kind", FLOORS)
def test_f1_is_at_its_floor(unseen: Scores, measured: Scores, kind: str) -> None:
    unseen_floor, floor = FLOORS[kind]
    assert unseen[kind]["f1"] >= unseen_floor
    assert measured[kind]["f1"] >= floor


def test_every_measure_has_a_floor(measured: Scores, unseen: Scores) -> None:
    assert set(measured) == set(unseen) == set(FLOORS)


def titles(name: str) -> set[str]:
    lines = (ROOT / "eval" / name).read_text(encoding="utf-8").splitlines()
    return {search_scores.key(json.loads(line)["title"]) for line in lines}


def test_unseen_papers_are_not_those_that_the_rules_were_written_with(database: Path) -> None:
    seeds = {search_scores.key(title) for (title,) in query(database, "select title from papers")}
    unseen, labelled = titles(LABELS), titles("facts.dev.jsonl")
    assert labelled <= seeds
    assert not unseen & seeds
    readme, makefile, docs = (
        " ".join((ROOT / name).read_text(encoding="utf-8").split())
        for name in ("README.md", "Makefile", "docs/facts.md")
    )
    assert f"On {len(unseen)} papers from the archive that no rule was written for" in readme
    assert re.findall(r"of (\d+) papers", makefile) == [str(len(unseen)), str(len(labelled))]
    assert f"on {len(unseen)} from the archive" in docs
    assert f"The {len(labelled)} papers of" in docs


README_KINDS = {
    "a claim's number": "claims: value",
    "… with unit, metric and effect": "claims: tuple",
    "… with bound, baseline, hardware and subject": "claims: full",
    "the method's name": "name",
    "topics": "topics",
    "models named": "models",
    "datasets named": "datasets",
    "what it is compared with": "compared_with",
}


def test_the_readme_states_how_good_facts_are_on_unseen_papers(unseen: Scores) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    stated = dict(re.findall(r"^\| (.+?) \| (\d+ % \| \d+ %) \|$", readme, re.MULTILINE))
    assert stated == {
        words: f"{unseen[kind]['precision']:.0%} | {unseen[kind]['recall']:.0%}".replace("%", " %")
        for words, kind in README_KINDS.items()
    }


# nDCG@10 of search, less what a change elsewhere may shake.
SEARCH_FLOORS = {
    "dev": 0.78,
    "dev: known-item": 0.95,
    "dev: typo": 0.95,
    "own": 0.68,
    "own: known-item": 0.95,
    "own: typo": 0.86,
    "similar": 0.77,
}


@pytest.fixture(scope="module")
def searched(database: Path) -> dict[str, float]:
    return search_scores.measure(database)


@pytest.mark.parametrize(("kind", "floor"), SEARCH_FLOORS.items(), ids=SEARCH_FLOORS)
def test_search_is_at_its_floor(searched: dict[str, float], kind: str, floor: float) -> None:
    assert searched[kind] >= floor


def test_no_judged_query_is_answered_with_nothing(searched: dict[str, float]) -> None:
    assert searched["dev: empty"] == searched["own: empty"] == 0


def test_the_docs_print_what_search_is_worth(searched: dict[str, float]) -> None:
    docs = (ROOT / "docs" / "search.md").read_text(encoding="utf-8")
    table = "\n".join(search_scores.table(searched))
    assert table in docs, "if the figures are intended: paste what make eval prints"


def test_the_docs_print_what_is_measured(database: Path, unseen_database: Path) -> None:
    docs = (ROOT / "docs" / "facts.md").read_text(encoding="utf-8")
    for table in (score(unseen_database, ROOT / "eval" / LABELS), score(database)):
        assert table.rstrip() in docs, "if the figures are intended: paste what make eval prints"
