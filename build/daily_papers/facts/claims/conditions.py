"""Decides what a claim is compared with, measured on and for: which noun phrases of its sentence.

A model weighs the phrases of the sentence against each other, and against none of them.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from msgspec import structs

from daily_papers.facts.claims.measured import MeasuredFinder
from daily_papers.facts.claims.noun_phrases import Phrase, find_phrases
from daily_papers.facts.claims.phrase_features import NumberPlace, PhraseFeatures, number_places
from daily_papers.facts.claims.quantities import find_quantities
from daily_papers.facts.models import LinearModel, Models
from daily_papers.facts.names.mentions import mention_key
from daily_papers.facts.names.named_entities import EntityOccurrence
from daily_papers.records import Claim, EntityKind
from daily_papers.text import Text

ROLES = ("baseline", "hardware", "subject")  # in the order in which they are decided
MODEL = "conditions"  # its name
SHOWN_FROM = "least margin that is shown"  # the feature whose weight is that
_REACH = 50  # words from a number to a phrase
_UNLIKELY = -30  # hundredths of a logit: phrases that score less, whatever the number, are left out


class ClaimSentence(NamedTuple):
    """A sentence with its phrases, and the claims in it with the places of their numbers."""

    phrases: PhraseFeatures
    measured: MeasuredFinder
    claims: list[tuple[NumberPlace, Claim]]


def read(
    text: Text, claims: Sequence[Claim], entities: Sequence[EntityOccurrence], name: str | None
) -> Iterator[ClaimSentence]:
    """Yield the sentences of a text that have claims.

    `entities` are the names in the text; `name` is what the paper introduces.
    """
    if not claims:
        return
    by_sentence = groupby(
        sorted(zip(_numbers(text, claims), range(len(claims)), strict=True)),
        lambda each: text.sentence_at(text.starts[each[0][0]]),
    )
    for sentence, group in by_sentence:
        inside = [each for each in entities if sentence.start <= each.start < sentence.end]
        numbers = list(group)
        spans = sorted({span for span, _ in numbers})
        phrases = find_phrases(text, sentence, spans, inside)
        places = dict(zip(spans, number_places(text, spans), strict=True))
        yield ClaimSentence(
            PhraseFeatures(text, sentence, phrases, spans, name),
            MeasuredFinder(text, sentence, phrases),
            [(places[span], claims[index]) for span, index in numbers],
        )


def _numbers(text: Text, claims: Sequence[Claim]) -> Iterator[tuple[int, int]]:
    """Yield the words [first, last) of the number of each claim."""
    quantities = find_quantities(text)
    starts = [quantity.start for quantity in quantities]
    for claim in claims:
        inside = quantities[bisect_left(starts, claim.start) : bisect_left(starts, claim.end)]
        fitting = [(each.start, each.end) for each in inside if each.value == claim.value]
        start, end = fitting[-1] if fitting else (claim.start, claim.end)
        first = min(text.word_at(start), len(text.starts) - 1)
        yield first, max(text.word_at(end), first + 1)


def near(phrases: Sequence[Phrase], number: NumberPlace) -> list[int]:
    """Return the indexes of the phrases that a number may be about."""
    first, last = number.first - _REACH, number.last + _REACH
    return [i for i, phrase in enumerate(phrases) if first < phrase.last and phrase.first < last]


def add_conditions(
    text: Text,
    claims: Sequence[Claim],
    entities: Sequence[EntityOccurrence],
    name: str | None,
    models: Models,
) -> list[Claim]:
    """Return the claims of a text with their conditions, in the same order.

    `entities` are the names in the text; `name` is what the paper introduces. Without the model the
    claims stay as they are.
    """
    model = models.get(MODEL)
    if model is None:
        return list(claims)
    completed = {}
    for sentence in read(text, claims, entities, name):
        alone = [model.scores(features) for features in sentence.phrases.alone]
        for number, claim in sentence.claims:
            scored = score(model, sentence.phrases, alone, number, claim)
            measured = sentence.measured.find(number)
            completed[id(claim)] = _complete(text, claim, scored, measured, entities, model)
    return [completed[id(claim)] for claim in claims]


Scored = list[tuple[Phrase, list[int]]]  # phrases with their scores above those of none, by role


def score(
    model: LinearModel,
    phrases: PhraseFeatures,
    alone: Sequence[Sequence[int]],
    number: NumberPlace,
    claim: Claim,
) -> Scored:
    """Return the phrases that a claim may be about; `alone` are their scores without a number."""
    likely = [i for i in near(phrases.phrases, number) if max(alone[i]) > _UNLIKELY]
    none = model.scores(phrases.none(claim))
    scored = []
    for index, features in zip(likely, phrases.beside(likely, number, claim), strict=True):
        sums = zip(alone[index], model.scores(features), none, strict=True)
        scored.append((phrases.phrases[index], [a + b - c for a, b, c in sums]))
    return scored


def rank(scored: Scored, role: int, taken: Sequence[Phrase] = ()) -> list[tuple[int, Phrase]]:
    """Return the two phrases with the highest scores for a role that overlap neither each other nor
    those taken."""
    ranked: list[tuple[int, Phrase]] = []
    for phrase, scores in sorted(scored, key=lambda each: -each[1][role]):
        if not any(map(phrase.overlaps, (*taken, *(other for _, other in ranked)))):
            ranked.append((scores[role], phrase))
            if len(ranked) == 2:
                break
    return ranked


def margin(ranked: Sequence[tuple[int, Phrase]]) -> int:
    """Return how far the score of the best phrase is above those of the next one and of none."""
    best, second = (*(points for points, _ in ranked), 0, 0)[:2]
    return best - max(0, second)


def _complete(
    text: Text,
    claim: Claim,
    scored: Scored,
    measured: str | None,
    entities: Sequence[EntityOccurrence],
    model: LinearModel,
) -> Claim:
    """Return a claim with its conditions."""
    least = model.scores([SHOWN_FROM])
    chosen: list[Phrase] = []
    words: dict[str, str | None] = {}
    for index, role in enumerate(ROLES[:-1]):
        ranked = rank(scored, index, chosen)
        if ranked and margin(ranked) > least[index]:
            chosen.append(ranked[0][1])
            words[role] = words_of(text, chosen[-1:])
            words[f"{role}_key"] = _key(chosen[-1:], entities)
    if measured and measured not in (words.get("baseline") or ""):  # "beats humans by 3%"
        words["measured"] = measured
    subjects = shown_subjects(rank(scored, len(ROLES) - 1, chosen), least[-1])
    if subjects := [each for each in subjects if words_of(text, [each]) != words.get("measured")]:
        words["subject"] = words_of(text, subjects)
        words["dataset_key"] = _key(subjects, entities, "dataset")
        words["model_key"] = _key(subjects, entities, "model")
    return structs.replace(claim, **words)


def shown_subjects(ranked: Sequence[tuple[int, Phrase]], least: int) -> list[Phrase]:
    """Return the best phrase from a score on, and the next one where it is likelier than none."""
    best = [phrase for points, phrase in ranked[:1] if points > least]
    return best + [phrase for points, phrase in ranked[1:] if best and points > 0]


def words_of(text: Text, phrases: Sequence[Phrase]) -> str:
    """Return phrases as a claim has them."""
    return ", ".join(text.text[phrase.start : phrase.end] for phrase in phrases)


def _key(
    phrases: Sequence[Phrase], entities: Sequence[EntityOccurrence], kind: EntityKind | None = None
) -> str | None:
    """Return the key of the first entity that phrases name, of a kind if it is given."""
    for phrase in phrases:
        for entity in entities:
            is_inside = phrase.start <= entity.start and entity.end <= phrase.end
            if is_inside and kind in (None, entity.kind):
                return mention_key(entity)
    return None
