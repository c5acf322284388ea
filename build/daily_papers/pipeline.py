"""The whole way on one page: read, identify, extract, store, publish."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from daily_papers import checks, dumps, facts, identity, rows, schema, store
from daily_papers.facts import links, registry
from daily_papers.records import Dump, DumpError, Facts, Paper

Given = TypeVar("Given")
Result = TypeVar("Result")
Progress = Callable[[Sequence[Path]], AbstractContextManager[Iterable[Path]]]


class UnreadableDumps(Exception):  # noqa: N818 - it names what it carries
    """Dumps that could not be read; nothing was built."""

    def __init__(self, errors: Sequence[DumpError]) -> None:
        """Take the errors, one a dump."""
        super().__init__(errors)
        self.errors = tuple(errors)


@dataclass(frozen=True)
class Report:
    """What a build read and wrote: `parts` counts the lines of each kind, blank ones left out."""

    dump_count: int
    listing_count: int
    paper_count: int
    line_count: int
    parts: Mapping[str, int]
    claim_count: int
    rejected_count: int
    mention_count: int
    skipped: tuple[DumpError, ...]


def build(
    paths: Iterable[Path], target: Path, keep_going: bool, progress: Progress, workers: int
) -> Report:
    """Build a database from dump files and folders of them, and put it in place of `target`.

    The result is the same whatever the number of `workers`, the processes that extract facts.

    Raises:
        UnreadableDumps: at least one dump could not be read, or with `keep_going` all of them.
        store.StoreError, checks.CheckError: what was written does not hold; `target` stands.
    """
    try:
        files = dumps.find(paths)
    except DumpError as error:
        raise UnreadableDumps([error]) from error
    with progress(files) as shown:
        read, errors = _read(shown)
    if errors and not (keep_going and read):
        raise UnreadableDumps(errors)
    catalogue = identity.identify(read)
    stated = _extract(catalogue.papers, workers)
    entities = registry.register(stated)
    every_row = {
        **rows.listing_rows(read, catalogue),
        **rows.stated_rows(catalogue.papers, stated, entities),
        **rows.search_rows(catalogue, stated, entities),
    }
    store.write(target, schema.TABLES, every_row, schema.VERSION, checks.require)
    parts = sum((_parts(dump) for dump in read), Counter[str]())
    return Report(
        dump_count=len(read),
        listing_count=len(catalogue.paper_ids),
        paper_count=len(catalogue.papers),
        line_count=sum(dump.line_count for dump in read),
        parts=parts,
        claim_count=sum(len(one.claims) for one in stated.values()),
        rejected_count=sum(len(one.rejected) for one in stated.values()),
        mention_count=sum(len(one.mentions) for one in stated.values()),
        skipped=tuple(errors),
    )


def _read(files: Iterable[Path]) -> tuple[list[Dump], list[DumpError]]:
    read: list[Dump] = []
    errors: list[DumpError] = []
    for file in files:
        try:
            dump = dumps.read(file)
            _account(file, dump)
            read.append(dump)
        except DumpError as error:
            errors.append(error)
    return read, errors


def _parts(dump: Dump) -> Counter[str]:
    parts = Counter(one.part for one in dump.furniture)
    parts["listings"] = sum(one.line_count for one in dump.listings)
    return parts


def _account(file: Path, dump: Dump) -> None:
    """Hold a reader to its promise that no line is lost."""
    accounted = _parts(dump).total()
    if accounted != dump.line_count:
        problem = f"only {accounted} of {dump.line_count} lines ended in a listing or the furniture"
        raise DumpError(str(file), None, problem)


_CHUNK = 128  # papers handed to a process at a time


def _extract(papers: Sequence[Paper], workers: int) -> dict[str, Facts]:
    """Return the facts of every paper by its id, with the links that listings name."""
    texts = [(paper.title, paper.abstract) for paper in papers]
    stated = _each_of(_extract_one, texts, workers)
    return {
        paper.id: replace(one, links=links.listed(one.links, paper.code_url, paper.project_url))
        for paper, one in zip(papers, stated, strict=True)
    }


def _extract_one(text: tuple[str, str]) -> Facts:
    return facts.extract(*text)


def _each_of(
    function: Callable[[Given], Result], items: Sequence[Given], workers: int
) -> Iterator[Result]:
    """Yield the function's result for each item; few items are not worth starting processes."""
    if workers > 1 and len(items) > _CHUNK:
        with ProcessPoolExecutor(min(workers, os.cpu_count() or 1)) as pool:
            yield from pool.map(function, items, chunksize=_CHUNK)
    else:
        yield from map(function, items)
