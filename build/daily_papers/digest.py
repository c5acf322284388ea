"""Title and abstract in, out what they say by themselves: their facts, and their terms for search.

It comes as bytes, for the disk and for other processes.
"""

from collections.abc import Iterable
from typing import NamedTuple

from daily_papers import codec, facts
from daily_papers.records import Facts, Mention
from daily_papers.search.words import Cut, cut


class Digest(NamedTuple):
    """What a title and an abstract say."""

    facts: Facts
    title: Cut
    abstract: Cut


def digest(texts: tuple[str, str]) -> bytes:
    """Return what a title and an abstract, clean text both, say."""
    title, abstract = texts
    packed = codec.FACTS.pack(facts.extract(title, abstract))
    return codec.dumps([packed, *_packed(cut(title)), *_packed(cut(abstract))])


def digests(texts: Iterable[tuple[str, str]]) -> list[bytes]:
    """Return what titles and abstracts say, one after the other."""
    return list(map(digest, texts))


def read(data: bytes) -> Digest:
    """Return the digest that bytes stand for."""
    packed, title, title_words, abstract, abstract_words = codec.loads(data)
    return Digest(
        codec.FACTS.unpack(packed), _cut(title, title_words), _cut(abstract, abstract_words)
    )


def mentions(data: bytes) -> tuple[Mention, ...]:
    """Return the mentions of a digest alone."""
    packed = codec.loads(data)[0][codec.FACTS.place("mentions")]
    return tuple(map(codec.MENTION.unpack, packed))


def _packed(found: Cut) -> tuple[str, str]:
    return " ".join(found.terms), " ".join(sorted(found.words))


def _cut(terms: str, words: str) -> Cut:
    return Cut(terms.split(), set(words.split()))
