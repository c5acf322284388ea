"""The house itself: packages import in one direction, each module has its own name and place, and
what is long says why."""

import ast
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "build" / "daily_papers"
GIVEN = ("score_facts.py", "score_search.py")  # measures, kept as they were given
MODULES = [
    path
    for folder in ("build", "plugins", "bench", "eval", "deploy")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if path.name not in GIVEN
]
SITE = ("plugins", "static", "templates")
# Each package may import from those below it only.
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
LONGEST_MODULE, LONGEST_FUNCTION = 300, 40  # lines
# Names that say nothing, or something else each time.
VAGUE = {"one", "found", "place", "mended", "lot", "given", "held"}
COLUMNS = {
    ("records", "found"),
    ("dump_view", "found"),
}  # what the public table `problems` calls it


def imports(path: Path) -> set[str]:
    """Return the packages that a module imports from."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "daily_papers":
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("daily_papers."):
            names.add(str(node.module).split(".")[1])
    return names


def assigned(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield every name that code gives to something, and the line."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name, node.lineno
            case ast.arg(arg=name) | ast.alias(asname=str(name)):
                yield name, node.lineno
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name, node.lineno
            case ast.ClassDef(name=name):
                yield name, node.lineno


def has_reason(lines: list[str], number: int) -> bool:
    """Tell whether the line before one is a comment, which says why what follows is long."""
    return number > 1 and lines[number - 2].lstrip().startswith("#")


def test_imports_run_down_the_house() -> None:
    for path in PACKAGE.rglob("*.py"):
        name = path.relative_to(PACKAGE).with_suffix("").parts[0]
        if name != "__init__":
            assert all(
                ORDER.index(other) > ORDER.index(name) for other in imports(path) - {name}
            ), path


def test_no_two_modules_share_a_name() -> None:
    names = Counter(path.stem for path in MODULES if path.stem != "__init__")
    assert [name for name, count in names.items() if count > 1] == []


def test_nothing_lies_loose_beside_the_packages() -> None:
    assert {path.stem for path in PACKAGE.glob("*.py")} == {"__init__", "records", "text"}
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert packages | {"records", "text"} == set(ORDER)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_is_long_has_a_reason_beside_it(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree, lines = ast.parse(source), source.splitlines()
    behind_docstring = tree.body[0].end_lineno or 0 if tree.body else 0
    is_explained = lines[behind_docstring + 1 :][:1] and lines[behind_docstring + 1].startswith(
        "# "
    )
    assert len(lines) <= LONGEST_MODULE or is_explained
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= LONGEST_FUNCTION or has_reason(lines, first), node.name


def test_names_say_what_a_thing_is() -> None:
    vague = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in MODULES
        for name, line in assigned(ast.parse(path.read_text(encoding="utf-8")))
        if name.strip("_") in VAGUE and (path.stem, name) not in COLUMNS
    ]
    assert vague == []


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
    assert packed == files_of(PACKAGE) | {f"{PACKAGE.name}/site/files/{name}" for name in site}


def test_no_file_that_pages_load_is_large() -> None:
    large = [path.name for path in (ROOT / "static").iterdir() if path.stat().st_size > 60_000]
    assert large == []


def test_the_page_about_the_layout_names_every_package_in_order() -> None:
    layout = (ROOT / "docs" / "layout.md").read_text(encoding="utf-8").split("\n## ")[0]
    offsets = [
        layout.index(f"`{name}.py`" if f"`{name}.py`" in layout else f"`{name}/`") for name in ORDER
    ]
    assert offsets == sorted(offsets)
    for folder in re.findall(r"`([a-z]+)/`", layout):
        assert (ROOT / folder).is_dir() or any(PACKAGE.glob(f"**/{folder}/")), folder
