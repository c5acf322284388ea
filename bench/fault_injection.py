"""Does to the site what happens to servers, and tells what was seen of it from outside.

    python bench/fault_injection.py DATABASE [FAULT …]

The database is built from seeds/. Meanwhile STORM clients ask without a pause for pages that are
always the same, and keep what they got. A request whose connection broke is asked again, as a
browser does; it is lost if it is not answered within the PATIENCE of client.py. Exits with 1 where
one was lost, an answer was 5xx or differed, or the site was not serving at the end.
"""

import argparse
import hashlib
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from textwrap import wrap
from urllib.parse import urlencode

import httpx
from damage import (
    corrupted,
    fake_clock,
    full_disk,
    limit_of_files,
    read_only,
    slow_clients,
)
from load_client import Question, Told, start, stop
from public_server import Server, build

STORM = 8  # clients
CALM = 2.0  # seconds of storm before and after a fault
HEAVY = 64
REPLACING = 60  # seconds
SLOW = 200
STEADY = [
    "/", "/search?q=kv+cache", "/search.json?q=quantization", "/results?metric=memory&unit=x",
    "/results.json?metric=speedup", "/search.csv?q=attention", "/search?topic=kv-cache", "/api",
]  # fmt: skip


class Fault:
    """What one fault was, and what was seen."""

    def __init__(self, done: str) -> None:
        """Take what was done."""
        self.done, self.seen = done, list[str]()
        self.told, self.is_serving = Told(), ""
        self.is_well = True

    def note(self, sentence: str, is_well: bool = True) -> None:
        """Say what was seen, and whether that is as it has to be."""
        self.seen.append(sentence if is_well else f"WRONG: {sentence}")
        self.is_well = self.is_well and is_well

    @contextmanager
    def storm(self, server: Server, versions: int = 1) -> Iterator[None]:
        """Ask meanwhile; addresses answer with so many different bodies at most."""
        question = Question(server.address, [(path, []) for path in STEADY], STORM, 600, None, True)
        asking = start(question)
        time.sleep(CALM)
        try:
            yield
            time.sleep(CALM)
        finally:
            self.told = stop(asking)
        told = self.told
        if told.broken:
            self.note(f"{told.broken} tries broke or found no server, and were made again")
        self.note(f"longest gap {told.longest_gap:.1f} s, p95 {told.at(0.95):.0f} ms")
        if told.versions > versions:
            self.note(f"an address had {told.versions} bodies", is_well=False)
        if told.count(400) or not told.answers:
            self.note(f"statuses {told.statuses}", is_well=False)

    def end(self, server: Server) -> "Fault":
        """Look whether it still serves."""
        self.is_serving = "yes" if server.is_healthy() else "NO"
        if not server.stops():
            self.note("it did not stop when told to", is_well=False)
        self.is_well = self.is_well and self.is_serving == "yes" and not self.told.lost
        return self


def killed_worker(database: Path) -> Fault:
    """Kill one of the processes that answer."""
    fault = Fault("SIGKILL to one of two processes")
    with Server(database) as server:
        with fault.storm(server):
            os.kill(server.workers()[0], signal.SIGKILL)
            time.sleep(5)
        fault.note(f"{len(server.workers())} processes at the end", len(server.workers()) == 2)
        return fault.end(server)


def killed_server(database: Path) -> Fault:
    """Kill the process that starts the others, and start the server again."""
    fault = Fault("SIGKILL to the first process; started again at once on the same port")
    with Server(database) as server:
        old = server.workers()
        with fault.storm(server):
            began = time.monotonic()
            server.kill()
            server.start()
            fault.note(f"serving again after {time.monotonic() - began:.1f} s")
        left = [one for one in old if Path(f"/proc/{one}").exists()]
        fault.note(f"{len(left)} old processes are left", is_well=not left)
        return fault.end(server)


def replaced(database: Path) -> Fault:
    """Put another database in the place of the one that is served."""
    fault = Fault("another database renamed into its place while served")
    with Server(database) as server, tempfile.TemporaryDirectory() as made:
        other = Path(made) / "papers.db"
        build([sorted(Path("seeds").glob("*.txt"))[0]], other)
        with closing(sqlite3.connect(other)) as db:
            (papers,) = db.execute("select count(*) from papers").fetchone()
        before, old = httpx.get(f"{server.address}/search?q=cache"), set(server.workers())
        with fault.storm(server, versions=2):
            shutil.copy(other, server.database.with_suffix(".new"))
            server.database.with_suffix(".new").replace(server.database)
            began = time.monotonic()
            while set(server.workers()) & old and time.monotonic() - began < REPLACING:
                time.sleep(0.2)
            taken = time.monotonic() - began
        fault.note(f"taken up by both processes after {taken:.1f} s", taken < REPLACING)
        fault.note("only the new one is answered from", server.papers() == {papers})
        again = httpx.get(before.url, headers={"If-None-Match": before.headers["etag"]})
        fault.note(f"the old ETag is answered with {again.status_code}", again.status_code == 200)
        served = httpx.get(f"{server.address}/papers.db").content
        same = hashlib.sha256(served).digest() == hashlib.sha256(other.read_bytes()).digest()
        fault.note("the download is the new file", same)
        return fault.end(server)


def replaced_by_damage(database: Path) -> Fault:
    """Put a damaged file in the place of the database, and kill a process."""
    fault = Fault("a cut file renamed into its place; then SIGKILL to a process")
    with Server(database) as server:
        before = server.papers()
        with fault.storm(server):
            cut = server.database.with_suffix(".new")
            cut.write_bytes(corrupted(database)["cut in half"])
            cut.replace(server.database)
            time.sleep(5)
            fault.note("the log says that the old one stays", "old database" in server.log())
            os.kill(server.workers()[0], signal.SIGKILL)
            time.sleep(5)
        fault.note("the old one stays served", server.papers() == before)
        return fault.end(server)


def damaged_at_start(database: Path) -> Fault:
    """Start with files that are no sound databases."""
    fault = Fault("started with a file cut, empty, with bytes changed, of text, or missing")
    with tempfile.TemporaryDirectory() as made:
        path = Path(made) / "papers.db"
        for name, data in {**corrupted(database), "missing": None}.items():
            path.unlink(missing_ok=True)
            if data is not None:
                path.write_bytes(data)
            ended = subprocess.run(
                Server.command(path, 0), capture_output=True, text=True, timeout=60, check=False
            )
            _require_sentence(fault, name, ended)
    with Server(database) as server:
        return fault.end(server)


def _require_sentence(fault: Fault, name: str, ended: subprocess.CompletedProcess[str]) -> None:
    lines = ended.stderr.strip().splitlines()
    is_well = (
        ended.returncode in (1, 2) and 1 <= len(lines) <= 4 and "Traceback" not in ended.stderr
    )
    said = re.sub(r"\S*/", "", lines[-1])[:110] if lines else "nothing"
    fault.note(f"{name}: exit {ended.returncode}, “{said}”", is_well)


def full(database: Path) -> Fault:
    """Build where there is no room."""
    with full_disk(database) as (folder, means):
        fault = Fault(f"a build without room: {means}")
        limit = None if "tmpfs" in means else limit_of_files
        before = hashlib.sha256((folder / "papers.db").read_bytes()).digest()
        ended = build([Path("seeds")], folder / "papers.db", before=limit)
        _require_sentence(fault, "build", ended)
        same = hashlib.sha256((folder / "papers.db").read_bytes()).digest() == before
        fault.note("the old database stands", same)
        left = [path.name for path in folder.iterdir() if path.name != "papers.db"]
        fault.note(f"left behind: {', '.join(left) or 'nothing'}", is_well=not left)
        with Server(folder / "papers.db", copies=False) as server:
            return fault.end(server)


def unwritable(database: Path) -> Fault:
    """Serve from and build into a folder that cannot be written to."""
    with read_only(database) as (folder, means):
        fault = Fault(f"serving from, and building into, a read-only folder: {means}")
        with Server(folder / "papers.db", copies=False) as server:
            with fault.storm(server):
                ended = build([Path("seeds")], folder / "papers.db")
            _require_sentence(fault, "build", ended)
            return fault.end(server)


def jumping_clock(database: Path) -> Fault:
    """Let the clock jump while it serves."""
    with fake_clock() as clock:
        fault = Fault(f"the clock jumps by +1 day, −400 days, +20 years: {clock.means}")
        with Server(database, env=clock.env) as server:
            dates = []
            with fault.storm(server):
                for days in (1, -400, 20 * 365):
                    clock.set(days)
                    time.sleep(1.5)
                    dates.append(httpx.get(f"{server.address}/health").headers["date"][5:16])
            fault.note(f"the server thought it was {', '.join(dates)}", len(set(dates)) == 3)
            return fault.end(server)


def slow(database: Path) -> Fault:
    """Let SLOW clients send and read slowly."""
    fault = Fault(f"{SLOW} clients: half send a header a byte a second, half read 1 kB a second")
    with Server(database) as server:
        with slow_clients(server.address, SLOW), fault.storm(server):
            time.sleep(4)
        return fault.end(server)


def heavy(database: Path) -> Fault:
    """Ask many heavy queries at once."""
    fault = Fault(f"{HEAVY} endless SQL queries at once, three times")
    sql = "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n"
    with Server(database) as server:

        def ask(number: int) -> int:
            query = urlencode({"sql": f"{sql} -- {number}"})
            return httpx.get(f"{server.address}/papers.json?{query}", timeout=60).status_code

        with fault.storm(server), ThreadPoolExecutor(HEAVY) as threads:
            statuses = Counter(threads.map(ask, range(3 * HEAVY)))
        told = ", ".join(f"{count} with {status}" for status, count in sorted(statuses.items()))
        fault.note(f"answered: {told}", set(statuses) <= {400, 429})
        return fault.end(server)


FAULTS: dict[str, Callable[[Path], Fault]] = {
    "worker killed": killed_worker,
    "server killed": killed_server,
    "disk full": full,
    "read-only": unwritable,
    "file replaced": replaced,
    "replaced by damage": replaced_by_damage,
    "damaged at start": damaged_at_start,
    "clock": jumping_clock,
    "slow clients": slow,
    "heavy SQL": heavy,
}


def table(name: str, fault: Fault) -> str:
    """Return the lines of a fault."""
    told = fault.told
    counts = f"{told.answers:8,}{told.lost:6}{told.count(500):6}{fault.is_serving:>9}"
    seen = [part for sentence in fault.seen for part in wrap(sentence, 58)]
    done = wrap(fault.done, 34)
    rows = max(len(done), len(seen), 1)
    lines = []
    for place in range(rows):
        left = name if place == 0 else ""
        middle = done[place] if place < len(done) else ""
        right = seen[place] if place < len(seen) else ""
        lines.append(f"{left:20}{middle:36}{right:60}{counts if place == 0 else ''}".rstrip())
    return "\n".join(lines)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Break what can break, and look.")
    parser.add_argument("database", type=Path, help="a file named papers.db, built from seeds/")
    parser.add_argument("faults", nargs="*", metavar="FAULT", help=", ".join(FAULTS))
    given = parser.parse_args()
    unknown = set(given.faults) - set(FAULTS)
    if unknown:
        parser.error(f"there is no fault {', '.join(unknown)}")
    print(f"{'fault':20}{'done':36}{'seen':60}{'answers':>8}{'lost':>6}{'5xx':>6}{'serving':>9}")
    is_well = True
    for name in given.faults or FAULTS:
        try:
            fault = FAULTS[name](given.database.resolve())
        except (RuntimeError, httpx.TransportError) as error:  # it does not serve any more
            fault = Fault("broke off")
            fault.note(str(error), is_well=False)
        print(table(name, fault), flush=True)
        is_well = is_well and fault.is_well
    print("all as it has to be" if is_well else "not as it has to be")
    sys.exit(0 if is_well else 1)


if __name__ == "__main__":
    main()
