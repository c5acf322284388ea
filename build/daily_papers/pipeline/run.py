"""Runs every stage of a build in order: read, clean, identify, merge, extract, write, publish."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice, starmap
from pathlib import Path

from msgspec.structs import astuple

from daily_papers import dumps
from daily_papers.database import checks, schema, writer
from daily_papers.papers.entities import Naming, resolve
from daily_papers.papers.identity import Identified
from daily_papers.papers.merging import merge
from daily_papers.pipeline import build_info, extraction, rows, workers
from daily_papers.pipeline.cache import Cache, key_of
from daily_papers.pipeline.intake import Intake
from daily_papers.pipeline.packing import decoder, encode
from daily_papers.pipeline.workers import Executor
from daily_papers.pipeline.workfile import Workfile
from daily_papers.records import DumpError, Entity, Listing, Paper
from daily_papers.search import similar
from daily_papers.search.index import Index, Postings
from daily_papers.search.similar import Compared, Near, Neighbours

Progress = Callable[[Sequence[Path]], AbstractContextManager[Iterable[Path]]]
Cluster = Callable[[], AbstractContextManager[Executor]]

_FEW_DUMPS, _FEW_PAPERS = 8, 256  # that are not worth other processes
_TEXTS = 64  # papers whose texts a process gets at a time
_PAPERS = 256  # made into rows at a time; blocks of the index hold a whole number of these


class UnreadableDumps(Exception):  # noqa: N818 - it names what it carries
    """Dumps that could not be read; nothing was built."""

    def __init__(self, errors: Sequence[DumpError]) -> None:
        """Take the errors, one a dump."""
        super().__init__(errors)
        self.errors = tuple(errors)


@dataclass(frozen=True)
class Resources:
    """What a build may use: how many processes here, the folder of the cache, if any, and a
    function that connects to a cluster, if any, which reads dumps (by whole paths) and texts."""

    workers: int
    cache: Path | None
    cluster: Cluster | None = None

    def executor(self, are_many: bool) -> AbstractContextManager[Executor | None]:
        """Return what reads."""
        return self.cluster() if self.cluster else workers.processes(self.processes(are_many))

    def processes(self, are_many: bool) -> int:
        """Return how many processes are worth starting."""
        return self.workers if are_many else 1


@dataclass(frozen=True)
class Report:
    """What a build read and wrote: `parts` counts the lines of each kind, blank ones left out, and
    `cached` the dumps and texts that were in the cache."""

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


def build(
    paths: Iterable[Path],
    target: Path,
    keep_going: bool,
    progress: Progress,
    resources: Resources,
    unusual: bool = False,
) -> Report:
    """Build a database from dump files and folders of them, and put it in place of `target`.

    The result is the same whatever the resources. What waits is on disk, beside the target. With
    `unusual`, the papers need not be like a usual sample of Daily Papers.

    Raises:
        UnreadableDumps: at least one dump could not be read, or with `keep_going` all of them.
        writer.StoreError, checks.CheckError: what was written does not hold; `target` stands.
        workers.WorkError: a process was killed, or the cluster fails; `target` stands.
        OSError: the disk is full, or cannot be written; `target` stands.
    """
    try:
        files = dumps.find(map(Path.absolute, paths) if resources.cluster else paths)
    except DumpError as error:
        raise UnreadableDumps([error]) from error
    with Workfile(target.resolve().parent) as workfile:
        intake = Intake(workfile)
        with (
            Cache(resources.cache, "reading") as cache,
            resources.executor(len(files) > _FEW_DUMPS) as executor,
            progress(files) as shown_files,
        ):
            intake.take(shown_files, cache, executor)
        if intake.errors and not (keep_going and intake.dumps):
            raise UnreadableDumps(intake.errors)
        papers = intake.identify()
        cached = cache.hit_count
        with (
            Cache(resources.cache, "extraction") as cache,
            resources.executor(len(papers.ids) > _FEW_PAPERS) as executor,
        ):
            _extract(_merged(papers, intake), workfile, cache, executor)
        _resolve_entities(papers, workfile)
        tables = _Tables(intake, papers, workfile, resources)
        verify = partial(checks.require, unusual=unusual)
        writer.write(target, schema.TABLES, tables, schema.MAJOR, verify)
    return Report(
        dump_count=len(intake.dumps),
        listing_count=intake.listing_count,
        paper_count=len(papers.ids),
        line_count=sum(taken.dump.line_count for taken in intake.dumps),
        parts=sum((taken.parts for taken in intake.dumps), Counter[str]()),
        claim_count=tables.tally.facts["claims"],
        rejected_count=tables.tally.facts["rejected"],
        mention_count=tables.tally.facts["mentions"],
        cached=cached + cache.hit_count,
        skipped=tuple(intake.errors),
    )


def _merged(papers: Identified, intake: Intake) -> Iterator[tuple[int, Paper]]:
    """Yield each paper and its number."""
    for number, (paper_id, listings) in enumerate(zip(papers.ids, papers.groups(), strict=True)):
        yield number, merge(paper_id, list(map(intake.listing, listings)))


def _extract(
    papers: Iterator[tuple[int, Paper]], workfile: Workfile, cache: Cache, executor: Executor | None
) -> None:
    """Put every paper, what it states and what it mentions into the workfile."""
    waiting: deque[_TextBatch] = deque()

    def unknown_texts() -> Iterator[list[tuple[str, str]]]:
        while batch := list(islice(papers, _TEXTS)):
            waiting.append(_TextBatch.of(batch, cache))
            workfile.insert("papers", ((number, encode(paper)) for number, paper in batch))
            yield waiting[-1].unknown

    def nothing(texts: list[tuple[str, str]]) -> list[bytes] | None:
        return None if texts else []

    extract = extraction.extract_all
    for _, extracted in workers.map_ordered(executor, extract, unknown_texts(), nothing):
        _keep(waiting.popleft(), iter(extracted), workfile, cache)


@dataclass
class _TextBatch:
    """The numbers of some papers, each with the key of its texts and what is cached of them; and
    the texts of which nothing is."""

    papers: list[tuple[int, bytes, bytes | None]] = field(default_factory=list)
    unknown: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, papers: Iterable[tuple[int, Paper]], cache: Cache) -> "_TextBatch":
        """Look papers up."""
        batch = cls()
        for number, paper in papers:
            key = key_of(paper.title.encode(), paper.abstract.encode())
            cached = cache.get(key)
            batch.papers.append((number, key, cached))
            if cached is None:
                batch.unknown.append((paper.title, paper.abstract))
        return batch


def _keep(batch: _TextBatch, extracted: Iterator[bytes], workfile: Workfile, cache: Cache) -> None:
    """Put what papers state into the workfile, and what was not there into the cache."""
    mentions = []
    for number, key, cached in batch.papers:
        packed = cached
        if packed is None:
            packed = next(extracted)
            cache.put(key, packed)
        workfile.insert("extractions", [(number, packed)])
        for position, mention in enumerate(extraction.unpack_mentions(packed)):
            naming = mention.key, mention.kind, mention.text, mention.family, mention.listed
            mentions.append((number, position, *naming, mention.role == "introduced"))
    workfile.insert("mentions", mentions)


def _resolve_entities(papers: Identified, workfile: Workfile) -> None:
    """Put the entities that papers mention into the workfile."""
    columns = "key, paper, kind, name, family, is_listed, is_introduced"
    sql = f"select {columns} from mentions order by key, paper, position"  # noqa: S608 - ours
    mentions = starmap(Naming, workfile.select(sql))
    workfile.insert(
        "entities",
        (
            (key, *astuple(entity), paper_count)
            for key, entity, paper_count in resolve(mentions, papers.ids)
        ),
    )


@dataclass
class _Tables:
    """Makes the rows of every table, in batches: those of papers in the order of the ids of papers,
    those of other tables in the order of their keys."""

    intake: Intake
    papers: Identified
    workfile: Workfile
    resources: Resources
    tally: rows.Tally = field(default_factory=rows.Tally)

    def __iter__(self) -> Iterator[writer.Rows]:
        """Yield them."""
        neighbours = Neighbours(_Blocks(self.workfile))
        yield rows.dump_rows(self.intake.dumps)
        yield from rows.vocabulary_rows()
        yield rows.entity_rows(entity for entity, _ in self._entities())
        yield rows.listing_rows(self._listings())
        yield from self._papers(neighbours)
        near = self._nearest(neighbours.compared())
        yield schema.SIMILAR_PAPERS, similar.similar_rows(self.papers.ids, near)
        organizations = self.intake.organizations.listing(self.tally.organizations)
        yield rows.organization_rows(organizations)
        yield rows.suggested_rows(self.tally, self._entities(), organizations)
        paper_count = len(self.papers.ids)
        yield schema.BUILD_INFO, build_info.rows(self.intake, paper_count, self.tally.facts)

    def _entities(self) -> Iterator[tuple[Entity, int]]:
        """Yield the entities in the order of their ids, and how many papers mention each."""
        columns = "id, kind, name, family, paper_id, paper_count"
        for *values, paper_count in self.workfile.select(
            f"select {columns} from entities order by id"  # noqa: S608 - ours
        ):
            yield Entity(*values), paper_count

    def _listings(self) -> Iterator[tuple[str, str, Listing]]:
        """Yield the id of its dump, the id of its paper, and what a dump says of each listing."""
        paper_numbers = self.papers.paper_numbers()
        places = self.workfile.select("select place from listings order by number")
        for taken in self.intake.dumps:
            for number, (place,) in zip(taken.listings, places, strict=False):
                listing = decoder(Listing).decode(place)
                yield taken.dump.id, self.papers.ids[paper_numbers[number]], listing

    def _papers(self, neighbours: Neighbours) -> Iterator[writer.Rows]:
        """Yield the rows of papers, and those that search reads of them."""
        index = Index()

        def closed(block: Postings | None) -> Iterator[writer.Rows]:
            if block:
                neighbours.add(block)
                yield schema.SEARCH_TERMS, block.rows()

        with workers.processes(self._process_count()) as executor:
            for _, made in workers.map_ordered(executor, rows.batch_rows, self._batches()):
                self.tally.update(made.tally)
                for table in rows.PAPER_TABLES:
                    yield table, made.rows[table.name]
                yield from closed(index.add(made.indexed))
        yield from closed(index.rest())
        yield schema.SEARCH_WORDS, index.word_rows()
        yield schema.SEARCH_COLUMNS, sorted(index.column_rows())

    def _batches(self) -> Iterator[rows.Batch]:
        for numbers in self._ranges():
            span = numbers.start, numbers.stop
            papers = self.workfile.select(
                "select paper from papers where number >= ? and number < ? order by number", *span
            )
            extractions = self.workfile.select(
                "select extraction from extractions where number >= ? and number < ?"
                " order by number",
                *span,
            )
            entities = self.workfile.select(
                "select distinct entities.* from mentions join entities using (key)"
                " where paper >= ? and paper < ?",
                *span,
            )
            yield rows.Batch(
                [paper for (paper,) in papers],
                [packed for (packed,) in extractions],
                {key: Entity(*values) for key, *values, _ in entities},
            )

    def _nearest(self, compared: Compared) -> Iterator[Near]:
        with workers.processes(self._process_count(), partial(_share, compared)) as executor:
            for _, near in workers.map_ordered(executor, _compare, self._ranges()):
                yield from near
        _share(None)

    def _ranges(self) -> list[range]:
        count = len(self.papers.ids)
        return [range(first, min(first + _PAPERS, count)) for first in range(0, count, _PAPERS)]

    def _process_count(self) -> int:
        return self.resources.processes(len(self.papers.ids) > _FEW_PAPERS)


@dataclass
class _Blocks:
    """Pieces of the index, by number, in the workfile."""

    workfile: Workfile
    count: int = 0

    def append(self, piece: bytes) -> None:
        self.workfile.insert("blocks", [(self.count, piece)])
        self.count += 1

    def __getitem__(self, number: int) -> bytes:
        return self.workfile.blob("blocks", "piece", number)


_shared_state: Compared | None = None  # of the processes that look for neighbours


def _share(compared: Compared | None) -> None:
    global _shared_state
    _shared_state = compared


def _compare(numbers: range) -> list[Near]:
    assert _shared_state is not None
    return list(similar.nearest(_shared_state, numbers))
