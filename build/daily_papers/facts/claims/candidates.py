"""Turns the numbers of a paper into claims, or into rejected candidates with a reason."""

import re
from collections.abc import Iterable, Sequence
from itertools import compress, groupby
from operator import not_

from daily_papers.facts.claims import plausibility, rejections, result_or_setup
from daily_papers.facts.claims.conditions import ConditionReader, Conditions
from daily_papers.facts.claims.metric_effect import (
    Measurement,
    Measurements,
    read_measurements,
    settle_in_list,
)
from daily_papers.facts.claims.number_context import MarkedSentence, NumberList, find_bound
from daily_papers.facts.claims.quantities import Quantity, find_quantities
from daily_papers.facts.names.named_entities import EntityOccurrence
from daily_papers.records import Bound, Claim, RejectedCandidate
from daily_papers.text import Sentence, Text, word_set

_EXISTING_WORK = re.compile(
    r"(?:(?:However|Recently|Typically|Unfortunately|Currently|Traditionally|For (?:example|"
    r"instance)),?\s)?"
    r"(?:[Ee]xisting|[Pp]rior|[Pp]revious|[Tt]raditional|[Cc]onventional|[Cc]urrent|[Mm]ost|[Mm]any|"
    r"[Rr]ecent|[Ss]tate-of-the-art)\s"
)
_LISTED = re.compile(
    r"\s*(?:,|/|and|or|,\s*and|,\s*or|&|\)?,?\s*and)?\s*"
    r"(?:up to|over|about|around|nearly|an?|roughly|the|~)?\s*"
)
_JOINS = re.compile(r",|\band\b|\bor\b|/|\(")
_CLAUSE = re.compile(
    r".*(?:[,;:]|\b(?:while|that|and|but|whereas|where|which|with|our)\b)\s", re.DOTALL
)
_ADVERB = re.compile(r"\s(?:\w+ly|further|can|also|could|may|not only)$")
_PRONOUN = re.compile(
    r"\b(?:[Ww]e|[Ii]t|[Tt]h(?:is|ese|ey)|[Rr]esults?|[Ee]xperiments?|[Ee]valuations?|method|approach|"
    r"framework|system|algorithm|paper|work|which|analys[ie]s)\b"
)
# Nouns and adjectives of change: they stand in lists of numbers, verbs do not.
_LIST_CUES = word_set("speedup reduction improvement lower higher less faster gain loss drop")
_MAX_BETWEEN = 120  # characters between two numbers of one list
_FILTER_REACH = 160  # characters on either side that filters see
_MAX_QUOTE = 240  # characters


def find_claims(
    title: Text,
    abstract: Text,
    self_reference_start: int,
    name: str | None,
    entities: Sequence[EntityOccurrence],
) -> tuple[list[Claim], list[RejectedCandidate]]:
    """Return the claims of a paper, and its numbers that are none.

    `self_reference_start` is the offset at which the abstract begins to speak of the paper, `name`
    is what the paper introduces, `entities` are the other names in it.
    """
    serves = "throughput" in title.forms or "throughput" in abstract.forms
    reader = _ClaimReader(name, entities, "throughput" if serves else "speedup")
    for text in (title, abstract):
        reader.read(text, self_reference_start)
    return reader.claims, reader.rejected


class _ClaimReader:
    """Makes claims or rejected candidates of the numbers of a paper."""

    def __init__(
        self, name: str | None, entities: Sequence[EntityOccurrence], default_metric: str
    ) -> None:
        self.claims: list[Claim] = []
        self.rejected: list[RejectedCandidate] = []
        self._name, self._entities, self._default_metric = name, entities, default_metric
        # The number before in the sentence, if it is a claim.
        self._previous: tuple[Quantity, Claim] | None = None

    def read(self, text: Text, self_reference_start: int) -> None:
        """Read the numbers of a title or an abstract, sentence by sentence."""
        entities = [entity for entity in self._entities if entity.field == text.field]
        numbers = find_quantities(text)
        for sentence, quantities in groupby(numbers, lambda each: text.sentence_at(each.start)):
            words = text.text[sentence.start : sentence.end]
            background = (
                text.field == "abstract"
                and (sentence.start < self_reference_start or bool(_EXISTING_WORK.match(words)))
                and not (self._name and self._name in words)
            )
            accepted = self._filter(text, sentence, quantities, background)
            if not accepted:
                continue
            line = MarkedSentence(text, sentence, self._default_metric)
            self._previous, previous_end = None, 0
            groups = _groups(text.text, accepted)
            starts = [group[0].start for group in groups]
            for group, following in zip(groups, [*starts[1:], sentence.end], strict=True):
                self._read_list(NumberList(line, group, previous_end, following), entities)
                previous_end = group[-1].end

    def _filter(
        self, text: Text, sentence: Sentence, quantities: Iterable[Quantity], background: bool
    ) -> list[Quantity]:
        """Return the numbers of a sentence that pass the filters, and reject the others."""
        accepted = []
        for quantity in quantities:
            start, end = quantity.start, quantity.end
            before = text.text[max(sentence.start, start - _FILTER_REACH) : start]
            after = text.text[end : min(sentence.end, end + _FILTER_REACH)]
            candidate = rejections.Candidate(quantity, before, after, background)
            if reason := rejections.rejection_reason(candidate):
                self._reject(text, quantity, reason)
            else:
                accepted.append(quantity)
        return accepted

    def _reject(self, text: Text, quantity: Quantity, reason: str) -> None:
        span = start, end = quantity.start, quantity.end
        self.rejected.append(RejectedCandidate(text.text[start:end], text.field, *span, reason))

    def _read_list(self, numbers: NumberList, entities: Sequence[EntityOccurrence]) -> None:
        """Add the claims of a list of numbers, and reject the others."""
        line = numbers.line
        list_before = find_bound(numbers, numbers.quantities[0])[1]
        reader = ConditionReader(numbers, entities, _actor(line, list_before, self._name))
        for index, quantity in enumerate(numbers.quantities):
            bound, before = find_bound(numbers, quantity)
            listed = self._listed(line, before)
            between = line.text[self._previous[0].end : before] if self._previous else ""
            if listed and bound is None and " by " not in between:
                bound = listed.bound  # written once before the list
            stated = reader.read(index, listed.baseline if listed else None)
            candidates = [
                _claim(line, quantity, measurement, bound, listed, stated)
                for measurement in _results(numbers, index, list_before, listed)
            ]
            reasons = list(map(plausibility.rejection_reason, candidates))
            claims = list(compress(candidates, map(not_, reasons)))
            self.claims += claims
            if claims:
                self._previous = quantity, claims[0]
            else:
                self._reject(line.source, quantity, next(filter(None, reasons), "no_measure"))

    def _listed(self, line: MarkedSentence, before: int) -> Claim | None:
        """Return the claim before a number if both stand in one list, no verb between them."""
        if self._previous is None:
            return None
        quantity, claim = self._previous
        between = line.text[quantity.end : before]
        if len(between) > _MAX_BETWEEN or not _JOINS.search(between):
            return None
        first, last = line.word_at(quantity.end), line.word_at(before)
        cues = (cue for cue in line.cues if first <= cue.first < last and cue.value != "level")
        return claim if all(line.forms[cue.first] in _LIST_CUES for cue in cues) else None


def _results(numbers: NumberList, index: int, before: int, listed: Claim | None) -> Measurements:
    """Return what a number of a list measures, if it is a result."""
    line, quantity = numbers.line, numbers.quantities[index]
    if context := result_or_setup.read_context_length(line, quantity):
        return [context]
    results = [
        measurement
        for measurement in read_measurements(numbers, index, before)
        if result_or_setup.is_result(line, quantity, measurement, listed)
    ]
    if not results and listed and listed.unit in ("score", quantity.unit):
        return [Measurement(listed.metric, listed.effect, None, quantity.start, quantity.end)]
    return results


def _groups(text: str, accepted: list[Quantity]) -> list[list[Quantity]]:
    """Return the numbers in lists: one unit, and nothing but "and" and commas between them."""
    groups: list[list[Quantity]] = []
    for number in accepted:
        last = groups[-1][-1] if groups else None
        if last and last.unit == number.unit and _LISTED.fullmatch(text, last.end, number.start):
            groups[-1].append(number)
        else:
            groups.append([number])
    return groups


def _actor(line: MarkedSentence, before: int, name: str | None) -> str | None:
    """Return what does the change where it is not the paper's own thing ("int4 quantization")."""
    last = line.word_at(before)
    verbs = (cue for cue in reversed(line.cues) if cue.last <= last and cue.value != "level")
    cue = next(verbs, None)
    if cue is None or not line.first < cue.first <= last:
        return None
    before_verb = line.text[line.sentence.start : line.source.starts[cue.first]][-120:]
    clause = _CLAUSE.match(before_verb)
    actor = _ADVERB.sub("", before_verb[clause.end() if clause else 0 :].strip(" ("))
    is_paper = _PRONOUN.search(actor) or (name and name in actor)
    words = actor.split()
    if is_paper or not 0 < len(words) <= 7 or len(actor) > 60 or words[0].endswith("ing"):
        return None
    return actor


def _claim(
    line: MarkedSentence,
    quantity: Quantity,
    measurement: Measurement,
    bound: Bound | None,
    listed: Claim | None,
    stated: Conditions,
) -> Claim:
    """Return the claim of a number; `listed` is the claim before it in a list, if it is in one."""
    metric, effect = settle_in_list(measurement, quantity, listed)
    if metric == "context_length" and quantity.unit is None:
        quantity = quantity._replace(unit="tokens")
    improvement = None
    if effect != "level" and measurement.better:
        improvement = (effect == "increase") == (measurement.better == "higher")
    is_score = effect == "level" or quantity.low is not None
    start, end = _quote_span(line, quantity, measurement)
    return Claim(
        quote=line.text[start:end],
        field=line.source.field,
        start=start,
        end=end,
        sentence=line.text[line.sentence.start : line.sentence.end],
        value=quantity.value,
        value_low=quantity.low,
        unit=quantity.unit or ("score" if is_score else "points"),
        metric=metric,
        effect=effect,
        bound=bound,
        baseline=stated.baseline,
        hardware=stated.hardware,
        subject=stated.subject,
        is_improvement=improvement,
    )


def _quote_span(line: MarkedSentence, number: Quantity, measured: Measurement) -> tuple[int, int]:
    """Return the span of the words that state a claim; the number alone if they are too many."""
    start = min(measured.start, number.start)
    if start == number.start and line.text[start - 1 : start] in ("~", "$", "+", "<", ">", "≈"):
        start -= 1
    end = max(measured.end, number.end)
    return (start, end) if end - start <= _MAX_QUOTE else (number.start, number.end)
