"""Checks what the daily publishing releases and what it does not: runs the jobs of the workflow
with real git, a service that misbehaves, and stand-ins for gh, docker and artifacts."""

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
from typing import Any

import pytest
import yaml

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
save) cp {STATE}/baked "$3" ;;
load) cp "$4" {STATE}/loaded ;;
create) echo container ;;
cp) tar --create --directory {STATE} --transform s/loaded/papers.db/ loaded ;;
login) cat > {STATE}/password ;;
esac
"""
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/publish.yml").read_text(encoding="utf-8"))
PUBLISHED = "needs.build.outputs.tag != ''"


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
        self.origin = folder / "Somebody" / "Daily-Papers"
        self.artifacts = folder / "artifacts"
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
        patch.setenv("GITHUB_SERVER_URL", str(folder))
        patch.setenv("GITHUB_REPOSITORY", "Somebody/Daily-Papers")
        patch.setenv("GITHUB_ACTOR", "somebody")
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

    def day(self, failed: str = "") -> str:
        """Run the jobs in order, of which one fails, and return what they print."""
        shutil.rmtree(self.artifacts, ignore_errors=True)
        (self.state / "calls").write_text("")
        with redirect_stdout(StringIO()) as out:
            for name, job in WORKFLOW["jobs"].items():
                if "if" in job and not (self.folder / "published" / "tag").exists():
                    assert job["if"] == PUBLISHED
                    break
                if not self.job(job["steps"]):
                    assert name == failed, out.getvalue()
                    break
            else:
                assert not failed
        return out.getvalue()

    def job(self, steps: list[dict[str, Any]]) -> bool:
        """Take the steps of a job on a fresh machine, and tell whether all of them succeeded."""
        has_code = any("checkout" in step.get("uses", "") for step in steps)
        workspace = self.folder if has_code else self.folder.parent / "workspace"
        for path in (workspace, self.folder / "dumps", self.folder / "published"):
            if path != self.folder:
                shutil.rmtree(path, ignore_errors=True)
        workspace.mkdir(exist_ok=True)
        return all(self.step(step, workspace) for step in steps)

    def step(self, step: dict[str, Any], workspace: Path) -> bool:
        """Take a step, and tell whether it succeeded."""
        action, inputs, script = (step.get(key, "") for key in ("uses", "with", "run"))
        if "artifact@" in action:
            folder = self.artifacts / inputs["name"]
            paths = [workspace / path for path in inputs.get("path", ".").split()]
            if "upload" in action:
                there = [path for path in paths if path.exists()]
                assert there or inputs["if-no-files-found"] == "ignore"
                upload(there, folder)
            else:
                shutil.copytree(folder, paths[0], dirs_exist_ok=True)
        elif script.startswith("make publish STEPS="):
            return publish_daily.main(script.partition("=")[2].split()) == 0
        elif script and not script.startswith("make "):
            bash = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
            told = {"GH_TOKEN": "token", "GITHUB_OUTPUT": str(self.state / "output")}
            done = subprocess.run(
                bash, cwd=workspace, env={**os.environ, **told}, capture_output=True, text=True,
                check=False,
            )  # fmt: skip
            print(done.stdout, done.stderr)
            return done.returncode == 0
        return True

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


def upload(paths: list[Path], folder: Path) -> None:
    """Keep files and folders as upload-artifact does: from the folder that all of them are in."""
    base = Path(os.path.commonpath(paths or [folder]))
    for path in paths:
        kept = folder / path.relative_to(base)
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(path, kept) if path.is_dir() else shutil.copy(path, kept)


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
    assert names - tables == {
        *("SHA256SUMS", "export.zip", "notes.md", "papers.db", "sbom.cdx.json")
    }
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
    before = (checkout.released[0] / "papers.db").read_bytes()
    for path in sorted((checkout.folder / "seeds").rglob("*"))[1:]:
        if path.is_file():
            path.unlink()
    refused = "::error::build: daily-papers check ended with 1: nothing is published"
    assert refused in checkout.day(failed="build")
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
    assert "::error::build: daily-papers build ended with 1" in checkout.day(failed="build")
    assert checkout.kept, "the dumps are kept all the same"
    assert checkout.released == []


def test_wrong_days_end_the_run(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SINCE", "$(id)")
    assert "::error::fetch: daily-papers fetch ended with 2" in checkout.day(failed="fetch")
    assert checkout.released == []


def test_a_last_release_that_cannot_be_asked_for_is_not_taken_for_none(checkout: Checkout) -> None:
    (checkout.state / "down").touch()
    checkout.day(failed="keep")
    assert checkout.kept, "the dumps are kept all the same"
    assert checkout.released == []


def test_an_origin_that_does_not_answer_is_not_one_without_dumps(checkout: Checkout) -> None:
    checkout.day()
    shutil.move(checkout.origin, checkout.origin.with_suffix(".gone"))
    assert "::error::the branch of the dumps cannot be asked for" in checkout.day(failed="restore")


@pytest.mark.parametrize("broken", ["health", "database"])
def test_an_image_that_does_not_serve_this_database_is_not_published(
    checkout: Checkout, broken: str
) -> None:
    if broken == "health":
        (checkout.state / "health").write_text("unhealthy\n")
    else:
        docker = checkout.folder.parent / "bin" / "docker"
        docker.write_text(DOCKER.replace("sha256sum", "echo 0123"))
    assert "::error::image: the" in checkout.day(failed="build")
    assert "docker rm --force container" in checkout.calls
    assert checkout.released == []


DAMAGES = {
    "file": ("assets/papers.parquet", b"x"),
    "one more": ("assets/more.zip", b"x"),
    "tag": ("tag", b"data-2025-08-21-01234567\n"),
    "command": ("tag", b"latest --draft\n"),
    "image": ("image.tar", b"x"),
}


def test_what_is_not_as_it_was_built_is_not_published(checkout: Checkout) -> None:
    checkout.day()
    built, kept = checkout.artifacts / "release", checkout.artifacts / "kept"
    built.rename(kept)
    (checkout.state / "calls").write_text("")
    steps = WORKFLOW["jobs"]["release"]["steps"]
    for damage, (name, content) in DAMAGES.items():
        shutil.copytree(kept, built)
        (built / name).write_bytes(content)
        assert not checkout.job(steps), damage
        shutil.rmtree(built)
    assert not any(word in call for call in checkout.calls for word in ("push", "login", "gh "))
    kept.rename(built)
    assert checkout.job(steps)


def test_only_dumps_are_kept(checkout: Checkout) -> None:
    workflows = checkout.folder / "dumps" / ".github" / "workflows"
    real = publish_daily.STEPS["fetch"]

    def fetch() -> None:
        real()
        workflows.mkdir(parents=True)
        (workflows / "daily-papers-1.yml").touch()
        (checkout.folder / "dumps" / "script.sh").touch()

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(publish_daily.STEPS, "fetch", fetch)
        checkout.day(failed="build")
    assert checkout.kept[1:] == [f"daily-papers-{day}.json" for day in DAYS]


def test_releases_of_the_code_are_not_taken_for_data(checkout: Checkout) -> None:
    (checkout.state / "tags").write_text("v0.5.0\n")
    checkout.day()
    assert not any("release download" in call for call in checkout.calls)


def test_an_unknown_step_is_wrong_usage(checkout: Checkout) -> None:
    assert publish_daily.main(("fetch", "everything")) == 2
    assert checkout.stub.requests == []
