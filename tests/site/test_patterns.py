"""Regular expressions that see what visitors send: none takes the square of its length.

While Python matches one, nobody else is answered, and nothing can stop it.
"""

import importlib.util
import pkgutil
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from time import process_time
from types import ModuleType
from typing import Any

import datasette.facets
import datasette.filters
import datasette.utils
import pytest

import daily_papers
from daily_papers.site import compat
from tests.conftest import ROOT
from tests.growth import assert_linear

LENGTH = 1_000
LONG = 0.001  # seconds for a text of this length, for which its growth is looked at
STARTS = ("", "a", "-", "(", "/**/", "limit 1", "<a ")
UNITS = (
    *(" ", "\n", " \n", "a", "é", "1", "1 ", "1,", "1.", "a.", "a-", "a ", "A. ", "-", "- ", "--"),
    *(".", ",", '"', "'", "''", "(", "()", "[", "*", "/*", "/**/", "\\", "<", "<a ", "&", "%41"),
    *("#", "~", "_", "|", "a=", ":a", "year:", "$1", "://", "a/", "limit "),
)
ENDS = ("", "x", "!", "\n")
PARTS = ("site", "search", "text")  # of the package, which see what visitors send
METHODS = ("search", "match", "fullmatch", "sub", "split", "findall", "finditer")


def modules() -> Iterator[ModuleType]:
    for info in pkgutil.walk_packages(daily_papers.__path__, "daily_papers."):
        if info.name.split(".")[1] in PARTS and ".files" not in info.name:
            yield importlib.import_module(info.name)
    for file in sorted((ROOT / "plugins").glob("*.py")):
        spec = importlib.util.spec_from_file_location(file.stem, file)
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module
    yield from (datasette.utils, datasette.filters, datasette.facets)


def patterns_in(value: Any) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        yield from patterns_in(tuple(value.values()))
    elif isinstance(value, tuple | list):
        for part in value:
            yield from patterns_in(part)


def named() -> Iterator[tuple[str, re.Pattern[Any], set[str]]]:
    """Yield each pattern with a name, and the methods of it that its module calls."""
    compat.match_in_linear_time()
    for module in modules():
        source = Path(str(module.__file__)).read_text(encoding="utf-8")
        for name, value in sorted(vars(module).items()):
            called = set(re.findall(rf"\b{name}\.({'|'.join(METHODS)})\(", source))
            for pattern in patterns_in(value):
                yield f"{module.__name__}.{name}", pattern, called or {"search", "fullmatch"}


def assert_no_square(pattern: re.Pattern[Any], methods: set[str]) -> None:
    for start, unit, end in product(STARTS, UNITS, ENDS):

        def text(length: int, start: str = start, unit: str = unit, end: str = end) -> Any:
            made = start + unit * (length // len(unit)) + end
            return made.encode() if isinstance(pattern.pattern, bytes) else made

        for method in methods & {"match", "fullmatch"} or {"search"}:
            matching = getattr(pattern, method)
            began = process_time()
            matching(text(LENGTH))
            if process_time() - began > LONG:
                assert_linear(matching, text, LENGTH)


def test_no_pattern_takes_the_square_of_a_text() -> None:
    found = {name: (pattern, methods) for name, pattern, methods in named()}
    assert len(found) > 80
    for name, (pattern, methods) in found.items():
        try:
            assert_no_square(pattern, methods)
        except AssertionError:
            pytest.fail(f"{name} takes too long: {pattern.pattern}")


@pytest.mark.parametrize("pattern", [r"limit 1\s*;?\s*\Z", r"[0-9]+\.?[0-9]*\Z"])
def test_one_that_does_is_noticed(pattern: str) -> None:
    with pytest.raises(AssertionError):
        assert_no_square(re.compile(pattern), {"match"})
