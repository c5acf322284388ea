"""What tests of fetching share: a service that misbehaves, and the command that asks it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from daily_papers.fetch.client import Service
from tests import misbehaving_service as service
from tests.conftest import daily_papers, run_in_thread
from tests.misbehaving_service import DAY, Stub

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
SIZE = 200_000


@pytest.fixture
def stub() -> Iterator[Stub]:
    with service.misbehaving() as server:
        yield server


class Fetch:
    """The command in this process; it notes its waits instead of waiting."""

    def __init__(self, stub: Stub, folder: Path) -> None:
        self.stub, self.folder, self.now = stub, folder, NOW
        self.waits: list[float] = []
        # Long enough for slow machines, which are no misbehaving services.
        self.limits: dict[str, Any] = {"silence": 10.0, "total": 20.0, "size": SIZE}

    def __call__(self, *arguments: object) -> Result:
        base = [] if "--base-url" in arguments else ["--base-url", self.stub.url]
        self.waits.clear()
        return run_in_thread(daily_papers, "fetch", "--into", self.folder, *base, *arguments)

    def service(self, base_url: str) -> Service:
        return Service(base_url, sleep=self.waits.append, now=lambda: self.now, **self.limits)

    def saved(self, *arguments: object) -> list[dict[str, Any]]:
        """Fetch DAY without an error; return the records of its file."""
        result = self("--date", DAY, *arguments)
        assert (result.exit_code, result.stderr) == (0, "")
        return list(json.loads(self.file().read_bytes()))

    def file(self, day: str = DAY) -> Path:
        return self.folder / f"daily-papers-{day}.json"

    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("[!.]*"))


@pytest.fixture
def fetch(stub: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fetch:
    fetch = Fetch(stub, tmp_path / "dumps")
    monkeypatch.setattr("daily_papers.cli.fetch.Service", fetch.service)
    return fetch
