"""Scores facts on labelled papers by models that were not trained on them (papers split by id).

    python eval/cross_validation.py [--only claims,…] [--share 50] [--write]

Prints precision, recall and F1 of each kind of fact with 95 % intervals, and how often facts of a
confidence are right. `--share` trains on a part of the labels in percent, for a learning curve;
`--write` keeps the figures in figures.json, which README and docs quote, and in the package.
"""

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import quality
import score_facts
from labels import MEASURED, LabelledPaper, labelled_papers, labels_hash
from train import train_all, weights_hash

from daily_papers import facts
from daily_papers.facts.models import Models
from daily_papers.facts.training import fold_of
from daily_papers.records import Claim, Facts

FOLDS = 5
FIGURES = Path(__file__).with_name("figures.json")
CONFIDENT = 70  # percent
_KINDS = {"hardware": "hardware", "model": "models", "dataset": "datasets"}
_BUCKET = 10  # percent
_DRAWS = 1000  # of the bootstrap

Counts = Counter[tuple[str, str]]
Tally = Callable[[str, int, int, int], None]


def score(extracted: Facts, gold: Mapping[str, Any]) -> Counts:
    """Return for each kind of fact how many of a paper are right, stated, and labelled."""
    counts: Counts = Counter()

    def tally(kind: str, hits: int, stated: int, wanted: int) -> None:
        counts.update({(kind, "hits"): hits, (kind, "stated"): stated, (kind, "labels"): wanted})

    _score_claims(extracted.claims, gold["claims"], tally)
    names = score_facts.key(extracted.name), score_facts.key(gold["name"])
    tally("name", int(bool(names[1]) and names[0] == names[1]), bool(names[0]), bool(names[1]))
    tally("type", int(extracted.type == gold["type"]), 1, 1)
    stated: dict[str, set[str]] = {"topics": {topic.topic_id for topic in extracted.topics}}
    stated |= {kind: set() for kind in (*_KINDS.values(), "compared_with")}
    for mention in extracted.mentions:
        text = score_facts.key(mention.text)
        if mention.kind in _KINDS:
            kind = _KINDS[mention.kind]
            stated[kind].add(text)
            is_right = text in {score_facts.key(other) for other in gold[kind]}
            tally(_bucket("mentions", mention.confidence), is_right, 1, 0)
        if mention.role == "compared":
            stated["compared_with"].add(text)
    for kind, texts in stated.items():
        wanted = set(gold[kind]) if kind == "topics" else set(map(score_facts.key, gold[kind]))
        tally(kind, len(texts & wanted), len(texts), len(wanted))
    return counts


def _score_claims(claims: Sequence[Claim], gold: Sequence[dict[str, Any]], tally: Tally) -> None:
    rows = [{field: getattr(claim, field) for field in Claim.__struct_fields__} for claim in claims]
    for kind, same in (
        ("claims: value", score_facts.same_number),
        ("claims: tuple", score_facts.same_tuple),
        ("claims: full", score_facts.same_full),
    ):
        hits, owner = score_facts.matched(rows, gold, same)
        tally(kind, hits, len(rows), len(gold))
        if kind == "claims: tuple":
            right = set(owner.values())
            sure = [index for index, row in enumerate(rows) if row["confidence"] >= CONFIDENT]
            hits = sum(index in right for index in sure)
            tally(f"claims: tuple, confidence ≥ {CONFIDENT}", hits, len(sure), len(gold))
            for index, row in enumerate(rows):
                tally(_bucket("claims", row["confidence"]), index in right, 1, 0)
            for wanted, index in owner.items():
                _score_conditions(rows[index], gold[wanted], tally)


def _score_conditions(row: dict[str, Any], gold: dict[str, Any], tally: Tally) -> None:
    """Of a claim that is right: whether baseline, subject and hardware share a word with those of
    the label."""
    for field in ("baseline", "subject", "hardware"):
        is_right = bool(score_facts.words(row[field]) & score_facts.words(gold[field]))
        tally(f"{field} of a right claim", is_right, bool(row[field]), bool(gold[field]))


def _bucket(kind: str, confidence: int) -> str:
    return f"{kind}, confidence {confidence // _BUCKET * _BUCKET}+"


def evaluate(models: Models, papers: Iterable[LabelledPaper]) -> list[Counts]:
    """Return the counts of each paper with these models."""
    return [
        score(facts.extract(paper.title.text, paper.abstract.text, models), paper.gold)
        for paper in papers
    ]


def _evaluate_fold(fold: int, only: Sequence[str], share: int) -> list[Counts]:
    held_out = [paper for paper in labelled_papers() if _is_in(paper, fold)]
    others = (paper for paper in labelled_papers() if not _is_in(paper, fold))
    fitted = [paper for number, paper in enumerate(others) if number * 37 % 100 < share]
    return evaluate(train_all(fitted, only), held_out)


def _is_in(paper: LabelledPaper, fold: int) -> bool:
    return paper.file in MEASURED and fold_of(paper.id, FOLDS) == fold


def cross_validate(only: Sequence[str] = (), share: int = 100) -> list[Counts]:
    """Return the counts of each measured paper, with models that did not see it.

    `only` names the groups of models to train; the others are those of the package. `share` is how
    much of the labels they are trained on, in percent.
    """
    with ProcessPoolExecutor(2) as executor:
        folds = executor.map(partial(_evaluate_fold, only=only, share=share), range(FOLDS))
        return [counts for fold in folds for counts in fold]


def figures(papers: Sequence[Counts]) -> dict[str, dict[str, float]]:
    """Return for each kind precision, recall, F1, the 95 % interval of F1 (bootstrap over papers),
    and the number of labels."""
    kinds = sorted({kind for counts in papers for kind, _ in counts})
    draws = np.random.default_rng(0).integers(0, len(papers), (_DRAWS, len(papers)))
    rows = {}
    for kind in kinds:
        names = ("hits", "stated", "labels")
        table = np.array([[counts[kind, name] for name in names] for counts in papers])
        hits, stated, wanted = table.sum(axis=0).tolist()
        sums = table[draws].sum(axis=1)
        drawn = 2 * sums[:, 0] / np.maximum(1, sums[:, 1] + sums[:, 2])
        low, high = np.percentile(drawn, [2.5, 97.5]).tolist()
        f1 = 2 * hits / max(1, stated + wanted)
        shares = (hits / max(1, stated), hits / max(1, wanted), f1, low, high)
        keys = ("precision", "recall", "f1", "f1_low", "f1_high")
        rounded = {key: round(share, 3) for key, share in zip(keys, shares, strict=True)}
        rows[kind] = {**rounded, "stated": stated, "labels": wanted}
    return rows


def table(rows: Mapping[str, Mapping[str, float]]) -> str:
    """Return the figures as text."""
    lines = [f"{'':34}{'precision':>10}{'recall':>8}{'F1':>7}  {'95 % interval':15}{'labels':>6}"]
    for kind, row in rows.items():
        if row["labels"]:
            interval = f"{row['f1_low']:.3f} to {row['f1_high']:.3f}"
            shares = f"{row['precision']:10.3f}{row['recall']:8.3f}{row['f1']:7.3f}"
            lines.append(f"{kind:34}{shares}  {interval:15}{row['labels']:6.0f}")
    return "\n".join(lines)


def calibration(rows: Mapping[str, Mapping[str, float]]) -> str:
    """Return how often facts of each confidence are right, as text."""
    lines = [f"{'':34}{'right':>8}{'facts':>8}"]
    for kind, row in rows.items():
        if "confidence" in kind and not row["labels"]:
            lines.append(f"{kind:34}{row['precision']:8.0%}{row['stated']:8.0f}")
    return "\n".join(lines)


def sections(rows: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    """Return what the package has of the figures."""
    paper_count = sum(paper.file in MEASURED for paper in labelled_papers())
    return {
        "paper_count": paper_count,
        "facts": quality.facts(rows),
        "confidence": quality.confidence(rows),
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="")
    parser.add_argument("--share", type=int, default=100)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    only = tuple(filter(None, options.only.split(",")))
    rows = figures(cross_validate(only, options.share))
    print(table(rows), calibration(rows), sep="\n\n")
    if options.write:
        kept = {"labels": labels_hash(), "weights": weights_hash(), "figures": rows}
        FIGURES.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        quality.write(**sections(rows))


if __name__ == "__main__":
    main()
