"""Reads the conditions of a claim: its baseline, its hardware, and its subject."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, starmap
from typing import NamedTuple

from daily_papers.facts.claims.number_context import NumberList
from daily_papers.facts.claims.quantities import Quantity
from daily_papers.facts.names.named_entities import EntityOccurrence
from daily_papers.records import EntityKind
from daily_papers.text import word_set

_PHRASE_END = (
    r"(?=\s?[,;]|\.(?:\s|$)|\)|\s(?:(?:on|for|in|while|when|with|without|at|across|under|using|"
    r"during|respectively|as|that|which|thanks|via|from)\b(?!-)|"
    r"and (?:by |up to |an? |even |over |also |more )?(?:\d|achiev|reduc|improv|cut|maintain|"
    r"accelerat|outperform|surpass))|\s\d|$)"
)
_PHRASE = (
    rf"((?:[^,;()]|(?:trained|provided|built|obtained|produced|used|generated) (?:with|by|in|"
    rf"using|on|from) )+?(?:\s\([^()]{{2,60}}\))?){_PHRASE_END}"
)
_AGAINST = (
    r"\b(?:(?:when |as )?compar(?:ed|ing) (?:to|with|against)|in comparison (?:to|with)|"
    r"relative to|"
    r"(?<!more )(?<!better )over|(?<!more )(?<!less )(?<!rather )than|against|on[ -]par with|"
    r"comparable (?:\w+ )?(?:to|with)|matching|as (?:fast|accurate|good|efficient|large) as|"
    r"performance (?:level )?of|versus|vs\.?|with respect to|as opposed to|of the original|"
    r"that of)\s"
)
_AFTER = re.compile(_AGAINST + _PHRASE)
_VALUED = re.compile(
    r"\b(?:compared (?:to|with)|vs\.?|versus|than|over)\s[\d.]+\s?%?\s(?:for|of|by|in|from|with)\s"
    + _PHRASE
)
_LEADING = re.compile(
    r"(?:^|[,:]\s|that\s)(?:[Cc]ompared (?:to|with)|[Rr]elative to|[Ii]n comparison (?:to|"
    r"with)|[Vv]ersus|[Cc]omparing (?:to|with))\s([^;]+?),\s(?!and\b)"
)
_BEATEN = re.compile(
    r"\b(?:outperform|surpass|exceed|beat|outpac|improv\w+ (?:upon|over))\w*\s"
    r"((?:(?!outperform|surpass|exceed)[^;]){2,120}?)\s(?:by|with|in|at)\s"
)
_BEATEN_LATER = re.compile(
    r"\b(?:outperform|surpass|exceed|beat)\w*\s([^,;]{2,80}?)(?:\s(?:by|with|in|at|on)\b|[,.;])"
)
_FOR = re.compile(
    r"\b(?:for|on|in|during|when|under|across|at)\s((?:[^,;()])+?(?:\s\([^()]{2,60}\))?)"
    r"(?=\s?[,;]|\.(?:\s|$)|\)|\s(?:(?:compared|over|while|with|when|than|against|relative|without|"
    r"using|as|by|versus|on|for|respectively)\b(?!-)|"
    r"and (?:by |up to |an? |over |around |about )?(?:\d|reduc|improv|achiev))|$)"
)
_OBJECT = re.compile(
    r"\b(?:of|on|for|in)\s([^,;]{2,70}?)\s(?:(?:is|are|can be|was|"
    r"were)\s(?:\w+\s)?\w+ed\s)?(?:by|to|from)\s(?:an? |average |only |just |nearly |about )*$"
)
_OPENING = re.compile(
    r"(?:^|\bthat,?\s|,\s|:\s)(?:[Oo]n|[Ff]or|[Ii]n|[Aa]t|[Ww]hen|[Uu]nder|[Aa]cross|[Dd]uring)\s([^,]{2,90}),\s"
)
_LIST_BEFORE = re.compile(
    r"\b(over|than|outperform\w*|surpass\w*|compared (?:to|with)|of|for|on|between|"
    r"both)\s((?:(?!\b(?:over|than|of|for|on|by)\b)[^;:.]|\.(?=\S)){3,160}?)\s(?:(?:are|is|"
    r"were|was)\s\w+\s)?(?:by|with|,)\s(?:up to |an? |average |over |about |nearly )*$"
)
_LIST_LEADING = re.compile(
    r"\b([Cc]ompared (?:to|with)|[Oo]ver)\s([^;:]{3,160}),\s(?:our \w+|we|"
    r"[\w.²+-]+)\s(?:can\s)?(?:achiev|improv|reduc|deliver|attain|obtain|provid|show|"
    r"yield)\w*\s(?:up to |an? )*$"
)
_STAGE = re.compile(
    r"\b(?:decoding|training|inference|prefill(?:ing)?|pre-filling|fine-tuning|pre-training|pretraining|generation|serving|search)\b"
)
_EMPTY = re.compile(
    r"^(?:\d|average\b|terms\b|comparison\b|particular\b|addition\b|instance\b|example\b|"
    r"this (?:paper|work)\b|(?:our |extensive )?experiments?\b|(?:some|most|all|many) cases\b|"
    r"the (?:other|same)\b|contrast\b|fact\b|turn\b|total\b|practice\b|time\b|performance\b|"
    r"accuracy\b|both metrics\b|metrics\b|least\b|most\b|once\b)"
)
_MEASURED = re.compile(
    r"(?:[\w-]+ )?(?:speed|size|quality|accuracy|latency|throughput|memory|performance|time|cost)"
)
_TRAILING = re.compile(r"\s(?:and|or)(?:\s(?:around|about|up to|over|nearly|by|an?)){0,2}$")
_ARTICLES = re.compile(
    r"^(?:the|an?|its|their|our|using|just|only|that of|those of|other|some|all|both)\s",
    re.IGNORECASE,
)
_MORE_OF_LIST = re.compile(r"(?:,\s(?:and\s)?[^,;.]{1,40}){1,4}")
_SPLIT = re.compile(r",\s(?:and\s)?|\sand\s")
_NOTHING = word_set(
    "the an its their our it them those that this these just only preceding existing previous "
    "prior speed rate cost level total integrated less more"
)
_PLAIN_HARDWARE = re.compile(
    r"\b(?:on|using|with)\s(?:an?\s|the\s|just\s|only\s)?((?:[\w.+-]+\s){0,4}?(?:GPUs?|CPUs?|TPUs?|NPUs?|FPGAs?|MCUs?|smartphones?|phones?|"
    r"edge devices|mobile devices|devices|servers?|accelerators?|laptops?|microcontrollers?|"
    r"clusters?|platforms))\b|\(((?:GPU|CPU|TPU|NPU|FPGA)s?)\)"
)
# Words without which no comparison is made, and no plain hardware named.
_COMPARING = word_set(
    "compared comparing comparison relative over than against versus vs respect opposed "
    "original par comparable matching outperform outperforming outperformed surpass surpasse "
    "surpassing exceed exceeding beat beating outpace upon fast accurate level"
)
_HARDWARE_WORDS = word_set(
    "gpu cpu tpu npu fpga mcu smartphone phone device server accelerator laptop "
    "microcontroller cluster platform"
)
_REACH = 300  # characters on either side of a list that its conditions are read from
_MAX_PHRASE = 120  # characters of a phrase worth keeping


class Conditions(NamedTuple):
    """What a number was measured against, on which hardware, and for what, as written."""

    baseline: str | None = None
    hardware: str | None = None
    subject: str | None = None


class ConditionReader:
    """Reads the conditions of the numbers of a list from the text around it."""

    def __init__(
        self, numbers: NumberList, entities: Sequence[EntityOccurrence], actor: str | None
    ) -> None:
        """Take the list, the entities of its field, and what does the change, if it is not the
        paper's own thing."""
        line, start, end = numbers.line, numbers.quantities[0].start, numbers.end
        first, last = line.sentence.start, line.sentence.end
        self._numbers, self._actor = numbers, actor
        self._entities = [entity for entity in entities if first <= entity.start < last]
        self._before = line.text[max(first, start - _REACH) : start]
        self._near = line.text[end : min(numbers.following, end + _REACH)]
        self._after = line.text[end : min(last, end + _REACH)]
        self._respectively = "respectively" in line.vocabulary
        self._compares = not _COMPARING.isdisjoint(line.vocabulary)
        self._mentions_hardware = not _HARDWARE_WORDS.isdisjoint(line.vocabulary)

    def read(self, index: int, baseline: str | None) -> Conditions:
        """Return the conditions of a number of the list; `baseline` is that of the number before
        it, if both stand in one list."""
        if self._compares:
            baseline = self._item_before(index, compared=True) or self._baseline(baseline)
        hardware = self._hardware(self._numbers.quantities[index], baseline or "")
        subject = self._item_before(index, compared=False) or self._subject(
            index, baseline or "", hardware or ""
        )
        return Conditions(self._list_item(baseline, index), hardware, subject)

    def _baseline(self, previous: str | None) -> str | None:
        before, near, after = self._before, self._near, self._after
        return (
            _first_phrase((_VALUED, near), (_AFTER, near), (_BEATEN, before), (_LEADING, before))
            or previous
            or _first_phrase((_VALUED, after), (_AFTER, after), (_BEATEN_LATER, after[:160]))
            or _first_phrase((_AFTER, before), (_BEATEN_LATER, before))
        )

    def _item_before(self, index: int, compared: bool) -> str | None:
        """Return this number's item of a list before it that is as long as the list of numbers."""
        count = len(self._numbers.quantities)
        match = _LIST_BEFORE.search(self._before) if count > 1 else None
        if match is None and count > 1 and compared:
            match = _LIST_LEADING.search(self._before)
        if match is None or (match[1] in ("of", "for", "on", "between", "both")) == compared:
            return None
        items = _SPLIT.split(match[2].strip(" ,"))
        return _clean_phrase(items[index]) if len(items) == count else None

    def _list_item(self, phrase: str | None, index: int) -> str | None:
        """Return this number's item of a phrase with as many items as there are numbers."""
        count = len(self._numbers.quantities)
        if phrase is None or count < 2:
            return phrase
        if len(items := _SPLIT.split(phrase)) == count:
            return _clean_phrase(items[index])
        start = self._after.find(phrase)
        more = _MORE_OF_LIST.match(self._after, start + len(phrase)) if start >= 0 else None
        if more and self._respectively:
            items = [item for item in _SPLIT.split(phrase + more[0]) if item.strip()]
            if len(items) >= count:
                return _clean_phrase(items[index])
        return phrase

    def _hardware(self, quantity: Quantity, baseline: str) -> str | None:
        named = self._named("hardware", baseline)
        near = [each for each in named if quantity.end <= each.start < self._numbers.following]
        before = [each for each in named if each.start < quantity.start]
        for entity in near[:1] or before[-1:] or named[:1]:
            return entity.text
        if not self._mentions_hardware:
            return None
        near_text, before_text = self._near[:100], self._before[-140:]
        match = _PLAIN_HARDWARE.search(near_text) or _PLAIN_HARDWARE.search(before_text)
        phrase = (match[1] or match[2]) if match else None
        return phrase if phrase and phrase not in baseline else None

    def _named(self, kind: EntityKind, baseline: str) -> list[EntityOccurrence]:
        return [each for each in self._entities if each.kind == kind and each.text not in baseline]

    def _subject(self, index: int, baseline: str, hardware: str) -> str | None:
        """Return what a number is for: where it was measured, the things named, what was done."""
        purpose = _purpose(_FOR, self._near[:160], baseline, hardware)
        if purpose is None and self._respectively:
            purpose = _purpose(_FOR, self._after, baseline, hardware)
        purpose = self._list_item(purpose, index)
        purpose = purpose or _purpose(_OBJECT, self._before[-120:], baseline, hardware)
        parts = [_purpose(_OPENING, self._before, baseline, hardware)]
        # The model and the dataset that are named nearest.
        start = self._numbers.quantities[index].start
        for named in (self._named("model", baseline), self._named("dataset", baseline)):
            if near := [each for each in named if each.end <= self._numbers.following]:
                parts.append(min(near, key=lambda each: abs(each.start - start)).text)
        parts.append(purpose)
        stage = _STAGE.search(self._near[:28]) or _STAGE.search(self._before[-60:])
        if stage and not purpose:
            parts.append(stage[0])
        if not any(parts):
            parts.append(self._actor)
        chosen: list[str] = []
        for part in filter(None, parts):
            if not any(part in other or other in part for other in chosen):
                chosen.append(part)
        return _clean_phrase(", ".join(chosen)) or purpose


def _clean_phrase(phrase: str) -> str | None:
    """Return a phrase without articles and what trails it; None where nothing is worth keeping."""
    clean = _TRAILING.sub("", phrase.strip(" .,;:–—-"))
    while (shorter := _ARTICLES.sub("", clean)) != clean:
        clean = shorter
    if clean.count("(") > clean.count(")"):
        clean = clean[: clean.rindex("(")].rstrip()
    fits = 1 < len(clean) <= _MAX_PHRASE and "://" not in clean and any(map(str.isalpha, clean))
    return clean if fits and clean.lower() not in _NOTHING else None


def _phrases(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    return filter(None, (_clean_phrase(match[1]) for match in pattern.finditer(text)))


def _first_phrase(*searches: tuple[re.Pattern[str], str]) -> str | None:
    phrases = chain.from_iterable(starmap(_phrases, searches))
    return next((phrase for phrase in phrases if phrase[0] not in "0123456789~≈$"), None)


def _purpose(pattern: re.Pattern[str], text: str, baseline: str, hardware: str) -> str | None:
    """Return the first phrase of a pattern that says what a number is for."""
    for phrase in _phrases(pattern, text):
        is_empty = "%" in phrase or _EMPTY.match(phrase) or _MEASURED.fullmatch(phrase)
        is_hardware = hardware and hardware in phrase and len(phrase) < len(hardware) + 24
        if not (phrase == baseline or is_empty or is_hardware):
            return phrase
    return None
