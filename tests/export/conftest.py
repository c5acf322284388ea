"""What these tests share: a database in which every table has rows, and its export."""

import sys
from datetime import date
from pathlib import Path

import jsonpath_ng.lexer
import pytest

from daily_papers.export import Dataset, Publication, export
from tests import api_answers
from tests.conftest import ROOT, build

# mlcroissant asks for jsonpath-rw, which has no wheel; jsonpath-ng is the fork of it that is kept.
sys.modules.setdefault("jsonpath_rw", jsonpath_ng)

PUBLICATION = Publication("https://example.org/daily-papers", date(2026, 8, 22))


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seeds, which have no authors, with an answer that has them, links and organizations, and
    a problem."""
    folder = tmp_path_factory.mktemp("full")
    faulty = api_answers.new(2, upvotes="many")
    records = api_answers.answer([api_answers.new(0), api_answers.new(1), faulty])
    (folder / "answer.json").write_text(records, encoding="utf-8")
    return build(folder / "papers.db", ROOT / "seeds", folder / "answer.json")


@pytest.fixture(scope="session")
def exported(full: Path) -> Path:
    """The folder of its export."""
    export(full, full.parent / "export", ROOT / "metadata.yml", PUBLICATION)
    return full.parent / "export"


@pytest.fixture(scope="session")
def dataset(full: Path, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """An export without an address and a day of publication."""
    folder = tmp_path_factory.mktemp("dataset") / "export"
    return export(full, folder, ROOT / "metadata.yml", Publication())
