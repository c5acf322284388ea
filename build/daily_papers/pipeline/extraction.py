"""Title and abstract in, out what they say by themselves: their facts, and their terms for search.

It comes as bytes, for the disk and for other processes.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from daily_papers import codec, facts
from daily_papers.records import Facts, Mention
from daily_papers.search import documents


class Digest(NamedTuple):
    """What a title and an abstract say."""

    facts: Facts
    text: documents.TermCounts


_HEAD = 4  # bytes that say how long the mentions are, which come first


def digest(texts: tuple[str, str]) -> bytes:
    """Return what a title and an abstract, clean text both, say."""
    title, abstract = texts
    return write(Digest(facts.extract(title, abstract), documents.count_terms(title, abstract)))


def digests(texts: Iterable[tuple[str, str]]) -> list[bytes]:
    """Return what titles and abstracts say, one after the other."""
    return list(map(digest, texts))


def write(said: Digest) -> bytes:
    """Return the bytes that stand for a digest."""
    *others, mentioned = codec.FACTS.pack(said.facts)
    mentions = codec.dumps(mentioned)
    terms, shares, sizes, words = said.text
    # One text costs less than many; a term may have a blank (of "ﷺ"), but no end of a line.
    rest = codec.dumps([others, "\n".join(terms), shares, sizes, "\n".join(words)])
    return len(mentions).to_bytes(_HEAD) + mentions + rest


def read(data: bytes) -> Digest:
    """Return the digest that bytes stand for."""
    others, terms, shares, sizes, words = codec.loads(data[_end(data) :])
    stated = codec.FACTS.unpack([*others, _mentions(data)])
    return Digest(stated, documents.TermCounts(_lines(terms), shares, sizes, _lines(words)))


def read_mentions(data: bytes) -> tuple[Mention, ...]:
    """Return the mentions of a digest alone, which costs less."""
    return tuple(map(codec.MENTION.unpack, _mentions(data)))


def _mentions(data: bytes) -> list[list[Any]]:
    found: list[list[Any]] = codec.loads(data[_HEAD : _end(data)])
    return found


def _lines(text: str) -> list[str]:
    return text.split("\n") if text else []


def _end(data: bytes) -> int:
    return _HEAD + int.from_bytes(data[:_HEAD])
