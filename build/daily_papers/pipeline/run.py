"""The whole way on one page: read, identify, extract, store, publish."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from daily_papers import dumps
from daily_papers.database import checks, schema, writer
from daily_papers.papers import entities
from daily_papers.papers.merging import Papers
from daily_papers.pipeline import build_info, extraction, rows, workers
from daily_papers.pipeline.cache import Cache, key_of
from daily_papers.pipeline.intake import Intake
from daily_papers.pipeline.paper_tables import PAPER_TABLES
from daily_papers.pipeline.workers import Hands
from daily_papers.records import DumpError, Mention
from daily_papers.search import similar
from daily_papers.search.index import Index, Postings
from daily_papers.search.similar import Compared, Near, Neighbours
from daily_papers.workfile import Spool

Progress = Callable[[Sequence[Path]], AbstractContextManager[Iterable[Path]]]
Cluster = Callable[[], AbstractContextManager[Hands]]

_FEW_DUMPS, _FEW_PAPERS = 8, 256  # that are not worth other processes
_TEXTS = 64  # handed to a process at a time
_PAPERS = 256  # made into rows at a time; blocks of the index hold a whole number of these


class UnreadableDumps(Exception):  # noqa: N818 - it names what it carries
    """Dumps that could not be read; nothing was built."""

    def __init__(self, errors: Sequence[DumpError]) -> None:
        """Take the errors, one a dump."""
        super().__init__(errors)
        self.errors = tuple(errors)


@dataclass(frozen=True)
class Means:
    """What a build may use: how many processes here, the folder of the cache, if any, and a
    function that gives hands elsewhere, if any, to read dumps, by whole paths, and texts."""

    workers: int
    cache: Path | None
    cluster: Cluster | None = None


@dataclass(frozen=True)
class Report:
    """What a build read and wrote: `parts` counts the lines of each kind, blank ones left out, and
    `cached` the dumps and texts that were known."""

    dump_count: int
    listing_count: int
    paper_count: int
    line_count: int
    parts: Mapping[str, int]
    claim_count: int
    rejected_count: int
    mention_count: int
    cached: int
    skipped: tuple[DumpError, ...]

    @classmethod
    def of(cls, intake: Intake, paper_count: int, tally: rows.Tally, cached: int) -> "Report":
        """Return it, for dumps that were taken in and the papers and facts that were written."""
        return cls(
            dump_count=len(intake.taken),
            listing_count=len(intake.listings),
            paper_count=paper_count,
            line_count=sum(one.dump.line_count for one in intake.taken),
            parts=sum((one.parts for one in intake.taken), Counter[str]()),
            claim_count=tally.facts["claims"],
            rejected_count=tally.facts["rejected"],
            mention_count=tally.facts["mentions"],
            cached=cached,
            skipped=tuple(intake.errors),
        )


def build(
    paths: Iterable[Path],
    target: Path,
    keep_going: bool,
    progress: Progress,
    means: Means,
    unusual: bool = False,
) -> Report:
    """Build a database from dump files and folders of them, and put it in place of `target`.

    The result is the same whatever the means. Texts wait on disk, beside the target. With
    `unusual`, the papers need not be like a usual sample of Daily Papers.

    Raises:
        UnreadableDumps: at least one dump could not be read, or with `keep_going` all of them.
        writer.WriteError, checks.CheckError: what was written does not hold; `target` stands.
        work.WorkError: a process was killed, or the cluster fails; `target` stands.
        OSError: the disk is full, or cannot be written; `target` stands.
    """
    try:
        files = dumps.find(map(Path.absolute, paths) if means.cluster else paths)
    except DumpError as error:
        raise UnreadableDumps([error]) from error
    beside = target.resolve().parent
    with (
        Spool(beside) as listings,
        Spool(beside) as in_order,
        Spool(beside) as digests,
        Spool(beside) as named,
        Cache(means.cache) as cache,
    ):
        intake = Intake(listings, in_order)
        with _readers(means, len(files) > _FEW_DUMPS) as hands, progress(files) as shown:
            intake.take(shown, cache, hands)
        if intake.errors and not (keep_going and intake.taken):
            raise UnreadableDumps(intake.errors)
        papers = intake.papers()
        with _readers(means, len(papers) > _FEW_PAPERS) as hands:
            registry = entities.register(_mentions(papers, digests, cache, hands), named)
        cache.flush()  # a build that is killed later leaves it to the next one
        cached = cache.found
        named.flush()
        tally, verify = rows.Tally(), partial(checks.require, unusual=unusual)
        with Spool(beside) as blocks:
            every = _Rows(intake, rows.Whole(papers, digests, registry), blocks, tally, means)
            writer.write(target, schema.TABLES, every, schema.MAJOR, verify)
    return Report.of(intake, len(papers), tally, cached)


def _readers(means: Means, are_many: bool) -> AbstractContextManager[Hands | None]:
    if means.cluster:
        return means.cluster()
    return workers.processes(means.workers if are_many else 1)


def _mentions(
    papers: Papers, digests: Spool, cache: Cache, hands: Hands | None
) -> Iterator[tuple[str, Sequence[Mention]]]:
    """Put the digest of every paper into the spool, and yield what the paper mentions."""
    waiting: deque[_Lot] = deque()

    def missing() -> Iterator[list[tuple[str, str]]]:
        for first in range(0, len(papers), _TEXTS):
            numbers = range(first, min(first + _TEXTS, len(papers)))
            waiting.append(_Lot.of(papers, numbers, cache))
            yield waiting[-1].missing

    for _, made in workers.each(
        hands, extraction.digests, missing(), lambda texts: None if texts else []
    ):
        lot = waiting.popleft()
        fresh = iter(made)
        for paper_id, key, known in lot.papers:
            found = known
            if found is None:
                found = next(fresh)
                cache.put(key, found)
            digests.add(found)
            yield paper_id, extraction.read_mentions(found)


@dataclass(frozen=True)
class _Lot:
    """Some papers: their ids, the keys of their texts, and what is known of them; and the texts of
    which nothing is."""

    papers: list[tuple[str, bytes, bytes | None]]
    missing: list[tuple[str, str]]

    @classmethod
    def of(cls, papers: Papers, numbers: range, cache: Cache) -> "_Lot":
        """Look papers up."""
        lot = cls([], [])
        for number in numbers:
            texts = papers.texts(number)
            key = key_of(b"text", *map(str.encode, texts))
            known = cache.get(key)
            lot.papers.append((papers.ids[number], key, known))
            if known is None:
                lot.missing.append(texts)
        return lot


@dataclass(frozen=True)
class _Rows:
    """The rows of every table, in lots as they are made: those of papers in the order of the ids of
    papers, those of other tables in the order of their keys."""

    intake: Intake
    whole: rows.Whole
    blocks: Spool
    tally: rows.Tally
    means: Means

    def __iter__(self) -> Iterator[writer.Rows]:
        """Yield them."""
        papers, entities = self.whole.papers, self.whole.entities
        yield rows.dump_rows(self.intake)
        yield from rows.vocabulary_rows()
        yield rows.entity_rows(entities)
        yield rows.listing_rows(self.intake, papers)
        neighbours = Neighbours(self.blocks)
        yield from self._papers(neighbours)
        found = self._nearest(neighbours.compared(), len(papers))
        yield schema.SimilarPaper, similar.similar_rows(papers.ids, found)
        listed = self.intake.organizations.listing(self.tally.organizations)
        yield rows.organization_rows(listed)
        yield rows.suggested_rows(self.tally, entities, listed)
        yield schema.BuildInfo, build_info.rows(self.intake, len(papers), self.tally.facts)

    def _papers(self, neighbours: Neighbours) -> Iterator[writer.Rows]:
        """Yield the rows of papers, and those that search reads of them."""
        count, index = len(self.whole.papers), Index()
        lots = [range(first, min(first + _PAPERS, count)) for first in range(0, count, _PAPERS)]

        def closed(block: Postings | None) -> Iterator[writer.Rows]:
            if block:
                neighbours.add(block)
                yield schema.SearchTerm, block.rows()

        self.whole.digests.flush()
        worker_count = self.means.workers if count > _FEW_PAPERS else 1
        with workers.processes(worker_count, partial(_hold, self.whole)) as hands:
            for _, written in workers.each(hands, _write, lots):
                self.tally.update(written.tally)
                for row_type in PAPER_TABLES:
                    yield row_type, written.rows[row_type.table.name]
                yield from closed(index.add(written.lot))
        _hold(None)
        yield from closed(index.rest())
        yield schema.SearchWord, index.word_rows()
        yield schema.SearchColumn, sorted(index.column_rows())

    def _nearest(self, compared: Compared, count: int) -> Iterator[Near]:
        lots = [range(first, min(first + _PAPERS, count)) for first in range(0, count, _PAPERS)]
        worker_count = self.means.workers if count > _FEW_PAPERS else 1
        with workers.processes(worker_count, partial(_hold, compared)) as hands:
            for _, found in workers.each(hands, _compare, lots):
                yield from found
        _hold(None)


_held: object = None  # what the process that this is works with


def _hold(held: object) -> None:
    global _held
    _held = held


def _write(numbers: range) -> rows.Written:
    assert isinstance(_held, rows.Whole)
    return _held.write(numbers)


def _compare(numbers: range) -> list[Near]:
    assert isinstance(_held, Compared)
    return list(similar.nearest(_held, numbers))
