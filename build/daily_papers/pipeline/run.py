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
from daily_papers.pipeline import extraction, vectors, workers
from daily_papers.pipeline.cache import Cache, key_of
from daily_papers.pipeline.intake import Intake
from daily_papers.pipeline.packing import decoder, encode
from daily_papers.pipeline.tables import Tables
from daily_papers.pipeline.workers import Executor
from daily_papers.pipeline.workfile import Workfile
from daily_papers.records import DumpError, Mention, Paper

Progress = Callable[[Sequence[Path]], AbstractContextManager[Iterable[Path]]]
Cluster = Callable[[], AbstractContextManager[Executor]]

_FEW_DUMPS, _FEW_PAPERS = 8, 256  # up to these, starting processes costs more than it saves
_TEXTS = 64  # papers whose texts a worker gets at a time

_Text = tuple[int, str, str]  # the number of a paper, its title and its abstract


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
    left out, `problems` those of each action, and `cached` what was in the cache: dumps, texts and
    vectors."""

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
    with_vectors: bool = True,
) -> Report:
    """Build a database from dump files and folders of them, and put it in place of `target`.

    The result is the same whatever the resources (vectors: if processors are of one kind). With
    `unusual`, papers need not be like a usual sample of Daily Papers. With `strict`, dumps with
    problems count as unreadable. Without vectors, search ranks by words alone.

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
        cached = _read_dumps(files, intake, progress, resources)
        if intake.errors and not (keep_going and intake.dumps):
            raise UnreadableDumps(intake.errors)
        papers = intake.identify()
        if not papers.ids and writer.has_rows(target, schema.Paper.table):
            raise writer.WriteError(f"no dump has a paper: {target} stays as it is")
        cached += _extract_facts(papers, intake, workfile, resources)
        cached += _encode_texts(papers, workfile, resources) if with_vectors else 0
        _resolve_entities(papers, workfile)
        count = resources.processes(len(papers.ids) > _FEW_PAPERS)
        tables = Tables(intake, papers, workfile, count, with_vectors)
        verify = partial(checks.require, unusual=unusual)
        writer.write(target, schema.TABLES, tables, schema.MAJOR, verify)
    return _report(tables, cached)


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
    merged = enumerate(
        merge(paper_id, list(map(intake.listing, listings)))
        for paper_id, listings in zip(papers.ids, papers.groups(), strict=True)
    )

    def texts() -> Iterator[_Text]:
        for number, paper in merged:
            workfile.insert("papers", [(number, encode(paper))])
            yield number, paper.title, paper.abstract

    with Cache(resources.cache, "extraction") as cache:
        for number, packed in _made_of(texts(), extraction.extract_all, cache, papers, resources):
            workfile.insert("extractions", [(number, packed)])
            mentions = enumerate(extraction.unpack_mentions(packed))
            workfile.insert("mentions", (_mention_row(number, *mention) for mention in mentions))
    return cache.hit_count


def _mention_row(number: int, position: int, mention: Mention) -> tuple[object, ...]:
    naming = mention.key, mention.kind, mention.text, mention.family, mention.listed
    return number, position, *naming, mention.role == "introduced"


def _encode_texts(papers: Identified, workfile: Workfile, resources: Resources) -> int:
    """Put the vector of every paper into the workfile; return how many were in the cache."""

    def texts() -> Iterator[_Text]:
        for number, packed in workfile.select("select number, paper from papers order by number"):
            paper = decoder(Paper).decode(packed)
            yield number, paper.title, paper.abstract

    with Cache(resources.cache, "vectors") as cache:
        made = _made_of(texts(), vectors.encode_all, cache, papers, resources)
        workfile.insert("vectors", made)
    return cache.hit_count


def _made_of(
    texts: Iterator[_Text],
    function: Callable[[list[tuple[str, str]]], list[bytes]],
    cache: Cache,
    papers: Identified,
    resources: Resources,
) -> Iterator[tuple[int, bytes]]:
    """Yield the number of each text and what a function makes of it, in order; that is taken from
    the cache, or made by workers and put into it."""
    submitted: deque[list[tuple[int, bytes, bytes | None]]] = deque()

    def uncached() -> Iterator[list[tuple[str, str]]]:
        while batch := list(islice(texts, _TEXTS)):
            keys = [key_of(title.encode(), abstract.encode()) for _, title, abstract in batch]
            cached = list(map(cache.get, keys))
            numbers = (number for number, *_ in batch)
            submitted.append(list(zip(numbers, keys, cached, strict=True)))
            pairs = zip(batch, cached, strict=True)
            yield [(title, abstract) for (_, title, abstract), made in pairs if made is None]

    def nothing_to_make(batch: list[tuple[str, str]]) -> list[bytes] | None:
        return None if batch else []

    with resources.executor(len(papers.ids) > _FEW_PAPERS) as executor:
        for _, results in workers.map_ordered(executor, function, uncached(), nothing_to_make):
            made = iter(results)
            for number, key, cached in submitted.popleft():
                result = next(made) if cached is None else cached
                if cached is None:
                    cache.put(key, result)
                yield number, result


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
