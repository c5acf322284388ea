"""Classifies the type of a paper: survey, benchmark, hardware, system, model, theory, …

Each type has words that count for it, and count more the nearer they stand to what the paper
says of itself: in the title, behind the introduced name ("X, a serving system"), behind "we
propose". The highest sum wins; a paper that only proposes something is a method.
"""

import re
from itertools import takewhile
from typing import NamedTuple

from daily_papers.text import Sentence, Text, occurrences, word_set
from daily_papers.vocabulary import TYPES
from daily_papers.vocabulary.topics_types import TypeWeights

_PROPOSES = re.compile(
    r"\b(?:[Ww]e|[Pp]aper|[Ww]ork|[Rr]eport|[Ss]tudy|[Aa]rticle)\b[^.]{0,60}?\b(?:propos|introduc|present|develop|design|build|built|creat|implement|releas|construct|devis)\w*"
)
# How much a word counts by its position; set once on labelled abstracts.
_TITLE_HEAD, _TITLE, _PROPOSED, _ELSEWHERE, _HEAD = 0.8, 1.8, 0.8, 1.4, 0.5
_APPOSED = re.compile(r"\)?[\"”’*]{0,3}(?: is|,| –| -|:)(?= (?:an?|the first|our)\b)")
_NEAR = 14  # words
_ENDS = word_set(
    "that which for with to by in on at designed based capable using via tailored consisting "
    "from where enabling featuring built leveraging exploiting and is can as through called "
    "named dubbed termed combining while under we it i ii specifically including specialized"
)
_OPENS = frozenset(("a", "an", "the", "our", "first", "new", "novel"))
_GROUPS = frozenset(("family", "series", "suite", "set"))  # "a family *of* models"
_MAX_WORDS = 26  # from the start of a proposal to the head noun of what is proposed


class _Proposal(NamedTuple):
    """The first "we propose …": its sentence, its words [first, last), and its end offset."""

    sentence: Sentence
    first: int
    last: int
    end: int

    def proximity(self, word: int) -> float:
        """Return how much a word counts as proposed: nothing before it or in other sentences."""
        if not self.first <= word < self.sentence.last:
            return 0.0
        return _PROPOSED if word - self.last <= _NEAR else _PROPOSED * 0.4


def classify_type(title: Text, abstract: Text, introduced_name: str | None) -> str:
    """Return the type of a paper."""
    scores = dict.fromkeys(TYPES.all, 0.0)
    scores["method"] = 1.0
    heads = [(_TITLE_HEAD, _title_head(title))]
    if introduced_name is not None:
        scores["system"] += 0.4
        scores["analysis"] -= 1.4
        heads.append((_HEAD, _apposition_head(abstract, introduced_name)))
    for types, _, _ in TYPES.in_title.matches(title):
        for weights in types:
            scores[weights.type] += _TITLE * weights.title
    proposal = _find_proposal(abstract)
    if proposal is not None:
        heads.append((_HEAD, _head(abstract, proposal.sentence, proposal.end)))
    for types, first, _ in TYPES.in_abstract.matches(abstract):
        near = proposal.proximity(first) if proposal is not None else 0.0
        for weights in types:
            weight = weights.proposed * near if near else weights.elsewhere * _ELSEWHERE
            scores[weights.type] += weight
    for factor, types in heads:
        for weights in types:
            scores[weights.type] += factor * weights.head
    return max(scores, key=lambda type_id: (scores[type_id], type_id == "method"))


def _find_proposal(abstract: Text) -> _Proposal | None:
    for sentence in abstract.sentences:
        if match := _PROPOSES.search(abstract.text, sentence.start, sentence.end):
            first, last = abstract.word_at(match.start() + 1), abstract.word_at(match.end())
            return _Proposal(sentence, first, last, match.end())
    return None


def _title_head(title: Text) -> tuple[TypeWeights, ...]:
    """Return the weights of the head noun behind a colon ("X: An Open *Model* for …")."""
    colon = title.text.find(": ")
    phrase = title.forms[title.word_at(colon) :] if colon >= 0 else ()
    phrase = list(takewhile(lambda form: form not in _ENDS, phrase))
    return TYPES.heads.get(phrase[-1], ()) if phrase else ()


def _apposition_head(abstract: Text, name: str) -> tuple[TypeWeights, ...]:
    """Return the weights of the head noun in "NAME is a …" and "NAME, a …"."""
    for start in occurrences(name, abstract.text):
        apposition = _APPOSED.match(abstract.text, start + len(name))
        if apposition and not abstract.text[start - 1 : start].isalnum():
            head = _head(abstract, abstract.sentence_at(start), apposition.end())
            if head:
                return head
    return ()


def _head(text: Text, sentence: Sentence, offset: int) -> tuple[TypeWeights, ...]:
    """Return the weights of the next head noun ("we propose X, a serving *system* for")."""
    first = text.word_at(offset)
    opened = False
    for index in range(first, min(sentence.last, first + _MAX_WORDS)):
        if opened and _ends_phrase(text, index):
            if head := TYPES.heads.get(text.forms[index - 1]):
                return head
            opened = False
        opened = opened or text.forms[index] in _OPENS
    return ()


def _ends_phrase(text: Text, index: int) -> bool:
    """Tell whether a noun phrase ends before a word."""
    gap, form, previous = text.gaps[index], text.forms[index], text.forms[index - 1]
    if "(" in gap or "." in gap or ";" in gap or ("," in gap and previous in TYPES.heads):
        return True
    return "-" not in gap and (form in _ENDS or (form == "of" and previous not in _GROUPS))
