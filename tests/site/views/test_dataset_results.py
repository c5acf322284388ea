"""Results on a dataset, and queries that go by factor: own claims in a copy of the seeds."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views.dataset_results import sections
from tests.conftest import QUERIES

# measured, value, unit, effect, better, confidence
SCORES = [
    ("accuracy", 71.0, "%", "level", "higher", 90),
    ("Accuracy", 99.0, "%", "level", "higher", 20),
    ("accuracy", 84.0, "%", "level", "higher", 60),
    ("error rate", 12.0, "%", "level", "lower", 90),
    ("error rate", 3.0, "%", "level", "lower", 90),
    ("FID", 2.1, "score", "level", "lower", 90),
    ("accuracy", 5.0, "points", "increase", "higher", 90),
    ("error rate", 40.0, "%", "decrease", "lower", 90),
    ("error rate", 60.0, "%", "decrease", "lower", 90),
]
INSERT = """
    insert into claims (id, paper_id, quote, field, start, "end", sentence, value, unit, metric,
        measured, effect, better, confidence, dataset_id, factor, baseline, hardware)
    values (:id, :paper_id, :quote, 'abstract', 0, 1, :sentence, :value, :unit, :metric,
        :measured, :effect, :better, :confidence, :dataset_id, :factor, 'the base', 'H300')
"""
CLAIM: dict[str, Any] = dict.fromkeys(("measured", "dataset_id", "factor", "better"))
CLAIM |= {"value": 1.0, "unit": "x", "effect": "decrease", "confidence": 90, "metric": "quality"}


def with_claims(copy: Path, claims: Sequence[dict[str, Any]]) -> Path:
    """Replace the claims of a database; each is of a paper of its own unless it names one."""
    with closing(sqlite3.connect(copy)) as db, db:
        db.execute("delete from claims")
        papers = [key for (key,) in db.execute("select id from papers order by id")]
        for number, claim in enumerate(claims):
            words = {"quote": claim.get("quote", "so"), "sentence": claim.get("quote", "so")}
            ids = {"id": f"c{number}", "paper_id": papers[claim.get("paper", number)]}
            db.execute(INSERT, CLAIM | words | claim | ids)
    return copy


@pytest.fixture
def scored(copy: Path) -> Path:
    """A database with SCORES on ImageNet."""
    names = ("measured", "value", "unit", "effect", "better", "confidence")
    claims = (dict(zip(names, score, strict=True)) for score in SCORES)
    return with_claims(copy, [claim | {"dataset_id": "dataset-imagenet"} for claim in claims])


def test_each_measure_has_a_section_confident_results_first_then_the_best(scored: Path) -> None:
    results = sections(SearchDatabase(scored), "dataset-imagenet")
    assert [
        (section.title, section.better, [result.value for result in section.results])
        for section in results
    ] == [
        ("Accuracy, in %", "higher", [84, 71, 99]),
        ("Error rate, in %", "lower", [3, 12]),
        ("FID, as a score", "lower", [2.1]),
        ("Error rate: decrease, in %", "lower", [60, 40]),
        ("Accuracy: increase, in points", "higher", [5]),
    ]


def ask(database: Path, name: str, **params: str) -> list[sqlite3.Row]:
    with closing(sqlite3.connect(database)) as db:
        db.row_factory = sqlite3.Row
        return db.execute(QUERIES[name]["sql"], params).fetchall()


def test_the_query_for_results_on_a_dataset_has_the_same_order(scored: Path) -> None:
    rows = ask(scored, "results_on_dataset", dataset="image net", measure="")
    assert [(row["measure"], row["value"]) for row in rows] == [
        ("accuracy", 84), ("accuracy", 71), ("accuracy", 99), ("error rate", 3),
        ("error rate", 12), ("fid", 2.1), ("accuracy", 5), ("error rate", 60), ("error rate", 40),
    ]  # fmt: skip
    (fid,) = ask(scored, "results_on_dataset", dataset="ImageNet", measure="FI")
    assert (fid["dataset"], fid["unit"]) == ("ImageNet", "score")
    (counted,) = ask(scored, "most_measured_datasets")
    assert (counted["dataset"], counted["results"], counted["measures"]) == ("ImageNet", 9, 3)


def test_the_kv_cache_query_has_cuts_of_its_memory_alone_one_a_paper_the_best_first(
    copy: Path,
) -> None:
    def memory(factor: float | None, quote: str, **more: Any) -> dict[str, Any]:
        return {"metric": "memory", "factor": factor, "quote": quote, **more}

    claims = [
        memory(4.0, "a 4x smaller KV cache"),
        memory(5.0, "only 20% of the key-value cache", effect="level", unit="%"),
        memory(9.0, "9x less", measured="KV-cache memory", confidence=30),
        memory(2.0, "2x, beside 3x", measured="KV cache", paper=3),
        memory(3.0, "3x for the KV cache", paper=3),
        memory(0.9, "a KV cache that grows by 11%"),
        memory(None, "16 GB for the KV cache"),
        memory(8.0, "the KV cache aside, 8x smaller weights"),
        memory(8.0, "beside the KV cache, 8x less activation memory"),
        memory(8.0, "8x less memory"),
        {"metric": "model_size", "factor": 8.0, "quote": "KV cache and all, 8x smaller"},
    ]
    rows = ask(with_claims(copy, claims), "kv_cache_memory")
    assert [row["factor"] for row in rows] == [5, 4, 3, 9]
    assert {(row["baseline"], row["hardware"]) for row in rows} == {("the base", "H300")}


@pytest.mark.parametrize("name", ["claims_against", "claims_on_hardware"])
def test_claims_of_one_thing_come_confident_ones_first_then_by_factor(
    copy: Path, name: str
) -> None:
    claims = [
        {"factor": 2.0},
        {"factor": None},
        {"factor": 7.0},
        {"factor": 9.0, "confidence": 49},
        {"factor": 3.0, "confidence": 50},
    ]
    params = {"claims_against": {"baseline": "base"}, "claims_on_hardware": {"hardware": "h3"}}
    rows = ask(with_claims(copy, claims), name, **params[name])
    assert [row["factor"] for row in rows] == [7, 3, 2, None, 9]
