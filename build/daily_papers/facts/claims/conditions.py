"""Reads the conditions of a claim: its baseline, its hardware, and its subject."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from daily_papers.facts.claims.number_context import MarkedSentence
from daily_papers.facts.claims.quantities import Quantity
from daily_papers.facts.names.named_entities import EntityOccurrence

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
_NOTHING = frozenset(
    str.split(
        "the an its their our it them those that this these just only preceding existing previous "
        "prior speed rate cost level total integrated less more"
    )
)
_PLAIN_HARDWARE = re.compile(
    r"\b(?:on|using|with)\s(?:an?\s|the\s|just\s|only\s)?((?:[\w.+-]+\s){0,4}?(?:GPUs?|CPUs?|TPUs?|NPUs?|FPGAs?|MCUs?|smartphones?|phones?|"
    r"edge devices|mobile devices|devices|servers?|accelerators?|laptops?|microcontrollers?|"
    r"clusters?|platforms))\b"
    r"|\(((?:GPU|CPU|TPU|NPU|FPGA)s?)\)"
)
# Words without which no comparison is made, and no plain hardware named.
_COMPARING = frozenset(
    str.split(
        "compared comparing comparison relative over than against versus vs respect opposed "
        "original par comparable matching outperform outperforming outperformed surpass surpasse "
        "surpassing exceed exceeding beat beating outpace upon fast accurate level"
    )
)
_HARDWARE_WORDS = frozenset(
    str.split(
        "gpu cpu tpu npu fpga mcu smartphone phone device server accelerator laptop "
        "microcontroller cluster platform"
    )
)
_REACH = 300  # characters on either side of a list that its conditions are read from
_MAX_PHRASE = 120  # characters of a phrase worth keeping


class Conditions(NamedTuple):
    """What a number was measured against, on which hardware, and for what, as written."""

    baseline: str | None = None
    hardware: str | None = None
    subject: str | None = None


class ListContext:
    """A list of numbers with the text around it, each side cut where another number begins."""

    def __init__(self, line: MarkedSentence, group: Sequence[Quantity], following: int) -> None:
        """Take the sentence, the list, and the offset at which the next list begins."""
        self.sentence, self.group, self.following = line.sentence, group, following
        start, end = group[0].start, group[-1].end
        self.before = line.text[max(line.sentence.start, start - _REACH) : start]
        self.near = line.text[end : min(following, end + _REACH)]
        self.after = line.text[end : min(line.sentence.end, end + _REACH)]
        self.respectively = "respectively" in line.vocabulary
        self.compares = not _COMPARING.isdisjoint(line.vocabulary)
        self.mentions_hardware = not _HARDWARE_WORDS.isdisjoint(line.vocabulary)


def find_conditions(
    context: ListContext,
    index: int,
    entities: Sequence[EntityOccurrence],
    previous: Conditions | None,
    actor: str | None,
) -> Conditions:
    """Return the conditions of a number of a list.

    `entities` are those of the field; `previous` are the conditions of the number before, if both
    stand in one list; `actor` is what does the change, if it is not the paper's own thing.
    """
    quantity, sentence = context.group[index], context.sentence
    inside = [entity for entity in entities if sentence.start <= entity.start < sentence.end]
    baseline = previous.baseline if previous else None
    if context.compares:
        baseline = _item_before(context, index, compared=True) or _baseline(context, baseline)
    hardware = _hardware(context, inside, quantity, baseline or "")
    subject = _item_before(context, index, compared=False) or _subject(
        context, inside, index, baseline or "", hardware or "", actor
    )
    return Conditions(_list_item(baseline, context, index), hardware, subject)


def _clean_phrase(phrase: str) -> str | None:
    """Return a phrase without articles and what trails it; None where nothing is worth keeping."""
    clean = _TRAILING.sub("", phrase.strip(" .,;:–—-"))
    while (shorter := _ARTICLES.sub("", clean)) != clean:
        clean = shorter
    if clean.count("(") > clean.count(")"):
        clean = clean[: clean.rindex("(")].rstrip()
    fits = 1 < len(clean) <= _MAX_PHRASE and "://" not in clean and any(map(str.isalpha, clean))
    return clean if fits and clean.lower() not in _NOTHING else None


def _baseline(context: ListContext, previous: str | None) -> str | None:
    return (
        _first_phrase(
            (_VALUED, context.near),
            (_AFTER, context.near),
            (_BEATEN, context.before),
            (_LEADING, context.before),
        )
        or previous
        or _first_phrase(
            (_VALUED, context.after),
            (_AFTER, context.after),
            (_BEATEN_LATER, context.after[:160]),
            (_AFTER, context.before),
            (_BEATEN_LATER, context.before),
        )
    )


def _first_phrase(*searches: tuple[re.Pattern[str], str]) -> str | None:
    for pattern, text in searches:
        for match in pattern.finditer(text):
            phrase = _clean_phrase(match[1])
            if phrase and phrase[0] not in "0123456789~≈$":
                return phrase
    return None


def _item_before(context: ListContext, index: int, compared: bool) -> str | None:
    """Return this number's item of a list before it that is as long as the list of numbers."""
    if len(context.group) < 2:
        return None
    match = _LIST_BEFORE.search(context.before) or (
        _LIST_LEADING.search(context.before) if compared else None
    )
    if match is None or (match[1] in ("of", "for", "on", "between", "both")) == compared:
        return None
    items = _SPLIT.split(match[2].strip(" ,"))
    return _clean_phrase(items[index]) if len(items) == len(context.group) else None


def _list_item(phrase: str | None, context: ListContext, index: int) -> str | None:
    """Return this number's item of a phrase with as many items as there are numbers."""
    group = context.group
    if phrase is None or len(group) < 2:
        return phrase
    if len(items := _SPLIT.split(phrase)) == len(group):
        return _clean_phrase(items[index])
    start = context.after.find(phrase)
    more = _MORE_OF_LIST.match(context.after, start + len(phrase)) if start >= 0 else None
    if more and context.respectively:
        items = [item for item in _SPLIT.split(phrase + more[0]) if item.strip()]
        if len(items) >= len(group):
            return _clean_phrase(items[index])
    return phrase


def _hardware(
    context: ListContext, inside: Sequence[EntityOccurrence], quantity: Quantity, baseline: str
) -> str | None:
    named = [
        entity for entity in inside if entity.kind == "hardware" and entity.text not in baseline
    ]
    near = [entity for entity in named if quantity.end <= entity.start < context.following]
    before = [entity for entity in named if entity.start < quantity.start]
    for entity in near[:1] or before[-1:] or named[:1]:
        return entity.text
    if not context.mentions_hardware:
        return None
    match = _PLAIN_HARDWARE.search(context.near[:100]) or _PLAIN_HARDWARE.search(
        context.before[-140:]
    )
    phrase = (match[1] or match[2]) if match else None
    return phrase if phrase and phrase not in baseline else None


def _subject(
    context: ListContext, inside: Sequence[EntityOccurrence], index: int, baseline: str,
    hardware: str, actor: str | None,
) -> str | None:  # fmt: skip
    """Return what a number is for: where it was measured, the things named, what was done."""
    purpose = _purpose(_FOR, context.near[:160], baseline, hardware)
    if purpose is None and context.respectively:
        purpose = _purpose(_FOR, context.after, baseline, hardware)
    purpose = _list_item(purpose, context, index)
    purpose = purpose or _purpose(_OBJECT, context.before[-120:], baseline, hardware)
    opening = _purpose(_OPENING, context.before, baseline, hardware)
    stage = _STAGE.search(context.near[:28]) or _STAGE.search(context.before[-60:])
    parts = [opening, *_nearest(context, inside, context.group[index], baseline), purpose]
    if stage and not purpose:
        parts.append(stage[0])
    if actor and not any(parts):
        parts.append(actor)
    chosen: list[str] = []
    for part in parts:
        if part and not any(part in other or other in part for other in chosen):
            chosen.append(part)
    return _clean_phrase(", ".join(chosen)) or purpose


def _nearest(
    context: ListContext, inside: Sequence[EntityOccurrence], quantity: Quantity, baseline: str
) -> list[str]:
    """Return the model and the dataset that are named nearest to a number."""
    nearest = []
    for kind in ("model", "dataset"):
        named = [
            entity
            for entity in inside
            if entity.kind == kind
            and entity.text not in baseline
            and entity.end <= context.following
        ]
        if named:
            nearest.append(min(named, key=lambda entity: abs(entity.start - quantity.start)).text)
    return nearest


def _purpose(pattern: re.Pattern[str], text: str, baseline: str, hardware: str) -> str | None:
    """Return the first phrase of a pattern that says what a number is for."""
    for match in pattern.finditer(text):
        phrase = _clean_phrase(match[1])
        if (
            phrase
            and phrase != baseline
            and "%" not in phrase
            and not _EMPTY.match(phrase)
            and not _MEASURED.fullmatch(phrase)
            and not (hardware and hardware in phrase and len(phrase) < len(hardware) + 24)
        ):
            return phrase
    return None
