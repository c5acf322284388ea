"""Cuts a sentence into noun phrases: what a claim may be compared with, measured on or be for."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from daily_papers.facts.names.named_entities import EntityOccurrence
from daily_papers.records import EntityKind
from daily_papers.text import Sentence, Text, word_set
from daily_papers.vocabulary import GRAMMAR

_BREAK = re.compile(r"[,;:()\[\]\"“”—–]|[.!?]$|[.!?]\s|\s-\s")
_APART = re.compile(r"[\s,;:()\[\]—–]")
_JOINT = re.compile(r",?\s(?:and|or|&)\s|,\s|\s?/\s?|\s&\s")
_WITH = re.compile(
    r"\s(?:of|with|without|for|in|on)\s(?:(?:the|an?|its|their|our)\s)?", re.IGNORECASE
)
_NAMING = re.compile(
    r",?\s(?:such as|like|including|namely|e\.g\.,?|i\.e\.,?)\s|,\s|"
    r"\s\((?:e\.g\.,?\s|i\.e\.,?\s|such as\s)?"
)
_BEFORE_PARTICIPLES = word_set("over than against outperform outperforming surpass surpassing")
_NO_ADVERBS = word_set("family assembly anomaly supply early only reply")
_MOST_LISTED = 12  # phrases of one list
_LONGEST = 120  # characters


class Phrase(NamedTuple):
    """The words [first, last) of a text, [start, end) in characters.

    `extent` says how it was cut ("phrase", "entity", "names", …). `position` is its place in a list
    of `list_length` phrases, and `list_first` that list's first word. `kind` is that of the entity
    that it is, and `names` that of the first entity in it.
    """

    first: int
    last: int
    start: int
    end: int
    extent: str
    kind: EntityKind | None
    names: EntityKind | None
    position: int
    list_length: int
    list_first: int

    def overlaps(self, other: "Phrase") -> bool:
        """Tell whether two phrases share a word."""
        return self.first < other.last and other.first < self.last


_Unit = tuple[int, int]  # the first and last word of what hyphens, slashes and dots join
_Kinds = dict[_Unit, EntityKind]  # of the entities of a sentence
_Span = tuple[int, int, str]  # the first and last word of a phrase, and how it was cut


def find_phrases(
    text: Text,
    sentence: Sentence,
    numbers: Sequence[tuple[int, int]],
    entities: Sequence[EntityOccurrence],
) -> list[Phrase]:
    """Return the noun phrases of a sentence, and parts and joins of them, in their order.

    `numbers` are the words [first, last) of the numbers claimed: no phrase has any. `entities` are
    the names in the sentence.
    """
    chunks = _chunks(text, sentence, numbers)
    lists = _lists(text, chunks)
    units = [(text.word_at(each.start), text.word_at(each.end), each.kind) for each in entities]
    # Of a name within a word, as in “32xA100”, there is no whole word.
    kinds: _Kinds = {(first, last): kind for first, last, kind in units if first < last}
    cuts: list[tuple[_Span, tuple[int, int, int]]] = []
    for number, chunk in enumerate(chunks):
        begin, end = chunk[0][0], chunk[-1][1]
        inside = [(*span, "entity") for span in kinds if begin <= span[0] and span[1] <= end]
        cuts += [(cut, lists[number]) for cut in (*_cuts(text, chunks, number), *inside)]
    # Then names that are in no chunk as a whole.
    cuts += [((*span, "entity"), (0, 1, span[0])) for span in kinds]
    phrases: dict[_Unit, Phrase] = {}
    for cut, listing in cuts:
        if cut[:2] not in phrases and (phrase := _phrase(text, cut, listing, kinds)):
            phrases[cut[:2]] = phrase
    return [phrases[span] for span in sorted(phrases)]


def _phrase(text: Text, span: _Span, listing: tuple[int, int, int], kinds: _Kinds) -> Phrase | None:
    """Return a span as a phrase; None if it is too long, or no whole phrase."""
    first, last, extent = span
    start, end = text.starts[first], text.ends[last - 1]
    if "(" in text.text[start:end] and text.text[end : end + 1] == ")":
        end += 1
    words = text.text[start:end]
    is_whole = words.count("(") == words.count(")") and "{" not in words and "=" not in words
    if not is_whole or len(words) > _LONGEST:
        return None
    kind = kinds.get((first, last))
    names = next((kinds[each] for each in kinds if first <= each[0] and each[1] <= last), None)
    return Phrase(first, last, start, end, "entity" if kind else extent, kind, names, *listing)


def _chunks(
    text: Text, sentence: Sentence, numbers: Sequence[tuple[int, int]]
) -> list[list[_Unit]]:
    """Return the longest runs of words of which none ends a phrase."""
    inside = {word for first, last in numbers for word in range(first, last)}
    chunks: list[list[_Unit]] = [[]]
    first, previous = sentence.first, ""
    while first < sentence.last:
        last = first + 1
        while last < sentence.last and not _APART.search(text.gaps[last]):
            last += 1
        form = text.forms[first]
        if first > sentence.first and _BREAK.search(text.gaps[first]):
            chunks.append([])
            previous = ","
        ends = not inside.isdisjoint(range(first, last)) or (
            last == first + 1 and _ends_phrase(form, previous)
        )
        if ends or (last == first + 2 and form in ("e", "i")):  # "e.g."
            chunks.append([])
        else:
            chunks[-1].append((first, last))
        first, previous = last, form
    return list(filter(None, chunks))


def _ends_phrase(form: str, previous: str) -> bool:
    if form in GRAMMAR.ends:
        is_participle = form in GRAMMAR.verbs and form.endswith(("ed", "ing"))
        return not (
            is_participle and (previous in GRAMMAR.determiners or previous in _BEFORE_PARTICIPLES)
        )
    return form.endswith("ly") and form not in _NO_ADVERBS


def _gap(text: Text, left: list[_Unit], right: list[_Unit]) -> str:
    """Return what stands between two chunks."""
    return text.text[text.ends[left[-1][1] - 1] : text.starts[right[0][0]]]


def _lists(text: Text, chunks: Sequence[list[_Unit]]) -> list[tuple[int, int, int]]:
    """Return for each chunk its place in a list, the length of that list and its first word."""
    lists: list[list[int]] = []
    for number, chunk in enumerate(chunks):
        joins = number > 0 and _JOINT.fullmatch(_gap(text, chunks[number - 1], chunk))
        if joins and len(lists[-1]) < _MOST_LISTED:
            lists[-1].append(number)
        else:
            lists.append([number])
    return [
        (index, len(numbers), chunks[numbers[0]][0][0])
        for numbers in lists
        for index, _ in enumerate(numbers)
    ]


def _cuts(text: Text, chunks: Sequence[list[_Unit]], number: int) -> Iterator[_Span]:
    """Yield the spans that a chunk may mean: all of it, parts of it, and joined with the next."""
    chunk = chunks[number]
    first, last = chunk[0][0], chunk[-1][1]
    yield first, last, "phrase"
    yield from _names(text, chunk)
    if number + 1 < len(chunks):
        gap = _gap(text, chunk, chunks[number + 1])
        end = chunks[number + 1][-1][1]
        if _WITH.fullmatch(gap):
            yield first, end, "joined by " + gap.split()[0]
        if _NAMING.fullmatch(gap) and _is_name_of(text, gap, chunk, chunks[number + 1]):
            yield first, end, "with its name"


def _is_name_of(text: Text, gap: str, chunk: list[_Unit], following: list[_Unit]) -> bool:
    """Tell whether the chunk behind may name the thing that a chunk describes."""
    head, name = text.words[chunk[-1][1] - 1], text.words[following[0][0]]
    if not head.islower() or name.islower():
        return False
    behind = following[-1][1]
    if gap.strip() != "," or behind >= len(text.words):
        return True
    after = text.forms[behind]  # "for latency, Foo achieves" has no name of the latency
    return text.gaps[behind] != " " or after in GRAMMAR.prepositions


def _names(text: Text, chunk: list[_Unit]) -> Iterator[_Span]:
    """Yield runs of capitalised words, and what owns something ("the teacher's cost")."""
    run: _Unit | None = None
    for first, last in chunk:
        if text.text[text.starts[first] : text.ends[last - 1]].islower():
            if run:
                yield *run, "names"
            run = None
        else:
            run = (run[0] if run else first, last)
        if last == first + 2 and text.words[first + 1] == "s":
            yield chunk[0][0], first + 1, "owner"
    if run:
        yield *run, "names"
