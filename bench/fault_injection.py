"""Does to the site what happens to servers, and reports what clients see of it.

    python bench/fault_injection.py DATABASE [FAULT …]

The database is built from seeds/. Meanwhile STORM clients ask without a pause for pages that stay
the same, and keep the answers. A request whose connection breaks is made again, as a browser does;
it is lost if it is not answered within the PATIENCE of load_client.py. Exits with 1 where one was
lost, an answer was 5xx or differed, or the site was not serving at the end.
"""

import argparse
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import damage
import greed
import httpx
from fault_report import Fault
from public_server import Server, build

HEAVY = 64
REPLACING = 60  # seconds
SLOW = 200


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
        left = [pid for pid in old if Path(f"/proc/{pid}").exists()]
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
            damage.replace(server.database, other.read_bytes())
            began = time.monotonic()
            while set(server.workers()) & old and time.monotonic() - began < REPLACING:
                time.sleep(0.2)
            taken = time.monotonic() - began
        fault.note(f"taken up by both processes after {taken:.1f} s", taken < REPLACING)
        fault.note("only the new one is answered from", server.papers() == {papers})
        again = httpx.get(before.url, headers={"If-None-Match": before.headers["etag"]})
        fault.note(f"the old ETag is answered with {again.status_code}", again.status_code == 200)
        served = httpx.get(f"{server.address}/papers.db").content
        fault.note("the download is the new file", served == other.read_bytes())
        return fault.end(server)


def replaced_by_damage(database: Path) -> Fault:
    """Put a damaged file in the place of the database, and kill a process."""
    fault = Fault("a cut file renamed into its place; then SIGKILL to a process")
    with Server(database) as server:
        before = server.papers()
        with fault.storm(server):
            damage.replace(server.database, damage.corrupted(database)["cut in half"])
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
        for name, data in {**damage.corrupted(database), "missing": None}.items():
            path.unlink(missing_ok=True)
            if data is not None:
                path.write_bytes(data)
            ended = subprocess.run(
                Server.command(path, 0), capture_output=True, text=True, timeout=60, check=False
            )
            fault.require_sentence(name, ended)
    with Server(database) as server:
        return fault.end(server)


def full(database: Path) -> Fault:
    """Build where there is no room."""
    with damage.copied(database, database.stat().st_size + damage.ROOM) as (folder, is_mounted):
        method = "a small tmpfs" if is_mounted else "RLIMIT_FSIZE"
        fault = Fault(f"a build without room: {method}")
        before = (folder / "papers.db").read_bytes()
        limit = None if is_mounted else damage.limit_of_files
        ended = build([Path("seeds")], folder / "papers.db", before=limit)
        fault.require_sentence("build", ended)
        fault.note("the old database stands", (folder / "papers.db").read_bytes() == before)
        left = [path.name for path in folder.iterdir() if path.name != "papers.db"]
        fault.note(f"left behind: {', '.join(left) or 'nothing'}", is_well=not left)
        with Server(folder / "papers.db", copies=False) as server:
            return fault.end(server)


def unwritable(database: Path) -> Fault:
    """Serve from and build into a folder that cannot be written to."""
    with damage.read_only(database) as (folder, method):
        fault = Fault(f"serving from, and building into, a read-only folder: {method}")
        with Server(folder / "papers.db", copies=False) as server:
            with fault.storm(server):
                ended = build([Path("seeds")], folder / "papers.db")
            fault.require_sentence("build", ended)
            return fault.end(server)


def jumping_clock(database: Path) -> Fault:
    """Let the clock jump while it serves."""
    with damage.fake_clock() as clock:
        fault = Fault(f"the clock jumps by +1 day, −400 days, +20 years: {clock.method}")
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
        with damage.slow_clients(server.address, SLOW), fault.storm(server):
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
        counts = ", ".join(f"{count} with {status}" for status, count in sorted(statuses.items()))
        fault.note(f"answered: {counts}", set(statuses) <= {400, 429})
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
    "greedy": greed.greedy,
    "greedy, nginx": greed.greedy_through_nginx,
    "leaving": greed.leaving,
    "leaving, nginx": greed.leaving_through_nginx,
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Break what can break, and look.")
    parser.add_argument("database", type=Path, help="a file named papers.db, built from seeds/")
    parser.add_argument("faults", nargs="*", metavar="FAULT", help=", ".join(FAULTS))
    options = parser.parse_args()
    unknown = set(options.faults) - set(FAULTS)
    if unknown:
        parser.error(f"there is no fault {', '.join(unknown)}")
    print(f"{'fault':20}{'done':36}{'seen':60}{'answers':>8}{'lost':>6}{'5xx':>6}{'serving':>9}")
    is_well = True
    for name in options.faults or FAULTS:
        try:
            fault = FAULTS[name](options.database.resolve())
        except (RuntimeError, httpx.TransportError) as error:  # it does not serve any more
            fault = Fault("broke off")
            fault.note(str(error), is_well=False)
        print(fault.table(name), flush=True)
        is_well = is_well and fault.is_well
    print("all as it has to be" if is_well else "not as it has to be")
    sys.exit(0 if is_well else 1)


if __name__ == "__main__":
    main()
