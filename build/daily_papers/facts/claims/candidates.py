"""Turns the numbers of a paper into claims, or into rejected candidates with a reason."""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import compress, groupby
from operator import not_
from typing import NamedTuple, cast

from msgspec.structs import replace

from daily_papers.facts.claims import plausibility, rejections
from daily_papers.facts.claims.factor import is_change, times_better
from daily_papers.facts.claims.features import FeatureReader, has_unit_in_words, unit_of
from daily_papers.facts.claims.metric_effect import Measurement, read_measurements
from daily_papers.facts.claims.number_context import MarkedSentence, NumberList, find_bound
from daily_papers.facts.claims.quantities import Quantity, find_quantities
from daily_papers.facts.models import LinearModel, Models
from daily_papers.facts.names.named_entities import EntityOccurrence
from daily_papers.records import Bound, Claim, Effect, RejectedCandidate
from daily_papers.text import Sentence, Text
from daily_papers.vocabulary import METRICS

NUMBERS, CONFIDENCE = "numbers", "confidence"  # the names of the models
_LISTED = re.compile(
    r"\s*(?:,|/|and|or|,\s*and|,\s*or|&|\)?,?\s*and)?\s*"
    r"(?:up to|over|about|around|nearly|an?|roughly|the|~)?\s*"
)
_IN_BRACKETS = re.compile(r"\s?(?:GPUs?\s)?\((?:with\s)?")  # between a device and its memory
_FILTER_REACH = 160  # characters on either side that filters see
_MAX_QUOTE = 240  # characters
_BESIDE = 40  # characters behind a number that may name what is measured
_COUNTED = re.compile(r"(?:[-\s][\w-]+){0,3}?[-\s]([a-z][\w-]*s)\b|[-\s]([A-Za-z][\w/-]*)")
_PHRASE_BEHIND = re.compile(r"(?:[-\s](?!and\b|or\b|while\b|which\b)[\w-]+){1,4}")
_CONFIDENT = 25  # hundredths of a logit between two buckets of a score


class Candidate(NamedTuple):
    """A number that may be a claim, in its list of numbers, with what is read from the words around
    it, and the features that the models weigh."""

    numbers: NumberList
    number: int  # the index in the list
    reason: str | None  # why it may be no claim
    measurements: list[Measurement]
    features: list[str]

    @property
    def quantity(self) -> Quantity:
        """The number."""
        return self.numbers.quantities[self.number]


class Decision(NamedTuple):
    """What the models decide of a number: how surely it is a result (hundredths of a logit, 0 is
    even), and what it says; `unit` is a class of units."""

    result: int
    metric: str
    effect: Effect
    bound: Bound | None
    unit: str
    confidence_features: list[str]


def find_candidates(
    title: Text,
    abstract: Text,
    self_reference_start: int,
    name: str | None,
    entities: Sequence[EntityOccurrence],
) -> Iterator[Candidate]:
    """Yield the numbers of a paper.

    `self_reference_start` is the offset at which the abstract begins to speak of the paper, `name`
    is what the paper introduces, `entities` are the other names in it.
    """
    serves = "throughput" in title.forms or "throughput" in abstract.forms
    default_metric = "throughput" if serves else "speedup"
    for text in (title, abstract):
        inside = [entity for entity in entities if entity.field == text.field]
        devices = [entity for entity in inside if entity.kind == "hardware"]
        for sentence, group in groupby(find_quantities(text), partial(_sentence_of, text)):
            line, quantities = MarkedSentence(text, sentence, default_metric), list(group)
            reader = FeatureReader(line, quantities, inside, self_reference_start, name)
            for numbers_of_list in _lists(line, quantities):
                listed, before = find_bound(numbers_of_list, numbers_of_list.quantities[0])
                for index, quantity in enumerate(numbers_of_list.quantities):
                    filtered = _filtered(line, quantity, reader.is_background, devices)
                    reason = rejections.rejection_reason(filtered)
                    measurements = read_measurements(numbers_of_list, index, before)
                    bound = find_bound(numbers_of_list, quantity)[0] if index else listed
                    features = reader.features(quantity, (bound, listed), reason, measurements)
                    if rejections.OVERRULING(filtered):
                        reason = rejections.OVERRULING.__name__
                    yield Candidate(numbers_of_list, index, reason, measurements, features)


def _sentence_of(text: Text, quantity: Quantity) -> Sentence:
    return text.sentence_at(quantity.start)


def _lists(line: MarkedSentence, quantities: Sequence[Quantity]) -> Iterator[NumberList]:
    """Yield the numbers in lists: one unit, and nothing but "and" and commas between them."""
    groups: list[list[Quantity]] = []
    for quantity in quantities:
        last = groups[-1][-1] if groups else None
        if (
            last
            and last.unit == quantity.unit
            and _LISTED.fullmatch(line.text, last.end, quantity.start)
        ):
            groups[-1].append(quantity)
        else:
            groups.append([quantity])
    previous_end = 0
    for group, following in zip(groups, [*groups[1:], None], strict=True):
        end = following[0].start if following else line.sentence.end
        yield NumberList(line, group, previous_end, end)
        previous_end = group[-1].end


def _filtered(
    line: MarkedSentence,
    quantity: Quantity,
    is_background: bool,
    devices: Sequence[EntityOccurrence],
) -> rejections.Candidate:
    """Return a number as filters see it."""
    start, end = quantity.start, quantity.end
    first = max(line.sentence.start, start - _FILTER_REACH)
    after = line.text[end : min(line.sentence.end, end + _FILTER_REACH)]
    before = line.text[first:start]
    unit = quantity.unit_entry
    if unit is None or unit.metric != "memory":
        devices = ()
    device = next((each for each in devices if _is_memory_of(line.text, quantity, each)), None)
    before_device = line.text[first : min(device.start, start)] if device else None
    return rejections.Candidate(quantity, before, after, is_background, before_device)


def _is_memory_of(text: str, quantity: Quantity, device: EntityOccurrence) -> bool:
    """Tell whether a number is a part of a device's name, stands right before it, or in brackets
    behind it."""
    if quantity.end <= device.start:
        return text[quantity.end : device.start] == " "
    behind = text[device.end : quantity.start] if device.end <= quantity.start else ""
    return not behind or _IN_BRACKETS.fullmatch(behind) is not None


def decide(candidate: Candidate, numbers: LinearModel) -> Decision:
    """Return what the model of numbers decides of one."""
    scores = numbers.scores(candidate.features)
    result = numbers.score_in(scores, "result")
    metric = numbers.decide_in(scores, "metric")
    effect_scores = numbers.scores([*candidate.features, *metric_features(candidate, metric.value)])
    effect = numbers.decide_in(effect_scores, "effect")
    bound = numbers.decide_in(scores, "bound").value
    unit = candidate.quantity.unit or ""
    if has_unit_in_words(candidate.quantity):
        unit = numbers.decide_in(scores, "unit").value
    read = next(((each.metric, each.effect) for each in candidate.measurements), None)
    sure = [
        f"result: {min(20, result // _CONFIDENT)}",
        f"metric: {min(20, metric.margin // _CONFIDENT)}",
        f"effect: {min(20, effect.margin // _CONFIDENT)}",
        f"metric is {metric.value}",
        f"is {metric.value} {effect.value}",
        f"read so: {(metric.value, effect.value) == read}",
    ]
    stated_bound = None if bound == "none" else cast("Bound", bound)
    return Decision(result, metric.value, cast("Effect", effect.value), stated_bound, unit, sure)


def metric_features(candidate: Candidate, metric: str) -> list[str]:
    """Return the features that the metric of a number adds for its effect."""
    return [f"metric: {metric}", f"metric: {metric} / {unit_of(candidate.quantity)}"]


def find_claims(
    candidates: Sequence[Candidate], models: Models
) -> tuple[list[Claim], list[RejectedCandidate]]:
    """Return the claims among numbers, and the numbers that are none."""
    claims: list[Claim] = []
    rejected: list[RejectedCandidate] = []
    for candidate in candidates:
        decision = decide(candidate, models[NUMBERS])
        reason: str | None = candidate.reason or "no_measure"
        if decision.result > 0 and candidate.reason not in rejections.CERTAIN:
            stated = [
                _claim(candidate, decision._replace(metric=metric), models)
                for metric in _metrics(candidate, decision)
            ]
            reasons = list(map(plausibility.rejection_reason, stated))
            claims += compress(stated, map(not_, reasons))
            reason = reasons[0]
        if reason is not None:
            quantity, source = candidate.quantity, candidate.numbers.line.source
            span = quantity.start, quantity.end
            text = source.text[quantity.start : quantity.end]
            sure = models[NUMBERS].confidence(abs(decision.result), "result")
            rejected.append(RejectedCandidate(text, source.field, *span, reason, sure))
    return claims, rejected


def _metrics(candidate: Candidate, decision: Decision) -> list[str]:
    """Return the metrics of a number: several where one number is stated for them ("reduces model
    size and memory 3x")."""
    read = [measurement.metric for measurement in candidate.measurements]
    return read if decision.metric in read else [decision.metric]


def _claim(candidate: Candidate, decision: Decision, models: Models) -> Claim:
    line, quantity = candidate.numbers.line, candidate.quantity
    metric, effect = decision.metric, decision.effect
    read = next((each for each in candidate.measurements if each.metric == metric), None)
    beside = read.word if read else line.text[quantity.start : quantity.end + _BESIDE]
    better = read.better if read else METRICS.better_of(metric, beside, effect)
    falls = effect == "decrease" or (effect == "level" and quantity.unit == "%")
    if falls and "compress" in beside:
        better = METRICS.better[metric]  # a compression decreases the size, not the compression
    improvement = (effect == "increase") == (better == "higher")
    start, end = _quote_span(candidate, read)
    confidence = models[CONFIDENCE]
    claim = Claim(
        quote=line.text[start:end],
        field=line.source.field,
        start=start,
        end=end,
        sentence=line.text[line.sentence.start : line.sentence.end],
        value=quantity.value,
        value_low=quantity.low,
        unit=_unit(line, quantity, decision),
        metric=metric,
        effect=effect,
        bound=decision.bound,
        baseline=None,
        hardware=None,
        subject=None,
        is_improvement=improvement if better and effect != "level" else None,
        better=better,
        confidence=confidence.confidence(confidence.score(decision.confidence_features)),
    )
    number = line.text, quantity.start, quantity.end
    claim = replace(claim, is_change=is_change(claim, quantity.falls, *number))
    factor, factor_bound = times_better(claim, *number)
    return replace(claim, factor=factor, factor_bound=factor_bound)


def _unit(line: MarkedSentence, quantity: Quantity, decision: Decision) -> str:
    """Return the unit as the tables have it; what is counted where no unit is written."""
    if decision.unit != "other":
        return decision.unit
    if decision.metric == "context_length":
        return "tokens"
    counted = _COUNTED.match(line.text, quantity.end, line.sentence.end)
    return (counted[1] or counted[2]) if counted else "score"


def _quote_span(candidate: Candidate, read: Measurement | None) -> tuple[int, int]:
    """Return the span of the words that state a claim; the number alone if they are too many."""
    line, quantity = candidate.numbers.line, candidate.quantity
    read = read or next(iter(candidate.measurements), None)
    if read:
        start, end = min(read.start, quantity.start), max(read.end, quantity.end)
    else:
        behind = _PHRASE_BEHIND.match(line.text, quantity.end, line.sentence.end)
        start, end = quantity.start, behind.end() if behind else quantity.end
    if start == quantity.start and line.text[start - 1 : start] in ("~", "$", "+", "<", ">", "≈"):
        start -= 1
    start, end = _with_brackets(line.text, start, end, line.sentence.end)
    start = end - len(line.text[start:end].lstrip())
    return (start, end) if end - start <= _MAX_QUOTE else (quantity.start, quantity.end)


def _with_brackets(text: str, start: int, end: int, last: int) -> tuple[int, int]:
    """Return a span that ends by `last` without a bracket that is open at one of its ends."""
    quote = text[start:end]
    if quote.count("(") > quote.count(")"):
        if (closing := text.find(")", end, min(end + _BESIDE, last))) >= 0:
            return start, closing + 1
        if quote.startswith("("):
            return start + 1, end
    return start, end
