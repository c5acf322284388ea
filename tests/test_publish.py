"""Checks what the daily publishing releases and what it does not, with real git, a service that
misbehaves, and stand-ins for gh and docker."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from functools import partial
from io import StringIO
from pathlib import Path

import pytest

from daily_papers.fetch.client import Service
from tests.conftest import CORPUS, ROOT, daily_papers, query, run_in_thread
from tests.misbehaving_service import Stub, fine, misbehaving, record, status

sys.path.insert(0, str(ROOT / "deploy"))
import publish_daily

DAYS = ("2025-08-20", "2025-08-21")
STATE = "${STATE:?}"
# Each logs its command line in the file `calls`. Releases are folders; `tags` has the newest first.
GH = f"""#!/bin/sh -eu
printf '%s\\n' "gh $*" >> {STATE}/calls
case "$1 $2" in
"release list") [ ! -e {STATE}/down ] || exit 1; cat {STATE}/tags ;;
"release download") cp {STATE}/releases/"$3"/papers.db "$7" ;;
"release create")
    tag=$3; shift 3; mkdir -p {STATE}/releases/"$tag"
    while [ "$1" != --title ]; do cp "$1" {STATE}/releases/"$tag"; shift; done
    cp "$4" {STATE}/releases/"$tag"
    printf '%s\\n' "$tag" | cat - {STATE}/tags > {STATE}/tags.new
    mv {STATE}/tags.new {STATE}/tags ;;
esac
"""
DOCKER = f"""#!/bin/sh -eu
printf '%s\\n' "docker $*" >> {STATE}/calls
case "$1" in
build) cp "${{3#database=}}/papers.db" {STATE}/baked ;;
run) echo container ;;
inspect) cat {STATE}/health ;;
exec) sha256sum {STATE}/baked ;;
esac
"""


def command(state: Path, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run daily-papers in this process."""
    with (state / "calls").open("a") as calls:
        print("daily-papers", *words, file=calls)
    more = {
        "build": ["--unusual"],  # a few hand-written papers are no usual corpus
        "check": ["--unusual", "--today", "2025-08-24"],
        "export": ["--metadata", str(ROOT / "metadata.yml")],
    }
    words = [*words, *more.get(words[0], [])]
    done = run_in_thread(daily_papers, *words)
    return subprocess.CompletedProcess(words, done.exit_code, done.stdout, done.stderr)


class Checkout:
    """A checkout with an origin, and everything that a run of the workflow calls."""

    def __init__(self, folder: Path, stub: Stub, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.stub, self.state = folder / "checkout", stub, folder / "state"
        self.origin = folder / "origin.git"
        self.state.mkdir()
        (self.state / "tags").touch()
        (self.state / "health").write_text("healthy\n")
        programs = folder / "bin"
        programs.mkdir()
        for name, text in (("gh", GH), ("docker", DOCKER)):
            (programs / name).write_text(text)
            (programs / name).chmod(0o755)
        subprocess.run(["git", "init", "--quiet", "--bare", self.origin], check=True)
        subprocess.run(["git", "init", "--quiet", self.folder], check=True)
        self.git("remote", "add", "origin", str(self.origin))
        shutil.copytree(CORPUS, self.folder / "seeds")
        patch.setenv("PATH", str(programs), prepend=os.pathsep)
        patch.setenv("STATE", str(self.state))
        patch.setenv("GITHUB_REPOSITORY", "Somebody/Daily-Papers")
        patch.setenv("DAILY_PAPERS_BASE_URL", stub.url)
        patch.setenv("SINCE", DAYS[0])
        patch.setenv("UNTIL", DAYS[1])
        patch.chdir(self.folder)
        real = publish_daily.output

        def output(words: list[str]) -> subprocess.CompletedProcess[str]:
            return command(self.state, words[1:]) if words[0] == "daily-papers" else real(words)

        patch.setattr(publish_daily, "output", output)
        patch.setattr("daily_papers.cli.fetch.Service", partial(Service, sleep=lambda _: None))
        for number, day in enumerate(DAYS):
            stub.answer(fine([paper(10 * number + index, day) for index in range(3)]), day=day)

    def git(self, *words: str) -> str:
        return subprocess.check_output(["git", *words], cwd=self.folder, text=True)

    def steps(self, *steps: str, status: int = 0) -> str:
        """Take steps, which end with a status, and return what they print."""
        with redirect_stdout(StringIO()) as out:
            assert publish_daily.main(steps) == status, out.getvalue()
        return out.getvalue()

    def day(self, status: int = 0) -> str:
        """Run as the workflow does, on a fresh machine."""
        for name in ("dumps", "published"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        (self.state / "calls").unlink(missing_ok=True)
        steps = ("restore", "fetch", "keep", "last", "build", "image", "release", "push")
        return self.steps(*steps, status=status)

    @property
    def calls(self) -> list[str]:
        return (self.state / "calls").read_text().splitlines()

    @property
    def released(self) -> list[Path]:
        tags = (self.state / "tags").read_text().split()
        return [self.state / "releases" / tag for tag in reversed(tags)]

    @property
    def kept(self) -> list[str]:
        return self.git("ls-remote", "--heads", "origin", "dumps") and sorted(
            self.git("--git-dir", str(self.origin), "ls-tree", "--name-only", "dumps").split()
        )


def paper(number: int, day: str) -> dict[str, object]:
    listed = record(number, day)
    listed["paper"] |= {
        "id": f"2508.{number:05}",
        "publishedAt": "2025-08-18",
        "title": f"On Example {number}",
        "summary": f"Example {number} is shown.",
    }
    return listed


def paper_count(database: Path) -> int:
    ((count,),) = query(database, "select count(*) from papers")
    return int(count)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Checkout]:
    with misbehaving() as stub:
        yield Checkout(tmp_path, stub, monkeypatch)


def test_a_day_is_fetched_kept_built_checked_and_published(checkout: Checkout) -> None:
    checkout.day()
    assert checkout.kept[1:] == [f"daily-papers-{day}.json" for day in DAYS]
    (release,) = checkout.released
    names = {path.name for path in release.iterdir()}
    tables = {name for name in names if name.endswith(".parquet")}
    assert names - tables == {"SHA256SUMS", "export.zip", "notes.md", "papers.db"}
    assert {"papers.parquet", "claims.parquet"} < tables
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=release, check=True)
    digest = hashlib.sha256((release / "papers.db").read_bytes()).hexdigest()
    assert release.name == f"data-{DAYS[1]}-{digest[:8]}"
    assert f"{paper_count(release / 'papers.db')} papers of " in (release / "notes.md").read_text()
    packed = set(zipfile.ZipFile(release / "export.zip").namelist())
    assert {"README.md", "croissant.json", "datapackage.json", "duckdb.sql"} < packed
    assert {Path(name).name for name in packed} > tables
    check = "daily-papers check published/papers.db --fresh-days 7"
    image = f"ghcr.io/somebody/daily-papers:{release.name}"
    order = [check, f"gh release create {release.name}", f"docker push --quiet {image}"]
    positions = [[words in call for call in checkout.calls].index(True) for words in order]
    assert positions == sorted(positions)
    assert "docker push --quiet ghcr.io/somebody/daily-papers:latest" in checkout.calls
    assert "docker rm --force container" in checkout.calls


def test_nothing_new_is_nothing_to_publish(checkout: Checkout) -> None:
    checkout.day()
    requests = list(checkout.stub.requests)
    checkout.day()
    assert len(checkout.released) == 1
    assert checkout.stub.requests == requests, "what is kept is not fetched again"
    assert not any(call.startswith(("docker", "gh release create")) for call in checkout.calls)


def test_a_smaller_database_is_not_published_unless_it_is_meant(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.day()
    before = (checkout.folder / "published" / "papers.db").read_bytes()
    for path in sorted((checkout.folder / "seeds").rglob("*"))[1:]:
        if path.is_file():
            path.unlink()
    refused = "::error::build: daily-papers check ended with 1: nothing is published"
    assert refused in checkout.day(status=1)
    assert "--not-smaller-than published/last.db" in "\n".join(checkout.calls)
    (release,) = checkout.released
    assert (release / "papers.db").read_bytes() == before
    assert not any(call.startswith(("docker", "gh release create")) for call in checkout.calls)
    monkeypatch.setenv("ALLOW_SMALLER", "true")
    checkout.day()
    first, second = checkout.released
    assert paper_count(second / "papers.db") < paper_count(first / "papers.db")


def test_a_day_that_cannot_be_fetched_is_reported_and_the_rest_published(
    checkout: Checkout,
) -> None:
    checkout.stub.answer(status(404), day=DAYS[1])
    assert "::warning::Not every day could be fetched" in checkout.day()
    (release,) = checkout.released
    assert checkout.kept[1:] == [f"daily-papers-{DAYS[0]}.json"]
    notes = (release / "notes.md").read_text()
    assert f"Not all days could be fetched:\n\n    daily-papers: {DAYS[1]}: " in notes
    checkout.stub.answer(fine([paper(77, DAYS[1])]), day=DAYS[1])
    checkout.day()
    first, second = checkout.released
    assert paper_count(second / "papers.db") == paper_count(first / "papers.db") + 1
    assert "could be fetched" not in (second / "notes.md").read_text()


def test_a_database_that_does_not_hold_is_not_published(checkout: Checkout) -> None:
    (checkout.folder / "seeds" / "broken.json").write_text('[{"paper": 1}]')
    assert "::error::build: daily-papers build ended with 1" in checkout.day(status=1)
    assert checkout.kept, "the dumps are kept all the same"
    assert checkout.released == []


def test_wrong_days_end_the_run(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SINCE", "$(id)")
    assert "::error::fetch: daily-papers fetch ended with 2" in checkout.day(status=1)
    assert checkout.released == []


def test_a_last_release_that_cannot_be_asked_for_is_not_taken_for_none(checkout: Checkout) -> None:
    (checkout.state / "down").touch()
    assert "::error::last: gh release ended with 1" in checkout.day(status=1)
    assert checkout.released == []


def test_an_origin_that_does_not_answer_is_not_one_without_dumps(checkout: Checkout) -> None:
    checkout.day()
    shutil.move(checkout.origin, checkout.origin.with_suffix(".gone"))
    assert "::error::restore: the branch of the dumps cannot be asked for" in checkout.day(status=1)


@pytest.mark.parametrize("broken", ["health", "database"])
def test_an_image_that_does_not_serve_this_database_is_not_published(
    checkout: Checkout, broken: str
) -> None:
    checkout.steps("restore", "fetch", "last", "build")
    if broken == "health":
        (checkout.state / "health").write_text("unhealthy\n")
    else:
        docker = checkout.folder.parent / "bin" / "docker"
        docker.write_text(DOCKER.replace("sha256sum", "echo 0123"))
    assert "::error::image: the" in checkout.steps("image", "release", "push", status=1)
    assert "docker rm --force container" in checkout.calls
    assert checkout.released == []


def test_releases_of_the_code_are_not_taken_for_data(checkout: Checkout) -> None:
    (checkout.state / "tags").write_text("v0.5.0\n")
    checkout.steps("last")
    assert not (checkout.folder / "published" / "last.db").exists()


def test_an_unknown_step_is_wrong_usage(checkout: Checkout) -> None:
    checkout.steps("fetch", "everything", status=2)
    assert checkout.stub.requests == []
