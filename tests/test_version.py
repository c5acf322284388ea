"""The version of the package is one and the same wherever it is said."""

import re
import subprocess
import tomllib
from collections.abc import Callable

import httpx

from tests.conftest import COMMAND, ROOT

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def test_openapi_json_has_the_version_of_the_package(get: Callable[..., httpx.Response]) -> None:
    assert get("/openapi.json").json()["info"]["version"] == VERSION


def test_the_command_says_the_version_of_the_package() -> None:
    done = subprocess.run([COMMAND, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"daily-papers, version {VERSION}\n"


def test_the_newest_heading_of_the_changelog_is_the_version_of_the_package() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", changelog, re.MULTILINE)
    releases = [re.fullmatch(r"(\d+\.\d+\.\d+) \((\d{4}-\d\d-\d\d)\)", line) for line in headings]
    versions = [release[1] for release in releases if release]
    days = [release[2] for release in releases if release]
    assert len(versions) == len(days) == len(headings), "each has its day"
    assert versions[0] == VERSION
    assert versions == sorted(versions, key=numbers, reverse=True)
    assert days == sorted(days, reverse=True)


def numbers(version: str) -> list[int]:
    return [int(one) for one in version.split(".")]
