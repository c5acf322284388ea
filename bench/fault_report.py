"""Reports a fault: notes, the answers that clients got meanwhile, and the lines of the table."""

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import zip_longest
from textwrap import wrap

from load_client import LoadResult, Question, start, stop
from public_server import Server

STORM = 8  # clients
CALM = 2.0  # seconds of storm before and after a fault
STEADY = [
    "/", "/search?q=kv+cache", "/search.json?q=quantization", "/results?metric=memory&unit=x",
    "/results.json?metric=speedup", "/search.csv?q=attention", "/search?topic=kv-cache", "/api",
]  # fmt: skip


class Fault:
    """A fault, and notes of what happened."""

    def __init__(self, done: str) -> None:
        """Take what is done to the server."""
        self.done, self.notes = done, list[str]()
        self.result, self.is_serving = LoadResult(), ""
        self.is_well = True

    def note(self, sentence: str, is_well: bool = True) -> None:
        """Add what happened, and whether that is as it has to be."""
        self.notes.append(sentence if is_well else f"WRONG: {sentence}")
        self.is_well = self.is_well and is_well

    @contextmanager
    def storm(self, server: Server, versions: int = 1) -> Iterator[None]:
        """Ask meanwhile; each address has at most `versions` different bodies."""
        question = Question(server.address, [(path, []) for path in STEADY], STORM, 600, None, True)
        asking = start(question)
        time.sleep(CALM)
        try:
            yield
            time.sleep(CALM)
        finally:
            self.result = stop(asking)
        result = self.result
        if result.broken:
            self.note(f"{result.broken} tries broke or found no server, and were made again")
        self.note(f"longest gap {result.longest_gap:.1f} s, p95 {result.at(0.95):.0f} ms")
        if result.versions > versions:
            self.note(f"an address had {result.versions} bodies", is_well=False)
        if result.count(400) or not result.answers:
            self.note(f"statuses {result.statuses}", is_well=False)

    def end(self, server: Server) -> "Fault":
        """Note whether the server still serves, and stop it."""
        self.is_serving = "yes" if server.is_healthy() else "NO"
        if not server.stops():
            self.note("it did not stop when told to", is_well=False)
        self.is_well = self.is_well and self.is_serving == "yes" and not self.result.lost
        return self

    def require_sentence(self, name: str, ended: subprocess.CompletedProcess[str]) -> None:
        """Note whether a command failed with a sentence and without a traceback."""
        lines = ended.stderr.strip().splitlines()
        is_well = (
            ended.returncode in (1, 2) and 1 <= len(lines) <= 4 and "Traceback" not in ended.stderr
        )
        sentence = re.sub(r"\S*/", "", lines[-1])[:110] if lines else "nothing"
        self.note(f"{name}: exit {ended.returncode}, “{sentence}”", is_well)

    def table(self, name: str) -> str:
        """Return the lines of the report."""
        result = self.result
        counts = f"{result.answers:8,}{result.lost:6}{result.count(500):6}{self.is_serving:>9}"
        notes = [part for note in self.notes for part in wrap(note, 58)]
        columns = zip_longest([name], wrap(self.done, 34), notes, [counts], fillvalue="")
        return "\n".join(
            f"{first:20}{done:36}{note:60}{last}".rstrip() for first, done, note, last in columns
        )
