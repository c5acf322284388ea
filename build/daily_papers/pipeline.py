"""The whole way on one page: read, identify, extract, store, publish."""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from daily_papers import checks, dumps, facts, identity, schema, store, vocabulary
from daily_papers.facts import registry
from daily_papers.facts.registry import Registry
from daily_papers.records import Catalogue, Dump, DumpError, Facts, Paper

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
    rows = {**_listing_rows(read, catalogue), **_fact_rows(catalogue.papers, stated)}
    store.write(target, schema.TABLES, rows, schema.VERSION, checks.require)
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
    """Return the facts of every paper by its id; few papers are not worth starting processes."""
    texts = [(paper.title, paper.abstract) for paper in papers]
    if workers > 1 and len(texts) > _CHUNK:
        with ProcessPoolExecutor(min(workers, os.cpu_count() or 1)) as pool:
            stated = list(pool.map(_extract_one, texts, chunksize=_CHUNK))
    else:
        stated = [_extract_one(text) for text in texts]
    return {paper.id: one for paper, one in zip(papers, stated, strict=True)}


def _extract_one(text: tuple[str, str]) -> Facts:
    return facts.extract(*text)


def _listing_rows(read: Sequence[Dump], catalogue: Catalogue) -> dict[str, Iterable[store.Row]]:
    return {
        "dumps": (_row(schema.DUMPS, one, listing_count=len(one.listings)) for one in read),
        "organizations": (_row(schema.ORGANIZATIONS, one) for one in catalogue.organizations),
        "authors": (),
        "authorships": (),
        "listings": (
            _row(
                schema.LISTINGS,
                listing,
                dump_id=dump.id,
                paper_id=catalogue.paper_ids[dump.id, listing.rank],
                title_as_listed=listing.title,
            )
            for dump in read
            for listing in dump.listings
        ),
    }


def _fact_rows(
    papers: Sequence[Paper], stated: Mapping[str, Facts]
) -> dict[str, Iterable[store.Row]]:
    entities = registry.register(stated)
    return {
        "papers": (_paper_row(one, stated[one.id], entities) for one in papers),
        "topics": (_row(schema.TOPICS, one) for one in vocabulary.TOPICS.all),
        "paper_topics": _each(schema.PAPER_TOPICS, stated, "topics"),
        "metrics": (_row(schema.METRICS, one) for one in vocabulary.METRICS.all),
        "claims": _each(schema.CLAIMS, stated, "claims"),
        "entities": (_row(schema.ENTITIES, one) for one in entities.entities),
        "mentions": (
            _row(
                schema.MENTIONS,
                mention,
                id=f"{paper_id}-{number}",
                paper_id=paper_id,
                entity_id=entities.by_key[mention.key].id,
            )
            for paper_id, one in stated.items()
            for number, mention in enumerate(one.mentions, 1)
        ),
        "links": _each(schema.LINKS, stated, "links"),
        "rejected_candidates": _each(schema.REJECTED_CANDIDATES, stated, "rejected"),
    }


def _each(table: store.Table, stated: Mapping[str, Facts], kind: str) -> Iterable[store.Row]:
    """Yield a row for every fact of a kind, numbered within its paper where the table has an id."""
    numbered = table.columns[0].name == "id"
    for paper_id, one in stated.items():
        for number, fact in enumerate(getattr(one, kind), 1):
            more = {"id": f"{paper_id}-{number}"} if numbered else {}
            yield _row(table, fact, paper_id=paper_id, **more)


def _paper_row(paper: Paper, stated: Facts, entities: Registry) -> store.Row:
    named = [entities.by_key[one.key] for one in stated.mentions if one.role != "introduced"]
    return _row(
        schema.PAPERS,
        paper,
        name=stated.name,
        type=stated.type,
        has_code=any(link.kind == "code" for link in stated.links),
        topics=_array(topic.topic_id for topic in stated.topics),
        hardware=_array(one.name for one in named if one.kind == "hardware"),
        models=_array(one.name for one in named if one.kind == "model"),
    )


def _array(values: Iterable[str]) -> str:
    return json.dumps(sorted(set(values)), ensure_ascii=False)


def _row(table: store.Table, record: object, **more: object) -> store.Row:
    """Take a table's columns from what is given by name, and else from a record."""
    names = [column.name for column in table.columns]
    return {name: more[name] if name in more else getattr(record, name) for name in names}
