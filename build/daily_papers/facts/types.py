"""Reads what the noun that a paper's proposal is called by says about the type of the paper."""

import re
from collections.abc import Sequence
from itertools import takewhile

from daily_papers.text import Text, occurrences, word_set
from daily_papers.vocabulary import TYPES

_ENDS = word_set(
    "that which for with to by in on at designed based capable using via tailored consisting "
    "from where enabling featuring built leveraging exploiting and is can as through called "
    "named dubbed termed combining while under we it i ii specifically including specialized"
)
_APPOSED = re.compile(r"\)?[\"”’*]{0,3}(?: is|,| –| -|:)(?= (?:an?|the first|our)\b)")
_OPENS = word_set("a an the our first new novel")
_CLOSES = frozenset("(.;")
_GROUPS = word_set("family series suite set")  # "a family *of* models"
_MAX_WORDS = 26  # from the start of a proposal to its head noun


def head_features(title: Text, abstract: Text, name: str | None, proposals: list[int]) -> set[str]:
    """Return the types that head nouns speak for: behind the title's colon, behind the first "we
    propose" (the words `proposals`), and in "NAME is a …" and "NAME, a …"."""
    heads = {"title": _title_head(title)}
    if name is not None:
        heads["apposition"] = _apposition_head(abstract, name)
    if proposals:
        heads["proposal"] = _head(abstract, proposals[0])
    return {f"head of {position}: {each}" for position, types in heads.items() for each in types}


def _title_head(title: Text) -> Sequence[str]:
    colon = title.text.find(": ")
    behind = title.forms[title.word_at(colon) :] if colon >= 0 else []
    phrase = list(takewhile(lambda form: form not in _ENDS and form != "of", behind))
    return TYPES.heads.get(phrase[-1], ()) if phrase else ()


def _apposition_head(abstract: Text, name: str) -> Sequence[str]:
    for start in occurrences(name, abstract.text):
        apposition = _APPOSED.match(abstract.text, start + len(name))
        if apposition and not abstract.text[start - 1 : start].isalnum():
            head = _head(abstract, abstract.word_at(apposition.end()))
            if head:
                return head
    return ()


def _head(text: Text, first: int) -> Sequence[str]:
    """Return the types that the head noun of the first noun phrase with a known one from a word
    to the end of its sentence speaks for ("we propose X, a serving *system* for")."""
    opened, last = False, text.sentence_at(text.starts[first]).last
    for index in range(first, min(last, first + _MAX_WORDS)):
        opened = opened or text.forms[index] in _OPENS
        if opened and (index + 1 == last or _ends_phrase(text, index + 1)):
            if types := TYPES.heads.get(text.forms[index]):
                return types
            opened = False
    return ()


def _ends_phrase(text: Text, index: int) -> bool:
    """Tell whether a noun phrase ends before a word."""
    gap, form, previous = text.gaps[index], text.forms[index], text.forms[index - 1]
    if not _CLOSES.isdisjoint(gap) or ("," in gap and previous in TYPES.heads):
        return True
    return "-" not in gap and (form in _ENDS or (form == "of" and previous not in _GROUPS))
