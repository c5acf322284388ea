"""Trains the model of names: what kind of thing a spelling names, and whether it is compared."""

from collections.abc import Callable, Sequence
from typing import Any

from labels import LabelledPaper
from score_facts import key

from daily_papers.facts import links
from daily_papers.facts.models import LinearModel, Models
from daily_papers.facts.names.introduced_name import find_introduced_name
from daily_papers.facts.names.name_features import Spelling, describe, relate
from daily_papers.facts.names.named_entities import COMPARED, KIND, NO_NAME
from daily_papers.facts.names.spans import find_spans
from daily_papers.facts.training import Example, calibrate, cross_fit, decision, join, train
from daily_papers.vocabulary.known_names import alphanumeric

_KINDS = {"dataset": "datasets", "model": "models", "hardware": "hardware"}
_STRENGTH = {KIND: 0.2, COMPARED: 0.02}
_FEWEST, _FOLDS = 3, 3
_SMALLEST = 5  # hundredths of a logit
# Of what is named: F1 wants more of it than its share, and hardware is rare.
_WEIGHT = {"hardware": 12.5, "dataset": 2.5, "model": 2.5, "yes": 5.0}


def train_names(
    papers: Sequence[LabelledPaper], models_of: Callable[[LabelledPaper], Models]
) -> Models:
    """Return the model of names."""
    kinds, compared = [], []
    for paper in papers:
        spans = (
            find_spans(paper.title),
            find_spans(paper.abstract, links.find_links(paper.abstract)),
        )
        name = find_introduced_name(paper.title, paper.abstract)
        name_key = alphanumeric(name.text if name else "")
        for spelling in describe(*spans, (paper.title, paper.abstract)):
            features = sorted(spelling.features.union(relate(spelling, name_key)))
            kind, role = label(spelling, paper.gold)
            kinds.append(Example(features, kind, paper.id, _WEIGHT.get(kind, 1.0)))
            compared.append(Example(features, role, paper.id, _WEIGHT.get(role, 1.0)))
    decisions = {
        KIND: _calibrated(kinds, NO_NAME, _STRENGTH[KIND]),
        COMPARED: _calibrated(compared, "no", _STRENGTH[COMPARED]),
    }
    return {"names": join(decisions, _SMALLEST)}


def label(spelling: Spelling, gold: dict[str, Any]) -> tuple[str, str]:
    """Return the kind of a spelling by the labels, and whether it is compared."""
    spelling_key = key(spelling.text)
    kind = NO_NAME
    for name, field in _KINDS.items():
        if spelling_key in map(key, gold[field]):
            kind = name
    return kind, "yes" if spelling_key in map(key, gold["compared_with"]) else "no"


def _calibrated(examples: Sequence[Example], nothing: str, strength: float) -> LinearModel:
    """Return a model whose confidence is that of decisions which name something."""
    model = train(examples, strength, _FEWEST)
    margins, correct = [], []
    for fold_model, held_out in cross_fit(examples, strength, _FEWEST, _FOLDS):
        for example in held_out:
            decided, margin = decision(fold_model, example.features)
            if decided != nothing:
                margins.append(margin)
                correct.append(decided == example.label)
    return LinearModel(model.classes, model.weights, {"": calibrate(margins, correct)})
