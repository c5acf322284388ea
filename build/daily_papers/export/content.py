"""What an export has: its tables as they were written, what is said of them, and their origin."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from daily_papers.export.descriptions import Described
from daily_papers.export.table_files import Written

NAME = "daily-papers"


@dataclass(frozen=True)
class Issue:
    """Where and when an export is published, as far as its maker says so."""

    url: str | None = None
    day: date | None = None


@dataclass(frozen=True)
class Content:
    """All that the descriptions are made of; `build` is the table build_info."""

    issue: Issue
    said: Described
    tables: tuple[Written, ...]
    build: Mapping[str, str]

    @property
    def version(self) -> str:
        """The version of the data, as semantic versioning has it: the schema's, and a hash of the
        dumps as build metadata."""
        return f"{self.build['schema_version']}.0+dumps.{self.build['dumps_sha256'][:12]}"

    @property
    def paper_count(self) -> int:
        """How many papers there are."""
        return next(one.rows for one in self.tables if one.table.name == "papers")

    @property
    def citation(self) -> str:
        """How to cite the data, as BibTeX."""
        build = self.build
        return (
            f"@misc{{{NAME}-{build['dumps_sha256'][:12]},\n"
            f"  title = {{{self.said.title}}},\n"
            f"  version = {{{self.version}}},\n"
            f"{self._issued()}"
            f"  note = {{{self.said.source} ({self.said.source_url}); {self.paper_count} papers"
            f" from {build['dump_count']} dumps with the SHA-256 {build['dumps_sha256']},"
            f" read by the rules {build['rules_hash']}}}\n"
            "}"
        )

    def _issued(self) -> str:
        url, day = self.issue.url, self.issue.day
        year = f"  year = {{{day.year}}},\n" if day else ""
        return year + (f"  url = {{{url}}},\n" if url else "")
