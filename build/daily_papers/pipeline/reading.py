"""Reads a dump and cleans its listings, on any machine; the cache keeps what comes of a file."""

from collections import Counter
from pathlib import Path

from msgspec.structs import replace

from daily_papers import dumps
from daily_papers.papers.cleaning import clean_listing
from daily_papers.pipeline.packing import encode, pack
from daily_papers.records import Dump, DumpError, Listing, Record


class ReadListing(Record, frozen=True):
    """A listing: its place on the dump (with neither abstract nor authors), what tells its paper
    from others, and a CleanListing as MessagePack."""

    place: Listing
    key: str
    slug: str
    organization_name: str | None
    content: bytes


class ReadDump(Record, frozen=True):
    """A dump without listings and furniture, the number of lines of each part, and its listings."""

    dump: Dump
    parts: dict[str, int]
    listings: tuple[ReadListing, ...]


def read_dump(file: Path) -> bytes | DumpError:
    """Return a packed ReadDump, or why the file cannot be read."""
    try:
        dump = dumps.read(file)
        parts = _count_lines(file, dump)
    except DumpError as error:
        return error
    listings = tuple(map(_read_listing, dump.listings))
    return pack(ReadDump(replace(dump, listings=(), furniture=()), parts, listings))


def _read_listing(listing: Listing) -> ReadListing:
    clean = clean_listing(listing)
    place = replace(listing, abstract="", authors=None)
    return ReadListing(place, clean.key, clean.slug, clean.organization_name, encode(clean))


def _count_lines(file: Path, dump: Dump) -> dict[str, int]:
    """Count the lines of each part, and hold the reader to its promise that none is lost."""
    parts = Counter(line.part for line in dump.furniture)
    parts["listings"] = sum(listing.line_count for listing in dump.listings)
    counted = parts.total()
    if counted != dump.line_count:
        problem = f"only {counted} of {dump.line_count} lines ended in a listing or the furniture"
        raise DumpError(str(file), None, problem)
    return parts
