"""The seeds' database, open."""

from pathlib import Path

import pytest

from daily_papers.search.reader import Corpus


@pytest.fixture(scope="session")
def search_database(database: Path) -> Corpus:
    return Corpus(database)
