"""The house itself: imports run in one direction, and docs/layout.md names every place."""

import ast
import re
import zipfile
from pathlib import Path

from tests.conftest import ROOT

PACKAGE = ROOT / "build" / "daily_papers"
SITE = ("plugins", "static", "templates")
# Each place may import from those below it only.
ORDER = [
    "cli",
    "pipeline",
    "fetch",
    "export",
    "site",
    "search",
    "database",
    "dumps",
    "papers",
    "facts",
    "vocabulary",
    "text",
    "records",
]


def place(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "daily_papers":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("daily_papers."):
            found.add(str(node.module).split(".")[1])
    return found


def test_imports_run_down_the_house() -> None:
    for path in PACKAGE.rglob("*.py"):
        if path == PACKAGE / "__init__.py":
            continue
        here = place(path)
        assert all(ORDER.index(other) > ORDER.index(here) for other in imports(path) - {here}), path


def files_of(folder: Path) -> set[str]:
    """Return the paths of the files below a folder, relative to its parent."""
    return {
        path.relative_to(folder.parent).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_has_the_package_and_the_site_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    packed = {name for name in names if not name.split("/")[0].endswith(".dist-info")}
    site = {"metadata.yml"}.union(*(files_of(ROOT / name) for name in SITE))
    assert "static/vega.js" in site
    assert packed == files_of(PACKAGE) | {f"{PACKAGE.name}/site/files/{name}" for name in site}


def test_the_page_about_the_layout_names_every_place() -> None:
    layout = (ROOT / "docs" / "layout.md").read_text(encoding="utf-8").split("\n## ")[0]
    places = [
        layout.index(f"`{name}.py`" if f"`{name}.py`" in layout else f"`{name}/`") for name in ORDER
    ]
    assert places == sorted(places)
    for folder in re.findall(r"`([a-z]+)/`", layout):
        assert (ROOT / folder).is_dir() or any(PACKAGE.glob(f"**/{folder}/")), folder
