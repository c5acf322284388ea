"""Trains the model of a whole paper: its topics and its type."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from labels import LabelledPaper

from daily_papers.facts import paper_features, self_reference_start, topics
from daily_papers.facts.models import BIAS, LinearModel, Models
from daily_papers.facts.names.introduced_name import find_introduced_name
from daily_papers.facts.training import (
    Example,
    MultilabelExample,
    fold_of,
    join,
    train,
    train_multilabel,
)
from daily_papers.vocabulary import TOPICS

_TOPIC_STRENGTH, _TYPE_STRENGTH = 0.3, 0.1
_FEWEST = 4
_RARE = 40.0  # types of fewer papers weigh as much as if they had so many
_FOLDS = 3
_THRESHOLDS = range(-150, 50, 10)


def train_papers(
    papers: Sequence[LabelledPaper], models_of: Callable[[LabelledPaper], Models]
) -> Models:
    """Return the model "papers", which decides on "type" and scores each "topic"."""
    del models_of
    described = [_described(paper) for paper in papers]
    of_topics = [
        MultilabelExample(each.features, each.of_topics, paper.gold["topics"], paper.id)
        for each, paper in zip(described, papers, strict=True)
    ]
    counts = Counter(paper.gold["type"] for paper in papers)
    # Words alone say little of a type.
    of_types = [
        Example(
            [name for name in each.features if " " in name],
            paper.gold["type"],
            paper.id,
            max(1.0, _RARE / counts[paper.gold["type"]]),
        )
        for each, paper in zip(described, papers, strict=True)
    ]
    types = train(of_types, _TYPE_STRENGTH, _FEWEST)
    return {"papers": join({"type": types, "topic": _train_topics(of_topics)})}


def _described(paper: LabelledPaper) -> paper_features.Description:
    introduced = find_introduced_name(paper.title, paper.abstract)
    name = introduced.text if introduced else None
    start = self_reference_start(paper.abstract)
    return paper_features.describe(paper.title, paper.abstract, name, start)


def _train_topics(examples: Sequence[MultilabelExample]) -> LinearModel:
    """Return a model whose thresholds give the best F1 on papers that it was not trained on."""
    scored = []
    for fold in range(_FOLDS):
        held_out = [example for example in examples if fold_of(example.paper, _FOLDS) == fold]
        model = _fit_topics([e for e in examples if fold_of(e.paper, _FOLDS) != fold])
        scored += [(_scores(model, example), example.labels) for example in held_out]
    threshold = max(_THRESHOLDS, key=lambda each: _f1(scored, each))
    model = _fit_topics(examples)
    biases = {topic: model.weights[BIAS].get(topic, 0) - threshold for topic in model.classes}
    return LinearModel(model.classes, {**model.weights, BIAS: biases})


def _fit_topics(examples: Sequence[MultilabelExample]) -> LinearModel:
    labels = [topic.id for topic in TOPICS.all if topic.id != topics.OTHER]
    return train_multilabel(examples, labels, _TOPIC_STRENGTH, _FEWEST)


def _scores(model: LinearModel, example: MultilabelExample) -> dict[str, int]:
    scores = model.scores([*example.features, *example.about_labels])
    return dict(zip(model.classes, scores, strict=True))


def _f1(scored: Sequence[tuple[Mapping[str, int], Sequence[str]]], threshold: int) -> float:
    counts: Counter[str] = Counter()
    for scores, labels in scored:
        moved = {topic: score - threshold for topic, score in scores.items()}
        decided = topics.chosen(moved)
        counts["hit"] += len(set(decided) & set(labels))
        counts["all"] += len(decided) + len(labels)
    return 2 * counts["hit"] / counts["all"]
