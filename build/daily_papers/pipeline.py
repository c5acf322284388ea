"""The whole way on one page: read, identify, store, publish."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from daily_papers import checks, dumps, identity, schema, store
from daily_papers.records import Catalogue, Dump, DumpError

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
    skipped: tuple[DumpError, ...]


def build(paths: Iterable[Path], target: Path, keep_going: bool, progress: Progress) -> Report:
    """Build a database from dump files and folders of them, and put it in place of `target`.

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
    store.write(target, schema.TABLES, _rows(read, catalogue), schema.VERSION, checks.require)
    parts = sum((_parts(dump) for dump in read), Counter[str]())
    return Report(
        dump_count=len(read),
        listing_count=len(catalogue.paper_ids),
        paper_count=len(catalogue.papers),
        line_count=sum(dump.line_count for dump in read),
        parts=parts,
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


def _rows(read: Sequence[Dump], catalogue: Catalogue) -> dict[str, Iterable[store.Row]]:
    return {
        "dumps": (_row(schema.DUMPS, one, listing_count=len(one.listings)) for one in read),
        "organizations": (_row(schema.ORGANIZATIONS, one) for one in catalogue.organizations),
        "authors": (),
        "papers": (_row(schema.PAPERS, one) for one in catalogue.papers),
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


def _row(table: store.Table, record: object, **more: object) -> store.Row:
    """Take a table's columns from what is given by name, and else from a record."""
    names = [column.name for column in table.columns]
    return {name: more[name] if name in more else getattr(record, name) for name in names}
