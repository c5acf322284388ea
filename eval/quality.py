"""Writes what is measured into the package, for the page “About this data”."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

QUALITY = Path(__file__).parents[1] / "build" / "daily_papers" / "site" / "views" / "quality.yml"
# The figures that README and page show, in words.
FACTS = {
    "a claim's number": "claims: value",
    "… with unit, metric and effect": "claims: tuple",
    "… of these, confidence 70% or more": "claims: tuple, confidence ≥ 70",
    "… with bound, baseline, hardware and subject": "claims: full",
    "the method's name": "name",
    "topics": "topics",
    "models named": "models",
    "datasets named": "datasets",
    "what it is compared with": "compared_with",
}
SEARCH = {
    "queries that nobody looked at while search was made": "test",
    "… questions in plain words among them": "test: questions",
    "… other queries among them": "test: other",
    "similar papers": "similar",
}
_CALIBRATED = "claims, confidence "  # and the least confidence of a bucket

Scores = Mapping[str, float]


def facts(figures: Mapping[str, Scores]) -> list[dict[str, Any]]:
    """Return precision, recall and number of labels of each kind of fact."""
    return [
        {
            "kind": words,
            "precision": figures[kind]["precision"],
            "recall": figures[kind]["recall"],
            "labels": int(figures[kind]["labels"]),
        }
        for words, kind in FACTS.items()
    ]


def confidence(figures: Mapping[str, Scores]) -> list[dict[str, Any]]:
    """Return how often claims of a confidence are right, the least confident first."""
    buckets = {
        int(kind.removeprefix(_CALIBRATED).removesuffix("+")): row
        for kind, row in figures.items()
        if kind.startswith(_CALIBRATED)
    }
    return [
        {"least": least, "right": row["precision"], "claims": int(row["stated"])}
        for least, row in sorted(buckets.items())
    ]


def search(scores: Scores, by_words: Scores, baseline: Scores) -> list[dict[str, Any]]:
    """Return nDCG@10 of each kind of query: as it is, by words alone, and of a plain baseline."""
    columns = {"ndcg": scores, "by_words": by_words, "baseline": baseline}
    return [
        {"kind": words}
        | {name: round(column[kind], 3) for name, column in columns.items() if kind in column}
        for words, kind in SEARCH.items()
    ]


def write(**sections: Any) -> None:
    """Replace sections of the file; the others stay."""
    kept = yaml.safe_load(QUALITY.read_text(encoding="utf-8")) if QUALITY.exists() else {}
    QUALITY.write_text("".join(_lines({**kept, **sections})), encoding="utf-8")


def _lines(content: Mapping[str, Any]) -> Iterator[str]:
    yield "# Measured by eval/cross_validation.py and eval/search_scores.py, which write this.\n"
    yield yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=True, width=100)
