"""Writes what the site runs with, as a bill of materials of CycloneDX: each package with its
version, the hashes of its files, and its licence.

    python deploy/sbom.py > sbom.cdx.json

The packages are those of requirements/serve.txt that are installed here; their licences are what
they say themselves. The same packages give the same bytes: it has no time and no number of its own.
"""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

SERVED = Path(__file__).resolve().parent.parent / "requirements" / "serve.txt"


@dataclass(frozen=True)
class Pin:
    """A package at a version, and the SHA-256 of each of its files."""

    name: str
    version: str
    hashes: tuple[str, ...]


def pins(requirements: Path) -> Iterator[Pin]:
    """Yield the packages of a file that uv wrote, each with its hashes in the lines below it."""
    for entry in re.split(r"\n(?=\S)", requirements.read_text(encoding="utf-8").rstrip()):
        name, version = re.split(r"==|[ ;]", entry, maxsplit=2)[:2]
        yield Pin(
            name, version.rstrip("\n"), tuple(re.findall(r"--hash=sha256:([0-9a-f]+)", entry))
        )


def stated_licences(package: Distribution) -> list[str]:
    """Return the licences that a package states: an SPDX expression, or else names of any kind."""
    metadata = package.metadata
    if expression := metadata.get("License-Expression"):
        return [expression]
    classifiers = metadata.get_all("Classifier") or []
    names = [name.rpartition(" :: ")[2] for name in classifiers if name.startswith("License :: ")]
    return names or metadata.get("License", "").splitlines()[:1]


def component(pin: Pin, package: Distribution) -> dict[str, Any]:
    """Return a package as CycloneDX has it."""
    licences = stated_licences(package)
    if "License-Expression" in package.metadata:
        choices = [{"expression": licences[0]}]
    else:
        choices = [{"license": {"name": name}} for name in licences]
    return {
        "type": "library",
        "name": pin.name,
        "version": pin.version,
        "purl": f"pkg:pypi/{pin.name}@{pin.version}",
        "hashes": [{"alg": "SHA-256", "content": content} for content in pin.hashes],
        "licenses": choices,
    }


def bill_of_materials() -> str:
    """Return the bill as JSON."""
    site = distribution("daily-papers")
    served = []
    for pin in pins(SERVED):
        try:
            package = distribution(pin.name)
        except PackageNotFoundError:  # it is for other systems
            continue
        if package.version == pin.version:  # else it is for other versions of Python
            served.append(component(pin, package))
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "name": "daily-papers", "version": site.version}
        },
        "components": served,
    }
    return json.dumps(bill, indent=1) + "\n"


if __name__ == "__main__":
    sys.stdout.write(bill_of_materials())
