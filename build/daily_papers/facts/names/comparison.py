"""Tells what part a named thing plays in an abstract: compared with (or built on), or mentioned.

A method or system that the vocabulary knows is there because the paper beats it, extends it or is
set against it, unless the words say that it is only what ran. Any other name needs words of
comparison before it, and a model needs them most.
"""

import re

from daily_papers.facts.names.named_entities import Seen
from daily_papers.text import Text
from daily_papers.vocabulary import NAMES

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
_HOLDS = re.compile(
    r"\b(?:implement\w*|integrat\w+|compatib\w+|available|deploy\w*|open-?sourced?|released?|"
    r"written|running|evaluat\w+|appl\w+|tested|experiments?|validat\w+|works?|"
    r"serv\w+) (?:[\w,-]+ ){0,5}(?:in|into|with|on|for|by|like|as|to|including)\b[^.;]*$"
)
_REACH = 160  # characters that words of comparison reach
_OWN_PART = re.compile(
    r"(?:\(|\b(?:called|named|termed|dubbed|namely|introduc\w+|propos\w+|present\w*|develop\w*|"
    r"design\w*)\s(?:the |an? |our )?|\b(?:of|in|with|using|our|and) our )$"
)


def is_compared(text: Text, one: Seen) -> bool:
    """Tell of a name in a text whether the paper compares with it or builds on it."""
    if one.kind in ("hardware", "dataset"):
        return False
    sentence = text.sentence_at(one.start)
    before = text.text[max(sentence.start, one.start - _REACH) : one.start]
    behind = _behind_comparison(before)
    if one.kind == "method" and one.known is not None:
        return behind or not (one.text in NAMES.test_bed or _HOLDS.search(before))
    return behind and not _OWN_PART.search(before)


def _behind_comparison(before: str) -> bool:
    cues = list(_COMPARES.finditer(before))
    return bool(cues) and not _BREAKS.search(before, cues[-1].end())
