"""Tells what type of paper it is: survey, benchmark, hardware, system, model, theory, …

Every type has words that speak for it, and more for it the nearer they stand to what the paper
says of itself: in the title, behind the introduced name ("X, a serving system"), behind "we
propose". The highest sum wins; a paper that proposes something and says no more is a method.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from daily_papers.facts.names.introduced_name import Name
from daily_papers.text import Sentence, Text
from daily_papers.vocabulary import TYPES
from daily_papers.vocabulary.topics_types import TypeWord

_PROPOSES = re.compile(
    r"\b(?:[Ww]e|[Pp]aper|[Ww]ork|[Rr]eport|[Ss]tudy|[Aa]rticle)\b[^.]{0,60}?\b(?:propos|introduc|present|develop|design|build|built|creat|implement|releas|construct|devis)\w*"
)


# How much each place counts; set once on labelled abstracts.
_TITLE_HEAD = 0.8
_TITLE, _PROPOSED, _ELSEWHERE, _HEAD = 1.8, 0.8, 1.4, 0.5
_APPOSED = re.compile(r"\)?[\"”’*]{0,3}(?: is|,| –| -|:)(?= (?:an?|the first|our)\b)")
_NEAR = 14  # words
_ENDS = frozenset(
    str.split(
        "that which for with to by in on at designed based capable using via tailored consisting "
        "from where enabling featuring built leveraging exploiting and is can as through called "
        "named dubbed termed combining while under we it i ii specifically including specialized"
    )
)
_OPENS = frozenset(("a", "an", "the", "our", "first", "new", "novel"))
_GROUPS = frozenset(("family", "series", "suite", "set"))  # "a family *of* models"
_MOST_WORDS = 26


@dataclass(frozen=True)
class _Proposal:
    """The first "we propose …": its sentence, its words [first, last), and where it ends."""

    sentence: Sentence
    first: int
    last: int
    end: int

    def nearness(self, word: int) -> float:
        """Return how much a word counts as proposed: nothing before it or in other sentences."""
        if not self.first <= word < self.sentence.last:
            return 0.0
        return _PROPOSED if word - self.last <= _NEAR else _PROPOSED * 0.4


def find(title: Text, abstract: Text, name: Name | None) -> str:
    """Return the type of a paper."""
    scores = dict.fromkeys(TYPES.all, 0.0)
    scores["method"] = 1.0
    heads = [(_TITLE_HEAD, _title_head(title))]
    if name is not None:
        scores["system"] += 0.4
        scores["analysis"] -= 1.4
        heads.append((_HEAD, _apposition(abstract, name.text)))
    for said, _, _ in TYPES.in_title.find(title):
        for word in said:
            scores[word.type] += _TITLE * word.title
    own = _proposal(abstract)
    if own is not None:
        heads.append((_HEAD, _head(abstract, own.sentence, own.end)))
    for said, first, _ in TYPES.in_abstract.find(abstract):
        near = own.nearness(first) if own is not None else 0.0
        for word in said:
            scores[word.type] += word.proposed * near if near else word.elsewhere * _ELSEWHERE
    for weight, words in heads:
        for word in words:
            scores[word.type] += weight * word.head
    return max(scores, key=lambda kind: (scores[kind], kind == "method"))


def _proposal(abstract: Text) -> _Proposal | None:
    for sentence in abstract.sentences:
        found = _PROPOSES.search(abstract.text, sentence.start, sentence.end)
        if found:
            first, last = abstract.word_at(found.start() + 1), abstract.word_at(found.end())
            return _Proposal(sentence, first, last, found.end())
    return None


def _title_head(title: Text) -> Sequence[TypeWord]:
    """Return what the head noun behind a title's colon says ("X: An Open *Model* for …")."""
    colon = title.text.find(": ")
    if colon < 0:
        return ()
    first = title.word_at(colon)
    last = first
    while last < len(title.forms) and title.forms[last] not in _ENDS:
        last += 1
    return TYPES.heads.get(title.forms[last - 1], ()) if last > first else ()


def _apposition(abstract: Text, name: str) -> Sequence[TypeWord]:
    """Return what the head noun says in "NAME is a …" and "NAME, a …"."""
    place = abstract.text.find(name)
    while place >= 0:
        found = _APPOSED.match(abstract.text, place + len(name))
        if found and not abstract.text[place - 1 : place].isalnum():
            head = _head(abstract, abstract.sentence_at(place), found.end())
            if head:
                return head
        place = abstract.text.find(name, place + len(name))
    return ()


def _head(text: Text, sentence: Sentence, place: int) -> Sequence[TypeWord]:
    """Return what the head noun behind a place says ("we propose X, a serving *system* for")."""
    first = text.word_at(place)
    opened = False
    for index in range(first, min(sentence.last, first + _MOST_WORDS)):
        if opened and _ends_phrase(text, index):
            found = TYPES.heads.get(text.forms[index - 1])
            if found:
                return found
            opened = False
        opened = opened or text.forms[index] in _OPENS
    return ()


def _ends_phrase(text: Text, index: int) -> bool:
    """Tell whether a noun phrase ends before a word."""
    gap, form, previous = text.gap(index), text.forms[index], text.forms[index - 1]
    if "(" in gap or "." in gap or ";" in gap:
        return True
    if "," in gap and previous in TYPES.heads:
        return True
    return "-" not in gap and (form in _ENDS or (form == "of" and previous not in _GROUPS))
