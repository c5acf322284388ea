"""Runs every stage of a build in order: read, identify, merge, extract, resolve, write, publish."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from itertools import islice, starmap
from pathlib import Path

from msgspec.structs import astuple

from daily_papers import dumps
from daily_papers.database import checks, schema, writer
from daily_papers.papers.entities import Naming, resolve
from daily_papers.papers.identity import Identified
from daily_papers.papers.merging import merge
from daily_papers.pipeline import extraction, workers
from daily_papers.pipeline.cache import Cache, key_of
from daily_papers.pipeline.intake import Intake
from daily_papers.pipeline.packing import encode
from daily_papers.pipeline.tables import Tables
from daily_papers.pipeline.workers import Executor
from daily_papers.pipeline.workfile import Workfile
from daily_papers.records import DumpError

Progress = Callable[[Sequence[Path]], AbstractContextManager[Iterable[Path]]]
Cluster = Callable[[], AbstractContextManager[Executor]]

_FEW_DUMPS, _FEW_PAPERS = 8, 256  # up to these, starting processes costs more than it saves
_TEXTS = 64  # papers whose texts a worker gets at a time

# The number of a paper, the key of its texts, and its packed extraction if that is in the cache.
_Text = tuple[int, bytes, bytes | None]


class UnreadableDumps(Exception):  # noqa: N818 - it names what it carries
    """Dumps that could not be read; nothing was built."""

    def __init__(self, errors: Sequence[DumpError]) -> None:
        """Take the errors, one per dump."""
        super().__init__(errors)
        self.errors = tuple(errors)


@dataclass(frozen=True)
class Resources:
    """What a build may use: the number of processes on this machine, the folder of the cache (None
    for no cache), and a function that connects to a cluster (None for none). A cluster reads dumps,
    which it needs absolute paths for, and texts."""

    workers: int
    cache: Path | None
    cluster: Cluster | None = None

    def executor(self, are_many: bool) -> AbstractContextManager[Executor | None]:
        """Return the workers that read dumps or texts; None is this process."""
        return self.cluster() if self.cluster else workers.processes(self.processes(are_many))

    def processes(self, are_many: bool) -> int:
        """Return how many processes are worth starting."""
        return self.workers if are_many else 1


@dataclass(frozen=True)
class Report:
    """What a build read and wrote: `parts` counts the lines of each part of the pages, blank lines
    left out, `problems` those of each action, and `cached` the dumps and texts in the cache."""

    dump_count: int
    listing_count: int
    paper_count: int
    line_count: int
    parts: Mapping[str, int]
    problems: Mapping[str, int]
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
    strict: bool = False,
) -> Report:
    """Build a database from dump files and folders of them, and put it in place of `target`.

    The result is the same whatever the resources. Intermediate results are on disk, beside the
    target. With `unusual`, the papers need not be like a usual sample of Daily Papers. With
    `strict`, a dump with problems counts as one that cannot be read.

    Raises:
        UnreadableDumps: at least one dump could not be read, or with `keep_going` all of them.
        writer.WriteError, checks.CheckError: what was written does not hold, or there is no paper
            though `target` has some; `target` stands.
        workers.WorkError: a process was killed, or the cluster fails; `target` stands.
        OSError: the disk is full, or cannot be written; `target` stands.
    """
    files = _find_dumps(paths, resources)
    with Workfile(target.resolve().parent) as workfile:
        intake = Intake(workfile, strict)
        cached_dumps = _read_dumps(files, intake, progress, resources)
        if intake.errors and not (keep_going and intake.dumps):
            raise UnreadableDumps(intake.errors)
        papers = intake.identify()
        if not papers.ids and writer.has_rows(target, schema.Paper.table):
            raise writer.WriteError(f"no dump has a paper: {target} stays as it is")
        cached_texts = _extract_facts(papers, intake, workfile, resources)
        _resolve_entities(papers, workfile)
        process_count = resources.processes(len(papers.ids) > _FEW_PAPERS)
        tables = Tables(intake, papers, workfile, process_count)
        verify = partial(checks.require, unusual=unusual)
        writer.write(target, schema.TABLES, tables, schema.MAJOR, verify)
    return _report(tables, cached_dumps + cached_texts)


def _find_dumps(paths: Iterable[Path], resources: Resources) -> list[Path]:
    try:
        return dumps.find(map(Path.absolute, paths) if resources.cluster else paths)
    except DumpError as error:
        raise UnreadableDumps([error]) from error


def _read_dumps(
    files: Sequence[Path], intake: Intake, progress: Progress, resources: Resources
) -> int:
    """Read dumps and clean their listings; return how many dumps were in the cache."""
    with (
        Cache(resources.cache, "reading") as cache,
        resources.executor(len(files) > _FEW_DUMPS) as executor,
        progress(files) as shown_files,
    ):
        intake.take(shown_files, cache, executor)
    return cache.hit_count


def _extract_facts(
    papers: Identified, intake: Intake, workfile: Workfile, resources: Resources
) -> int:
    """Put every paper, its extraction and its mentions into the workfile; return how many texts
    were in the cache."""
    numbered_papers = enumerate(
        merge(paper_id, list(map(intake.listing, listings)))
        for paper_id, listings in zip(papers.ids, papers.groups(), strict=True)
    )
    submitted: deque[list[_Text]] = deque()

    def uncached_texts() -> Iterator[list[tuple[str, str]]]:
        while batch := list(islice(numbered_papers, _TEXTS)):
            workfile.insert("papers", ((number, encode(paper)) for number, paper in batch))
            texts = [(paper.title, paper.abstract) for _, paper in batch]
            keys = [key_of(title.encode(), abstract.encode()) for title, abstract in texts]
            cached = list(map(cache.get, keys))
            numbers = (number for number, _ in batch)
            submitted.append(list(zip(numbers, keys, cached, strict=True)))
            yield [text for text, packed in zip(texts, cached, strict=True) if packed is None]

    def nothing_to_extract(texts: list[tuple[str, str]]) -> list[bytes] | None:
        return None if texts else []

    with (
        Cache(resources.cache, "extraction") as cache,
        resources.executor(len(papers.ids) > _FEW_PAPERS) as executor,
    ):
        for _, extractions in workers.map_ordered(
            executor, extraction.extract_all, uncached_texts(), nothing_to_extract
        ):
            _store_extractions(submitted.popleft(), iter(extractions), workfile, cache)
    return cache.hit_count


def _store_extractions(
    batch: Iterable[_Text], extracted: Iterator[bytes], workfile: Workfile, cache: Cache
) -> None:
    """Put packed extractions and their mentions into the workfile, and new ones into the cache."""
    mentions = []
    for number, key, cached in batch:
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
    """Put the entities that papers mention into the workfile, in one sorted pass over mentions."""
    columns = "key, paper, kind, name, family, is_listed, is_introduced"
    sql = f"select {columns} from mentions order by key, paper, position"  # noqa: S608 - ours
    mentions = starmap(Naming, workfile.select(sql))
    resolved = resolve(mentions, papers.ids)
    rows = ((key, *astuple(entity), paper_count) for key, entity, paper_count in resolved)
    workfile.insert("entities", rows)


def _report(tables: Tables, cached: int) -> Report:
    intake, tally = tables.intake, tables.tally
    return Report(
        dump_count=len(intake.dumps),
        listing_count=intake.listing_count,
        paper_count=len(tables.papers.ids),
        line_count=sum(taken.dump.line_count for taken in intake.dumps),
        parts=sum((taken.parts for taken in intake.dumps), Counter[str]()),
        problems=Counter(
            problem.action for taken in intake.dumps for problem in taken.dump.problems
        ),
        claim_count=tally["facts", "claims"],
        rejected_count=tally["facts", "rejected"],
        mention_count=tally["facts", "mentions"],
        cached=cached,
        skipped=tuple(intake.errors),
    )
