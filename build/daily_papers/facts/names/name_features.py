"""Describes what may be a name by features: its letters, the words around it, its list, how often.

All occurrences of a spelling are described together, as what the paper names is decided once.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from daily_papers.facts.names.spans import Span
from daily_papers.text import BoundedCache, Text, word_set
from daily_papers.vocabulary import GENERIC, NAMES
from daily_papers.vocabulary.known_names import alphanumeric

_PIECES = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|[a-z]+|\d+")
_SIZED = re.compile(r"[-\s]\d{1,4}(?:\.\d{1,3})?[BMT](?:-|$)")
_JOINT = re.compile(r"(?:,\s(?:and\s|or\s)?|\sand\s|\sor\s|/|\s&\s|;\s)(?:the\s|also\s)?$")
_MOST_OCCURRENCES = 3  # of a spelling that are described
_MOST_WORDS = 16  # before a name in which words of comparison are looked for
_LONGEST_LIST = 30  # names
_JOINT_LENGTH = 14  # characters
# Words that tell whether the names behind them are compared with, built on, used or measured on.
_CUES = word_set(
    "compared compare comparison comparable than over against versus vs outperform "
    "outperforming outperformed surpass surpassing surpassed exceed exceeding beat beating "
    "relative that match matching rival competitive par superior improve improving improvement "
    "baseline method approach system framework technique algorithm such like including build "
    "building built based base extend extending inspired variant alternative replace replacing "
    "unlike generalize combine combining combined integrate integrating integrated top existing "
    "prior previous recent leading adapt apply applied applying evaluate evaluating evaluation "
    "test experiment on across implement available released release use using train trained "
    "fine finetune with for to by from while achieve achieving model llm backbone benchmark "
    "dataset task introduce propose present"
)
_BARRIERS = word_set(
    "while when where which whereas on for across using in at we achieve by with reduce without "
    "to that is are has from show during after under"
)
_DATA_WORDS = word_set(
    "benchmark dataset corpus suite testbed challenge leaderboard corpora collection arena "
    "environment gym"
)
_OTHER_WORDS = word_set(
    "method framework model approach system algorithm technique agent pipeline architecture "
    "library toolkit optimizer paradigm strategy"
)


class Occurrence(NamedTuple):
    """A span in its text, and the features of the words around it."""

    text: Text
    span: Span
    context: Sequence[str] = ()


class Spelling(NamedTuple):
    """What may be a name, as it is written, with all its occurrences and features."""

    text: str
    key: str
    occurrences: list[Occurrence]
    features: set[str]


class _List(NamedTuple):
    """Names that commas and "and" join: their span, how many, and how many of each known kind."""

    start: int
    end: int
    length: int
    kinds: dict[str, int]


def describe(
    title: Sequence[Span], abstract: Sequence[Span], texts: tuple[Text, Text]
) -> list[Spelling]:
    """Return what may be names in a title and an abstract, each once, in the order of first
    appearance, with the features that do not depend on the introduced name."""
    by_text: dict[str, list[Occurrence]] = {}
    described: dict[str, set[str]] = {}
    for text, spans in zip(texts, (title, abstract), strict=True):
        lists = _lists(text, spans)
        known = [span for span in spans if span.entry]
        around: dict[tuple[int, int], list[str]] = {}
        for span in spans:
            spelling = text.text[span.start : span.end]
            occurrences = by_text.setdefault(spelling, [])
            features = described.setdefault(spelling, set())
            context: list[str] = []
            if len(occurrences) < _MOST_OCCURRENCES:
                names = lists.get(span.run)
                position = names[:2] if names else span.run
                if position not in around:
                    around[position] = _before_list(text, position[0])
                context += around[position]
                context += _context(text, span, names)
                context += _knowledge(span, known)
                features.update(context)
            occurrences.append(Occurrence(text, span, context))
    for spelling, features in described.items():
        features.update(_NAMES[spelling])
        features.add(f"times: {min(len(by_text[spelling]), 4)}")
    return [
        Spelling(spelling, alphanumeric(spelling), occurrences, described[spelling])
        for spelling, occurrences in by_text.items()
    ]


def relate(spelling: Spelling, name_key: str) -> Iterator[str]:
    """Yield the features of a spelling that the introduced name gives it."""
    key = spelling.key
    if not (name_key and key):
        yield "introduced name: none"
        return
    if key == name_key:
        yield "introduced name: is"
        for text, span, _ in spelling.occurrences[:_MOST_OCCURRENCES]:
            yield from _apposition(text, span)
        yield from [f"introduced, {f}" for f in spelling.features if f.startswith("ends")]
    elif key.startswith(name_key):
        yield "introduced name: begins"
    elif key in name_key:
        yield "introduced name: is in"
    elif name_key in key:
        yield "introduced name: holds"


def _apposition(text: Text, span: Span) -> Iterator[str]:
    """Yield what an introduced name is called in its sentence."""
    sentence, last = text.sentence_at(span.start), text.word_at(span.end)
    behind = text.forms[last : min(sentence.last, last + 12)]
    before = text.forms[max(sentence.first, last - 8) : last]
    for side, forms in (("behind", behind), ("before", before)):
        for kind, words in (("data", _DATA_WORDS), ("other", _OTHER_WORDS)):
            if form := next(filter(words.__contains__, forms), None):
                yield f"introduced, {text.field} {side}: {kind}"
                yield f"introduced, {side}: {form}"


def _read_name(name: str) -> tuple[str, ...]:
    """Return the features of a name by itself."""
    lower, words = name.lower(), name.split()
    pieces = [piece.lower() for piece in _PIECES.findall(name)]
    features = [f"key: {alphanumeric(name)}", f"words: {min(len(words), 4)}"]
    features.append(f"ends: {lower[-3:]}")
    features += {f"piece: {piece}" for piece in pieces}
    for position, word in (("name", name), ("last word", words[-1])):
        if not GENERIC.isdisjoint((word, word.removesuffix("s"))):
            features.append(f"generic {position}")
    if _SIZED.search(name):
        features.append("sized")
    return (*features, "vocabulary: test bed") if name in NAMES.test_bed else tuple(features)


_NAMES = BoundedCache(_read_name)


def _knowledge(span: Span, known: Sequence[Span]) -> Iterator[str]:
    """Yield what the vocabulary knows about a span and those around and in it."""
    if span.entry:
        yield f"vocabulary: {span.entry.kind}"
    for other in known:
        if other.start >= span.end:
            break
        if other.end <= span.start or other[:2] == span[:2] or other.entry is None:
            continue
        if other.start >= span.start and other.end <= span.end:
            yield f"holds: {other.entry.kind}"
        elif other.start <= span.start and span.end <= other.end:
            yield f"inside: {other.entry.kind}"


def _context(text: Text, span: Span, names: _List | None) -> Iterator[str]:
    """Yield the features of the words around a span."""
    whole, (start, end) = text.text, span[:2]
    first, last = text.word_at(start), text.word_at(end)
    sentence = text.sentence_at(start)
    before = [_SHAPES[word] for word in text.words[max(sentence.first, first - 4) : first]]
    behind = [_SHAPES[word] for word in text.words[last : min(sentence.last, last + 4)]]
    gap_before = whole[text.ends[first - 1] if before else sentence.start : start].strip()[-2:]
    gap_behind = whole[end : text.starts[last] if behind else sentence.end].strip()[:2]
    left, right = before[-1] if before else "^", behind[0] if behind else "$"
    yield f"field: {text.field}"
    yield f"before: {gap_before}{left}"
    yield f"behind: {gap_behind}{right}"
    yield f"behind: {gap_behind}{' '.join(behind[:2])}"
    yield from [f"left: {word}" for word in before]
    if span.entry:
        yield from [f"{span.entry.kind}, left: {word}" for word in before]
    yield from [f"right: {word}" for word in behind]
    if span.run != (start, end):
        yield f"of a run: {start > span.run[0]:d}{end < span.run[1]:d}"
    yield f"list: {min(names.length, 4) if names else 1}"
    for kind, count in names.kinds.items() if names else ():
        if count > (span.entry is not None and span.entry.kind == kind):
            yield f"list has: {kind}"


def _before_list(text: Text, start: int) -> list[str]:
    """Return the features of what stands before a list of names, or a name outside lists."""
    first, sentence = text.word_at(start), text.sentence_at(start)
    before = [_SHAPES[word] for word in text.words[max(sentence.first, first - 3) : first]]
    features = [f"list behind: {' '.join(before[-size:])}" for size in range(1, len(before) + 1)]
    barriers, is_first = 0, True
    lowest = max(sentence.first, first - _MOST_WORDS)
    for distance, form in enumerate(reversed(text.forms[lowest:first]), 1):
        if form in _CUES:
            features.append(f"cue: {form}, {barriers}")
            if is_first:
                features.append(f"first cue: {form}, {min(distance, 6)}")
            is_first = False
        barriers = min(barriers + (form in _BARRIERS), 2)
    return features


def _lists(text: Text, spans: Sequence[Span]) -> dict[tuple[int, int], _List]:
    """Return the list of each run that is in one."""
    kinds: dict[tuple[int, int], set[str]] = {}
    for span in spans:
        run_kinds = kinds.setdefault(span.run, set())
        if span.entry:
            run_kinds.add(span.entry.kind)
    lists: dict[tuple[int, int], _List] = {}
    group: list[tuple[int, int]] = []
    for run in [*sorted(kinds), None]:
        if group and run and len(group) < _LONGEST_LIST:
            gap = run[0] - group[-1][1]
            if 0 < gap < _JOINT_LENGTH and _JOINT.match(text.text, group[-1][1], run[0]):
                group.append(run)
                continue
        if len(group) > 1:
            counts: dict[str, int] = {}
            for kind in [kind for each in group for kind in sorted(kinds[each])]:
                counts[kind] = counts.get(kind, 0) + 1
            names = _List(group[0][0], group[-1][1], len(group), counts)
            lists.update(dict.fromkeys(group, names))
        group = [run] if run else []
    return lists


def _shape(word: str) -> str:
    if word.isdigit():
        return "0"
    if word.islower() or (len(word) > 3 and word[1:].islower()):
        return word.lower()
    return "NAME" if len(word) > 1 else word


_SHAPES = BoundedCache(_shape)
