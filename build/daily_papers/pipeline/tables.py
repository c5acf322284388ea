"""Makes the rows of all tables in the order in which they are written, from the workfile."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from daily_papers.database import schema, writer
from daily_papers.papers.identity import Identified
from daily_papers.pipeline import build_info, rows, workers
from daily_papers.pipeline.intake import Intake
from daily_papers.pipeline.packing import decoder
from daily_papers.pipeline.rows import rows_of
from daily_papers.pipeline.workfile import Workfile
from daily_papers.records import Entity, Listing
from daily_papers.search import similar
from daily_papers.search.index import Index, Postings, title_row
from daily_papers.search.similar import Neighbours, SimilarPapers, TermVectors

_PAPERS = 256  # made into rows at a time; blocks of the index hold a whole number of these


@dataclass
class Tables:
    """The tables of a database, each with its rows, a batch at a time: those of papers in the order
    of the ids of papers, those of other tables in the order of their keys."""

    intake: Intake
    papers: Identified
    workfile: Workfile
    process_count: int
    has_vectors: bool
    tally: rows.Tally = field(default_factory=Counter)

    def __iter__(self) -> Iterator[writer.Rows]:
        """Yield tables with rows; a table may come several times."""
        neighbours = Neighbours(_Pieces(self.workfile))
        yield rows_of(schema.Dump, rows.dump_rows(self.intake.dumps))
        yield rows_of(schema.Problem, rows.problem_rows(self.intake.dumps))
        yield from rows.vocabulary_rows()
        entities = (schema.Entity(entity=entity) for entity, _ in self._entities())
        yield rows_of(schema.Entity, entities)
        yield rows_of(schema.Listing, self._listings())
        yield from self._paper_tables(neighbours)
        yield rows_of(schema.SearchVector, self._vectors())
        near = self._nearest(neighbours.term_vectors())
        yield schema.SimilarPaper, similar.similar_rows(self.papers.ids, near)
        handles = {handle for kind, handle in self.tally if kind == "organization"}
        organizations = self.intake.organizations.listing(handles)
        organization_rows = (schema.Organization(organization=item) for item in organizations)
        yield rows_of(schema.Organization, organization_rows)
        yield rows.suggested_rows(self.tally, self._entities(), organizations)
        paper_count = len(self.papers.ids)
        info = build_info.rows(self.intake, paper_count, self.tally, self.has_vectors)
        yield rows_of(schema.BuildInfo, info)

    def _entities(self) -> Iterator[tuple[Entity, int]]:
        """Yield the entities in the order of their ids, and how many papers mention each."""
        columns = "id, kind, name, family, paper_id, paper_count"
        for *values, paper_count in self.workfile.select(
            f"select {columns} from entities order by id"  # noqa: S608 - ours
        ):
            yield Entity(*values), paper_count

    def _listings(self) -> Iterator[schema.Listing]:
        """Yield the rows of listings, each as its dump has it."""
        paper_numbers = self.papers.paper_numbers()
        packed_listings = self.workfile.select("select as_listed from listings order by number")
        for taken in self.intake.dumps:
            for number in taken.listings:
                (packed,) = next(packed_listings)
                listing: Listing = decoder(Listing).decode(packed)
                yield schema.Listing(
                    dump_id=taken.dump.id,
                    rank=listing.rank,
                    paper_id=self.papers.ids[paper_numbers[number]],
                    title_as_listed=listing.title,
                    listing=listing,
                )

    def _paper_tables(self, neighbours: Neighbours) -> Iterator[writer.Rows]:
        """Yield the rows of papers and their facts, and of the search index."""
        index = Index()

        def closed(block: Postings | None) -> Iterator[writer.Rows]:
            if block:
                neighbours.add(block)
                yield schema.SearchTerm, block.rows()

        with workers.processes(self.process_count) as executor:
            for _, made in workers.map_ordered(executor, rows.batch_rows, self._batches()):
                self.tally.update(made.tally)
                yield from made.rows.items()
                yield from closed(index.add(made.indexed))
        yield from closed(index.rest())
        yield schema.SearchWord, index.word_rows()
        titles = title_row(self.papers.paper_numbers(), self.papers.title_hashes)
        yield schema.SearchColumn, sorted([*index.column_rows(), titles])

    def _vectors(self) -> Iterator[schema.SearchVector]:
        """Yield the rows of vectors; none if the build made none."""
        for number, vector in self.workfile.select("select * from vectors order by number"):
            yield schema.SearchVector(paper_id=self.papers.ids[number], vector=vector)

    def _batches(self) -> Iterator[rows.Batch]:
        """Yield papers with their extractions and entities, as workers make rows of them."""
        for numbers in self._ranges():
            span = numbers.start, numbers.stop
            papers = self.workfile.select(
                "select paper, extraction from papers join extractions using (number)"
                " where number >= ? and number < ? order by number",
                *span,
            )
            entities = self.workfile.select(
                "select distinct entities.* from mentions join entities using (key)"
                " where paper >= ? and paper < ?",
                *span,
            )
            entity_by_key = {key: Entity(*values) for key, *values, _ in entities}
            yield rows.Batch([*papers], entity_by_key)

    def _nearest(self, compared: TermVectors) -> Iterator[SimilarPapers]:
        """Yield the nearest neighbours of all papers."""
        with workers.processes(self.process_count, partial(_share, compared)) as executor:
            for _, near in workers.map_ordered(executor, _compare, self._ranges()):
                yield from near
        _share(None)

    def _ranges(self) -> list[range]:
        count = len(self.papers.ids)
        return [range(first, min(first + _PAPERS, count)) for first in range(0, count, _PAPERS)]


@dataclass
class _Pieces:
    """Pieces of the index by number, in the workfile: see `similar.Pieces`."""

    workfile: Workfile
    count: int = 0

    def append(self, piece: bytes) -> None:
        self.workfile.insert("blocks", [(self.count, piece)])
        self.count += 1

    def __getitem__(self, number: int) -> bytes:
        return self.workfile.blob("blocks", "piece", number)


_shared_state: TermVectors | None = None  # of this worker process, which compares papers


def _share(compared: TermVectors | None) -> None:
    global _shared_state
    _shared_state = compared


def _compare(numbers: range) -> list[SimilarPapers]:
    assert _shared_state is not None
    return list(similar.nearest(_shared_state, numbers))
