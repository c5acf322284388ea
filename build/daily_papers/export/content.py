"""Holds what an export describes: its tables as they were written, their metadata and origin."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from daily_papers.export.descriptions import Metadata
from daily_papers.export.table_files import ExportedTable

NAME = "daily-papers"


@dataclass(frozen=True)
class Publication:
    """Where and when an export is published, as far as the command says."""

    url: str | None = None
    day: date | None = None


@dataclass(frozen=True)
class Dataset:
    """An export; `build` is its table build_info."""

    publication: Publication
    metadata: Metadata
    tables: tuple[ExportedTable, ...]
    build: Mapping[str, str]

    @property
    def version(self) -> str:
        """The version of the data as in semantic versioning: the schema's, with a hash of the dumps
        as build metadata."""
        return f"{self.build['schema_version']}.0+dumps.{self.build['dumps_sha256'][:12]}"

    @property
    def paper_count(self) -> int:
        """The number of papers."""
        return next(table.row_count for table in self.tables if table.name == "papers")

    @property
    def citation(self) -> str:
        """How to cite the data, as BibTeX."""
        build, metadata = self.build, self.metadata
        return (
            f"@misc{{{NAME}-{build['dumps_sha256'][:12]},\n"
            f"  title = {{{metadata.title}}},\n"
            f"  version = {{{self.version}}},\n"
            f"{self._published()}"
            f"  note = {{{metadata.source} ({metadata.source_url}); {self.paper_count} papers"
            f" from {build['dump_count']} dumps with the SHA-256 {build['dumps_sha256']},"
            f" read by the rules {build['rules_hash']}}}\n"
            "}"
        )

    def _published(self) -> str:
        url, day = self.publication.url, self.publication.day
        year = f"  year = {{{day.year}}},\n" if day else ""
        return year + (f"  url = {{{url}}},\n" if url else "")
