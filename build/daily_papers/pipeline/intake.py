"""Takes dumps in: reads each one or fetches it from the cache, and stores its listings."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace

from daily_papers.dumps.saved_file import dump_id, fingerprint
from daily_papers.papers.identity import Identified, Register
from daily_papers.papers.merging import Organizations
from daily_papers.pipeline import workers
from daily_papers.pipeline.cache import Cache, key_of
from daily_papers.pipeline.packing import decoder, encode, unpack
from daily_papers.pipeline.reading import ReadDump, read_dump
from daily_papers.pipeline.workers import Executor
from daily_papers.pipeline.workfile import Workfile
from daily_papers.records import CleanListing, Dump, DumpError


@dataclass(frozen=True)
class TakenDump:
    """A dump without its listings, the number of lines of each part of the page, and the numbers of
    its listings in the workfile."""

    dump: Dump
    parts: Counter[str]
    listings: range


@dataclass
class Intake:
    """The dumps that were read, in the order of their ids, and the errors of those that were not.

    Listings go to the workfile; memory keeps only what identifies the paper of each.
    """

    workfile: Workfile
    strict: bool = False  # refuses dumps with problems
    dumps: list[TakenDump] = field(default_factory=list)
    organizations: Organizations = field(default_factory=Organizations)
    errors: list[DumpError] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make a register that loads listings from the workfile."""
        self._register = Register(self.listing)

    @property
    def listing_count(self) -> int:
        """The number of listings of all dumps."""
        return self.dumps[-1].listings.stop if self.dumps else 0

    def take(self, files: Iterable[Path], cache: Cache, executor: Executor | None) -> None:
        """Read dumps with these workers; `files` are in the order of their ids."""
        fingerprints: dict[Path, bytes] = {}  # of files that are not in the cache

        def cached(file: Path) -> bytes | DumpError | None:
            sha256 = fingerprint(file)
            if sha256 is None:
                return read_dump(file)  # returns why the file cannot be read
            packed = cache.get(key_of(sha256))
            if packed is None:
                fingerprints[file] = sha256
            return packed

        for file, packed in workers.map_ordered(executor, read_dump, files, cached):
            sha256 = fingerprints.pop(file, None)
            if isinstance(packed, DumpError):
                self.errors.append(packed)
                continue
            try:
                self._add(file, packed, sha256)
            except DumpError as error:
                self.errors.append(error)
            else:
                if sha256:
                    cache.put(key_of(sha256), packed)

    def _add(self, file: Path, packed: bytes, sha256: bytes | None) -> None:
        read = unpack(packed, ReadDump)
        dump = replace(read.dump, id=dump_id(file), file=file.name)
        if sha256 and dump.sha256 != sha256.hex():
            problem = "it changed while it was read, or a worker has another file at this path"
            raise DumpError(str(file), None, problem)
        if self.strict and dump.problems:
            first_problem, count = dump.problems[0], len(dump.problems)
            others = f" ({count - 1} other problems)" if count > 1 else ""
            raise DumpError(str(file), first_problem.line, f"{first_problem}{others}")
        first = self.listing_count
        rows = []
        for number, listing in enumerate(read.listings, first):
            rows.append((number, encode(listing.as_listed), listing.cleaned))
            arxiv_id, handle = listing.as_listed.arxiv_id, listing.as_listed.organization_id
            # A file of several days has none itself: what it lists is as old as its listing.
            day = dump.shown_on or listing.as_listed.listed_on
            self._register.add(listing.key, listing.slug, arxiv_id, day)
            self.organizations.add(handle, listing.organization_name, day)
        self.workfile.insert("listings", rows)
        listings = range(first, first + len(rows))
        self.dumps.append(TakenDump(dump, Counter(read.parts), listings))

    def identify(self) -> Identified:
        """Group all listings into papers, and free the memory that this needed."""
        papers = self._register.papers()
        self._register = Register(self.listing)
        return papers

    def listing(self, number: int) -> CleanListing:
        """Return a listing by its number."""
        cleaned = self.workfile.blob("listings", "cleaned", number)
        listing: CleanListing = decoder(CleanListing).decode(cleaned)
        return listing
