"""Turns the entities that a paper names into mentions, each with its role and its entity's key.

A method or system of the vocabulary counts as compared, unless the words say that it is only what
ran. Any other name needs words of comparison before it.
"""

import re
import unicodedata
from collections.abc import Sequence

from daily_papers.facts.names.introduced_name import IntroducedName
from daily_papers.facts.names.named_entities import EntityOccurrence
from daily_papers.records import Mention, Role
from daily_papers.text import Text
from daily_papers.vocabulary import HARDWARE, NAMES

_VERSION = re.compile(r"[-\s]?[vV]?(\d{1,2}(?:\.\d{1,2})?)(?![\w]|\.\d|[BMTbm]\b)")
_UNTIL_VERSION = re.compile(r"\D*?(?=[-\s]?[vV]?\d)")
_SIZE = re.compile(r"^\d+ ?GB\s|[-\s]\d+ ?GB?(?:-\w+)?$|s$")

_COMPARES = re.compile(
    r"\b(?:[Cc]ompared? (?:to|with|against)|[Cc]omparison (?:to|with)|"
    r"comparabl[ey] (?:\w+ )?(?:to|with)|"
    r"than|against|outperform\w*|surpass\w*|exceed(?:s|ing)?|beat(?:s|ing)?|versus|vs\.?|"
    r"relative to|"
    r"that of|match(?:es|ing)? (?:the )?|rival\w*|competitive with|on[- ]par with|superior to|over|"
    r"improv\w+ (?:over|on|upon)|baselines?,? (?:\w+ )?(?:such as|like|including)|"
    r"(?:methods?|approaches|systems?|frameworks?|solutions?|techniques?|engines?|optimizers?|works?|"
    r"algorithms?|alternatives|variants|research|librar(?:y|ies)|compilers?|toolkits?|layers|schemes?),?"
    r" (?:\(e\.g\.,?|such as|like|including|e\.g\.,?|i\.e\.,?)|"
    r"build(?:s|ing)? (?:on|upon)|built (?:on|upon|on top of)|based on|extend(?:s|ing)|inspired by|"
    r"variants? of|alternatives? to|extension of|replacements? for|replac(?:es|ed|ing)|unlike|"
    r"generali[sz]es?|combin\w+ with|on top of|as (?:well|good|strong) as|(?:same|"
    r"similar) \w+ as)\b"
)
_BREAKS = re.compile(
    r"[;:]|(?<!e\.g)(?<!i\.e)\.\s|\b(?:while|when|where|which|whereas|on|for|across|using|in|at|we|"
    r"achiev\w+|by|with|reduc\w+|without|to|that|is|are|has|from|show\w*|during|after|under)\b"
)
_RUNS_ON = re.compile(
    r"\b(?:implement\w*|integrat\w+|compatib\w+|available|deploy\w*|open-?sourced?|released?|"
    r"written|running|evaluat\w+|appl\w+|tested|experiments?|validat\w+|works?|"
    r"serv\w+) (?:[\w,-]+ ){0,5}(?:in|into|with|on|for|by|like|as|to|including)\b[^.;]*$"
)
_REACH = 160  # characters that words of comparison reach
_INTRODUCES = re.compile(
    r"(?:\(|\b(?:called|named|termed|dubbed|namely|introduc\w+|propos\w+|present\w*|develop\w*|"
    r"design\w*)\s(?:the |an? |our )?|\b(?:of|in|with|using|our|and) our )$"
)


def entity_key(text: str) -> str:
    """Return the letters and digits of a name, the same for "H₂O" and "H2O"."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(filter(str.isalnum, plain))


def make_mentions(
    title: Text, abstract: Text, entities: Sequence[EntityOccurrence], name: IntroducedName | None
) -> list[Mention]:
    """Return the mentions of a paper: each spelling once, where it is compared if it is at all."""
    by_spelling: dict[str, Mention] = {}
    for entity in entities:
        text = title if entity.field == "title" else abstract
        role: Role = "compared" if _is_compared(text, entity) else "mentioned"
        earlier = by_spelling.get(entity.text)
        if earlier is None or (earlier.role, role) == ("mentioned", "compared"):
            by_spelling[entity.text] = _mention(entity, role, _family(entity))
    spellings = list(by_spelling.values())
    mentions = [mention for mention in spellings if not _is_shortened(mention, spellings)]
    if name is not None:
        entry = NAMES.entry(name.text)
        occurrence = EntityOccurrence(*name, entry.kind if entry else "method", entry)
        mentions.append(_mention(occurrence, "introduced", entry.family if entry else None))
    return sorted(mentions, key=lambda each: (each.field != "title", each.start, each.end))


def _is_shortened(mention: Mention, mentions: Sequence[Mention]) -> bool:
    """Tell whether a piece of hardware is written out in full elsewhere ("NVIDIA A100", "A100")."""
    return mention.kind == "hardware" and any(
        other.key == mention.key and other.text != mention.text and mention.text in other.text
        for other in mentions
    )


def _mention(entity: EntityOccurrence, role: Role, family: str | None) -> Mention:
    key = _hardware_key(entity.text) if entity.kind == "hardware" else entity_key(entity.text)
    return Mention(*entity[:4], role, entity.kind, key, family, entity.entry is not None)


def _hardware_key(text: str) -> str:
    bare = HARDWARE.without_vendor(text)
    return entity_key(_SIZE.sub("", _SIZE.sub("", bare)) or bare) or entity_key(text)


def _family(entity: EntityOccurrence) -> str | None:
    """Return the family with its version: "Llama 2" for `LLaMA2-7B`."""
    family = entity.entry.family if entity.entry else None
    if family is None or entity.kind != "model":
        return family
    written = _UNTIL_VERSION.match(entity.text)
    version = _VERSION.match(entity.text, written.end()) if written else None
    return f"{family} {version[1]}" if version else family


def _is_compared(text: Text, entity: EntityOccurrence) -> bool:
    """Tell whether the paper compares with an entity of a text or builds on it."""
    if entity.kind in ("hardware", "dataset"):
        return False
    sentence = text.sentence_at(entity.start)
    before = text.text[max(sentence.start, entity.start - _REACH) : entity.start]
    cues = list(_COMPARES.finditer(before))
    behind_comparison = bool(cues) and not _BREAKS.search(before, cues[-1].end())
    if entity.kind == "method" and entity.entry is not None:
        runs = entity.text in NAMES.test_bed or _RUNS_ON.search(before)
        return behind_comparison or not runs
    return behind_comparison and not _INTRODUCES.search(before)
