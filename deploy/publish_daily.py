"""Makes what is published each day: fetches, builds, checks, and prepares only what is sound.

    python deploy/publish_daily.py STEP...

The steps are fetch, build and image; one that fails ends the run. None needs a token: what does is
in .github/workflows/publish.yml. They find `daily-papers` and `docker` on the PATH, and write to
dumps/ and published/, where published/last.db is the database that was published last. The
environment says what is asked for: SINCE and UNTIL, days to fetch (by default the last DAYS);
ALLOW_SMALLER=true, to publish a database that has less than the last.
"""

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sbom

DUMPS = Path("dumps")
OUT = Path("published")
DATABASE = OUT / "papers.db"
LAST = OUT / "last.db"
MISSING = OUT / "missing.txt"
ASSETS = OUT / "assets"
TAG = OUT / "tag"  # there if there is something to publish
DAYS = 30
FRESH = 7
PREFIX = "data-"
HEALTHY = 90  # seconds that a container has to become so
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same files give the same archive
IMAGE = "daily-papers:published"


class Stopped(Exception):  # noqa: N818 - it is what it is called
    """The run ends here, with a sentence that says why."""


def run(
    *command: object, check: bool = True, quiet: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run a command and return what it said; raise Stopped if it fails."""
    words = [str(word) for word in command]
    print("$", " ".join(words), flush=True)
    done = output(words)
    if not quiet:
        print(done.stdout, end="", flush=True)
    print(done.stderr, end="", file=sys.stderr, flush=True)
    if check and done.returncode:
        raise Stopped(f"{words[0]} {words[1]} ended with {done.returncode}: nothing is published")
    return done


def output(words: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command, and return how it ended and what it said."""
    return subprocess.run(words, capture_output=True, text=True, check=False)


def fetch() -> None:
    """Fetch the days that are missing; those that cannot be had are noted."""
    since = os.environ.get("SINCE") or str((datetime.now(UTC) - timedelta(days=DAYS)).date())
    until = os.environ.get("UNTIL")
    span = ["--since", since, *(["--until", until] if until else [])]
    done = run("daily-papers", "fetch", *span, "--into", DUMPS, check=False)
    if done.returncode not in (0, 1):
        raise Stopped(f"daily-papers fetch ended with {done.returncode}")
    MISSING.parent.mkdir(exist_ok=True)
    MISSING.write_text(done.stderr if done.returncode else "", encoding="utf-8")
    if done.returncode:
        print("::warning::Not every day could be fetched; the log and the release say which.")


def build() -> None:
    """Build and check the database; if it is another than the last, make what is to be released."""
    shutil.rmtree(ASSETS, ignore_errors=True)
    TAG.unlink(missing_ok=True)
    run("daily-papers", "build", "seeds", DUMPS, "--output", DATABASE)
    asked = ["--fresh-days", FRESH]
    if LAST.exists() and os.environ.get("ALLOW_SMALLER") != "true":
        asked += ["--not-smaller-than", LAST]
    run("daily-papers", "check", DATABASE, *asked)
    digest = sha256(DATABASE)
    if LAST.exists() and sha256(LAST) == digest:
        print("The database is the one that was published last: there is nothing to do.")
        return
    run("daily-papers", "export", DATABASE, "--into", OUT / "export")
    ASSETS.mkdir()
    shutil.copy(DATABASE, ASSETS / "papers.db")
    for table in (OUT / "export").rglob("*.parquet"):  # to be read where they lie
        shutil.copy(table, ASSETS / table.name)
    pack(OUT / "export", ASSETS / "export.zip")
    (ASSETS / "sbom.cdx.json").write_text(sbom.bill_of_materials(), encoding="utf-8")
    lines = [f"{sha256(path)}  {path.name}\n" for path in sorted(ASSETS.iterdir())]
    (ASSETS / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")
    newest, notes = described(DATABASE)
    (OUT / "notes.md").write_text(notes, encoding="utf-8")
    TAG.write_text(f"{PREFIX}{newest}-{digest[:8]}\n", encoding="utf-8")


def sha256(path: Path) -> str:
    """Return the hash of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pack(folder: Path, archive: Path) -> None:
    """Put the files of a folder into an archive that is the same for the same files."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(file for file in folder.rglob("*") if file.is_file()):
            name = zipfile.ZipInfo(path.relative_to(folder).as_posix(), EPOCH)
            name.compress_type = zipfile.ZIP_DEFLATED
            with path.open("rb") as source, packed.open(name, "w", force_zip64=True) as target:
                shutil.copyfileobj(source, target)


def described(database: Path) -> tuple[str, str]:
    """Return the newest day that a database has, and what a release says of it."""
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as db:
        papers, dumps, newest = db.execute(
            "select (select count(*) from papers), (select count(*) from dumps),"
            " coalesce((select max(listed_on) from listings), 'undated')"
        ).fetchone()
    missing = MISSING.read_text(encoding="utf-8") if MISSING.exists() else ""
    said = "".join(f"    {line}\n" for line in missing.splitlines())
    notes = f"{papers:,} papers of {dumps:,} dumps, the newest listed on {newest}.\n"
    return newest, notes + (f"\nNot all days could be fetched:\n\n{said}" if said else "")


def image() -> None:
    """Build the image with this database in it, see that it serves, and save it."""
    if not TAG.exists():
        return
    run("docker", "build", "--build-context", f"database={ASSETS}", "--tag", IMAGE, ".")
    safe = ("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")
    started = run("docker", "run", "--detach", *safe, "--tmpfs", "/tmp", IMAGE, quiet=True)
    container = started.stdout.strip()
    try:
        _wait_until_healthy(container)
        told = run("docker", "exec", container, "sha256sum", "/data/papers.db", quiet=True).stdout
        if told.split()[:1] != [sha256(DATABASE)]:
            raise Stopped("the image has another database in it")
    finally:
        run("docker", "rm", "--force", container, check=False, quiet=True)
    run("docker", "save", "--output", OUT / "image.tar", IMAGE)


def _wait_until_healthy(container: str) -> None:
    asked = ("docker", "inspect", "--format", "{{.State.Health.Status}}", container)
    until = time.monotonic() + HEALTHY
    while (status := run(*asked, quiet=True).stdout.strip()) != "healthy":
        if status == "unhealthy" or time.monotonic() > until:
            run("docker", "logs", container, check=False)
            raise Stopped(f"the site in the image does not become healthy: it is {status}")
        time.sleep(1)


STEPS = {step.__name__: step for step in (fetch, build, image)}


def main(steps: Sequence[str]) -> int:
    """Take the steps; return 0, 1 if one failed, 2 for wrong usage."""
    if not steps or any(step not in STEPS for step in steps):
        print(__doc__, file=sys.stderr)
        return 2
    for step in steps:
        try:
            STEPS[step]()
        except Stopped as stopped:
            print(f"::error::{step}: {stopped}", flush=True)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
