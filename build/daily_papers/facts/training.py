"""Trains the models: logistic regressions, whose weights are rounded to integers.

Needs scikit-learn, which only training uses.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from daily_papers.facts.models import BIAS, LinearModel

_SCALE = 100  # of a weight: hundredths of a logit
_SMALLEST = 3  # weights nearer to 0 are left out
_SMALL = 10  # the same for models of many labels, which have many small weights
_BIAS_SCALE = 10.0  # so that regularization hardly holds it back
_ABOUT_LABEL_SCALE = 1.5  # how freely what they say may differ between labels
_TELLING = 8.0  # chi-squared of a feature and a label
_FOLDS = 5
_MOST_STEPS = 150  # of the optimizer
_STEPS = 5  # percent between two steps of confidence


class Example(NamedTuple):
    """Something decided: its features, the right class, and the paper (papers are never split)."""

    features: Sequence[str]
    label: str  # of a yes or no: "yes" or "no"
    paper: str
    weight: float = 1.0


def train(examples: Sequence[Example], strength: float = 1.0, fewest: int = 2) -> LinearModel:
    """Return a model: for each class a logistic regression of it against the others.

    `strength` is the inverse of the regularization. Features of fewer than `fewest` examples are
    left out. Features are scaled by their log-count ratio, which helps where examples are few; the
    scale goes into the weights.
    """
    from sklearn.linear_model import LogisticRegression

    labels = np.array([example.label for example in examples])
    classes = sorted({example.label for example in examples})
    if len(classes) == 1:
        return LinearModel(classes, {BIAS: {classes[0]: _SCALE}})
    classes = ["yes"] if classes == ["no", "yes"] else classes
    counts = Counter(feature for example in examples for feature in set(example.features))
    names = sorted(feature for feature, count in counts.items() if count >= fewest)
    matrix = _matrix([set(example.features) for example in examples], names)
    sample_weight = [example.weight for example in examples]
    weights: dict[str, dict[str, int]] = {}
    for name in classes:
        is_class = labels == name
        ratios = _ratios(matrix, is_class)
        regression = LogisticRegression(C=strength, max_iter=2000, tol=1e-5)
        regression.fit(matrix.multiply(ratios).tocsr(), is_class, sample_weight=sample_weight)
        fitted = (*(regression.coef_[0] * ratios).tolist(), float(regression.intercept_[0]))
        for feature, weight in zip([*names, BIAS], fitted, strict=True):
            if abs(weight := round(weight * _SCALE)) >= _SMALLEST:
                weights.setdefault(feature, {})[name] = weight
    return LinearModel(classes, weights)


class MultilabelExample(NamedTuple):
    """Something with any number of labels; features "LABEL: …" of `about_labels` are about one."""

    features: Collection[str]
    about_labels: Collection[str]
    labels: Collection[str]
    paper: str


# Longer than others: one fit over all labels, and the corrections of each, in order.
def train_multilabel(
    examples: Sequence[MultilabelExample], labels: Sequence[str], strength: float, fewest: int
) -> LinearModel:
    """Return a model with a yes or no for each label: yes where its score is above 0.

    What a feature about one label says is learned over all together, and corrected for each.
    Features of fewer than `fewest` examples are left out, and for each label those that occur in it
    hardly more or less often than elsewhere; a label of few examples has few features.
    """
    from scipy.sparse import block_diag, hstack, vstack
    from sklearn.linear_model import LogisticRegression

    counts = Counter(feature for example in examples for feature in set(example.features))
    names = sorted(name for name, count in counts.items() if count >= fewest)
    shared = _matrix([example.features for example in examples], names)
    about = [[_of_label(label, example.about_labels) for example in examples] for label in labels]
    about_names = sorted({name for rows in about for row in rows for name in row})
    right = np.array([[label in example.labels for example in examples] for label in labels])
    kept = [np.flatnonzero(_tells(shared, row)) for row in right]
    scales = [_ratios(shared[:, columns], row) for columns, row in zip(kept, right, strict=True)]
    about_tables = [_matrix(rows, about_names) for rows in about]
    bias = np.full((len(examples), 1), _BIAS_SCALE)
    blocks = [
        hstack([_ABOUT_LABEL_SCALE * table, shared[:, columns].multiply(scale), bias])
        for table, columns, scale in zip(about_tables, kept, scales, strict=True)
    ]
    table = hstack([vstack(about_tables), block_diag(blocks)]).tocsr()
    regression = LogisticRegression(C=strength, solver="liblinear", fit_intercept=False, tol=1e-3)
    fitted = regression.fit(table, right.ravel()).coef_[0] * _SCALE
    ends = np.cumsum([len(about_names), *(block.shape[1] for block in blocks)])
    together, *apart = np.split(fitted, ends[:-1])
    weights: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for label, columns, scale, of_label in zip(labels, kept, scales, apart, strict=True):
        of_about, of_shared = np.split(of_label[:-1], [len(about_names)])
        features = [
            *(f"{label}: {name}" for name in about_names),
            *(names[each] for each in columns),
            BIAS,
        ]
        bias_weight = _BIAS_SCALE * of_label[-1]
        values = [*(together + _ABOUT_LABEL_SCALE * of_about), *(of_shared * scale), bias_weight]
        for feature, value in zip(features, values, strict=True):
            weights[feature][label] = round(float(value))
    return LinearModel(labels, _without_small(weights))


def _of_label(label: str, features: Collection[str]) -> list[str]:
    pairs = (name.split(": ", 1) for name in features)
    return [name for owner, name in pairs if owner == label]


def _tells(matrix: Any, inside: Any) -> Any:
    """Tell for which features occur more or less often inside than outside (chi-squared)."""
    from sklearn.feature_selection import chi2

    statistic, _ = chi2(matrix, inside)
    return np.nan_to_num(statistic) >= _TELLING


def _ratios(matrix: Any, inside: Any) -> Any:
    """Return how much more or less often each feature occurs inside than outside: the log-count
    ratio of Wang and Manning (2012), its mean scaled to 1."""
    within, outside = (matrix[rows].sum(axis=0).A1 + 1 for rows in (inside, ~inside))
    ratios = np.abs(np.log(within / within.sum()) - np.log(outside / outside.sum()))
    return ratios / ratios.mean() if len(ratios) else ratios


def _matrix(rows: Sequence[Collection[str]], names: Sequence[str]) -> Any:
    from sklearn.feature_extraction.text import CountVectorizer

    identity: Callable[[Any], Any] = _identity
    vectorizer = CountVectorizer(analyzer=identity, vocabulary=names, binary=True, dtype=float)
    return vectorizer.transform(rows)


def _without_small(weights: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    """Return the weights without those near to 0, which hardly ever decide."""
    large = {
        feature: {label: weight for label, weight in by_label.items() if abs(weight) >= _SMALL}
        for feature, by_label in weights.items()
    }
    return {feature: by_label for feature, by_label in large.items() if by_label}


def decision(model: LinearModel, features: Sequence[str]) -> tuple[str, int]:
    """Return the class and the margin, "yes" or "no" for a model of one class."""
    if len(model.classes) > 1:
        return model.decide(features)
    score = model.score(features)
    return ("yes" if score > 0 else "no"), abs(score)


def cross_fit(
    examples: Sequence[Example], strength: float = 1.0, fewest: int = 2, folds: int = _FOLDS
) -> Iterator[tuple[LinearModel, list[Example]]]:
    """Yield models, each with the examples of papers that it was not trained on."""
    for fold in range(folds):
        fitted = [example for example in examples if fold_of(example.paper, folds) != fold]
        held_out = [example for example in examples if fold_of(example.paper, folds) == fold]
        if held_out:
            yield train(fitted, strength, fewest), held_out


def fold_of(paper: str, folds: int = _FOLDS) -> int:
    """Return the fold of a paper, by its id alone."""
    return sum(paper.encode()) % folds


def join(models: Mapping[str, LinearModel], smallest: int = _SMALLEST) -> LinearModel:
    """Return one model that takes the decisions of several from the same features.

    Weights nearer to 0 than `smallest` are left out.
    """
    classes: list[str] = []
    weights: dict[str, dict[str, int]] = {}
    confidence = {}
    for decision, model in models.items():
        classes += [f"{decision}: {name}" for name in model.classes]
        confidence[decision] = model.confidence_steps.get("", ())
        for feature, by_class in model.weights.items():
            for name, weight in by_class.items():
                if abs(weight) >= smallest:
                    weights.setdefault(feature, {})[f"{decision}: {name}"] = weight
    return LinearModel(classes, weights, {name: each for name, each in confidence.items() if each})


def calibrate(margins: Sequence[int], correct: Sequence[bool]) -> list[tuple[int, int]]:
    """Return the share of correct decisions in percent from each margin on, both rising."""
    from sklearn.isotonic import IsotonicRegression

    if not margins:
        return []
    order = sorted(range(len(margins)), key=lambda index: (margins[index], correct[index]))
    fitted = IsotonicRegression(y_min=0.0, y_max=1.0).fit_transform(
        [margins[index] for index in order], [float(correct[index]) for index in order]
    )
    steps: list[tuple[int, int]] = []
    for index, share in zip(order, fitted, strict=True):
        percent = min(99, max(1, int(100 * float(share) / _STEPS) * _STEPS))
        if not steps or percent > steps[-1][1]:
            steps.append((margins[index], percent))
    return steps


def _identity(features: Any) -> Any:
    return features


class ChoiceTrainer:
    """Trains models that choose from lists: the right option has the highest score.

    They are conditional logits (McFadden 1974): the probability of an option is the softmax of the
    scores of its list. Where several options are right, their sum counts.
    """

    def __init__(self, lists: Sequence[Sequence[Sequence[str]]], fewest: int = 2) -> None:
        """Take the features of each option of each list; features of fewer than `fewest` options
        are left out."""
        from scipy.sparse import csr_matrix

        options = [set(option) for options in lists for option in options]
        counts = Counter(feature for option in options for feature in option)
        self._names = sorted(feature for feature, count in counts.items() if count >= fewest)
        index = {name: number for number, name in enumerate(self._names)}
        columns = [sorted(index[name] for name in option if name in index) for option in options]
        cells = np.array([cell for row in columns for cell in row], dtype=np.int32)
        ends = np.cumsum([0, *map(len, columns)])
        shape = len(options), len(self._names)
        self._matrix = csr_matrix((np.ones(len(cells)), cells, ends), shape)
        self._transposed = self._matrix.T.tocsr()
        self._sizes = [len(options) for options in lists]

    def train(self, right: Sequence[frozenset[int]], strength: float = 1.0) -> LinearModel:
        """Return the model of one class that chooses the right options, whose indexes are given
        for each list; a list without any does not count."""
        from scipy.optimize import minimize
        from threadpoolctl import threadpool_limits

        starts = np.cumsum([0, *self._sizes[:-1]])
        owners = np.repeat(np.arange(len(self._sizes)), self._sizes)
        wrong = np.array(
            [
                0.0 if not indexes or index in indexes else -np.inf
                for indexes, size in zip(right, self._sizes, strict=True)
                for index in range(size)
            ]
        )

        def shares(scores: Any) -> tuple[Any, Any]:
            """Return the log-sum-exp of each list, and the softmax of each option."""
            highest = np.maximum.reduceat(scores, starts)
            powers = np.exp(scores - highest[owners])
            sums = np.add.reduceat(powers, starts)
            return highest + np.log(sums), powers / sums[owners]

        def loss(weights: Any) -> tuple[float, Any]:
            scores = self._matrix @ weights
            (total, share), (right_total, right_share) = shares(scores), shares(scores + wrong)
            gradient = strength * (self._transposed @ (share - right_share)) + weights
            return strength * (total - right_total).sum() + weights @ weights / 2, gradient

        limits = {"maxiter": _MOST_STEPS, "ftol": 1e-6}
        start = np.zeros(len(self._names))
        with threadpool_limits(1):  # threads would only wait for each other
            fitted = minimize(loss, start, jac=True, method="L-BFGS-B", options=limits)
        rounded = zip(self._names, map(round, (fitted.x * _SCALE).tolist()), strict=True)
        weights = {name: {"yes": weight} for name, weight in rounded if abs(weight) >= _SMALLEST}
        return LinearModel(["yes"], weights)
