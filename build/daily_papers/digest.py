"""Title and abstract in, out what they say by themselves: their facts, and their terms for search.

It comes as bytes, for the disk and for other processes.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from daily_papers import codec, facts
from daily_papers.records import Facts, Mention
from daily_papers.search import index


class Digest(NamedTuple):
    """What a title and an abstract say."""

    facts: Facts
    text: index.Counted


_HEAD = 4  # bytes that say how long the mentions are, which come first


def digest(texts: tuple[str, str]) -> bytes:
    """Return what a title and an abstract, clean text both, say."""
    title, abstract = texts
    return write(Digest(facts.extract(title, abstract), index.count(title, abstract)))


def digests(texts: Iterable[tuple[str, str]]) -> list[bytes]:
    """Return what titles and abstracts say, one after the other."""
    return list(map(digest, texts))


def write(said: Digest) -> bytes:
    """Return the bytes that stand for a digest."""
    mentions = codec.dumps(list(map(codec.MENTION.pack, said.facts.mentions)))
    packed = codec.FACTS.pack(replace(said.facts, mentions=()))
    # One text costs less than many; a term may have a blank (of "ﷺ"), but no end of a line.
    terms = [[share, "\n".join(alike)] for share, alike in said.text.terms]
    rest = codec.dumps([packed, terms, "\n".join(said.text.words)])
    return len(mentions).to_bytes(_HEAD) + mentions + rest


def read(data: bytes) -> Digest:
    """Return the digest that bytes stand for."""
    packed, terms, words = codec.loads(data[_end(data) :])
    stated = replace(codec.FACTS.unpack(packed), mentions=read_mentions(data))
    counted = [(share, alike.split("\n")) for share, alike in terms]
    return Digest(stated, index.Counted(counted, words.split("\n") if words else []))


def read_mentions(data: bytes) -> tuple[Mention, ...]:
    """Return the mentions of a digest alone, which costs less."""
    return tuple(map(codec.MENTION.unpack, codec.loads(data[_HEAD : _end(data)])))


def _end(data: bytes) -> int:
    return _HEAD + int.from_bytes(data[:_HEAD])
