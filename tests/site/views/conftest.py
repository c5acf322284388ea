"""The seeds' database, open."""

from pathlib import Path

import pytest

from daily_papers.search.reader import SearchDatabase


@pytest.fixture(scope="session")
def seeds(database: Path) -> SearchDatabase:
    return SearchDatabase(database)
