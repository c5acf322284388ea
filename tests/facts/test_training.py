"""Training of models that choose from lists."""

from daily_papers.facts.training import ChoiceTrainer

LISTS = [
    [["hangs on: than", "word: foo"], ["hangs on: on", "word: bar"], ["none"]],
    [["hangs on: on", "word: foo"], ["hangs on: than", "word: bar"], ["none"]],
    [["hangs on: on", "word: foo"], ["hangs on: with", "word: bar"], ["none"]],
]


def test_the_right_option_of_each_list_scores_highest() -> None:
    right = [frozenset({0}), frozenset({1}), frozenset({2})]
    model = ChoiceTrainer(LISTS, fewest=1).train(right, strength=10.0)
    best = [max(range(3), key=lambda index: model.score(options[index])) for options in LISTS]
    assert best == [0, 1, 2]
    assert all(
        isinstance(weight, int) for weights in model.weights.values() for weight in weights.values()
    )


def test_a_list_without_a_right_option_does_not_count() -> None:
    right = [frozenset({0}), frozenset({1}), frozenset[int]()]
    model = ChoiceTrainer(LISTS, fewest=1).train(right)
    fewer = ChoiceTrainer(LISTS[:2], fewest=1).train(right[:2])
    assert model.weights == fewer.weights


def test_rare_features_have_no_weight() -> None:
    right = [frozenset({0}), frozenset({1}), frozenset({2})]
    assert "hangs on: with" not in ChoiceTrainer(LISTS, fewest=2).train(right).weights
