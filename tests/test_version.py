"""Checks that the command, openapi.json and the changelog state the version of the package."""

import re
import subprocess
import tomllib

from packaging.version import Version

from tests.conftest import COMMAND, ROOT, Get

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def test_openapi_json_has_the_version_of_the_package(get: Get) -> None:
    assert get("/openapi.json").json()["info"]["version"] == VERSION


def test_the_command_says_the_version_of_the_package() -> None:
    done = subprocess.run([COMMAND, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"daily-papers, version {VERSION}\n"


def test_the_newest_heading_of_the_changelog_is_the_version_of_the_package() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", changelog, re.MULTILINE)
    releases = re.findall(r"^## (\d+\.\d+\.\d+) \((\d{4}-\d\d-\d\d)\)$", changelog, re.MULTILINE)
    versions, days = zip(*releases, strict=True)
    assert len(releases) == len(headings), "each has its day"
    assert versions[0] == VERSION
    assert list(versions) == sorted(versions, key=Version, reverse=True)
    assert list(days) == sorted(days, reverse=True)
