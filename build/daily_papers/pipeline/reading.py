"""Reads a dump and cleans its listings: runs in any worker, and its results are cached."""

from collections import Counter
from pathlib import Path

from msgspec.structs import replace

from daily_papers import dumps
from daily_papers.papers.cleaning import clean_listing
from daily_papers.papers.titles import key_and_slug
from daily_papers.pipeline.packing import encode, pack
from daily_papers.records import Dump, DumpError, Listing, Record


class ReadListing(Record, frozen=True):
    """A listing as the dump has it, without abstract and authors; the key and the slug of its
    title; and a CleanListing as MessagePack."""

    as_listed: Listing
    key: str
    slug: str
    organization_name: str | None
    cleaned: bytes


class ReadDump(Record, frozen=True):
    """A dump without listings and furniture, the number of lines of each part of the page, and the
    listings."""

    dump: Dump
    parts: dict[str, int]
    listings: tuple[ReadListing, ...]


def read_dump(file: Path) -> bytes | DumpError:
    """Return a packed ReadDump, or the error if the file cannot be read."""
    try:
        dump = dumps.read(file)
        parts = _count_lines(file, dump)
    except DumpError as error:
        return error
    listings = tuple(map(_read_listing, dump.listings))
    return pack(ReadDump(replace(dump, listings=(), furniture=()), parts, listings))


def _read_listing(listing: Listing) -> ReadListing:
    clean = clean_listing(listing)
    as_listed = replace(listing, abstract="", authors=None)
    key, slug = key_and_slug(clean.title)
    return ReadListing(as_listed, key, slug, clean.organization_name, encode(clean))


def _count_lines(file: Path, dump: Dump) -> dict[str, int]:
    """Count the lines of each part.

    Raises:
        DumpError: a line that is not blank is in no part: the reader lost it.
    """
    parts = Counter(line.part for line in dump.furniture)
    parts["listings"] = sum(listing.line_count for listing in dump.listings)
    counted = parts.total()
    if counted != dump.line_count:
        problem = f"only {counted} of {dump.line_count} lines ended in a listing or the furniture"
        raise DumpError(str(file), None, problem)
    return parts
