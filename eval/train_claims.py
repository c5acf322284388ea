"""Trains the models that decide of a number whether it is a result, and of what."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import score_facts
from labels import LabelledPaper

from daily_papers import facts
from daily_papers.facts.claims import candidates
from daily_papers.facts.claims.candidates import CONFIDENCE, NUMBERS, Candidate, metric_features
from daily_papers.facts.claims.features import has_unit_in_words
from daily_papers.facts.models import LinearModel, Models
from daily_papers.facts.training import Example, calibrate, fold_of, join, train

_STRENGTH = 0.5
_FEWEST = 5
_FOLDS = 5
_SMALLEST = 8  # weights nearer to 0 are left out
Labelled = tuple[LabelledPaper, list[tuple[Candidate, list[dict[str, Any]]]]]


def train_claims(
    papers: Sequence[LabelledPaper], models_of: Callable[[LabelledPaper], Models]
) -> Models:
    """Return the models of claims."""
    labelled = [(paper, align(paper, models_of(paper))) for paper in papers]
    trained = _fit(labelled)
    sure, margins, correct = list[Example](), list[int](), list[bool]()
    for fold in range(_FOLDS):
        fold_model = _fit([each for each in labelled if fold_of(each[0].id, _FOLDS) != fold])
        for paper, pairs in labelled:
            if fold_of(paper.id, _FOLDS) != fold:
                continue
            for candidate, golds in pairs:
                decision = candidates.decide(candidate, fold_model)
                margins.append(abs(decision.result))
                correct.append((decision.result > 0) == bool(golds))
                if decision.result > 0:
                    right = any(_is_right(candidate, decision, gold) for gold in golds)
                    features = decision.confidence_features
                    sure.append(Example(features, "yes" if right else "no", paper.id))
    confidence = train(sure, 1.0, _FEWEST)
    scores = [confidence.score(example.features) for example in sure]
    steps = {
        "result": calibrate(margins, correct),
        "": calibrate(scores, [example.label == "yes" for example in sure]),
    }
    return {
        NUMBERS: LinearModel(trained.classes, trained.weights, {"result": steps["result"]}),
        CONFIDENCE: LinearModel(confidence.classes, confidence.weights, {"": steps[""]}),
    }


def align(paper: LabelledPaper, models: Models) -> list[tuple[Candidate, list[dict[str, Any]]]]:
    """Return the numbers of a paper with the labels of each; a label is given to the number that
    its quote holds."""
    candidates_of_paper = facts.read_candidates(paper.title, paper.abstract, models)
    pairs: list[tuple[Candidate, list[dict[str, Any]]]] = [
        (each, []) for each in candidates_of_paper
    ]
    for gold in paper.gold["claims"]:
        best = max(
            (pair for pair in pairs if _same_number(pair[0], gold)),
            key=lambda pair: _fit_of(pair, gold),
            default=None,
        )
        if best:
            best[1].append(gold)
    return pairs


def _same_number(candidate: Candidate, gold: dict[str, Any]) -> bool:
    quantity = candidate.quantity
    return score_facts.same_number({"value": quantity.value, "unit": quantity.unit}, gold)


def _fit_of(
    pair: tuple[Candidate, list[dict[str, Any]]], gold: dict[str, Any]
) -> tuple[bool, bool, bool, int]:
    candidate, golds = pair
    quantity = candidate.quantity
    start = candidate.numbers.line.text.find(gold["quote"])
    is_quoted = 0 <= start <= quantity.start < start + len(gold["quote"])
    unit = score_facts.unit_class(quantity.unit or "score")
    return is_quoted, unit == score_facts.unit_class(gold["unit"]), not golds, -quantity.start


def _is_right(candidate: Candidate, decision: candidates.Decision, gold: dict[str, Any]) -> bool:
    unit = decision.unit
    unit = "score" if unit == "points" else unit
    return (decision.metric, decision.effect) == (
        gold["metric"],
        gold["effect"],
    ) and score_facts.unit_class(unit) == score_facts.unit_class(gold["unit"])


def _fit(labelled: Iterable[Labelled]) -> LinearModel:
    everything = [(paper.id, *pair) for paper, pairs in labelled for pair in pairs]
    results = [(paper, each, golds[0]) for paper, each, golds in everything if golds]

    def fit(examples: Iterable[tuple[str, Candidate, str]]) -> LinearModel:
        rows = [Example(each.features, label, paper) for paper, each, label in examples]
        return train(rows, _STRENGTH, _FEWEST)

    decisions = {
        "result": fit((p, each, "yes" if golds else "no") for p, each, golds in everything),
        "metric": fit((p, each, gold["metric"]) for p, each, gold in results),
        "effect": fit(
            (p, _with_metric(each, gold["metric"]), gold["effect"]) for p, each, gold in results
        ),
        "bound": fit((p, each, gold["bound"] or "none") for p, each, gold in results),
        "unit": fit(
            (p, each, _unit_class(gold["unit"]))
            for p, each, gold in results
            if has_unit_in_words(each.quantity)
        ),
    }
    return join(decisions, _SMALLEST)


def _with_metric(candidate: Candidate, metric: str) -> Candidate:
    features = [*candidate.features, *metric_features(candidate, metric)]
    return candidate._replace(features=features)


def _unit_class(unit: str) -> str:
    kind = score_facts.unit_class(unit)
    return ("score" if unit == "score" else "points") if kind == "points" else kind
