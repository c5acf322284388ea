"""Splits a title or an abstract into sentences and words with their offsets, and finds phrases.

Each function passes over the text once, so hostile text costs no more than its length. Words are
kept as parallel lists and not as objects: this is the innermost loop of the build.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import accumulate, compress
from operator import itemgetter
from typing import Any, Generic, NamedTuple, TypeVar

from daily_papers.records import Field

_WORD = re.compile(r"[^\W_]+")
_SPLIT = re.compile(r"([^\W_]+)")
_SENTENCE_END = re.compile(r"""[.!?]["”’')\]]{0,3}\s+(?=["“‘'(\[]?[^\W_a-z])|[.!?](?=[A-Z][a-z])""")
_ABBREVIATIONS = re.compile(
    r"(?:\b(?:e\.g|i\.e|al|vs|Fig|Eq|Sec|Dr|cf|resp|approx|w\.r\.t|a\.k\.a|No)|\b[A-Z])\.$"
)
_LONGEST_SENTENCE = 2000  # characters
# What an address can have, of what people write: no markup, no CJK punctuation.
ADDRESS_CHARACTER = r"[^\s<>\"“”{}|\\`$…–—\]\ue000-\uf8ff\u3000-\u303f\uff01-\uff1f]"
_DOMAINS = ("ai", "co", "com", "dev", "edu", "io", "net", "org")
# The beginning of an address without "https://"; a text that has one has one of the signs.
BARE_ADDRESS = rf"(?<![\w@./-])(?:[a-zA-Z0-9-]{{1,40}}+\.){{1,4}}(?:{'|'.join(_DOMAINS)})/"
BARE_SIGNS = tuple(f".{domain}/" for domain in _DOMAINS)
_ADDRESS = re.compile(rf"(?:(?!''|~\(|\.\.\.){ADDRESS_CHARACTER})*")
_BEHIND_ADDRESS = (*".,;:!?'’”*~", "%7B", "%7b", "%7D", "%7d", "%20")
_JOINTS = frozenset((" ", "-", "–", "‑", " -", "- ", "/", "(", " (", ") ", "_"))

Value = TypeVar("Value")


class PhraseMatch(NamedTuple, Generic[Value]):
    """An occurrence of a phrase: the phrase's value, and the words [first, last) that it covers."""

    value: Value
    first: int
    last: int


class BoundedCache(dict[str, Value]):
    """A cache of a function of a string, read as a dictionary.

    A hit takes half the time of `functools.lru_cache`, which counts in the innermost loops. A full
    cache keeps what it has: frequent words come early.
    """

    def __init__(self, function: Callable[[str], Value], max_size: int = 50_000) -> None:
        """Take the function, and how many results to keep."""
        super().__init__()
        self._function, self._max_size = function, max_size

    def __missing__(self, key: str) -> Value:
        """Call the function for a key that is not in the cache."""
        value = self._function(key)
        if len(self) < self._max_size:
            self[key] = value
        return value


_IRREGULAR = {"caches": "cache", "axes": "axis", "matrices": "matrix", "indices": "index"}


def _singular(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "is", "as")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("sses", "shes", "ches", "xes")) else word[:-1]


# The form under which a word is looked up: the same for "Caches" and "cache".
_FORMS = BoundedCache(lambda word: _singular(word.lower()))


def forms_of(text: str) -> list[str]:
    """Return the words of a text in the form under which they are looked up, in order."""
    return [_FORMS[word] for word in _WORD.findall(text)]


def word_set(words: str) -> frozenset[str]:
    """Return words that blanks part, as a set."""
    return frozenset(words.split())


def occurrences(words: str, text: str, overlap: bool = False) -> Iterator[int]:
    """Yield the offsets of words in a text; with `overlap`, also of those that overlap."""
    start = text.find(words)
    while start >= 0:
        yield start
        start = text.find(words, start + (1 if overlap else len(words)))


def address_in(text: str) -> str:
    """Return the web address that a text begins with, without what closes a sentence, markup, and
    brackets that open outside the address."""
    match = _ADDRESS.match(text)
    address = match[0] if match else ""
    end, unopened = len(address), address.count(")") - address.count("(")
    while end:
        if address.endswith(_BEHIND_ADDRESS, 0, end):
            end -= 3 if address[end - 1].isalnum() else 1
        elif address[end - 1] == ")" and unopened > 0:
            end, unopened = end - 1, unopened - 1
        else:
            break
    return address[:end]


class Sentence(NamedTuple):
    """A sentence: its span [start, end) in the text and its words [first, last)."""

    start: int
    end: int
    first: int
    last: int


class Text:
    """A title or an abstract with its words and sentences.

    `words` (as written), `forms` (lower case, singular), `starts` and `ends` (character offsets)
    have an item for each word; `gaps` are the texts before each word, and behind the last.
    """

    def __init__(self, field: Field, text: str) -> None:
        """Take the field's name (`title` or `abstract`) and its text."""
        self.field, self.text = field, text
        parts = _SPLIT.split(text)  # a gap, a word, a gap, … a gap
        offsets = list(accumulate(map(len, parts)))
        self.words = parts[1::2]
        self.forms = list(map(_FORMS.__getitem__, self.words))
        self.gaps = parts[0::2]
        self.starts = offsets[0:-1:2]
        self.ends = offsets[1::2]

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The sentences in order; only blanks between them are in none."""
        ends = [
            end.end()
            for end in _SENTENCE_END.finditer(self.text)
            if end[0][0] != "."
            or not _ABBREVIATIONS.search(self.text, max(0, end.start() - 8), end.start() + 1)
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
        """Yield the ends and, so that work on a sentence stays bounded, cuts of long ones."""
        start = 0
        for end in ends:
            while end - start > _LONGEST_SENTENCE:
                blank = self.text.rfind(" ", start + 1, start + _LONGEST_SENTENCE)
                start = blank + 1 if blank > 0 else start + _LONGEST_SENTENCE
                yield start
            yield end
            start = end

    def sentence_at(self, offset: int) -> Sentence:
        """Return the sentence that contains an offset."""
        return self.sentences[max(0, bisect_right(self.sentences, offset, key=itemgetter(0)) - 1)]

    def word_at(self, offset: int) -> int:
        """Return the index of the first word that starts at an offset or after it."""
        return bisect_left(self.starts, offset)


class PhraseMatcher(Generic[Value]):
    """Phrases of one or more words, each with a value that is not None; the longest match wins."""

    def __init__(self, phrases: Iterable[tuple[str, Value]]) -> None:
        """Take phrases as people write them; case, number and hyphens do not matter."""
        # Nested by the words of phrases; where a phrase ends, its value stands under "".
        self._trie: dict[str, Any] = {}
        for phrase, value in phrases:
            node = self._trie
            for form in forms_of(phrase):
                node = node.setdefault(form, {})
            node.setdefault("", value)

    def matches(
        self, text: Text, first: int = 0, last: int | None = None
    ) -> Iterator[PhraseMatch[Value]]:
        """Yield the phrases among the words [first, last), left to right, none inside another."""
        roots, forms = self._trie, text.forms
        window = forms[first:last] if first or last is not None else forms
        end, last = first, first + len(window)
        for index in compress(range(first, last), map(roots.__contains__, window)):
            if index < end:
                continue
            node, end = roots[forms[index]], index + 1
            value = node.get("")
            if end < last and forms[end] in node:
                value, end = self._longest(text, index, last)
            if value is not None:
                yield PhraseMatch(value, index, end)

    def _longest(self, text: Text, index: int, last: int) -> tuple[Value | None, int]:
        """Return the value and the end of the longest phrase from a word; its own index if none."""
        node, value, end = self._trie[text.forms[index]], None, index
        while True:
            if "" in node:
                value, end = node[""], index + 1
            index += 1
            child = node.get(text.forms[index]) if index < last else None
            if child is None or text.gaps[index] not in _JOINTS:
                return value, end
            node = child
