"""Tells what type of paper it is: survey, benchmark, hardware, system, model, theory, …

Every type has words that speak for it, and more for it the nearer they stand to what the paper
says of itself: in the title, behind the introduced name ("X, a serving system"), behind "we
propose". The highest sum wins; a paper that proposes something and says no more is a method.
"""

import re
from collections.abc import Sequence

from daily_papers.facts.names import Name
from daily_papers.text import Sentence, Text
from daily_papers.vocabulary import TYPES
from daily_papers.vocabulary.subjects import TypeWord

_PROPOSES = re.compile(
    r"\b(?:[Ww]e|[Pp]aper|[Ww]ork|[Rr]eport|[Ss]tudy|[Aa]rticle)\b[^.]{0,60}?\b(?:propos|introduc|present|develop|design|build|built|creat|implement|releas|construct|devis)\w*"
)


# How much each place counts; set once on labelled abstracts.
_TITLE_HEAD = 0.8
_TITLE, _PROPOSED, _ELSEWHERE, _HEAD = 1.8, 0.8, 1.4, 0.5


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
    own = None
    for sentence in abstract.sentences:
        first = None
        if own is None:
            own = first = _PROPOSES.search(abstract.text, sentence.start, sentence.end)
        if first:
            heads.append((_HEAD, _head(abstract, sentence, first.end())))
        _add(scores, abstract, sentence, first.span() if first else None)
    for weight, words in heads:
        for word in words:
            scores[word.type] += weight * word.head
    return max(scores, key=lambda kind: (scores[kind], kind == "method"))


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


def _add(
    scores: dict[str, float], text: Text, sentence: Sentence, own: tuple[int, int] | None
) -> None:
    """Add what the words of a sentence say; those behind "we propose" the more the nearer."""
    near_from = text.word_at(own[1]) if own else 0
    for found in TYPES.in_abstract.find(text, sentence.first, sentence.last):
        behind = own is not None and text.starts[found.first] > own[0]
        distance = found.first - near_from
        near = _PROPOSED if distance <= _NEAR else _PROPOSED * 0.4
        for word in found.value:
            scores[word.type] += word.proposed * near if behind else word.elsewhere * _ELSEWHERE


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
