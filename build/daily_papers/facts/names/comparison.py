"""Decides whether a paper compares with a named thing or builds on it, or only mentions it.

A method or system of the vocabulary counts as compared, unless the words say that it is only what
ran. Any other name needs words of comparison before it.
"""

import re

from daily_papers.facts.names.named_entities import EntityOccurrence
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


def is_compared(text: Text, entity: EntityOccurrence) -> bool:
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
