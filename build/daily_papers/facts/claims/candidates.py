"""Finds what a paper claims in numbers, and keeps the reason for every number that is no claim."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from daily_papers.facts.claims import (
    bounds,
    conditions,
    plausibility,
    quantities,
    rejections,
    result_or_setup,
)
from daily_papers.facts.claims.conditions import Setting
from daily_papers.facts.claims.metric_effect import Measure, measures
from daily_papers.facts.claims.number_context import Line
from daily_papers.facts.claims.quantities import Quantity
from daily_papers.facts.names.named_entities import Seen
from daily_papers.records import Bound, Claim, RejectedCandidate
from daily_papers.text import Sentence, Text

_OTHERS = re.compile(
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
_LIST_CUES = frozenset(
    str.split("speedup reduction improvement lower higher less faster gain loss drop")
)
_MOST_BETWEEN = 120  # characters between two numbers of one list
_BESIDE = 160  # characters on either side that filters see
_LONGEST_QUOTE = 240  # characters


@dataclass
class Claims:
    """What the numbers of a paper came to."""

    claims: list[Claim] = field(default_factory=list)
    rejected: list[RejectedCandidate] = field(default_factory=list)


def find(
    title: Text, abstract: Text, own: int, names: Sequence[str], seen: Sequence[Seen]
) -> Claims:
    """Return the claims of a paper and the numbers that are none.

    `own` is where the abstract begins to speak of the paper, `names` are the paper's own, `seen`
    the other names in it.
    """
    found = Claims()
    served = "throughput" in title.forms or "throughput" in abstract.forms
    default = "throughput" if served else "speedup"
    for text in (title, abstract):
        inside = [one for one in seen if one.field == text.field]
        for sentence, numbers in _by_sentence(text, quantities.find(text)):
            said = text.text[sentence.start : sentence.end]
            foreign = (
                text is abstract
                and (sentence.start < own or _OTHERS.match(said) is not None)
                and not any(name in said for name in names)
            )
            accepted = _accepted(text, sentence, numbers, foreign, found)
            if accepted:
                _Reader(Line(text, sentence), default, inside, names, found).read(accepted)
    return found


def _by_sentence(
    text: Text, quantities: list[Quantity]
) -> Iterator[tuple[Sentence, list[Quantity]]]:
    place = 0
    for sentence in text.sentences:
        first = place
        while place < len(quantities) and quantities[place].start < sentence.end:
            place += 1
        if place > first:
            yield sentence, quantities[first:place]


def _accepted(
    text: Text, sentence: Sentence, quantities: list[Quantity], foreign: bool, found: Claims
) -> list[Quantity]:
    """Return the numbers that pass the filters; the others are rejected with a reason."""
    accepted = []
    for quantity in quantities:
        before = text.text[max(sentence.start, quantity.start - _BESIDE) : quantity.start]
        after = text.text[quantity.end : min(sentence.end, quantity.end + _BESIDE)]
        reason = rejections.reason_against(rejections.Candidate(quantity, before, after, foreign))
        if reason is None:
            accepted.append(quantity)
        else:
            found.rejected.append(_rejected(text, quantity, reason))
    return accepted


def _rejected(text: Text, quantity: Quantity, reason: str) -> RejectedCandidate:
    start, end = quantity.start, quantity.end
    return RejectedCandidate(text.text[start:end], text.field, start, end, reason)


@dataclass
class _Reader:
    """Reads the numbers of one sentence from left to right."""

    line: Line
    default: str  # the metric of "2x better" when no noun says
    seen: Sequence[Seen]
    names: Sequence[str]
    found: Claims
    previous: tuple[Quantity, Claim] | None = None  # the number before, if it is a claim

    def read(self, accepted: list[Quantity]) -> None:
        """Add the claims among the numbers, and reject the others."""
        groups = _groups(self.line.text, accepted)
        floor = 0
        for index, group in enumerate(groups):
            last = index + 1 == len(groups)
            following = self.line.sentence.end if last else groups[index + 1][0].start
            self._read_list(group, floor, conditions.Around(self.line, group, following))
            floor = group[-1].end

    def _read_list(self, group: list[Quantity], floor: int, around: conditions.Around) -> None:
        """Read numbers that share their words ("3×, 2.4× and 1.6× throughput improvement")."""
        line = self.line
        first_before = bounds.find(line, group[0], group[-1].end)[1]
        actor = _actor(line, first_before, self.names)
        for place, quantity in enumerate(group):
            bound, before = bounds.find(line, quantity, group[-1].end)
            listed = self._listed(before)
            between = line.text[self.previous[0].end : before] if self.previous else ""
            if listed and bound is None and " by " not in between:
                bound = listed.bound  # written once before the list
            read = self._measures(group, place, first_before, floor, listed)
            carried = Setting(listed.baseline, listed.hardware, listed.subject) if listed else None
            setting = conditions.find(around, place, self.seen, carried, actor)
            claims = [_claim(line, quantity, one, bound, listed, setting) for one in read]
            reasons = [plausibility.reason_against(one) for one in claims]
            claims = [one for one, reason in zip(claims, reasons, strict=True) if not reason]
            self.found.claims += claims
            if claims:
                self.previous = quantity, claims[0]
            else:
                reason = next(filter(None, reasons), "no_measure")
                self.found.rejected.append(_rejected(line.of, quantity, reason))

    def _measures(
        self, group: list[Quantity], place: int, before: int, floor: int, listed: Claim | None
    ) -> list[Measure]:
        quantity = group[place]
        context = result_or_setup.context_reached(self.line, quantity)
        if context is not None:
            return [context]
        read = [
            one
            for one in measures(self.line, group, place, before, floor, self.default)
            if result_or_setup.stands(self.line, quantity, one, listed)
        ]
        if not read and listed and listed.unit in ("score", quantity.unit):
            return [Measure(listed.metric, listed.effect, None, quantity.start, quantity.end)]
        return read

    def _listed(self, before: int) -> Claim | None:
        """Return the claim before a number if both stand in one list, no verb between them."""
        if self.previous is None:
            return None
        quantity, claim = self.previous
        line = self.line
        between = line.text[quantity.end : before]
        if len(between) > _MOST_BETWEEN or not _JOINS.search(between):
            return None
        first, last = line.index(quantity.end), line.index(before)
        verbs = any(
            first <= cue.first < last
            and cue.value != "level"
            and line.forms[cue.first] not in _LIST_CUES
            for cue in line.cues
        )
        return None if verbs else claim


def _groups(text: str, accepted: list[Quantity]) -> list[list[Quantity]]:
    """Return the numbers in lists: one unit, and nothing but "and" and commas between them."""
    groups: list[list[Quantity]] = []
    for quantity in accepted:
        last = groups[-1][-1] if groups else None
        if (
            last
            and last.unit == quantity.unit
            and _LISTED.fullmatch(text, last.end, quantity.start)
        ):
            groups[-1].append(quantity)
        else:
            groups.append([quantity])
    return groups


def _actor(line: Line, before: int, names: Sequence[str]) -> str | None:
    """Return what does the change where it is not the paper's own thing ("int4 quantization")."""
    last = line.index(before)
    verbs = (one for one in reversed(line.cues) if one.last <= last and one.value != "level")
    cue = next(verbs, None)
    if cue is None or not line.first < cue.first <= last:
        return None
    said = line.text[line.sentence.start : line.of.starts[cue.first]]
    clause = _CLAUSE.match(said[-120:])
    said = _ADVERB.sub("", said[-120:][clause.end() if clause else 0 :].strip(" ("))
    plain = _PRONOUN.search(said) or any(name in said for name in names)
    words = said.split()
    if plain or not 0 < len(words) <= 7 or len(said) > 60 or words[0].endswith("ing"):
        return None
    return said


def _claim(
    line: Line,
    quantity: Quantity,
    measure: Measure,
    bound: Bound | None,
    listed: Claim | None,
    setting: Setting,
) -> Claim:
    metric, effect = measure.metric, measure.effect
    if metric == "other" and listed and effect == listed.effect:
        metric = listed.metric
    if effect == "level" and listed and (listed.unit, listed.metric) == (quantity.unit, metric):
        effect = listed.effect
    if metric == "context_length" and quantity.unit is None:
        quantity = quantity._replace(unit="tokens")
    improvement = None
    if effect != "level" and measure.better:
        improvement = (effect == "increase") == (measure.better == "higher")
    level = effect == "level" or quantity.low is not None
    start, end = _quoted(line, quantity, measure)
    return Claim(
        quote=line.text[start:end],
        field=line.of.field,
        start=start,
        end=end,
        sentence=line.text[line.sentence.start : line.sentence.end],
        value=quantity.value,
        value_low=quantity.low,
        unit=quantity.unit or ("score" if level else "points"),
        metric=metric,
        effect=effect,
        bound=bound,
        baseline=setting.baseline,
        hardware=setting.hardware,
        subject=setting.subject,
        is_improvement=improvement,
    )


def _quoted(line: Line, quantity: Quantity, measure: Measure) -> tuple[int, int]:
    """Return the place of the words that state a claim; the number alone if they are too many."""
    start = min(measure.start, quantity.start)
    if start == quantity.start and line.text[start - 1 : start] in ("~", "$", "+", "<", ">", "≈"):
        start -= 1
    end = max(measure.end, quantity.end)
    return (start, end) if end - start <= _LONGEST_QUOTE else (quantity.start, quantity.end)
