"""Reads what a number was measured against, on what hardware, and for what: the words around it."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from daily_papers.facts.claims.number_context import Line
from daily_papers.facts.claims.quantities import Quantity
from daily_papers.facts.names.named_entities import Seen

_END = (
    r"(?=\s?[,;]|\.(?:\s|$)|\)|\s(?:(?:on|for|in|while|when|with|without|at|across|under|using|"
    r"during|respectively|as|that|which|thanks|via|from)\b(?!-)|"
    r"and (?:by |up to |an? |even |over |also |more )?(?:\d|achiev|reduc|improv|cut|maintain|"
    r"accelerat|outperform|surpass))|\s\d|$)"
)
_PHRASE = (
    rf"((?:[^,;()]|(?:trained|provided|built|obtained|produced|used|generated) (?:with|by|in|"
    rf"using|on|from) )+?(?:\s\([^()]{{2,60}}\))?){_END}"
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
_REACH = 300  # characters on either side that a setting may be said in
_MOST = 120  # characters of a phrase worth keeping


class Setting(NamedTuple):
    """What a number was measured against, on which hardware, and for what, as written."""

    baseline: str | None = None
    hardware: str | None = None
    subject: str | None = None


class Around:
    """A list of numbers with the words around it, each side cut where another number begins."""

    def __init__(self, line: Line, group: Sequence[Quantity], following: int) -> None:
        """Take the sentence, the list, and where the next list begins."""
        self.sentence, self.group, self.following = line.sentence, group, following
        start, end = group[0].start, group[-1].end
        self.before = line.text[max(line.sentence.start, start - _REACH) : start]
        self.near = line.text[end : min(following, end + _REACH)]
        self.after = line.text[end : min(line.sentence.end, end + _REACH)]
        self.respectively = "respectively" in line.said
        self.compares = not _COMPARING.isdisjoint(line.said)
        self.names_hardware = not _HARDWARE_WORDS.isdisjoint(line.said)


def find(
    around: Around, place: int, seen: Sequence[Seen], listed: Setting | None, actor: str | None
) -> Setting:
    """Return the setting of the number at `place` of a list.

    `seen` are the names in the field; `listed` is the setting of the number before, if both stand
    in one list.
    """
    quantity = around.group[place]
    sentence = around.sentence
    inside = [one for one in seen if sentence.start <= one.start < sentence.end]
    baseline = None
    if around.compares:
        baseline = _shared_before(around, place, compared=True) or _baseline(around, listed)
    elif listed:
        baseline = listed.baseline
    hardware = _hardware(around, inside, quantity, baseline or "")
    subject = _shared_before(around, place, compared=False) or _subject(
        around, inside, place, baseline or "", hardware or "", actor
    )
    return Setting(_share(baseline, around, place), hardware, subject)


def _tidy(phrase: str | None) -> str | None:
    if phrase is None:
        return None
    tidy = _TRAILING.sub("", phrase.strip(" .,;:–—-"))
    while (shorter := _ARTICLES.sub("", tidy)) != tidy:
        tidy = shorter
    if tidy.count("(") > tidy.count(")"):
        tidy = tidy[: tidy.rindex("(")].rstrip()
    fits = 1 < len(tidy) <= _MOST and "://" not in tidy and any(map(str.isalpha, tidy))
    return tidy if fits and tidy.lower() not in _NOTHING else None


def _baseline(around: Around, listed: Setting | None) -> str | None:
    places = (
        (_VALUED, around.near),
        (_AFTER, around.near),
        (_BEATEN, around.before),
        (_LEADING, around.before),
    )
    found = _first(places)
    if found is None and listed is not None and listed.baseline:
        return listed.baseline
    return found or _first(
        (
            (_VALUED, around.after),
            (_AFTER, around.after),
            (_BEATEN_LATER, around.after[:160]),
            (_AFTER, around.before),
            (_BEATEN_LATER, around.before),
        )
    )


def _first(places: Sequence[tuple[re.Pattern[str], str]]) -> str | None:
    for pattern, where in places:
        for found in pattern.finditer(where):
            tidy = _tidy(found[1])
            if tidy and tidy[0] not in "0123456789~≈$":
                return tidy
    return None


def _shared_before(around: Around, place: int, compared: bool) -> str | None:
    """Return this number's part of a list before it that is as long as the list of numbers."""
    if len(around.group) < 2:
        return None
    found = _LIST_BEFORE.search(around.before) or (
        _LIST_LEADING.search(around.before) if compared else None
    )
    if found is None or (found[1] in ("of", "for", "on", "between", "both")) == compared:
        return None
    parts = _SPLIT.split(found[2].strip(" ,"))
    return _tidy(parts[place]) if len(parts) == len(around.group) else None


def _share(phrase: str | None, around: Around, place: int) -> str | None:
    """Return this number's part of a list with as many parts as there are numbers."""
    group = around.group
    if phrase is None or len(group) < 2:
        return phrase
    if len(parts := _SPLIT.split(phrase)) == len(group):
        return _tidy(parts[place])
    said = around.after.find(phrase)
    more = _MORE_OF_LIST.match(around.after, said + len(phrase)) if said >= 0 else None
    if more and around.respectively:
        parts = [part for part in _SPLIT.split(phrase + more[0]) if part.strip()]
        if len(parts) >= len(group):
            return _tidy(parts[place])
    return phrase


def _hardware(
    around: Around, inside: Sequence[Seen], quantity: Quantity, baseline: str
) -> str | None:
    named = [one for one in inside if one.kind == "hardware" and one.text not in baseline]
    near = [one for one in named if quantity.end <= one.start < around.following]
    before = [one for one in named if one.start < quantity.start]
    chosen = near[:1] or before[-1:] or named[:1]
    if chosen:
        return chosen[0].text
    if not around.names_hardware:
        return None
    plain = _PLAIN_HARDWARE.search(around.near[:100]) or _PLAIN_HARDWARE.search(
        around.before[-140:]
    )
    said = (plain[1] or plain[2]) if plain else None
    return said if said and said not in baseline else None


def _subject(
    around: Around, inside: Sequence[Seen], place: int, baseline: str, hardware: str,
    actor: str | None,
) -> str | None:  # fmt: skip
    """Return what a number is for: where it was measured, the things named, what was done."""
    quantity = around.group[place]
    said = _said(_FOR, around.near[:160], baseline, hardware)
    if said is None and around.respectively:
        said = _said(_FOR, around.after, baseline, hardware)
    said = _share(said, around, place)
    said = said or _said(_OBJECT, around.before[-120:], baseline, hardware)
    opening = _said(_OPENING, around.before, baseline, hardware)
    stage = _STAGE.search(around.near[:28]) or _STAGE.search(around.before[-60:])
    parts = [opening, *_things(around, inside, quantity, baseline), said]
    if stage and not said:
        parts.append(stage[0])
    if actor and not any(parts):
        parts.append(actor)
    chosen: list[str] = []
    for part in parts:
        if part and not any(part in other or other in part for other in chosen):
            chosen.append(part)
    return _tidy(", ".join(chosen)) or said


def _things(around: Around, inside: Sequence[Seen], quantity: Quantity, baseline: str) -> list[str]:
    """Return the model and the data set that are named nearest to a number."""
    nearest = []
    for kind in ("model", "dataset"):
        named = [
            one
            for one in inside
            if one.kind == kind and one.text not in baseline and one.end <= around.following
        ]
        if named:
            nearest.append(min(named, key=lambda one: abs(one.start - quantity.start)).text)
    return nearest


def _said(pattern: re.Pattern[str], where: str, baseline: str, hardware: str) -> str | None:
    for found in pattern.finditer(where):
        tidy = _tidy(found[1])
        if tidy is None or tidy == baseline or "%" in tidy:
            continue
        if _EMPTY.match(tidy) or _MEASURED.fullmatch(tidy):
            continue
        if hardware and hardware in tidy and len(tidy) < len(hardware) + 24:
            continue
        return tidy
    return None
