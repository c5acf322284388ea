"""Memory does not grow with the texts: a build keeps little of each paper in memory."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api_answers import old

TEXT = 20_000  # bytes of an abstract
FEW, MANY = 400, 1200  # papers
MOST = TEXT / 4  # bytes of memory that one more paper may cost

# Builds, and prints the most memory that its process ever had, in KiB: not `ru_maxrss`, which
# counts the process that started it. Neither facts nor vectors are made, as that would take
# minutes. Batches and caches of SQLite, whose sizes do not depend on the number of papers, are
# small, so that few papers fill them.
BUILD = """
import re, sys
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from daily_papers.database import writer
from daily_papers.database.checks import runner
from daily_papers.pipeline import extraction, intake, run, tables, workfile
from daily_papers.records import Facts
from daily_papers.search.documents import TermCounts
nothing = extraction.Extraction(
    Facts(None, "method", (), (), (), (), ()), TermCounts([], [], [], [])
)
extraction.extract = lambda *texts: nothing
tables._PAPERS, writer._CACHE, runner._CACHE, workfile._CACHE = 64, 1024, 1024, 1024
writer._FULL_TEXT = {}
if sys.argv[3:]:
    intake.Intake.listing = cache(intake.Intake.listing)
    intake.Intake.__hash__ = object.__hash__
resources = run.Resources(1, None)
dumps, target = map(Path, sys.argv[1:3])
report = run.build([dumps], target, False, nullcontext, resources, unusual=True, with_vectors=False)
most = re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())
print(report.paper_count, most[1])
"""


def papers(count: int, folder: Path) -> Path:
    """Write dumps of papers whose abstracts are long."""
    folder.mkdir()
    for first in range(0, count, 20):
        day = []
        for number in range(first, first + 20):
            words = (f"word{(number * 31 + position) % 997}" for position in range(TEXT // 7))
            summary = " ".join(words)[:TEXT].strip()
            day.append(old(id=f"2407.{number:05}", title=f"Number {number}", summary=summary))
        (folder / f"day_{first:06}.json").write_text(json.dumps(day))
    return folder


def memory(count: int, folder: Path, *more: str) -> int:
    """Return the bytes of memory that a build of so many papers needs."""
    dumps = papers(count, folder / str(count))
    command = [sys.executable, "-c", BUILD, dumps, folder / "papers.db", *more]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert int(printed[0]) == count
    return int(printed[1]) * 1024


@pytest.mark.parametrize("keeps", [False, True], ids=["as it is", "with texts kept in memory"])
def test_memory_does_not_grow_with_the_texts(tmp_path: Path, keeps: bool) -> None:
    """With texts kept it does, and this finds it."""
    more = ["keep"] if keeps else []
    few, many = (memory(count, tmp_path, *more) for count in (FEW, MANY))
    growth = (many - few) / (MANY - FEW)
    print(f"{few / 2**20:.0f} MB, then {many / 2**20:.0f} MB: {growth:.0f} bytes for a paper more")
    assert (growth > MOST) is keeps
