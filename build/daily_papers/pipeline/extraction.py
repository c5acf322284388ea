"""Extracts the facts of a title and an abstract, and their terms for search, on any machine; the
cache keeps what comes of two texts."""

from collections.abc import Iterable

from msgspec import Raw
from msgspec.structs import replace

from daily_papers import facts
from daily_papers.pipeline.packing import decoder, encode, pack, unpack
from daily_papers.records import Facts, Mention, Record
from daily_papers.search import documents


class Extraction(Record, frozen=True):
    """The facts of a paper, and its terms for search."""

    facts: Facts
    terms: documents.Counted


class _Packed(Record, frozen=True):
    """The same, the mentions apart: they are read when most of the rest is not."""

    mentions: tuple[Mention, ...]
    extraction: Raw


def extract(title: str, abstract: str) -> Extraction:
    """Return what a title and an abstract state, clean text both."""
    return Extraction(facts.extract(title, abstract), documents.count(title, abstract))


def extract_all(texts: Iterable[tuple[str, str]]) -> list[bytes]:
    """Return what titles and abstracts state, each packed."""
    return [pack_extraction(extract(title, abstract)) for title, abstract in texts]


def pack_extraction(extraction: Extraction) -> bytes:
    """Return an extraction as bytes."""
    bare = replace(extraction, facts=replace(extraction.facts, mentions=()))
    return pack(_Packed(extraction.facts.mentions, Raw(encode(bare))))


def unpack_extraction(data: bytes) -> Extraction:
    """Return the extraction that was packed."""
    packed = unpack(data, _Packed)
    extraction: Extraction = decoder(Extraction).decode(packed.extraction)
    return replace(extraction, facts=replace(extraction.facts, mentions=packed.mentions))


def unpack_mentions(data: bytes) -> tuple[Mention, ...]:
    """Return the mentions of a packed extraction, which costs less than all of it."""
    return unpack(data, _Packed).mentions
