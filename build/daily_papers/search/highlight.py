"""Says what of a paper matched: the places in its text, an excerpt around them, and the reasons."""

from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise, zip_longest
from typing import NamedTuple

from daily_papers.search.analysis import FUNCTION_WORDS, in_order, is_pair, pair, runs, stem
from daily_papers.search.ranking import FACTORS, Concept, Ranking, Way

LONGEST_EXCERPT = 280  # letters
_BEFORE = 60  # letters of an excerpt that stand before what it is for, at most
OPEN, CLOSE = "⟦", "⟧"  # around what matched: plain text, and no letter of any abstract
KEPT = 2  # first letters of two words written as one that their stem keeps
_PLAIN = str.maketrans({OPEN: "[", CLOSE: "]"})


class Mark(NamedTuple):
    """Characters [start, end) of a text that match, the terms that they are, the longest first,
    and what it is worth to show them."""

    start: int
    end: int
    terms: tuple[str, ...]
    worth: float


def sought(ranking: Ranking) -> dict[str, float]:
    """Return the terms that a ranking looked for and what each is worth: most what was typed."""
    worths: dict[str, float] = {}
    for concept in ranking.concepts:
        for way in concept.ways:
            for term in _terms(way.phrase):
                worths[term] = max(worths.get(term, 0.0), FACTORS[way.kind])
    return worths


@lru_cache(maxsize=10_000)
def _terms(phrase: str) -> tuple[str, ...]:
    """Return the terms that show a phrase: its pairs, or its words where it has none."""
    words = in_order(phrase)
    if len(words) == 1:
        return (stem(words[0]),)
    pairs = [pair(*two) for two in pairwise(words) if is_pair(*two)]
    content = [stem(word) for word in words if word not in FUNCTION_WORDS]
    return (*(pairs or content), stem("".join(words)))


class _Cut(NamedTuple):
    """The words of a text: places [start, end), how they are written, and their stems; `begun` are
    the first two letters of a word and the next one written together, none where they are parted.

    Lists, because the garbage collector looks at every tuple that is kept: with one for each word
    it stopped answers for 50 ms.
    """

    starts: list[int]
    ends: list[int]
    words: list[str]
    stems: list[str]
    begun: list[str]


@lru_cache(maxsize=1_000)  # people page through the same papers, and ask for what others ask for
def _cut(text: str) -> _Cut:
    cut = _Cut([], [], [], [], [])
    for run in runs(text):
        for word, after in zip_longest(run, run[1:]):
            cut.starts.append(word.start)
            cut.ends.append(word.end)
            cut.words.append(word.plain)
            cut.stems.append(stem(word.plain))
            cut.begun.append((word.plain + after.plain)[:KEPT] if after else "")
    return cut


def marks(text: str, worths: Mapping[str, float]) -> list[Mark]:
    """Return the places of terms in a text, in order and none inside another."""
    starts, ends, words, stems, begun = _cut(text)
    sought_begun = {term[:KEPT] for term in worths}
    here: tuple[str, ...]
    found: list[Mark] = []
    last = 0
    for place, (own, beginning) in enumerate(zip(stems, begun, strict=True)):
        # Few words begin so, and stems of pairs took most of the time.
        if beginning in sought_begun and (joined := pair(*words[place : place + 2])) in worths:
            here, end = (joined, *stems[place : place + 2]), ends[place + 1]
        elif own in worths and words[place] not in FUNCTION_WORDS:
            here, end = (own,), ends[place]
        else:
            continue
        if end > last:
            worth = max(worths.get(one, 0.0) for one in here)
            found.append(Mark(max(starts[place], last), end, here, worth))
            last = end
    return found


def highlighted(text: str, found: list[Mark]) -> str:
    """Return a text with all that matches between OPEN and CLOSE."""
    return _marked(text, found, 0, len(text))


def excerpt(text: str, found: list[Mark]) -> str:
    """Return the part of a text that shows most of what matched, marked; its beginning if none."""
    first, best = 0, 0.0
    for place, one in enumerate(found):
        shown: dict[str, float] = {}
        for other in found[place:]:
            if other.end > one.start + LONGEST_EXCERPT - _BEFORE:
                break
            shown[other.terms[0]] = other.worth
        if sum(shown.values()) > best + 0.01:
            first, best = one.start, sum(shown.values())
    start = 0 if first <= _BEFORE else text.find(" ", first - _BEFORE, first) + 1 or first
    end = len(text)
    if end - start > LONGEST_EXCERPT:
        end = text.rfind(" ", start, start + LONGEST_EXCERPT)
        end = end if end > first else start + LONGEST_EXCERPT
    inside = [one for one in found if start <= one.start and one.end <= end]
    return (
        ("… " if start else "")
        + _marked(text, inside, start, end)
        + (" …" if end < len(text) else "")
    )


def _marked(text: str, found: list[Mark], start: int, end: int) -> str:
    """Return a part of a text with its marks; those with nothing but a blank between are one."""
    parts: list[str] = []
    for one in found:
        between = text[start : one.start]
        if parts and between in ("", " ", "-"):
            parts[-1] = between
        else:
            parts += [between.translate(_PLAIN), OPEN]
        parts += [text[one.start : one.end].translate(_PLAIN), CLOSE]
        start = one.end
    return "".join([*parts, text[start:end].translate(_PLAIN)])


class Reason(NamedTuple):
    """What was asked for, the phrase that met it, and where: title, abstract or facts."""

    asked: str
    found: str
    field: str


def reasons(ranking: Ranking, number: int, title: list[Mark], abstract: list[Mark]) -> list[Reason]:
    """Return how a paper met what was asked for, concept by concept."""
    in_title = {term for one in title for term in one.terms}
    in_abstract = {term for one in abstract for term in one.terms}
    found: dict[tuple[str, str], list[str]] = {}
    for concept in ranking.concepts:
        way = _best(concept, number)
        if way is None:
            continue
        shown = set(_terms(way.phrase))
        field = "title" if shown & in_title else "abstract" if shown & in_abstract else "facts"
        asked = " OR ".join(atom.text for atom in concept.clause.atoms)
        found.setdefault((way.phrase if way.kind != "word" else "", field), []).append(asked)
    return [Reason(" ".join(asked), phrase, field) for (phrase, field), asked in found.items()]


def _best(concept: Concept, number: int) -> Way | None:
    best = max(
        concept.ways,
        key=lambda way: (FACTORS[way.kind] * int(way.weights[number]), FACTORS[way.kind]),
        default=None,
    )
    return best if best is not None and best.weights[number] else None


def why(found: list[Reason]) -> str:
    """Return reasons in words: `title: kv cache; abstract: phone as mobile device`."""
    by_field: dict[str, list[str]] = {}
    for one in found:
        said = f"{one.asked} as {one.found}" if one.found else one.asked
        by_field.setdefault(one.field, []).append(said)
    return "; ".join(f"{field}: {', '.join(said)}" for field, said in by_field.items())
