"""Title and abstract in, out what they say by themselves: their facts, and their terms for search.

It comes as bytes, for the disk and for other processes.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from daily_papers import codec, facts
from daily_papers.records import Facts, Mention
from daily_papers.search.words import Cut, cut


class Digest(NamedTuple):
    """What a title and an abstract say."""

    facts: Facts
    title: Cut
    abstract: Cut


_HEAD = 4  # bytes that say how long the mentions are, which come first


def digest(texts: tuple[str, str]) -> bytes:
    """Return what a title and an abstract, clean text both, say."""
    title, abstract = texts
    stated = facts.extract(title, abstract)
    mentions = codec.dumps(list(map(codec.MENTION.pack, stated.mentions)))
    packed = codec.FACTS.pack(replace(stated, mentions=()))
    rest = codec.dumps([packed, *_packed(cut(title)), *_packed(cut(abstract))])
    return len(mentions).to_bytes(_HEAD) + mentions + rest


def digests(texts: Iterable[tuple[str, str]]) -> list[bytes]:
    """Return what titles and abstracts say, one after the other."""
    return list(map(digest, texts))


def read(data: bytes) -> Digest:
    """Return the digest that bytes stand for."""
    packed, *cuts = codec.loads(data[_end(data) :])
    stated = replace(codec.FACTS.unpack(packed), mentions=read_mentions(data))
    return Digest(stated, _cut(*cuts[:2]), _cut(*cuts[2:]))


def read_mentions(data: bytes) -> tuple[Mention, ...]:
    """Return the mentions of a digest alone, which costs less."""
    return tuple(map(codec.MENTION.unpack, codec.loads(data[_HEAD : _end(data)])))


def _end(data: bytes) -> int:
    return _HEAD + int.from_bytes(data[:_HEAD])


def _packed(found: Cut) -> tuple[str, str]:
    return " ".join(found.terms), " ".join(sorted(found.words))


def _cut(terms: str, words: str) -> Cut:
    return Cut(terms.split(), set(words.split()))
