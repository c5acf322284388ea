"""Trains the models that choose what a claim is compared with, measured on and for."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import score_facts
from labels import LabelledPaper

from daily_papers import facts
from daily_papers.facts import links
from daily_papers.facts.claims import conditions
from daily_papers.facts.claims.noun_phrases import Phrase
from daily_papers.facts.claims.phrase_features import NumberPlace, PhraseFeatures
from daily_papers.facts.models import LinearModel, Models
from daily_papers.facts.training import ChoiceTrainer, fold_of
from daily_papers.records import Claim
from daily_papers.text import Text

_STRENGTH, _FEWEST = 0.2, 6
_FOLDS = 4  # others than those of cross_validation.py
_WITH_NAME = 0.15
# Of what is shown.
_WANTED_PRECISION = {"baseline": 0.88, "hardware": 0.8, "subject": 0.72}
_SIMILAR = 1 / 3  # of the words of a label and a phrase that means the same


class _Aligned(NamedTuple):
    """A claim with the phrases of its sentence, and its label."""

    paper: str
    text: Text
    phrases: PhraseFeatures
    number: NumberPlace
    claim: Claim
    label: dict[str, Any]

    @property
    def near(self) -> list[Phrase]:
        """The phrases that it may be about."""
        phrases = self.phrases.phrases
        return [phrases[index] for index in conditions.near(phrases, self.number)]


def train_conditions(
    papers: Sequence[LabelledPaper], models_of: Callable[[LabelledPaper], Models]
) -> Models:
    """Return the model, with the least margins that are shown, from cross-validation."""
    aligned = [each for paper in papers for each in _align(paper, models_of(paper))]
    held_out: list[tuple[LinearModel, _Aligned]] = []
    for fold in range(_FOLDS):
        model = _train([each for each in aligned if fold_of(each.paper, _FOLDS) != fold])
        held_out += [(model, each) for each in aligned if fold_of(each.paper, _FOLDS) == fold]
    weights = dict(_train(aligned).weights)
    weights[conditions.SHOWN_FROM] = {
        role: _least_margin(index, role, held_out) for index, role in enumerate(conditions.ROLES)
    }
    return {conditions.MODEL: LinearModel(conditions.ROLES, weights)}


def _align(paper: LabelledPaper, models: Models) -> Iterator[_Aligned]:
    """Yield the claims of a paper that it has a label for."""
    without = {name: model for name, model in models.items() if name != conditions.MODEL}
    stated = facts.extract(paper.title.text, paper.abstract.text, without)
    numbers = [{"value": claim.value, "unit": claim.unit} for claim in stated.claims]
    owner = score_facts.matched(numbers, paper.gold["claims"], score_facts.same_number)[1]
    labels = {id(stated.claims[index]): paper.gold["claims"][at] for at, index in owner.items()}
    stated_links = links.find_links(paper.abstract)
    introduced, names = facts.find_names(paper.title, paper.abstract, stated_links, models)
    name = introduced.text if introduced else None
    for text in (paper.title, paper.abstract):
        entities = [entity for entity in names if entity.field == text.field]
        claims = [claim for claim in stated.claims if claim.field == text.field]
        for sentence in conditions.read(text, claims, entities, name):
            for number, claim in sentence.claims:
                if label := labels.get(id(claim)):
                    yield _Aligned(paper.id, text, sentence.phrases, number, claim, label)


def _train(aligned: Sequence[_Aligned]) -> LinearModel:
    """Return a model that has a class for each condition, each trained by itself."""
    trainer = ChoiceTrainer([_options(each) for each in aligned], _FEWEST)
    weights: dict[str, dict[str, int]] = {}
    for role in conditions.ROLES:
        model = trainer.train([_right(role, each) for each in aligned], _STRENGTH)
        for feature, by_class in model.weights.items():
            weights.setdefault(feature, {})[role] = by_class["yes"]
    return LinearModel(conditions.ROLES, weights)


def _options(aligned: _Aligned) -> list[list[str]]:
    """Return the features of the phrases of a claim, and those of none of them."""
    _, _, phrases, number, claim, _ = aligned
    indexes = conditions.near(phrases.phrases, number)
    beside = phrases.beside(indexes, number, claim)
    features = zip(indexes, beside, strict=True)
    return [*(phrases.alone[index] + each for index, each in features), phrases.none(claim)]


def _right(role: str, aligned: _Aligned) -> frozenset[int]:
    """Return the options that a label means; nothing where no phrase is like it."""
    text, phrases, stated = aligned.text, aligned.near, aligned.label[role]
    if not stated:
        return frozenset({len(phrases)})
    right: set[int] = set()
    for part in [stated] if stated in text.text else stated.split(", "):
        wanted = score_facts.words(part)
        shares = []
        for phrase in phrases:
            words = score_facts.words(text.text[phrase.start : phrase.end])
            shares.append(len(words & wanted) / max(1, len(words | wanted)))
        best = max([*shares, _SIMILAR])
        right.update(
            index
            for index, (share, phrase) in enumerate(zip(shares, phrases, strict=True))
            if share == best or (phrase.extent == "with its name" and share >= _WITH_NAME)
        )
    return frozenset(right)


def _least_margin(index: int, role: str, held_out: Sequence[tuple[LinearModel, _Aligned]]) -> int:
    """Return the margin above which the share of right phrases is as wanted, by models that did not
    see the claims."""
    judged = []
    for model, each in held_out:
        alone = [model.scores(features) for features in each.phrases.alone]
        scored = conditions.score(model, each.phrases, alone, each.number, each.claim)
        if ranked := conditions.rank(scored, index):
            points, shown = conditions.margin(ranked), [ranked[0][1]]
            if role == "subject":
                points, shown = ranked[0][0], conditions.shown_subjects(ranked, ranked[0][0] - 1)
            words = score_facts.words(conditions.words_of(each.text, shown))
            is_right = bool(words & score_facts.words(each.label[role]))
            judged.append((points, is_right))
    least, right = 0, 0
    for count, (margin, is_right) in enumerate(sorted(judged, reverse=True), 1):
        right += is_right
        if right >= _WANTED_PRECISION[role] * count:
            least = margin - 1
    return least
