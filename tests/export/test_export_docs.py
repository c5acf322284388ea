"""docs/data.md: its Python works as it is written, and its policy names what there is."""

import re
import shutil
import sys
from pathlib import Path

import pytest

from daily_papers.database import schema
from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize("code", PYTHON, ids=lambda code: code.split()[1])
def test_python_works_as_written(
    full: Path,
    exported: Path,
    tmp_path: Path,
    code: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In the folder of the export; what names the repository's folders, in one that has them."""
    shutil.copy(full, tmp_path / "papers.db")
    for name, target in (("export", exported), ("plugins", ROOT / "plugins")):
        (tmp_path / name).symlink_to(target)
    monkeypatch.chdir(tmp_path if "plugins" in code else exported)
    monkeypatch.setattr(sys, "path", [*sys.path])
    exec(compile(code, "data.md", "exec"), {})
    assert capsys.readouterr().out.strip()


def test_what_is_left_out_is_named() -> None:
    inner = {table.name for table in schema.TABLES if table.name.startswith("search_")}
    assert inner == set(re.findall(r"`(search_[a-z]+)`", TEXT)) - {"search_papers"}


def test_every_file_of_an_export_is_named(exported: Path) -> None:
    named = TEXT.split("## What is in it")[1].split("\n## ")[0]
    for path in exported.iterdir():
        assert f"`{path.name}" in named, path.name


def test_the_docs_and_the_card_load_the_same_files(exported: Path) -> None:
    shown = (exported / "README.md").read_text(encoding="utf-8")
    loaded = set(re.findall(r'"((?:parquet|csv)/[^"]+|[a-z]+\.json)"', TEXT + shown))
    assert loaded
    for path in loaded:
        assert (exported / path).is_file(), path
