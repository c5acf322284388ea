"""Takes dumps in: each is read, here or elsewhere, or fetched from the cache if it was before.

Memory keeps of a listing no more than what tells papers apart; the rest goes to a spool.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from daily_papers import codec, dumps
from daily_papers.dumps.saved_file import dump_id, fingerprint
from daily_papers.papers.identity import Register
from daily_papers.papers.merging import Entry, Organizations, Papers, entry
from daily_papers.pipeline import workers
from daily_papers.pipeline.cache import Cache, key_of
from daily_papers.pipeline.workers import Hands
from daily_papers.records import Dump, DumpError
from daily_papers.workfile import Spool

_KIND = b"dump"
_HEAD = 4  # bytes that say how long the head is


@dataclass(frozen=True)
class Taken:
    """A dump without its listings: how many lines went where, and the places of its listings."""

    dump: Dump
    parts: Counter[str]
    places: range


@dataclass
class Intake:
    """The dumps that were read, in the order of their ids, and why others were not.

    Listings wait in a spool as they come, and then once more, in the order of their papers: who
    reads papers one after the other would else fetch each from elsewhere on the disk.
    """

    listings: Spool
    in_order: Spool
    register: Register = field(init=False)
    organizations: Organizations = field(default_factory=Organizations)
    taken: list[Taken] = field(default_factory=list)
    errors: list[DumpError] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Let identity fetch listings from the spool."""
        self.register = Register(self.entry)

    def take(self, files: Iterable[Path], cache: Cache, hands: Hands | None) -> None:
        """Read dumps; `files` are in the order of their ids."""
        unknown: dict[Path, bytes] = {}  # their fingerprints

        def known(file: Path) -> bytes | DumpError | None:
            held = fingerprint(file)
            if held is None:
                return read_dump(file)  # which says why it cannot be
            kept = cache.get(key_of(_KIND, held))
            if kept is None:
                unknown[file] = held
            return kept

        for file, read in workers.each(hands, read_dump, files, known):
            held = unknown.pop(file, None)
            if isinstance(read, DumpError):
                self.errors.append(read)
                continue
            try:
                self._add(file, read, held)
            except DumpError as error:
                self.errors.append(error)
            else:
                if held:
                    cache.put(key_of(_KIND, held), read)

    def _add(self, file: Path, read: bytes, held: bytes | None) -> None:
        start = _HEAD + int.from_bytes(read[:_HEAD])
        values, parts, heads = codec.loads(read[_HEAD:start])
        dump = replace(codec.DUMP.unpack(values), id=dump_id(file), file=file.name)
        if held and dump.sha256 != held.hex():
            problem = "it changed while it was read, or a worker has another file at this path"
            raise DumpError(str(file), None, problem)
        first = len(self.listings)
        for size, key, slug, arxiv_id, handle, name in heads:
            self.listings.add(read[start : start + size])
            start += size
            self.register.add(key, slug, arxiv_id, dump.shown_on)
            self.organizations.add(handle, name, dump.shown_on)
        self.taken.append(Taken(dump, Counter(parts), range(first, len(self.listings))))

    def papers(self) -> Papers:
        """Return the papers that all listings are, and forget what told them apart."""
        found = self.register.papers()
        self.register = Register(self.entry)
        for place in found.places:
            self.in_order.add(self.listings[place])
        self.in_order.flush()
        return Papers(found.ids, found.places, found.ends, partial(_entry, self.in_order))

    def entry(self, place: int) -> Entry:
        """Return a listing by its place."""
        return _entry(self.listings, place)


def _entry(listings: Spool, number: int) -> Entry:
    listing, title, key, slug = codec.loads(listings[number])
    return Entry(codec.LISTING.unpack(listing), title, key, slug)


def read_dump(file: Path) -> bytes | DumpError:
    """Read a dump, wherever this runs; return it for `Intake`, or why it cannot be read."""
    try:
        dump = dumps.read(file)
        parts = _parts(file, dump)
    except DumpError as error:
        return error
    heads, pieces = [], []
    for one in map(entry, dump.listings):
        listing = one.listing
        piece = codec.dumps([codec.LISTING.pack(listing), one.title, one.key, one.slug])
        pieces.append(piece)
        named = listing.arxiv_id, listing.organization_id, listing.organization_name
        heads.append([len(piece), one.key, one.slug, *named])
    bare = replace(dump, listings=(), furniture=())
    head = codec.dumps([codec.DUMP.pack(bare), parts, heads])
    return len(head).to_bytes(_HEAD) + head + b"".join(pieces)


def _parts(file: Path, dump: Dump) -> Counter[str]:
    """Count the lines of each part, and hold the reader to its promise that none is lost."""
    parts = Counter(one.part for one in dump.furniture)
    parts["listings"] = sum(one.line_count for one in dump.listings)
    accounted = parts.total()
    if accounted != dump.line_count:
        problem = f"only {accounted} of {dump.line_count} lines ended in a listing or the furniture"
        raise DumpError(str(file), None, problem)
    return parts
