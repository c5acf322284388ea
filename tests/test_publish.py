"""Publishing every day: what is released, and what is not, with git, a service that misbehaves, and
stand-ins for the hosts of releases and images."""

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, redirect_stdout
from functools import partial
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import pytest

from daily_papers.fetch.client import Service
from tests.conftest import CORPUS, ROOT, daily_papers
from tests.misbehaving_service import Stub, fine, misbehaving, record, status

sys.path.insert(0, str(ROOT / "deploy"))
import publish

DAYS = ("2025-08-20", "2025-08-21")
STATE = "${STATE:?}"
# Each notes what it is told. Releases are folders, by the order of their making.
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
    with ThreadPoolExecutor(1) as pool:  # it runs a loop, and Playwright keeps one in this one
        done = pool.submit(daily_papers, *words).result()
    return subprocess.CompletedProcess(words, done.exit_code, done.stdout, done.stderr)


class Done(NamedTuple):
    returncode: int
    stdout: str


class House:
    """A checkout with an origin, and all that a run talks with."""

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
        environment = {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "STATE": str(self.state),
            "GITHUB_REPOSITORY": "Somebody/Daily-Papers",
            "DAILY_PAPERS_BASE_URL": stub.url,
            "SINCE": DAYS[0],
            "UNTIL": DAYS[1],
        }
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.chdir(self.folder)
        real = publish.output

        def output(words: list[str]) -> subprocess.CompletedProcess[str]:
            return command(self.state, words[1:]) if words[0] == "daily-papers" else real(words)

        patch.setattr(publish, "output", output)
        patch.setattr("daily_papers.cli.fetch.Service", partial(Service, sleep=lambda _: None))
        for number, day in enumerate(DAYS):
            stub.answer(fine([one(10 * number + place, day) for place in range(3)]), day=day)

    def git(self, *words: str) -> str:
        done = subprocess.run(
            ["git", *words], cwd=self.folder, capture_output=True, text=True, check=True
        )
        return done.stdout

    def steps(self, *steps: str, **environment: str) -> Done:
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as out:
            for name, value in environment.items():
                patch.setenv(name, value)
            return Done(publish.main(steps), out.getvalue())

    def day(self, **environment: str) -> Done:
        """Run as the workflow does, on a fresh machine."""
        for name in ("dumps", "published"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        (self.state / "calls").unlink(missing_ok=True)
        steps = ("restore", "fetch", "keep", "last", "build", "image", "release", "push")
        return self.steps(*steps, **environment)

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


def one(number: int, day: str) -> dict[str, object]:
    paper = record(number, day)
    paper["paper"] |= {"title": f"On Example {number}", "summary": f"Example {number} is shown."}
    return paper


def papers(database: Path) -> int:
    with closing(sqlite3.connect(database)) as db:
        return int(db.execute("select count(*) from papers").fetchone()[0])


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with misbehaving() as stub:
        yield House(tmp_path, stub, monkeypatch)


def test_a_day_is_fetched_kept_built_checked_and_published(house: House) -> None:
    done = house.day()
    assert done.returncode == 0, done.stdout
    assert house.kept[1:] == [f"daily-papers-{day}.json" for day in DAYS]
    (release,) = house.released
    names = {path.name for path in release.iterdir()}
    tables = {name for name in names if name.endswith(".parquet")}
    assert names - tables == {"SHA256SUMS", "export.zip", "notes.md", "papers.db"}
    assert {"papers.parquet", "claims.parquet"} < tables
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=release, check=True)
    digest = hashlib.sha256((release / "papers.db").read_bytes()).hexdigest()
    assert release.name == f"data-{DAYS[1]}-{digest[:8]}"
    assert f"{papers(release / 'papers.db')} papers of " in (release / "notes.md").read_text()
    packed = set(zipfile.ZipFile(release / "export.zip").namelist())
    assert {"README.md", "croissant.json", "datapackage.json", "duckdb.sql"} < packed
    assert {Path(name).name for name in packed} > tables
    check = "daily-papers check published/papers.db --fresh-days 7"
    image = f"ghcr.io/somebody/daily-papers:{release.name}"
    order = [check, f"gh release create {release.name}", f"docker push --quiet {image}"]
    places = [next(at for at, call in enumerate(house.calls) if one in call) for one in order]
    assert places == sorted(places)
    assert "docker push --quiet ghcr.io/somebody/daily-papers:latest" in house.calls
    assert "docker rm --force container" in house.calls


def test_nothing_new_is_nothing_to_publish(house: House) -> None:
    assert house.day().returncode == 0
    asked = list(house.stub.requests)
    again = house.day()
    assert again.returncode == 0
    assert len(house.released) == 1
    assert house.stub.requests == asked, "what is kept is not asked for again"
    assert not any(call.startswith(("docker", "gh release create")) for call in house.calls)


def test_a_smaller_database_is_not_published_unless_it_is_meant(house: House) -> None:
    assert house.day().returncode == 0
    before = (house.folder / "published" / "papers.db").read_bytes()
    for path in sorted((house.folder / "seeds").rglob("*"))[1:]:
        if path.is_file():
            path.unlink()
    done = house.day()
    assert done.returncode == 1
    assert "::error::build: daily-papers check ended with 1: nothing is published" in done.stdout
    assert "--not-smaller-than published/last.db" in "\n".join(house.calls)
    (release,) = house.released
    assert (release / "papers.db").read_bytes() == before
    assert not any(call.startswith(("docker", "gh release create")) for call in house.calls)
    assert house.day(ALLOW_SMALLER="true").returncode == 0
    first, second = house.released
    assert papers(second / "papers.db") < papers(first / "papers.db")


def test_a_day_that_cannot_be_had_is_said_and_the_rest_published(house: House) -> None:
    house.stub.answer(status(404), day=DAYS[1])
    done = house.day()
    assert done.returncode == 0, done.stdout
    assert "::warning::Not every day could be fetched" in done.stdout
    (release,) = house.released
    assert house.kept[1:] == [f"daily-papers-{DAYS[0]}.json"]
    notes = (release / "notes.md").read_text()
    assert f"Not all days could be fetched:\n\n    daily-papers: {DAYS[1]}: " in notes
    house.stub.answer(fine([one(77, DAYS[1])]), day=DAYS[1])
    assert house.day().returncode == 0
    first, second = house.released
    assert papers(second / "papers.db") == papers(first / "papers.db") + 1
    assert "could be fetched" not in (second / "notes.md").read_text()


def test_a_database_that_does_not_hold_is_not_published(house: House) -> None:
    (house.folder / "seeds" / "broken.json").write_text('[{"paper": 1}]')
    done = house.day()
    assert done.returncode == 1
    assert "::error::build: daily-papers build ended with 1" in done.stdout
    assert house.kept, "the dumps are kept all the same"
    assert house.released == []


def test_wrong_days_end_the_run(house: House) -> None:
    done = house.day(SINCE="$(id)")
    assert done.returncode == 1
    assert "::error::fetch: daily-papers fetch ended with 2" in done.stdout
    assert house.released == []


def test_who_cannot_ask_for_the_last_release_does_not_take_it_for_none(house: House) -> None:
    (house.state / "down").touch()
    done = house.day()
    assert done.returncode == 1
    assert "::error::last: gh release ended with 1" in done.stdout
    assert house.released == []


def test_an_origin_that_does_not_answer_is_not_one_without_dumps(house: House) -> None:
    assert house.day().returncode == 0
    shutil.move(house.origin, house.origin.with_suffix(".gone"))
    done = house.day()
    assert done.returncode == 1
    assert "::error::restore: the branch of the dumps cannot be asked for" in done.stdout


@pytest.mark.parametrize("what", ["health", "baked"])
def test_an_image_that_does_not_serve_this_database_is_not_published(
    house: House, what: str
) -> None:
    for step in ("restore", "fetch", "last", "build"):
        assert house.steps(step).returncode == 0
    if what == "health":
        (house.state / "health").write_text("unhealthy\n")
    else:
        (house.state / "other").mkdir()
        docker = house.folder.parent / "bin" / "docker"
        docker.write_text(DOCKER.replace("sha256sum", "echo 0123"))
    done = house.steps("image", "release", "push")
    assert done.returncode == 1
    assert "::error::image: the" in done.stdout
    assert "docker rm --force container" in house.calls
    assert house.released == []


def test_releases_of_the_code_are_not_taken_for_data(house: House) -> None:
    (house.state / "tags").write_text("v0.5.0\n")
    assert house.steps("last").returncode == 0
    assert not (house.folder / "published" / "last.db").exists()


def test_an_unknown_step_is_wrong_usage(house: House) -> None:
    done = house.steps("fetch", "everything")
    assert (done.returncode, house.stub.requests) == (2, [])
