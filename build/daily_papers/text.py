"""Splits a title or an abstract into sentences and words with their places, and finds phrases.

Everything here is one pass over the text, so hostile text costs no more than its length. Words are
kept as three lists (form, start, end) and not as objects: this is the innermost loop of the build.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import accumulate, compress
from typing import Generic, NamedTuple, TypeVar

from daily_papers.records import Field

_WORD = re.compile(r"[^\W_]+")
_SPLIT = re.compile(r"([^\W_]+)")
_SENTENCE_END = re.compile(r"""[.!?]["”’')\]]{0,3}\s+(?=["“‘'(\[]?[^\W_a-z])|[.!?](?=[A-Z][a-z])""")
_ABBREVIATIONS = re.compile(
    r"(?:\b(?:e\.g|i\.e|al|vs|Fig|Eq|Sec|Dr|cf|resp|approx|w\.r\.t|a\.k\.a|No)|\b[A-Z])\.$"
)
_LONGEST_SENTENCE = 2000  # characters
_JOINTS = frozenset((" ", "-", "–", "‑", " -", "- ", "/", "(", " (", ") ", "_"))

Value = TypeVar("Value")


class Found(NamedTuple, Generic[Value]):
    """A phrase that was found: what it stands for, and the words [first, last) that it covers."""

    value: Value
    first: int
    last: int


class Remembered(dict[str, Value]):
    """What a function makes of words, each made once: asking is a look-up, which is what the
    innermost loops of the build can afford."""

    def __init__(self, make: Callable[[str], Value], most: int = 50_000) -> None:
        """Take the function and how many words to keep: a long run must not grow without end.
        The frequent ones come early."""
        super().__init__()
        self._make, self._most = make, most

    def __missing__(self, word: str) -> Value:
        """Make what is not there yet."""
        made = self._make(word)
        if len(self) < self._most:
            self[word] = made
        return made


_IRREGULAR = {"caches": "cache", "axes": "axis", "matrices": "matrix", "indices": "index"}


def _singular(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "is", "as")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word[:-1]


# The form under which a word is looked up: "Caches" and "cache" are one.
_FORMS = Remembered(lambda word: _singular(word.lower()))


def forms_of(text: str) -> list[str]:
    """Return the words of a text in the form under which they are looked up, in order."""
    return [_FORMS[word] for word in _WORD.findall(text)]


class Sentence(NamedTuple):
    """A sentence: its place [start, end) in the text and its words [first, last)."""

    start: int
    end: int
    first: int
    last: int


class Text:
    """A title or an abstract with its words and sentences.

    The words are lists of the same length: `words` as written, `forms` (lower case, singular),
    `starts`, `ends`; `gaps` are what stands before each, and behind the last.
    """

    def __init__(self, field: Field, text: str) -> None:
        """Take the field's name (`title` or `abstract`) and its text."""
        self.field, self.text = field, text
        parts = _SPLIT.split(text)  # a gap, a word, a gap, … a gap
        places = list(accumulate(map(len, parts)))
        self.words = parts[1::2]
        self.forms = list(map(_FORMS.__getitem__, self.words))
        self.gaps = parts[0::2]  # before each word, and behind the last
        self.starts = places[0:-1:2]
        self.ends = places[1::2]

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The sentences in order; every character but the blanks between them is in one."""
        ends = [
            found.end()
            for found in _SENTENCE_END.finditer(self.text)
            if found[0][0] != "."
            or not _ABBREVIATIONS.search(self.text, max(0, found.start() - 8), found.start() + 1)
        ]
        sentences = []
        start = first = 0
        for end in self._cut([*ends, len(self.text)]):
            stripped = len(self.text[start:end].rstrip())
            if stripped:
                last = bisect_left(self.starts, end, first)
                sentences.append(Sentence(start, start + stripped, first, last))
                first = last
            start = end
        return sentences

    def _cut(self, ends: list[int]) -> Iterator[int]:
        """Yield where sentences end; what is longer than any sentence is cut, so that work on
        one sentence stays bounded."""
        start = 0
        for end in ends:
            while end - start > _LONGEST_SENTENCE:
                blank = self.text.rfind(" ", start + 1, start + _LONGEST_SENTENCE)
                start = blank + 1 if blank > 0 else start + _LONGEST_SENTENCE
                yield start
            yield end
            start = end

    @cached_property
    def _sentence_starts(self) -> list[int]:
        return [sentence.start for sentence in self.sentences]

    def sentence_at(self, place: int) -> Sentence:
        """Return the sentence that holds a place."""
        return self.sentences[max(0, bisect_right(self._sentence_starts, place) - 1)]

    def word_at(self, place: int) -> int:
        """Return the index of the first word that starts at a place or after it."""
        return bisect_left(self.starts, place)

    def gap(self, index: int) -> str:
        """Return what stands between a word and the one before it."""
        return self.gaps[index] if index else ""


class _Node(Generic[Value]):
    """The phrases that begin with the same words: the longer ones, and the one that ends here."""

    __slots__ = ("ends", "further", "value")

    def __init__(self) -> None:
        self.further: dict[str, _Node[Value]] = {}
        self.ends = False
        self.value: Value | None = None


class Phrases(Generic[Value]):
    """Phrases of one or more words, each standing for a value; the longest one wins."""

    def __init__(self, phrases: Iterable[tuple[str, Value]]) -> None:
        """Take phrases as people write them; case, number and hyphens do not matter."""
        self._root: _Node[Value] = _Node()
        for phrase, value in phrases:
            node = self._root
            for form in forms_of(phrase):
                node = node.further.setdefault(form, _Node())
            if not node.ends:
                node.ends, node.value = True, value

    def find(self, text: Text, first: int = 0, last: int | None = None) -> Iterator[Found[Value]]:
        """Yield the phrases among the words [first, last), left to right, none inside another."""
        roots, forms = self._root.further, text.forms
        here = forms[first:last] if first or last is not None else forms
        done, last = first, first + len(here)
        for index in compress(range(first, last), map(roots.__contains__, here)):
            if index < done:
                continue
            node, done = roots[forms[index]], index + 1
            if done < last and forms[done] in node.further:
                value, done = self._longest(text, index, last, node)
                if done > index:
                    yield Found(value, index, done)  # type: ignore[arg-type]
            elif node.ends:
                yield Found(node.value, index, done)  # type: ignore[arg-type]

    @staticmethod
    def _longest(text: Text, index: int, last: int, node: _Node[Value]) -> tuple[Value | None, int]:
        """Return the value and the end of the longest phrase from a word; its own index if none."""
        value, end = None, index
        while True:
            if node.ends:
                value, end = node.value, index + 1
            index += 1
            if index >= last or not node.further:
                return value, end
            further = node.further.get(text.forms[index])
            if further is None or text.gaps[index] not in _JOINTS:
                return value, end
            node = further
