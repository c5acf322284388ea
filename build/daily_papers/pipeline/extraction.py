"""Extracts facts and search terms from a title and an abstract: runs in any worker, and its results
are cached."""

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
    terms: documents.TermCounts


class _Packed(Record, frozen=True):
    """An extraction with its mentions apart, so that they can be decoded alone."""

    mentions: tuple[Mention, ...]
    extraction: Raw


def extract(title: str, abstract: str) -> Extraction:
    """Extract facts and terms from a clean title and a clean abstract."""
    return Extraction(facts.extract(title, abstract), documents.count_terms(title, abstract))


def extract_all(texts: Iterable[tuple[str, str]]) -> list[bytes]:
    """Extract facts and terms from pairs of title and abstract; each result is packed."""
    return [pack_extraction(extract(title, abstract)) for title, abstract in texts]


def pack_extraction(extraction: Extraction) -> bytes:
    """Return an extraction as compressed bytes."""
    bare = replace(extraction, facts=replace(extraction.facts, mentions=()))
    return pack(_Packed(extraction.facts.mentions, Raw(encode(bare))))


def unpack_extraction(data: bytes) -> Extraction:
    """Return the extraction that `pack_extraction` was given."""
    packed = unpack(data, _Packed)
    extraction: Extraction = decoder(Extraction).decode(packed.extraction)
    return replace(extraction, facts=replace(extraction.facts, mentions=packed.mentions))


def unpack_mentions(data: bytes) -> tuple[Mention, ...]:
    """Return only the mentions of a packed extraction, for a fraction of the cost."""
    return unpack(data, _Packed).mentions
